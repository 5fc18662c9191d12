import ChipDocument
import StationAPI
import StationCore

/// The reads that the station remembers, in memory only. A finished read lives until it is saved, until the next card lies
/// on its reader, or until its time is over; then everything personal in it is forgotten.
actor ReadRegistry {
    private struct Entry {
        var progress: ReadProgress
        /// Who started it: nobody else sees the person, or saves.
        let owner: WireName
        var finished: FinishedRead?
        var portrait: [UInt8]?
        /// What was said to the card: nothing personal, so that it outlives the person's data.
        var records: [FlightRecord] = []
        /// The code of a failure whose read was forgotten since.
        var problem: String?
        /// An application from it is being saved: nobody else may save one.
        var isClaimed = false
        /// Its person signed out while it ran: nothing of it is kept when it ends.
        var isAbandoned = false
        /// On the clock that never goes back.
        let startedAt: Duration
    }

    private let clock: any StationClock
    private let random: any RandomSource
    private let hub: EventHub
    private var entries: [String: Entry] = [:]
    private var order: [String] = []

    init(clock: any StationClock, random: any RandomSource, hub: EventHub) {
        self.clock = clock
        self.random = random
        self.hub = hub
    }

    /// A new read on a reader; what was read there before is forgotten. Throws `readerBusy` while one is running.
    func begin(reader: String, for owner: WireName) async throws(Failure) -> ReadReport {
        for entry in entries.values where entry.progress.reader == reader {
            await forget(entry.progress.id, as: .discarded)
        }
        // Looked at after every wait, and nothing is awaited before the new entry stands.
        guard !isReading(on: reader) else { throw Failure(.readerBusy) }
        let progress = ReadProgress(id: RequestID(random: random).text, reader: reader, startedAt: clock.now)
        entries[progress.id] = Entry(progress: progress, owner: owner, startedAt: clock.elapsed)
        order.append(progress.id)
        while order.count > Limits.Local.reads {
            let idle = order.filter { entries[$0]?.progress.isOpen != true }
            guard let oldest = idle.first(where: { entries[$0]?.progress.state != .finished }) ?? idle.first else {
                break
            }
            order.removeAll { $0 == oldest }
            entries[oldest] = nil
        }
        await hub.publish(.read(progress.report), to: owner)
        return progress.report
    }

    /// Takes what a running read learnt, and tells the listeners.
    func update(_ id: String, _ change: @Sendable (inout ReadProgress) -> Void) async {
        guard entries[id]?.progress.isOpen == true else { return }
        entries[id].map { entry in
            var entry = entry
            change(&entry.progress)
            entries[id] = entry
        }
        guard let entry = entries[id] else { return }
        if entry.isAbandoned, entry.progress.state != .reading { return await forget(id, as: .discarded) }
        await hub.publish(.read(entry.progress.report), to: entry.owner)
    }

    /// Drops what a failed read had of the person.
    func dropPerson(of id: String) {
        entries[id]?.portrait = nil
        entries[id]?.finished = nil
    }

    /// Keeps the encoded portrait of a read.
    func keepPortrait(_ bytes: [UInt8], of id: String) { entries[id]?.portrait = bytes }

    /// Keeps what was said to the card in one attempt.
    func keepRecord(_ record: FlightRecord, of id: String) {
        entries[id]?.records.append(record)
        if let count = entries[id]?.records.count, count > Limits.Card.recordAttempts {
            entries[id]?.records.removeFirst(count - Limits.Card.recordAttempts)
        }
    }

    /// Keeps what an application needs of a read.
    func keep(_ read: FinishedRead) {
        guard entries[read.id]?.isAbandoned == false else { return }
        entries[read.id]?.finished = read
    }

    /// What an application needs, for one save at a time: to be followed by `forget` or `release`. Throws `readUnknown`,
    /// `readUnfinished`, `readInUse`, `readPartial`, or why the read failed.
    func claim(_ id: String, by person: WireName) throws(Failure) -> FinishedRead {
        let read = try finished(id, by: person)
        guard entries[id]?.isClaimed == false else { throw Failure(.readInUse) }
        entries[id]?.isClaimed = true
        return read
    }

    /// The same for an application that cannot be saved yet: it stands in nobody's way. Throws as `claim`, without
    /// `readInUse`.
    func finished(_ id: String, by person: WireName) throws(Failure) -> FinishedRead {
        let entry = try known(id, to: person)
        switch entry.progress.state {
        case .reading, .suspended: throw Failure(.readUnfinished)
        case .failed: throw entry.progress.failure ?? Failure(.readUnknown)
        case .saved, .discarded: throw Failure(.readUnknown)
        case .finished:
            guard let read = entry.finished else { throw Failure(.readUnknown) }
            guard read.isWhole else { throw Failure(.readPartial) }
            return read
        }
    }

    /// Gives a claimed read back: nothing was saved from it.
    func release(_ id: String) { entries[id]?.isClaimed = false }

    /// The encoded portrait. Throws `readUnknown`, `readUnfinished` while it has not arrived, `portraitAbsent`,
    /// `portraitUndecodable` when the chip has one that must not or cannot be shown.
    func portrait(of id: String, to person: WireName) throws(Failure) -> [UInt8] {
        let entry = try known(id, to: person)
        guard let portrait = entry.portrait else {
            guard !entry.progress.isOpen else { throw Failure(.readUnfinished) }
            throw Failure(entry.progress.portrait == .unusable ? .portraitUndecodable : .portraitAbsent)
        }
        return portrait
    }

    /// A read as far as it has come. Throws `readUnknown`.
    func report(_ id: String, to person: WireName) throws(Failure) -> ReadReport {
        try known(id, to: person).progress.report
    }

    /// What was said to the card of a read that is over. Throws `readUnknown`, `readUnfinished`.
    func record(of id: String, to person: WireName) throws(Failure) -> ReadRecord {
        let entry = try known(id, to: person)
        guard !entry.progress.isOpen else { throw Failure(.readUnfinished) }
        return ReadRecord(
            entry.progress, entry.records, problem: entry.progress.failure?.code.rawValue ?? entry.problem)
    }

    /// A person's reads that still hold something.
    func current(of person: WireName) -> [ReadReport] {
        order.compactMap { entries[$0] }.filter { $0.owner == person && !$0.isAbandoned }.map(\.progress)
            .filter { $0.isOpen || $0.state == .finished }.map(\.report)
    }

    /// The newest read on a reader.
    func newest(on reader: String) -> String? { order.last { entries[$0]?.progress.reader == reader } }

    /// Whether a read is running on a reader.
    func isReading(on reader: String) -> Bool {
        entries.values.contains { $0.progress.reader == reader && $0.progress.state == .reading }
    }

    /// Forgets everything personal of a read.
    func forget(_ id: String, as state: ReadReport.State) async {
        guard let entry = entries[id], [.finished, .failed, .suspended].contains(entry.progress.state) else { return }
        let progress = entry.progress.emptied(as: state)
        entries[id] = Entry(
            progress: progress, owner: entry.owner, records: entry.records,
            problem: entry.progress.failure?.code.rawValue ?? entry.problem, startedAt: entry.startedAt)
        await hub.publish(.read(progress.report), to: entry.owner)
    }

    /// A person goes: what they read is forgotten.
    func forgetAll(of person: WireName) async {
        for (id, entry) in entries where entry.owner == person {
            entries[id]?.isAbandoned = true
            await forget(id, as: .discarded)
        }
    }

    /// Forgets what was read on a reader, because another card lies there now.
    func nextCard(on reader: String) async {
        for entry in entries.values where entry.progress.reader == reader && entry.progress.state != .suspended {
            await forget(entry.progress.id, as: .discarded)
        }
    }

    /// The card has left in the middle: what is shown of the person goes, what was fetched waits.
    func suspend(_ id: String, until: Timestamp) async {
        dropPerson(of: id)
        await update(id) { $0.suspend(until: until) }
    }

    /// A card is back on the reader: false when the read was given up meanwhile.
    func resume(_ id: String) async -> Bool {
        guard entries[id]?.progress.state == .suspended else { return false }
        await update(id) { $0.resume() }
        return true
    }

    /// Forgets the reads whose time is over.
    func expire() async {
        let now = clock.elapsed
        for (id, entry) in entries where now - entry.startedAt > Limits.Card.finishedReadDuration {
            await forget(id, as: .discarded)
        }
    }

    /// Throws `readUnknown`, `readOfAnother`.
    private func known(_ id: String, to person: WireName) throws(Failure) -> Entry {
        guard let entry = entries[id] else { throw Failure(.readUnknown) }
        guard entry.owner == person else { throw Failure(.readOfAnother) }
        return entry
    }
}
