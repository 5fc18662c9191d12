import Crypto
import HostIntegration
import StationCore
import Uplink

/// Everything of one run that is not the product: time, disk, network, upstream, people; and what they saw.
final class World: @unchecked Sendable {  // Sendable: touched by the timeline's one thread only; others are reported.
    let scenario: Scenario
    let timeline: Timeline
    let trace: Trace
    let disk: Disk
    let upstream: SimulatedUpstream
    let network: Network
    let ledger = Ledger()
    let identity: UplinkIdentity
    let stationKey: StationSigningKey

    /// What the wall clock says beyond the true time.
    var wallOffset = Duration.zero
    /// Whether the host says that its clock is synchronised.
    var isSynchronized = true
    /// The process that runs; nil while none does.
    var life: Life?
    /// Everything has been repaired: the rest drains.
    var isHealed = false
    /// The run is over.
    var isOver = false
    /// When the computer came up, and how often it had before.
    private(set) var bootedAt = Duration.zero
    private(set) var boots: Int64 = 0
    /// Until when upstream wants nothing, as the station has it on disk.
    var obeyUntil = Duration.zero
    /// Since when an administrator holds the transmission.
    var heldSince: Duration?
    /// Citizens at a desk now, and all who ever came.
    var openVisits = 0
    var cases = 0
    private(set) var violations: [String] = []
    private var counts: [Occasion: Int] = [:]

    /// Monday, 2026-03-02, midnight in Viet Nam.
    static let start = Timestamp(milliseconds: 1_772_384_400_000)
    static let station: StationID = .constant("station-07")

    init(_ scenario: Scenario, listener: (@Sendable (String) -> Void)?) throws {
        self.scenario = scenario
        func dice(_ part: String) -> Dice { Dice(seed: scenario.seed, part: part) }
        timeline = Timeline(dice: dice("timeline"))
        trace = Trace(listener: listener)
        disk = try Disk(dice: dice("disk"))
        stationKey = try SigningKey(keyId: .constant("st07-2026"), seed: dice("station key").bytes(32))
        upstream = try SimulatedUpstream(dice: dice("upstream"), keyDice: dice("keys"), stationKey: stationKey)
        network = Network(dice: dice("network"))
        identity = UplinkIdentity(
            stationId: Self.station, base: try UpstreamBase("https://upstream.example/api"),
            authorities: AuthorityKeys([
                try VerifyingKey(
                    keyId: upstream.authority.keyId, rawRepresentation: upstream.authority.publicKey)
            ]))
    }

    func dice(_ part: String) -> Dice { Dice(seed: scenario.seed, part: part) }

    /// The true time, which upstream's clock has.
    var trueTime: Timestamp { Self.start.adding(timeline.now) }

    /// The computer comes up: its boot-time clock begins anew, and what was told before is due.
    func boot() {
        bootedAt = timeline.now
        boots += 1
        obeyUntil = .zero
    }

    func note(_ text: String) { trace.note(timeline.now, text) }

    func count(_ occasion: Occasion, _ times: Int = 1) { counts[occasion, default: 0] += times }

    /// A broken promise: the run ends here.
    func violate(_ text: String) {
        violations.append(text)
        note("VIOLATION: \(text)")
        isOver = true
        timeline.stop()
    }

    var allCounts: [(name: String, count: Int)] {
        counts[.lostWrites] = Int(disk.lostWrites)
        counts[.resumedParts] = upstream.resumed
        counts[.forgottenParts] = upstream.postponed
        return Occasion.allCases.map { ($0.rawValue, counts[$0] ?? 0) }
    }
}

/// The clocks as one process of the station sees them.
struct ProcessClock: StationClock {
    let world: World

    var now: Timestamp { world.trueTime.adding(world.wallOffset) }
    var elapsed: Duration { world.timeline.now - world.bootedAt }
    var quality: ClockQuality {
        HostClock.quality(now: now, notBefore: HostClock.earliest, isSynchronized: world.isSynchronized, isContradicted: false)
    }
    func sleep(for duration: Duration) async throws { try await world.timeline.sleep(for: duration) }
}
