import PCSCReaders
import StationCore
import Synchronization

/// Hands a card that is laid on a reader to the read that waits for it there.
final class ReturningCards: Sendable {
    private struct Waiting {
        let after: UInt64
        let card: Outcome<CardInsertion?>
    }

    private let clock: any StationClock
    /// By the reader's name.
    private let waiting = Mutex<[String: Waiting]>([:])

    init(clock: any StationClock) { self.clock = clock }

    /// The card that is laid on a reader after a placing. Nil when none is within the time, when somebody gives the wait
    /// up, and when the task is cancelled.
    /// - Parameter present: what lies there now; asked once the wait stands, so that no card comes unseen in between.
    func card(
        after insertion: CardInsertion, within duration: Duration, present: () -> CardInsertion?
    ) async -> CardInsertion? {
        let card = Outcome<CardInsertion?>()
        waiting.withLock { $0[insertion.reader] = Waiting(after: insertion.number, card: card) }
        if let present = present() { take(present) }
        return await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [clock] in
                    do { try await clock.sleep(for: duration) } catch { return }
                    card.settle(nil)
                }
                defer { group.cancelAll() }
                return await card.value
            }
        } onCancel: {
            card.settle(nil)
        }
    }

    /// A card lies on its reader.
    func take(_ insertion: CardInsertion) {
        let found = waiting.withLock { waiting -> Waiting? in
            guard let found = waiting[insertion.reader], insertion.number > found.after else { return nil }
            waiting[insertion.reader] = nil
            return found
        }
        found?.card.settle(insertion)
    }

    /// Nobody waits on this reader any more.
    func giveUp(on reader: String) { waiting.withLock { $0.removeValue(forKey: reader) }?.card.settle(nil) }
}
