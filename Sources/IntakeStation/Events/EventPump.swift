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
            while last < newest {
                let page = try await store.events(after: last)
                guard let final = page.events.last else { break }
                for event in page.events {
                    guard let published = await Self.application(of: event, in: store, meanings) else { continue }
                    await hub.publish(published)
                }
                last = final.sequence
            }
        }
    }

    /// The event as the API tells it: the application as it stands now. Nil for one that no longer exists.
    static func application(
        of event: StoreEvent, in store: Store, _ meanings: DecisionMeanings
    ) async -> StationEvent? {
        // An item whose payload row is damaged is quarantined elsewhere; its event must not end the others'.
        guard event.isOwnApplication, let id = event.itemId, let record = try? await store.item(id) else { return nil }
        return .application(ApplicationSummary(record.summary, at: store.now, meanings), id: event.sequence)
    }
}
