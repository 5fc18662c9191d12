import FakeStation
import StationAPI
import StationCore
import Synchronization

@testable import LocalServer

/// A station that answers from a script and remembers what it was asked.
final class ScriptedControl: FakePeople {
    static let token = FakeToken.lan

    struct Asked: Equatable {
        var peers: [Peer] = []
        var bodies: [[UInt8]] = []
        var keys: [String] = []
        var lastEventID: Int64?
        var listeners: [String?] = []
        var seconds = 0
    }

    let asked = Mutex(Asked())
    /// Gives each listener a stream of its own, instead of the one that `feed` feeds.
    let endless = Mutex<(@Sendable () -> AsyncStream<StationEvent>)?>(nil)
    let stream: AsyncStream<StationEvent>
    let feed: AsyncStream<StationEvent>.Continuation

    init() { (stream, feed) = AsyncStream.makeStream() }

    static let time = Timestamp(milliseconds: 1_700_000_000_000)
    static let item = ItemID(at: time, random: SystemRandomSource())

    static let emptyReaders = ReaderList(serviceRunning: true, readers: [])

    static func statusReport() -> StationStatus {
        StationStatus(
            stationId: "test", software: "0", health: .ok, startedAt: time,
            clock: .init(now: time, quality: .synchronized, offsetMilliseconds: nil),
            intake: .init(accepting: true, applicationsLeft: 10, locked: false), readers: emptyReaders,
            queue: .init(counts: [:], waiting: 0, oldestWaiting: nil),
            uplink: .init(state: .open, lastAnswer: nil, nextAttempt: nil, problem: nil, recipientKeyId: nil),
            problems: [])
    }

    func description() async -> StationDescription {
        StationDescription(
            version: 1, software: "0", features: [], consent: .init(version: "1", language: "vi", text: "t", sha256: "")
        )
    }
    func status() async throws(Problem) -> StationStatus { Self.statusReport() }
    func readers() async -> ReaderList { Self.emptyReaders }
    func startRead(reader: String, _ request: ReadRequest, by person: ProvenPerson) async throws(Problem) -> ReadReport
    {
        asked.withLock { $0.peers.append(person.peer) }
        throw Problem(Failure(.readerUnknown, reader))
    }
    func read(_ id: String, by person: ProvenPerson) async throws(Problem) -> ReadReport {
        throw Problem(Failure(.readUnknown))
    }
    static let record = ReadRecord(
        id: "x", reader: "r", startedAt: time, software: "0", problem: "card-removed",
        attempts: [
            .init(
                conditions: .init(
                    credential: "can", allowsBasicAccessControl: false, files: ["DG1"], profile: "p",
                    extendedLength: true, maximumCommandBytes: 9, maximumResponseBytes: 8),
                entries: [
                    .init(
                        at: 0.5, phase: "openingChip", command: "00a4020c", wire: "00a4020c", lc: 2, le: nil, sent: 7,
                        received: 0, status: nil, milliseconds: 3, failure: "card-removed")
                ], omitted: 0)
        ])
    func readRecord(_ id: String, by person: ProvenPerson) async throws(Problem) -> ReadRecord { Self.record }
    func portrait(_ id: String, by person: ProvenPerson) async throws(Problem) -> PageImage {
        PageImage(bytes: [0x89, 0x50], mediaType: "image/png")
    }
    func submit(
        _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson, with second: ProvenPerson?
    ) async throws(Problem) -> SavedAnswer {
        asked.withLock {
            $0.peers.append(person.peer)
            $0.bodies.append(body)
            $0.keys.append(idempotencyKey)
        }
        let saved = SavedApplication(
            itemId: Self.item, receiptNumber: "1", sequence: 1, savedAt: Self.time, warnings: [])
        do {
            return SavedAnswer(body: try StrictJSON.encode(saved), itemId: Self.item)
        } catch {
            throw Problem(Failure(.internalFault))
        }
    }
    func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList {
        ApplicationList(applications: [], next: question.after)
    }
    func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail {
        throw Problem(Failure(.applicationUnknown))
    }
    func perform(
        _ verb: ApplicationVerb, on id: ItemID, _ order: ApplicationOrder, by person: ProvenPerson,
        with second: ProvenPerson?
    ) async throws(Problem) -> ApplicationDetail {
        throw Problem(Failure(.applicationUnknown, verb.rawValue))
    }
    func amend(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> SavedAnswer {
        throw Problem(.applicationUnknown)
    }
    func withdraw(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> [UInt8] {
        throw Problem(.applicationUnknown)
    }
    func find(_ question: PersonQuestion, by person: ProvenPerson) async throws(Problem) -> PersonReport {
        throw Problem(.stationLocked)
    }
    func eraseFollowUp(of id: ItemID, by person: ProvenPerson) async throws(Problem) {
        throw Problem(.applicationUnknown)
    }
    func export(
        _ order: ExportOrder, by person: ProvenPerson, with second: ProvenPerson?
    ) async throws(Problem) -> ExportReport {
        throw Problem(.stickUnavailable)
    }
    func recallExports(by person: ProvenPerson) async throws(Problem) -> RecallReport { RecallReport(recalled: 0) }
    func media() async throws(Problem) -> MediaList { MediaList(media: [], work: nil) }
    func importReceipts(_ order: ImportOrder, by person: ProvenPerson) async throws(Problem) -> ReceiptImportReport {
        throw Problem(.stickUnavailable)
    }
    func events(
        after lastEventID: Int64?, for person: ProvenPerson?
    ) async throws(Problem) -> AsyncStream<StationEvent> {
        asked.withLock {
            $0.lastEventID = lastEventID
            $0.listeners.append(person?.operatorId)
        }
        return endless.withLock { $0 }?() ?? stream
    }

    func coSigned() { asked.withLock { $0.seconds += 1 } }
}
