import StationCore
import Synchronization
import Testing

@testable import LocalServer

@Suite struct PeerAllowanceTests {
    private final class HandClock: StationClock {
        private let time = Mutex<Duration>(.seconds(1_000))
        var now: Timestamp { Timestamp(milliseconds: 0) }
        var elapsed: Duration { time.withLock { $0 } }
        var quality: ClockQuality { .unsynchronized }
        func sleep(for duration: Duration) async throws {}
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    private let clock = HandClock()
    private let one = Peer(userID: 1)
    private let other = Peer(userID: 2)

    @Test func aPeerHasItsConnectionsAndNoMore() {
        let allowance = PeerAllowance(connections: 2, burst: 1, perSecond: 1, clock: clock)
        #expect([allowance.connected(one), allowance.connected(one)] == [.served, .served])
        for _ in 0..<Limits.Local.toldConnections { #expect(allowance.connected(one) == .toldWhy) }
        #expect(allowance.connected(one) == .refused)
        #expect(allowance.connected(other) == .served)
        for _ in 0...Limits.Local.toldConnections { allowance.disconnected(one) }
        // Whoever was refused counts until it is gone.
        #expect(allowance.connected(one) == .toldWhy)
        for _ in 0..<2 { allowance.disconnected(one) }
        #expect(allowance.connected(one) == .served)
    }

    @Test func aBucketEmptiesAndFillsWithTime() {
        let allowance = PeerAllowance(connections: 1, burst: 3, perSecond: 2, clock: clock)
        #expect((0..<3).map { _ in allowance.request(by: one) } == [nil, nil, nil])
        #expect(allowance.request(by: one) == 1)
        #expect(allowance.request(by: other) == nil)
        clock.advance(.milliseconds(499))
        #expect(allowance.request(by: one) == 1)
        clock.advance(.milliseconds(1))
        #expect(allowance.request(by: one) == nil)
        clock.advance(.seconds(3_600))
        #expect((0..<4).map { _ in allowance.request(by: one) } == [nil, nil, nil, 1])
    }

    @Test func comingBackDoesNotFillTheBucket() {
        let allowance = PeerAllowance(connections: 1, burst: 2, perSecond: 1, clock: clock)
        #expect(allowance.connected(one) == .served)
        #expect(allowance.request(by: one) == nil && allowance.request(by: one) == nil)
        allowance.disconnected(one)
        #expect(allowance.connected(one) == .served)
        #expect(allowance.request(by: one) == 1)
    }
}
