package import LocalServer
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
        var refusesEvents = false
        var awaited: [(streams: Int, waiter: CheckedContinuation<Void, Never>)] = []
        var issues: [IssueReport] = []
        var desk = FakeDesk()
        var startedRead: ReadReport?
        var credentials: [ReadRequest.Credential] = []
        var submissions: [(key: String, submission: ApplicationSubmission, second: String?)] = []
    }

    private let state = Mutex(State())

    /// A station with one empty reader and nothing in its queue.
    package init() {}

    /// Serves this station on a Unix socket while the body runs.
    package func serve(at socketPath: String, _ body: () async throws -> Void) async throws {
        try await serving(.operators(self), at: socketPath) {
            defer { hangUp() }
            try await body()
        }
    }

    /// Serves its administrators' side.
    package func serveAdministration(at socketPath: String, _ body: () async throws -> Void) async throws {
        try await serving(.administrators(FakeAdministration(self)), at: socketPath) {
            defer { hangUp() }
            try await body()
        }
    }

    /// What `Last-Event-ID` each event stream came with, in order.
    package var resumedAfter: [Int64?] { state.withLock { $0.resumedAfter } }
    /// Returns once more event streams than so many came.
    package func waitForListener(after streams: Int) async {
        await withCheckedContinuation { waiter in
            let isThere = state.withLock { state in
                guard state.resumedAfter.count <= streams else { return true }
                state.awaited.append((streams, waiter))
                return false
            }
            if isThere { waiter.resume() }
        }
    }

    /// From now on event streams are refused for good.
    package func refuseEvents() { state.withLock { $0.refusesEvents = true } }

    /// Open event streams.
    package var listeners: Int { state.withLock { $0.listeners.count } }

    /// The people as they are now.
    package var desk: FakeDesk { state.withLock(\.desk) }

    /// Changes what the people are like.
    package func change(_ change: (inout FakeDesk) -> Void) { state.withLock { change(&$0.desk) } }

    /// What opened chips so far.
    package var credentials: [ReadRequest.Credential] { state.withLock(\.credentials) }

    /// From now on every chip opens, with this read.
    package func open(with read: ReadReport) { state.withLock { $0.startedRead = read } }

    /// What was saved, and who signed beside Lan.
    package var submissions: [(key: String, submission: ApplicationSubmission, second: String?)] {
        state.withLock(\.submissions)
    }

    package func set(_ status: StationStatus) { state.withLock { $0.status = status } }

    /// Makes the read known to who asks.
    package func keep(_ read: ReadReport) { state.withLock { $0.reads[read.id] = read } }

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

    /// Makes an application with its history known, in place of what was known by its id.
    package func keep(_ detail: ApplicationDetail) {
        state.withLock {
            let id = detail.summary.itemId
            if let known = $0.applications.firstIndex(where: { $0.itemId == id }) {
                $0.applications[known] = detail.summary
            } else {
                $0.applications.append(detail.summary)
            }
            $0.details[id] = detail
        }
    }

    /// Tells everybody who listens.
    package func tell(_ event: StationEvent) {
        if let readers = event.readers { state.withLock { $0.status = $0.status.holding(readers) } }
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
            consent: ConsentText(version: "1", language: "vi", text: Scene.consent, sha256: "00"),
            integrations: ["health-insurance"],
            receipt: ReceiptTerms(holidays: ["2026-09-02"], extraWorkingDays: [], hotline: "1900 0000"))
    }
    package func status() async throws(Problem) -> StationStatus { state.withLock { $0.status } }
    package func readers() async -> ReaderList { state.withLock { $0.status.readers } }
    package func startRead(reader: String, _ request: ReadRequest, by person: ProvenPerson) async throws(Problem)
        -> ReadReport
    {
        let answer = state.withLock { state in
            state.credentials.append(request.credential)
            return state.startedRead
        }
        guard let answer else { throw Problem(.readerUnknown) }
        tell(answer)
        return answer
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
        guard let answer = desk.saved else { throw Problem(.permissionDenied) }
        guard let submission = try? StrictJSON.decode(ApplicationSubmission.self, from: body) else {
            throw Problem(.requestMalformed)
        }
        var problems = desk.findings
        if submission.consent == nil { problems.append(FieldProblem(field: "consent.granted", code: .consentMissing)) }
        let asked = problems.filter { problem in
            submission.overrides?.contains { "\(problem.code)" == $0.kind } != true
        }
        guard asked.isEmpty else { throw Problem(Failure(.applicationInvalid), fields: asked) }
        state.withLock { $0.submissions.append((idempotencyKey, submission, second?.operatorId)) }
        guard let bytes = try? StrictJSON.encode(answer) else { throw Problem(.internalFault) }
        return SavedAnswer(body: bytes, itemId: answer.itemId)
    }
    package func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList {
        let found = state.withLock { $0.applications }.filter {
            (question.state == nil || $0.state == question.state) && $0.sequence > (question.after ?? 0)
                && $0.sequence < (question.before ?? .max)
                && $0.receiptNumber.filter(\.isNumber).hasSuffix(question.ending ?? "")
        }
        return ApplicationList(applications: question.before == nil ? found : found.reversed(), next: nil)
    }
    package func media() async throws(Problem) -> MediaList { desk.media }
    package func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail {
        guard let detail = state.withLock({ $0.details[id] }) else { throw Problem(.applicationUnknown) }
        return detail
    }

    /// What is known stays as it is.
    package func perform(
        _ verb: ApplicationVerb, on id: ItemID, _ order: ApplicationOrder, by person: ProvenPerson,
        with second: ProvenPerson?
    ) async throws(Problem) -> ApplicationDetail {
        guard let detail = state.withLock({ $0.details[id] }) else {
            throw Problem(Failure(.applicationUnknown, verb.rawValue))
        }
        record(verb.rawValue, order.reason, second?.operatorId)
        return detail
    }

    private func record(_ words: String?...) {
        change { $0.orders.append(words.compactMap(\.self).joined(separator: " ")) }
    }
    package func amend(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> SavedAnswer {
        guard let saved = desk.saved, state.withLock({ $0.details[id] }) != nil,
            let answer = try? StrictJSON.encode(saved)
        else { throw Problem(.applicationUnknown) }
        record("amend", String(decoding: body, as: UTF8.self), idempotencyKey.isEmpty ? nil : "keyed")
        return SavedAnswer(body: answer, itemId: saved.itemId)
    }
    package func withdraw(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> [UInt8] {
        guard state.withLock({ $0.details[id] }) != nil,
            let answer = try? StrictJSON.encode(Withdrawal(itemId: id, message: nil))
        else { throw Problem(.applicationUnknown) }
        record("withdraw", String(decoding: body, as: UTF8.self))
        return answer
    }
    /// Whoever is asked about took in everything that is known.
    package func find(_ question: PersonQuestion, by person: ProvenPerson) async throws(Problem) -> PersonReport {
        let details = state.withLock { Array($0.details.values) }
        guard !details.isEmpty else { throw Problem(.stationLocked) }
        return PersonReport(
            entries: details.map {
                .init(
                    application: $0.summary, name: Scene.name, maskedNumber: "070*****1234", phone: Scene.phone,
                    hamletId: nil)
            })
    }
    package func eraseFollowUp(of id: ItemID, by person: ProvenPerson) async throws(Problem) {
        guard state.withLock({ $0.details[id] }) != nil else { throw Problem(.applicationUnknown) }
        record("forget")
    }
    package func export(
        _ order: ExportOrder, by person: ProvenPerson, with second: ProvenPerson?
    ) async throws(Problem) -> ExportReport {
        guard let second else { throw Problem(.coSignatureMissing) }
        record("export", order.directory, order.again == true ? "again" : nil, second.operatorId)
        if let writing = desk.writing { for await _ in writing {} }
        return ExportReport(bundleId: "b", name: "bundle-b", items: 1, marked: 1, files: 1, bytes: 1)
    }
    package func recallExports(by person: ProvenPerson) async throws(Problem) -> RecallReport {
        record("recall")
        return RecallReport(recalled: 0)
    }
    package func importReceipts(_ order: ImportOrder, by person: ProvenPerson) async throws(Problem)
        -> ReceiptImportReport
    {
        record("receipts", order.directory)
        return desk.receipts
    }
    package func events(
        after lastEventID: Int64?, for person: ProvenPerson?
    ) async throws(Problem) -> AsyncStream<StationEvent> {
        guard !state.withLock({ $0.refusesEvents }) else { throw Problem(.requestMalformed) }
        let (stream, continuation) = AsyncStream.makeStream(of: StationEvent.self)
        let waiters = state.withLock { state in
            state.resumedAfter.append(lastEventID)
            defer { state.awaited.removeAll { $0.streams < state.resumedAfter.count } }
            continuation.yield(.snapshot(state.status, id: 7))
            let key = state.nextListener
            state.nextListener += 1
            state.listeners[key] = continuation
            return state.awaited.filter { $0.streams < state.resumedAfter.count }.map(\.waiter)
        }
        for waiter in waiters { waiter.resume() }
        return stream
    }

    // MARK: Sessions and problems

    package func shifts(before number: Int64?) async throws(Problem) -> ShiftList {
        ShiftList(shifts: desk.shift.map { [$0] } ?? [], next: nil)
    }
    package func handOver(
        _ shiftId: String, by person: ProvenPerson, to second: ProvenPerson?
    ) async throws(Problem) -> ShiftReport {
        guard let second else { throw Problem(.coSignatureMissing) }
        guard let shift = desk.shift, shift.shiftId == shiftId else { throw Problem(.shiftUnknown) }
        record("hand-over", shiftId, second.operatorId)
        let report = ShiftReport(
            shiftId: shift.shiftId, number: 1, team: shift.team, point: shift.point, kind: shift.kind,
            responsible: second.operatorId, operators: shift.operators + [second.operatorId], openedAt: shift.openedAt,
            openedQuality: shift.openedQuality, openedBy: shift.openedBy, closedAt: nil, closedBy: nil)
        change { $0.shift = report }
        return report
    }
    package func note(_ issue: IssueOrder, by person: ProvenPerson) async throws(Problem) -> IssueReport {
        state.withLock { state in
            let now = SystemClock().now
            let report = IssueReport(
                number: Int64(state.issues.count + 1), at: now, clockQuality: .synchronized,
                operatorId: person.operatorId, category: issue.category, itemId: issue.itemId,
                since: issue.since ?? now, text: issue.text)
            state.issues.append(report)
            return report
        }
    }
    /// Pages of two.
    package func issues(after number: Int64?) async throws(Problem) -> IssueList {
        let behind = state.withLock { $0.issues }.filter { $0.number > number ?? 0 }
        let page = Array(behind.prefix(2))
        return IssueList(issues: page, next: page.count == 2 ? page.last?.number : nil)
    }
}

extension StationStatus {
    /// The same with other readers: a status says what was told.
    fileprivate func holding(_ readers: ReaderList) -> StationStatus {
        StationStatus(
            stationId: stationId, software: software, health: health, startedAt: startedAt, clock: clock, intake: intake,
            readers: readers, queue: queue, uplink: uplink, decisions: decisions, problems: problems)
    }
}
