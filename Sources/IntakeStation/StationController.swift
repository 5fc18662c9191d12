import LocalServer
import StationAPI
import StationCore
import Store

/// The station as the socket API sees it.
struct StationController: StationControl {
    let settings: SettingsBox
    let store: Store
    let hub: EventHub
    let reading: ReadingService
    let saving: SavingService
    let corrections: CorrectionService
    let stick: StickService
    let transmission: TransmissionSwitch
    let people: PeopleService
    let shifts: ShiftService
    let reporter: StatusReporter
    let meanings: DecisionMeanings
    let stop: StopCause

    func description() async -> StationDescription {
        StationDescription(
            version: 1, software: softwareVersion,
            features: Features.operators,
            consent: settings.current.consent, integrations: settings.current.integrations.sorted(),
            receipt: settings.current.receipt)
    }

    func status() async throws(Problem) -> StationStatus {
        do { return try await reporter.report() } catch { throw Problem(error) }
    }

    func readers() async -> ReaderList { await reading.readers() }

    func startRead(reader: String, _ request: ReadRequest, by person: ProvenPerson) async throws(Problem) -> ReadReport
    {
        do { return try await reading.start(reader: reader, request, by: person.actor) } catch { throw Problem(error) }
    }

    func read(_ id: String, by person: ProvenPerson) async throws(Problem) -> ReadReport {
        do { return try await reading.reads.report(id, to: person.actor) } catch { throw Problem(error) }
    }

    func readRecord(_ id: String, by person: ProvenPerson) async throws(Problem) -> ReadRecord {
        do { return try await reading.reads.record(of: id, to: person.actor) } catch { throw Problem(error) }
    }

    func portrait(_ id: String, by person: ProvenPerson) async throws(Problem) -> PageImage {
        do { return try await reading.portrait(id, to: person.actor) } catch { throw Problem(error) }
    }

    func submit(
        _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson, with second: ProvenPerson?
    ) async throws(Problem) -> SavedAnswer {
        defer { stopIfPoisoned() }
        return try await saving.submit(body, idempotencyKey: idempotencyKey, by: person, with: second)
    }

    /// A store that nobody can vouch for any more ends the daemon (law 1).
    func stopIfPoisoned() { if let poison = store.poison { stop.stop(with: poison) } }

    func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList {
        do throws(Failure) {
            let page = try ItemPage(question)
            let items = try await store.items(page)
            return ApplicationList(
                applications: items.map { ApplicationSummary($0, at: store.now, meanings) },
                next: items.count == page.limit ? items.last?.sequence : nil)
        } catch {
            throw Problem(error)
        }
    }

    func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail {
        do throws(Failure) {
            guard let record = try await store.item(id), !record.isForwarded else {
                throw Failure(.applicationUnknown)
            }
            return ApplicationDetail(record, at: store.now, meanings)
        } catch {
            throw Problem(error)
        }
    }

    func events(after lastEventID: Int64?, for person: ProvenPerson?) async throws(Problem) -> AsyncStream<StationEvent>
    {
        try await events(after: lastEventID, to: person.map { .person($0.actor) } ?? .anybody)
    }

    /// The stream of what this audience may hear.
    func events(
        after lastEventID: Int64?, to audience: EventAudience
    ) async throws(Problem) -> AsyncStream<StationEvent> {
        do throws(Failure) {
            return try await hub.listen(as: audience) { () throws(Failure) in
                try await first(after: lastEventID, for: audience)
            }
        } catch {
            throw Problem(error)
        }
    }

    /// The snapshot, what a client missed since `lastEventID`, and the newest durable event that both cover.
    private func first(
        after lastEventID: Int64?, for audience: EventAudience
    ) async throws(Failure) -> (first: [StationEvent], lastEventID: Int64) {
        let status = try await reporter.report()
        var missed: [StationEvent] = []
        let kept = try await store.events(after: .max)
        var last = kept.newest
        // A client further behind than what is kept starts from the snapshot; the queue listing has the rest.
        if audience.hearsApplications, let lastEventID, lastEventID < last {
            var position = lastEventID
            while position < last {
                let page = try await store.events(after: position)
                guard let final = page.events.last else { break }
                missed += try await EventPump.applications(of: page.events, in: store, meanings)
                position = final.sequence
            }
            last = max(last, position)
        }
        var present: [StationEvent] = []
        if case .person(let actor) = audience {
            present = await reading.reads.current(of: actor).map(StationEvent.read)
        }
        let id = Self.snapshotID(asked: lastEventID, oldest: kept.oldest, newest: last)
        return ([.snapshot(status, id: id)] + missed + present, last)
    }

    /// The number behind which a stream goes on without a hole. A client that asked for an older one sees by it what it
    /// missed for good, and one that asked for a newer one that the station's numbers began anew.
    static func snapshotID(asked: Int64?, oldest: Int64, newest: Int64) -> Int64 {
        asked.map { min(max($0, oldest - 1), newest) } ?? newest
    }
}
