import StationCore
import Testing

@testable import IntakeStation
@testable import PCSCReaders

@Suite struct ReturningCardsTests {
    /// Waits never end by themselves, or at once.
    private struct FixedClock: StationClock {
        let isOver: Bool
        var now: Timestamp { Timestamp(milliseconds: 1_790_000_000_000) }
        var elapsed: Duration { .zero }
        var quality: ClockQuality { .synchronized }
        func sleep(for duration: Duration) async throws {
            if !isOver { try await ContinuousClock().sleep(for: .seconds(3_600)) }
        }
    }

    private func placing(_ number: UInt64, on reader: String = "a") -> CardInsertion {
        CardInsertion(reader: reader, number: number, eventCounter: UInt16(number), answerToReset: [])
    }

    @Test func aCardThatCameBeforeTheWaitStoodIsNotMissed() async {
        let cards = ReturningCards(clock: FixedClock(isOver: false))
        #expect(await cards.card(after: placing(1), within: .seconds(30)) { placing(2) } == placing(2))
    }

    @Test func onlyALaterPlacingOnTheSameReaderCounts() async {
        let cards = ReturningCards(clock: FixedClock(isOver: false))
        let found = await cards.card(after: placing(5), within: .seconds(30)) {
            for other in [placing(5), placing(4), placing(9, on: "b")] { cards.take(other) }
            cards.take(placing(6))
            return nil
        }
        #expect(found == placing(6))
    }

    @Test func aWaitEndsByTimeByGivingUpAndByCancellation() async {
        let over = ReturningCards(clock: FixedClock(isOver: true))
        #expect(await over.card(after: placing(1), within: .seconds(30)) { nil } == nil)
        let cards = ReturningCards(clock: FixedClock(isOver: false))
        let givenUp = await cards.card(after: placing(1), within: .seconds(30)) {
            cards.giveUp(on: "a")
            return nil
        }
        #expect(givenUp == nil)
        let task = Task { await cards.card(after: placing(1), within: .seconds(30)) { nil } }
        task.cancel()
        #expect(await task.value == nil)
    }
}
