import StationCore
import Synchronization
import Testing

@testable import People

@Suite struct SessionRegistryTests {
    private final class HandClock: StationClock {
        private let time = Mutex(Duration.zero)
        var now: Timestamp { Timestamp(milliseconds: 1_700_000_000_000) }
        var quality: ClockQuality { .synchronized }
        var elapsed: Duration { time.withLock { $0 } }
        func sleep(for duration: Duration) async throws {}
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    private let clock = HandClock()
    private let person = OperatorID("lan")!
    private var key: Redacted<[UInt8]> { Redacted([UInt8](repeating: 7, count: 32)) }

    private func registry() -> SessionRegistry {
        SessionRegistry(clock: clock, random: SeededBytes(), idle: .seconds(600))
    }

    private func begin(_ registry: SessionRegistry, userID: UInt32 = 1_000) throws -> String {
        try registry.begin(person, role: .operator, userID: userID, mustChangeSecret: false, dataKey: key)
    }

    @Test func aTokenHoldsForTheUserIdThatSignedInAlone() throws {
        let registry = registry()
        let token = try begin(registry)
        #expect(try registry.session(of: token, userID: 1_000).person == person)
        #expect(throws: Failure(.sessionExpired)) { try registry.session(of: token, userID: 1_001) }
        #expect(try registry.session(of: token, userID: 1_000).person == person, "a thief's try ends nothing")
    }

    @Test func nobodyIsInWithoutATokenOrWithOneThatWasNeverGivenOut() throws {
        let registry = registry()
        _ = try begin(registry)
        #expect(throws: Failure(.signInRequired)) { try registry.session(of: nil, userID: 1_000) }
        for forged in ["", "00", String(repeating: "0", count: 64)] {
            #expect(throws: Failure(.sessionExpired)) { try registry.session(of: forged, userID: 1_000) }
        }
    }

    @Test func aSessionEndsByIdlenessAndByAge() throws {
        let registry = registry()
        let token = try begin(registry)
        clock.advance(.seconds(599))
        _ = try registry.session(of: token, userID: 1_000)
        clock.advance(.seconds(599))
        _ = try registry.session(of: token, userID: 1_000)
        #expect(registry.look().dataKey == key)
        clock.advance(.seconds(600))
        #expect(registry.look().isAnybody == false && registry.look().dataKey == nil)
        #expect(throws: Failure(.sessionExpired)) { try registry.session(of: token, userID: 1_000) }

        let busy = try begin(registry)
        let end = clock.elapsed + Limits.People.session
        while clock.elapsed + .seconds(500) < end {
            _ = try registry.session(of: busy, userID: 1_000)
            clock.advance(.seconds(500))
        }
        clock.advance(end - clock.elapsed)
        #expect(throws: Failure(.sessionExpired)) { try registry.session(of: busy, userID: 1_000) }
    }

    @Test func aPersonsOtherSessionsEndWithTheirSecret() throws {
        let registry = registry()
        let (one, other) = (try begin(registry), try begin(registry))
        registry.end(of: person, except: one)
        _ = try registry.session(of: one, userID: 1_000)
        #expect(throws: Failure(.sessionExpired)) { try registry.session(of: other, userID: 1_000) }
    }

    @Test func theNextEndIsTheEarliest() throws {
        let registry = registry()
        _ = try begin(registry)
        clock.advance(.seconds(100))
        _ = try begin(registry)
        #expect(registry.look().nextEnd == .seconds(500))
    }
}
