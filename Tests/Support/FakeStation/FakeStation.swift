package import LocalServer
import Logging
package import StationAPI
package import StationCore
import Synchronization

/// A station without readers and disk behind the daemon's own server: what it shows is what the test says.
package final class FakeStation: FakePeople {
    private struct State {
        var status = Scene.status()
        var reads: [String: ReadReport] = [:]
        var portraits: [String: PageImage] = [:]
        var records: [String: ReadRecord] = [:]
        var applications: [ApplicationSummary] = []
        var details: [ItemID: ApplicationDetail] = [:]
        var resumedAfter: [Int64?] = []
        var listeners: [Int: AsyncStream<StationEvent>.Continuation] = [:]
        var nextListener = 0
        var desk = FakeDesk()
    }

    private let state = Mutex(State())

    /// A station with one empty reader and nothing in its queue.
    package init() {}

    /// Serves this station on a Unix socket while the body runs.
    package func serve(at socketPath: String, _ body: () async throws -> Void) async throws {
        var logger = Logger(label: "fake-station")
        logger.logLevel = .critical
        let (ready, tell) = AsyncStream.makeStream(of: Void.self)
        let server = try LocalServer(.operators(self), socketPath: socketPath, group: nil, logger: logger) {
            tell.yield()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            _ = await ready.first { true }
            try await body()
            group.cancelAll()
            while (try? await group.next()) != nil {}
        }
    }

    /// What `Last-Event-ID` each event stream came with, in order.
    package var resumedAfter: [Int64?] { state.withLock { $0.resumedAfter } }
    /// Open event streams.
    package var listeners: Int { state.withLock { $0.listeners.count } }

    /// The people as they are now.
    package var desk: FakeDesk { state.withLock(\.desk) }

    /// Changes what the people are like.
    package func change(_ change: (inout FakeDesk) -> Void) { state.withLock { change(&$0.desk) } }

    package func set(_ status: StationStatus) { state.withLock { $0.status = status } }

    /// Makes the read known and tells everybody.
    package func tell(_ read: ReadReport, portrait: PageImage? = nil) {
        state.withLock {
            $0.reads[read.id] = read
            $0.portraits[read.id] = portrait ?? $0.portraits[read.id]
        }
        tell(.read(read))
    }

    /// Makes the record of a read known.
    package func keep(_ record: ReadRecord) { state.withLock { $0.records[record.id] = record } }

    package func tell(_ application: ApplicationSummary) {
        state.withLock { $0.applications.append(application) }
        tell(.application(application, id: application.sequence))
    }

    /// Makes an application with its history known.
    package func keep(_ detail: ApplicationDetail) {
        state.withLock {
            $0.applications.append(detail.summary)
            $0.details[detail.summary.itemId] = detail
        }
    }

    /// Tells everybody who listens.
    package func tell(_ event: StationEvent) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(event) }
    }

    /// Ends every event stream, as a daemon that stops does.
    package func hangUp() {
        let all = state.withLock { state in
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in all { listener.finish() }
    }

    package func description() async -> StationDescription {
        StationDescription(
            version: 1, software: "test", features: [],
            consent: ConsentText(version: "1", language: "vi", text: "x", sha256: "00"))
    }
    package func status() async throws(Problem) -> StationStatus { state.withLock { $0.status } }
    package func readers() async -> ReaderList { state.withLock { $0.status.readers } }
    package func startRead(reader: String, _ request: ReadRequest, by person: ProvenPerson) async throws(Problem)
        -> ReadReport
    {
        throw Problem(.readerUnknown)
    }
    package func read(_ id: String, by person: ProvenPerson) async throws(Problem) -> ReadReport {
        guard let read = state.withLock({ $0.reads[id] }) else { throw Problem(.readUnknown) }
        return read
    }
    package func readRecord(_ id: String, by person: ProvenPerson) async throws(Problem) -> ReadRecord {
        guard let record = state.withLock({ $0.records[id] }) else { throw Problem(.readUnknown) }
        return record
    }
    package func portrait(_ id: String, by person: ProvenPerson) async throws(Problem) -> PageImage {
        guard let image = state.withLock({ $0.portraits[id] }) else { throw Problem(.portraitAbsent) }
        return image
    }
    package func submit(
        _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson, with second: ProvenPerson?
    ) async throws(Problem) -> SavedAnswer {
        throw Problem(.permissionDenied)
    }
    package func applications(state wanted: String?, after: Int64?) async throws(Problem) -> ApplicationList {
        let found = state.withLock { $0.applications }
            .filter { (wanted == nil || $0.state == wanted) && $0.sequence > (after ?? 0) }
        return ApplicationList(applications: found, next: nil)
    }
    package func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail {
        guard let detail = state.withLock({ $0.details[id] }) else { throw Problem(.applicationUnknown) }
        return detail
    }

    package func perform(
        _ verb: ApplicationVerb, on id: ItemID, _ order: ApplicationOrder, by person: ProvenPerson,
        with second: ProvenPerson?
    ) async throws(Problem) -> ApplicationDetail {
        throw Problem(Failure(.applicationUnknown, verb.rawValue))
    }
    package func amend(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> SavedAnswer {
        throw Problem(.applicationUnknown)
    }
    package func withdraw(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> [UInt8] {
        throw Problem(.applicationUnknown)
    }
    package func find(_ question: PersonQuestion, by person: ProvenPerson) async throws(Problem) -> PersonReport {
        throw Problem(.stationLocked)
    }
    package func eraseFollowUp(of id: ItemID, by person: ProvenPerson) async throws(Problem) {
        throw Problem(.applicationUnknown)
    }
    package func export(
        _ order: ExportOrder, by person: ProvenPerson, with second: ProvenPerson?
    ) async throws(Problem) -> ExportReport {
        throw Problem(.stickUnavailable)
    }
    package func recallExports(by person: ProvenPerson) async throws(Problem) -> RecallReport {
        RecallReport(recalled: 0)
    }
    package func importReceipts(_ order: ImportOrder, by person: ProvenPerson) async throws(Problem)
        -> ReceiptImportReport
    {
        throw Problem(.stickUnavailable)
    }
    package func events(
        after lastEventID: Int64?, for person: ProvenPerson?
    ) async throws(Problem) -> AsyncStream<StationEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: StationEvent.self)
        state.withLock { state in
            state.resumedAfter.append(lastEventID)
            continuation.yield(.snapshot(state.status, id: 7))
            let key = state.nextListener
            state.nextListener += 1
            state.listeners[key] = continuation
        }
        return stream
    }
}
