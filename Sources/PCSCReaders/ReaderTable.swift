import StationCore

/// What the monitor knows of the readers: observations in, snapshots out. No I/O.
struct ReaderTable: Sendable {
    /// One reader as the card service describes it (SCARD_READERSTATE).
    struct Observation: Hashable, Sendable {
        let name: String
        /// SCARD_STATE_… flags in the low half, event counter in the high half.
        let eventState: UInt32
        let answerToReset: [UInt8]

        var eventCounter: UInt16 { UInt16(eventState >> 16) }
        func has(_ flag: UInt32) -> Bool { eventState & flag != 0 }
    }

    /// SCARD_STATE_UNKNOWN and SCARD_STATE_UNAVAILABLE.
    static let unusable: UInt32 = 0x0004 | 0x0008
    /// SCARD_STATE_EMPTY.
    static let empty: UInt32 = 0x0010
    /// SCARD_STATE_PRESENT.
    static let present: UInt32 = 0x0020
    /// SCARD_STATE_MUTE.
    static let mute: UInt32 = 0x0200

    private(set) var snapshot = ReaderSnapshot(
        serviceFailure: Failure(.readerServiceDown, "not asked yet"), readers: [])
    private var insertions: UInt64 = 0

    /// Takes the service's answer about every reader.
    mutating func observe(_ observations: [Observation]) {
        let known = snapshot
        let readers = observations.prefix(Limits.Card.readers).map { observation in
            ReaderStatus(name: observation.name, card: judge(observation, before: known.reader(observation.name)?.card))
        }
        snapshot = ReaderSnapshot(serviceFailure: nil, readers: Array(readers))
    }

    /// Takes the service's failure. Its counters start over with it, so nothing known before counts.
    mutating func lose(_ failure: Failure) {
        snapshot = ReaderSnapshot(serviceFailure: failure, readers: [])
    }

    private mutating func judge(_ observation: Observation, before: CardState?) -> CardState {
        if observation.has(Self.unusable) { return .unknown }
        guard observation.has(Self.present) else { return observation.has(Self.empty) ? .absent : .unknown }
        // A counter that moved while the card seems to have stayed means that it went and came, or another came.
        let same = before?.insertion.flatMap { $0.eventCounter == observation.eventCounter ? $0 : nil }
        if same == nil { insertions += 1 }
        let insertion = CardInsertion(
            reader: observation.name, number: same?.number ?? insertions, eventCounter: observation.eventCounter,
            answerToReset: Array(observation.answerToReset.prefix(Limits.Card.answerToResetBytes)))
        return observation.has(Self.mute) ? .mute(insertion) : .present(insertion)
    }
}
