import Crypto
package import StationCore

import struct Foundation.Data

/// What an audit row says happened. Names and ids only: the alphabet of `WireName` has no room for personal text.
package struct AuditNote: Hashable, Sendable {
    /// Who: an operator's id, or `station`.
    package let actor: WireName
    /// What, such as `item.saved` or `followup.read`.
    package let action: WireName
    /// To what: an item's id, a key's id, a batch's id.
    package let object: WireName?
    /// The item's sequence number, when it concerns an item.
    package let itemSequence: Int64?
    /// A code that says why.
    package let detail: WireName?

    /// Makes a note.
    package init(
        actor: WireName, action: WireName, object: WireName? = nil, itemSequence: Int64? = nil, detail: WireName? = nil
    ) {
        self.actor = actor
        self.action = action
        self.object = object
        self.itemSequence = itemSequence
        self.detail = detail
    }
}

/// One row of the append-only audit.
package struct AuditEntry: Hashable, Sendable {
    /// From 1, without gaps.
    package let sequence: Int64
    /// Wall-clock time of the row.
    package let at: Timestamp
    /// How far that time may be trusted.
    package let clockQuality: ClockQuality
    /// What happened.
    package let note: AuditNote
    /// SHA-256 over the row's canonical bytes (`AuditRowBytes`), which end in the previous row's hash.
    package let hash: [UInt8]
}

/// The chain's end, which every manifest carries.
package struct AuditHead: Hashable, Sendable {
    /// The last row's number; 0 for an empty chain.
    package let sequence: Int64
    /// The last row's hash; 32 zero bytes for an empty chain.
    package let hash: [UInt8]

    /// The head of a chain without rows.
    package static let empty = AuditHead(sequence: 0, hash: [UInt8](repeating: 0, count: 32))
}

/// The result of a walk along the whole chain.
package enum AuditVerification: Hashable, Sendable {
    /// Every row's hash follows from its content and the row before it; the head is given.
    case intact(AuditHead)
    /// Rows are gone, and each such break is named by a later row of the chain itself, as recovery leaves it. Between
    /// the breaks every row follows.
    case mended(AuditHead, breaks: [ClosedRange<Int64>])
    /// The first row that is missing, out of order, or whose hash does not follow.
    case broken(at: Int64)
}

extension AuditEntry {
    /// The row that follows `head`.
    init(following head: AuditHead, at: Timestamp, clockQuality: ClockQuality, note: AuditNote) {
        let sequence = head.sequence + 1
        self.sequence = sequence
        self.at = at
        self.clockQuality = clockQuality
        self.note = note
        let bytes = AuditRowBytes.canonical(
            sequence: sequence, at: at, clockQuality: clockQuality, actor: note.actor, action: note.action,
            object: note.object, itemSequence: note.itemSequence, detail: note.detail, previous: Hex.text(head.hash))
        hash = Array(SHA256.hash(data: bytes))
    }

    /// Whether this row follows `head`: next number, and a hash that its content and the head's hash give.
    func follows(_ head: AuditHead) -> Bool {
        self == AuditEntry(following: head, at: at, clockQuality: clockQuality, note: note)
    }
}

/// A walk along the chain, row by row in their order.
struct AuditWalk {
    /// The row that the next one has to follow.
    private(set) var head: AuditHead
    private var isBegun: Bool
    private var breaks: [ClosedRange<Int64>] = []
    private var named: Set<String> = []

    /// - Parameter head: nil to begin somewhere in the chain: the first row is then taken as it is.
    init(after head: AuditHead? = .empty) {
        self.head = head ?? .empty
        isBegun = head != nil
    }

    /// Takes the next row.
    mutating func step(_ row: AuditEntry) {
        if !isBegun {
            isBegun = true
        } else if row.sequence > head.sequence + 1 {
            breaks.append(head.sequence + 1...row.sequence - 1)
        } else if !row.follows(head) {
            breaks.append(row.sequence...row.sequence)
        }
        if row.note.action == Store.auditBrokenAction, let object = row.note.object { named.insert(object.text) }
        head = AuditHead(sequence: row.sequence, hash: row.hash)
    }

    /// What the rows so far amount to.
    var verification: AuditVerification {
        if let unnamed { return .broken(at: unnamed) }
        return breaks.isEmpty ? .intact(head) : .mended(head, breaks: breaks)
    }

    /// The first row of a break that no row names.
    var unnamed: Int64? { unnamedBreaks.first?.lowerBound }

    /// Breaks that no row names.
    var unnamedBreaks: [ClosedRange<Int64>] {
        breaks.filter { !named.contains("\($0.lowerBound)-\($0.upperBound)") }
    }
}
