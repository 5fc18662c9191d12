import StationCore
import Testing

@testable import IntakeStation

@Suite struct BellTests {
    /// A bell whose time once ran out used to ring for ever after, and its waiter to spin.
    @Test func aBellWhoseTimeRanOutWaitsAgain() async {
        let bell = Bell()
        let clock = SystemClock()
        await bell.wait(atMost: .milliseconds(1), clock: clock)
        let start = clock.elapsed
        await bell.wait(atMost: .milliseconds(100), clock: clock)
        #expect(clock.elapsed - start >= .milliseconds(100))
    }

    @Test func aRingWhileNobodyWaitsIsKeptOnce() async {
        let bell = Bell()
        let clock = SystemClock()
        bell.ring()
        bell.ring()
        await bell.wait(atMost: .seconds(600), clock: clock)
        let start = clock.elapsed
        await bell.wait(atMost: .milliseconds(50), clock: clock)
        #expect(clock.elapsed - start >= .milliseconds(50))
    }

    @Test func aRingWakesTheWaiterAndSoDoesCancellation() async {
        let bell = Bell()
        let waiting = Task { await bell.wait(atMost: .seconds(600), clock: SystemClock()) }
        bell.ring()
        await waiting.value
        let cancelled = Task { await bell.wait(atMost: .seconds(600), clock: SystemClock()) }
        cancelled.cancel()
        await cancelled.value
    }
}
