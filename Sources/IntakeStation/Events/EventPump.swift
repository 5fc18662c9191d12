import Logging
import ServiceLifecycle
import StationAPI
import StationCore
import Store

/// Carries durable events from the store to the listeners, in order, each once.
struct EventPump: Service {
    let store: Store
    let meanings: DecisionMeanings
    let hub: EventHub
    let logger: Logger

    func run() async throws {
        // Listen first, then look: what comes in between is told twice by the store and once by the loop.
        let news = store.eventNews()
        var last = try await store.events(after: .max).newest
        for await newest in news.cancelOnGracefulShutdown() {
            // Whoever comes later reads from the store what is not told now.
            guard await hub.isHeard else {
                last = newest
                continue
            }
            while last < newest {
                let page = try await store.events(after: last)
                guard let final = page.events.last else { break }
                for event in try await Self.applications(of: page.events, in: store, meanings) {
                    await hub.publish(event)
                }
                last = final.sequence
            }
        }
    }

    /// Events as the API tells them: each with its application as it stands now; without those of one that no longer
    /// exists.
    static func applications(
        of events: [StoreEvent], in store: Store, _ meanings: DecisionMeanings
    ) async throws(Failure) -> [StationEvent] {
        let own = events.filter(\.isOwnApplication)
        let summaries = try await store.summaries(of: own.compactMap(\.itemId))
        return own.compactMap { event in
            event.itemId.flatMap { summaries[$0] }.map { summary in
                .application(ApplicationSummary(summary, at: store.now, meanings), id: event.sequence)
            }
        }
    }
}
