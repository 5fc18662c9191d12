import StationAPI
import StationCore

/// One read as it grows; the API's report is made from it.
struct ReadProgress: Sendable {
    let id: String
    let reader: String
    let startedAt: Timestamp
    var state = ReadReport.State.reading
    var phase = "opening"
    var access: ReadReport.Access?
    var citizen: CitizenReport?
    var findings: [Finding] = []
    var files: [ReadReport.FileProgress] = []
    var portrait: ReadReport.Portrait?
    var cost = ReadReport.Cost(
        apdus: 0, milliseconds: 0, cardMilliseconds: 0, identityAPDUs: nil, identityMilliseconds: nil)
    var failure: Failure?
    /// The phase in which the read took longer than it should.
    var slowPhase: String?
    /// Until when a card that left is waited for.
    var suspendedUntil: Timestamp?
    /// How often the card left and came back.
    var resumptions = 0

    init(id: String, reader: String, startedAt: Timestamp) {
        self.id = id
        self.reader = reader
        self.startedAt = startedAt
    }

    /// Whether more is to come.
    var isOpen: Bool { state == .reading || state == .suspended }

    /// The card has left: nothing of the person is shown until the same card proves itself again.
    mutating func suspend(until: Timestamp) {
        state = .suspended
        suspendedUntil = until
        citizen = nil
        portrait = nil
        findings = []
    }

    /// A card is back.
    mutating func resume() {
        state = .reading
        suspendedUntil = nil
        resumptions += 1
    }

    /// Bytes of one file.
    mutating func progressed(file: String, done: Int, total: Int) {
        let progress = ReadReport.FileProgress(file: file, done: done, total: total)
        if let index = files.firstIndex(where: { $0.file == file }) {
            files[index] = progress
        } else {
            files.append(progress)
        }
    }

    /// The same read without anything personal.
    func emptied(as state: ReadReport.State) -> ReadProgress {
        var emptied = ReadProgress(id: id, reader: reader, startedAt: startedAt)
        emptied.state = state
        emptied.phase = "done"
        emptied.cost = cost
        return emptied
    }

    var report: ReadReport {
        ReadReport(
            id: id, reader: reader, state: state, phase: phase, startedAt: startedAt, access: access, citizen: citizen,
            findings: findings, verdict: findings.combined, progress: files, portraitAvailable: portrait == .available,
            portrait: portrait, cost: cost, problem: failure.map { Problem($0) }, slowPhase: slowPhase,
            suspendedUntil: suspendedUntil, resumptions: resumptions)
    }
}
