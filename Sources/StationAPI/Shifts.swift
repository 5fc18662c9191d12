public import StationCore

/// Body of `POST /v1/shifts`: opens an intake session (phiên thu nhận).
public struct ShiftOrder: Codable, Hashable, Sendable {
    /// The team, as people name it.
    public let team: String
    /// The intake point, as people name it.
    public let point: String
    /// `fixed` or `mobile`.
    public let kind: String
    /// Who else works in it, by sign-in name.
    public let operators: [String]?

    /// Makes an order.
    public init(team: String, point: String, kind: String, operators: [String]? = nil) {
        self.team = team
        self.point = point
        self.kind = kind
        self.operators = operators
    }
}

/// An intake session.
public struct ShiftReport: Codable, Hashable, Sendable {
    /// Its identity; an application's `sessionId`.
    public let shiftId: String
    /// Its number at this station, from 1.
    public let number: Int64
    /// The team.
    public let team: String
    /// The intake point.
    public let point: String
    /// `fixed` or `mobile`.
    public let kind: String
    /// Who answers for it now.
    public let responsible: String
    /// Everybody who worked in it.
    public let operators: [String]
    /// When it was opened, by the station's clock, and how far that clock was to be trusted.
    public let openedAt: Timestamp
    /// See `openedAt`.
    public let openedQuality: ClockQuality
    /// Who opened it.
    public let openedBy: String
    /// When it was closed; nil while it is open.
    public let closedAt: Timestamp?
    /// Who closed it.
    public let closedBy: String?

    /// Makes a report.
    public init(
        shiftId: String, number: Int64, team: String, point: String, kind: String, responsible: String,
        operators: [String], openedAt: Timestamp, openedQuality: ClockQuality, openedBy: String, closedAt: Timestamp?,
        closedBy: String?
    ) {
        self.shiftId = shiftId
        self.number = number
        self.team = team
        self.point = point
        self.kind = kind
        self.responsible = responsible
        self.operators = operators
        self.openedAt = openedAt
        self.openedQuality = openedQuality
        self.openedBy = openedBy
        self.closedAt = closedAt
        self.closedBy = closedBy
    }
}

/// `GET /v1/shifts/current`.
public struct CurrentShift: Codable, Hashable, Sendable {
    /// The session that is open; nil when none is.
    public let shift: ShiftReport?

    /// Makes an answer.
    public init(shift: ShiftReport?) { self.shift = shift }
}

/// `GET /v1/shifts`: newest first.
public struct ShiftList: Codable, Hashable, Sendable {
    /// Sessions.
    public let shifts: [ShiftReport]
    /// Pass as `before` for the next page; nil at the end.
    public let next: Int64?

    /// Makes a list.
    public init(shifts: [ShiftReport], next: Int64?) {
        self.shifts = shifts
        self.next = next
    }
}

/// Body of `POST /v1/shifts/{id}/hand-over`; the successor proves to be there by the header `Co-Signature`.
public struct HandOver: Codable, Hashable, Sendable {
    /// Makes an order; it has no fields yet.
    public init() {}
}

/// A session's day in figures: `GET /v1/shifts/{id}/summary`, and the answer to closing it. Intake and transmission only;
/// what upstream decided and what citizens activated is not the station's to say.
public struct ShiftSummaryReport: Codable, Hashable, Sendable {
    /// How many applications one person took in.
    public struct Person: Codable, Hashable, Sendable {
        /// The sign-in name.
        public let operatorId: String
        /// Applications.
        public let taken: Int

        /// Makes an entry.
        public init(operatorId: String, taken: Int) {
            self.operatorId = operatorId
            self.taken = taken
        }
    }

    /// The session.
    public let shift: ShiftReport
    /// When these figures were true.
    public let asOf: Timestamp
    /// Đã thu nhận: applications taken in.
    public let taken: Int
    /// Đã truyền: left for upstream, whatever was answered.
    public let transmitted: Int
    /// Được tiếp nhận: with upstream's receipt.
    public let accepted: Int
    /// Rejected by upstream.
    public let rejected: Int
    /// Waiting at the station: saved, batched, put off, held, exported, of unknown fate.
    public let waiting: Int
    /// Cancelled, closed or quarantined.
    public let setAside: Int
    /// Every state by its machine name.
    public let byState: [String: Int]
    /// By who took them in.
    public let byOperator: [Person]
    /// True while anything waits: the figures may still change.
    public let provisional: Bool

    /// Makes a summary.
    public init(
        shift: ShiftReport, asOf: Timestamp, taken: Int, transmitted: Int, accepted: Int, rejected: Int, waiting: Int,
        setAside: Int, byState: [String: Int], byOperator: [Person], provisional: Bool
    ) {
        self.shift = shift
        self.asOf = asOf
        self.taken = taken
        self.transmitted = transmitted
        self.accepted = accepted
        self.rejected = rejected
        self.waiting = waiting
        self.setAside = setAside
        self.byState = byState
        self.byOperator = byOperator
        self.provisional = provisional
    }
}
