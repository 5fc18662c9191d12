import Foundation
import Logging
import StationCore
import Store
import Synchronization
import Testing

@testable import IntakeStation

@Suite struct HousekeepingTests {
    private final class HandClock: StationClock {
        private let time = Mutex(Duration.zero)
        var now: Timestamp { Timestamp(milliseconds: 1_800_000_000_000 + elapsed.wholeMilliseconds) }
        var quality: ClockQuality { .synchronized }
        var elapsed: Duration { time.withLock { $0 } }
        func sleep(for duration: Duration) async throws { try Task.checkCancellation() }
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    /// Reading the whole spool again and again would only wear a market's battery: it rests between two looks.
    @Test func betweenTwoLooksAtTheWholeSpoolItRests() async throws {
        let root = NSTemporaryDirectory() + "house-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let clock = HandClock()
        let store = try await Store.open(StoreConfiguration(path: root + "/station.sqlite", clock: clock))
        let checks = CheckState()
        let housekeeping = Housekeeping(
            stationID: try #require(WireName("station-1")), store: store, checks: checks,
            reads: ReadRegistry(clock: clock, random: SystemRandomSource(), hub: EventHub()), payloadDays: 7,
            interval: .seconds(60), clock: clock, stop: StopCause(), logger: Logger(label: "test"))
        func rounds() -> Int { checks.withLock { $0.rounds } }
        for _ in 0..<20 where rounds() == 0 { try await housekeeping.round() }
        #expect(rounds() == 1)
        clock.advance(Limits.Store.checkRest - .seconds(1))
        for _ in 0..<20 { try await housekeeping.round() }
        #expect(rounds() == 1)
        clock.advance(.seconds(1))
        for _ in 0..<20 where rounds() == 1 { try await housekeeping.round() }
        #expect(rounds() == 2)
        try await store.close()
    }
}
