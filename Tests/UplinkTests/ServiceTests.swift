import StationCore
import Synchronization
import Testing

@testable import Uplink

@Suite struct ServiceTests {
    private struct Bench {
        let clock: SimulatedTime
        let spool: MemorySpool
        let upstream: MemoryUpstream
        let service: UplinkService

        /// Another process on what the first one left.
        init(after other: Bench) {
            (spool, upstream, clock) = (other.spool, other.upstream, other.clock)
            service = Self.service(spool, upstream, OpenGate(), clock, seed: 2)
        }

        init(_ items: [OutgoingItem], seed: UInt64 = 1, trouble: Int = 0, gate: any SendingGate = OpenGate()) {
            clock = SimulatedTime()
            spool = MemorySpool(items, clock: clock)
            upstream = MemoryUpstream(seed: seed, trouble: trouble, clock: clock, spool: spool)
            service = Self.service(spool, upstream, gate, clock, seed: seed)
        }

        private static func service(
            _ spool: MemorySpool, _ upstream: MemoryUpstream, _ gate: any SendingGate, _ clock: SimulatedTime,
            seed: UInt64
        ) -> UplinkService {
            UplinkService(
                identity: UplinkIdentity(
                    stationId: Fixture.station, base: Fixture.base, authorities: Fixture.authorities),
                transport: upstream, spool: spool, keys: spool, observer: spool, gate: gate, clock: clock,
                random: SeededRandom(seed &+ 1_000))
        }

        /// Runs until the condition holds or so much simulated time has passed.
        func run(
            for limit: Duration = .seconds(30 * 86_400), until isDone: @escaping @Sendable () async -> Bool
        ) async throws {
            let (clock, service) = (clock, service)
            try await clock.run {
                let end = clock.elapsed + limit
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        do { try await service.run() } catch is CancellationError {}
                    }
                    group.addTask {
                        while await !isDone(), clock.elapsed < end { try await clock.sleep(for: .seconds(1)) }
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
        }

        func drain(for limit: Duration = .seconds(30 * 86_400)) async throws {
            try await run(for: limit) { await spool.isSettled }
        }
    }

    private static func items(_ count: Int) -> [OutgoingItem] { (1...count).map { Fixture.outgoing($0) } }

    @Test func `a good link: keys, then everything accepted in few batches`() async throws {
        let bench = Bench(Self.items(50))
        try await bench.drain()
        #expect(await bench.upstream.stored.count == 50)
        #expect(await bench.spool.states.values.allSatisfy { $0 == .accepted })
        #expect(await bench.upstream.requests.first == "/v1/intake/keys")
        #expect(await bench.upstream.requests.count { $0 == "/v1/intake/batches" } == 3, "16, 24, 10")
        #expect(await bench.spool.list?.serial == 1)
        #expect(await bench.upstream.violations == [])
        #expect(await bench.spool.offsets.isEmpty == false)
    }

    @Test func `a wait that upstream demands outlives the process`() async throws {
        let bench = Bench(Self.items(3))
        await bench.upstream.set(refusal: Fixture.reply(503, type: nil, fields: [HeaderField("Retry-After", "1800")]))
        try await bench.run(for: .seconds(60)) { await bench.spool.obeyUntil != nil }
        let until = try #require(await bench.spool.obeyUntil)
        let requests = await bench.upstream.requests.count
        await bench.upstream.set()
        // Three more processes: none of them asks for anything, keys included, before its time.
        for _ in 0..<3 {
            let next = Bench(after: bench)
            try await next.run(for: .seconds(300)) { false }
            #expect(await bench.upstream.requests.count == requests)
            let condition = try #require(await bench.spool.conditions.last)
            #expect(condition.state == .waiting && condition.code == .upstreamBusy)
        }
        try await Bench(after: bench).run(for: until - bench.clock.elapsed - .seconds(2)) { false }
        #expect(await bench.upstream.requests.count == requests)
        try await Bench(after: bench).drain()
        #expect(bench.clock.elapsed >= until)
        #expect(await bench.upstream.stored.count == 3)
        #expect(await bench.spool.obeyUntil == nil, "what is over is not kept")
    }

    /// The link of this bench takes 300 ms, so that each batch but the first two is framed while another is on its way.
    @Test func `a batch framed ahead is given back when the lane has to wait, and sent later`() async throws {
        let bench = Bench(Self.items(200))
        let busy = Fixture.reply(503, type: nil, fields: [HeaderField("Retry-After", "20")])
        try await bench.run(for: .seconds(60)) {
            guard await bench.upstream.stored.count >= 40 else { return false }
            await bench.upstream.set(refusal: busy)
            return await bench.spool.givenBack > 0
        }
        #expect(await bench.upstream.stored.count < 200)
        #expect(await bench.spool.givenBack > 0)
        #expect(await bench.spool.chosen == [], "what is not on its way is anybody's")
        await bench.upstream.set()
        try await bench.drain()
        #expect(await bench.upstream.stored.count == 200)
        #expect(await bench.upstream.storings == 200)
        #expect(await bench.upstream.violations == [])
        #expect(await bench.spool.violations == [])
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `whatever the link does, everything arrives once`(_ seed: UInt64) async throws {
        let bench = Bench(Self.items(60), seed: seed, trouble: 45)
        try await bench.drain()
        #expect(await bench.spool.states.values.allSatisfy { $0 == .accepted }, "seed \(seed)")
        #expect(await bench.upstream.stored.count == 60)
        #expect(await bench.upstream.storings == 60)
        #expect(await bench.upstream.violations == [], "seed \(seed)")
        #expect(await bench.spool.violations == [], "seed \(seed)")
    }

    @Test func `the simulated link does every mischief`() async throws {
        let bench = Bench(Self.items(400), seed: 5, trouble: 70)
        await bench.upstream.set(maxItems: 5)
        try await bench.drain()
        #expect(await bench.upstream.mischiefs.count == MemoryUpstream.Mischief.allCases.count - 1)
        #expect(await bench.spool.questions > 0)
    }

    @Test func `a poisoned item is quarantined and blocks nobody`() async throws {
        for (status, poison) in [(422, 7), (422, 1), (422, 40), (400, 7), (400, 1)] {
            let bench = Bench(Self.items(40))
            await bench.upstream.set(poison: [Fixture.itemId(poison)], status: status)
            try await bench.drain()
            let states = await bench.spool.states
            #expect(states[Fixture.itemId(poison)] == .quarantined("manifest-invalid"), "\(status) \(poison)")
            #expect(states.values.count { $0 == .accepted } == 39)
            #expect(await bench.upstream.requests.count < 25)
        }
    }

    @Test func `a lone 400 with nothing else to try waits, hourly, until there is another item`() async throws {
        let bench = Bench(Self.items(1))
        await bench.upstream.set(poison: [Fixture.itemId(1)], status: 400)
        try await bench.drain(for: .seconds(4 * 3_600))
        #expect(await bench.spool.states[Fixture.itemId(1)] == .saved)
        #expect(await bench.upstream.requests.count { $0 == "/v1/intake/batches" } <= 5)
        #expect(await bench.spool.conditions.last?.state == .paused)
        await bench.spool.add(Fixture.outgoing(2))
        bench.service.notifyNewWork()
        try await bench.drain(for: .seconds(4 * 3_600))
        #expect(await bench.spool.states[Fixture.itemId(1)] == .quarantined("manifest-invalid"))
        #expect(await bench.spool.states[Fixture.itemId(2)] == .accepted)
    }

    @Test func `a suspect that a person has dealt with holds nobody up and is not judged any more`() async throws {
        let bench = Bench(Self.items(1))
        await bench.upstream.set(poison: [Fixture.itemId(1)], status: 400)
        try await bench.run { await bench.spool.conditions.last?.state == .paused }
        await bench.spool.hold(Fixture.itemId(1))
        await bench.spool.add(Fixture.outgoing(2))
        bench.service.notifyNewWork()
        try await bench.run(for: .seconds(60)) { await bench.spool.states[Fixture.itemId(2)] == .accepted }
        #expect(await bench.spool.states[Fixture.itemId(2)] == .accepted)
        #expect(await bench.spool.states[Fixture.itemId(1)] == .held)
        #expect(await bench.spool.conditions.last?.state == .open)
    }

    @Test func `an upstream that is busy when it is asked for keys is asked nothing until it says so`() async throws {
        let bench = Bench(Self.items(2))
        await bench.upstream.set(refusal: Fixture.reply(503, type: nil, fields: [HeaderField("Retry-After", "1800")]))
        try await bench.drain(for: .seconds(1_700))
        #expect(await bench.upstream.requests == ["/v1/intake/keys"])
        await bench.upstream.set()
        try await bench.drain(for: .seconds(300))
        #expect(await bench.upstream.stored.count == 2)
    }

    @Test func `upstream's bounds are kept`() async throws {
        let bench = Bench(Self.items(40))
        await bench.upstream.set(maxItems: 5)
        try await bench.drain()
        #expect(await bench.upstream.requests.count { $0 == "/v1/intake/batches" } == 8)
        #expect(await bench.upstream.violations == [])
    }

    @Test func `a part that a cut hit goes on where it was cut`() async throws {
        let bench = Bench((1...3).map { Fixture.outgoing($0, bytes: 20_000) })
        await bench.upstream.cut(after: [35_000])
        try await bench.drain()
        #expect(await bench.upstream.stored.count == 3)
        #expect(await bench.upstream.resumed == 1)
        #expect(await bench.upstream.wireBytes < 66_000, "nothing but heads went twice")
        #expect(await bench.upstream.violations == [])
    }

    @Test func `a part that is cut over and over is added to each time`() async throws {
        let bench = Bench([Fixture.outgoing(1, bytes: 100_000)])
        await bench.upstream.cut(after: [20_000, 30_000, 10_000, 20_000])
        try await bench.drain()
        #expect(await bench.upstream.stored.count == 1)
        #expect(await bench.upstream.wireBytes < 115_000)
        #expect(await bench.upstream.violations == [])
    }

    @Test func `upstream that has forgotten the first bytes gets the part whole`() async throws {
        let bench = Bench((1...3).map { Fixture.outgoing($0, bytes: 20_000) })
        await bench.upstream.cut(after: [35_000], isForgetful: true)
        try await bench.drain()
        #expect(await bench.upstream.resumed == 0)
        #expect(await bench.upstream.stored.count == 3)
        #expect(await bench.upstream.violations == [])
    }

    @Test func `a damaged payload is never sent`() async throws {
        let sound = Fixture.outgoing(1)
        var damaged = Fixture.outgoing(2).sealed
        damaged[5] ^= 1
        let bench = Bench([sound, OutgoingItem(entry: Fixture.outgoing(2).entry, sealed: damaged), Fixture.outgoing(3)])
        try await bench.drain()
        #expect(await bench.spool.states[Fixture.itemId(2)] == .quarantined("payload-damaged"))
        #expect(await bench.upstream.stored.count == 2)
    }

    @Test func `a payload that is lost while it is sent cuts the request, and the rest goes without it`() async throws {
        let bench = Bench((1...6).map { Fixture.outgoing($0, bytes: 5_000) })
        await bench.spool.lose(Fixture.itemId(4))
        try await bench.drain()
        let states = await bench.spool.states
        #expect(states[Fixture.itemId(4)] == .quarantined("payload-damaged"))
        #expect(states.values.count { $0 == .accepted } == 5)
        #expect(await bench.upstream.stored[Fixture.itemId(4)] == nil)
        #expect(await bench.upstream.violations == [])
        #expect(await bench.spool.violations == [])
        #expect(await bench.spool.questions > 0, "what may have arrived before the cut is asked about")
    }

    @Test func `a few payloads at a time are asked of the spool, whatever the batch holds`() async throws {
        let bench = Bench((1...40).map { Fixture.outgoing($0, bytes: 20_000) })
        let chosen = (1...40).map { Fixture.outgoing($0, bytes: 20_000).entry }
        let body = try #require(
            try await BatchBody.prepare(chosen, spool: bench.spool, random: SeededRandom(3)) { _ in [0x7b, 0x7d] })
        var index = 0
        var total = 0
        var largest = 0
        while let piece = try await body.piece(index) {
            largest = max(largest, piece.count)
            total += piece.count
            index += 1
        }
        #expect(total == body.size)
        #expect(largest > 20_000 && largest <= Limits.Uplink.readAheadBytes + 20 * 128)
        #expect(ContentDigest(of: try await body.bytes()) == body.digest)
    }

    @Test func `an item sealed to a key that was retired since is sent all the same`() async throws {
        let item = Fixture.outgoing(1)
        let bench = Bench([item])
        let list = Fixture.keyList(serial: 7, keys: [Fixture.recipientKey("rk-2")])
        try await bench.spool.replaceKeyList(list)
        #expect(item.entry.keyId.text == "rk-1" && !list.keys.contains { $0.keyId == item.entry.keyId })
        try await bench.drain()
        #expect(await bench.spool.states[Fixture.itemId(1)] == .accepted)
    }

    @Test func `where only corrections may leave, they do, and the rest waits for the gate`() async throws {
        let correction = Fixture.outgoing(5, supersedes: Fixture.itemId(1))
        let gate = ClosedGate()
        let bench = Bench(Self.items(3) + [correction], gate: gate)
        try await bench.run(for: .seconds(3_600)) { await bench.spool.states[Fixture.itemId(5)] == .accepted }
        #expect(await bench.upstream.stored.count == 1)
        try await bench.run(for: .seconds(600)) { await bench.spool.conditions.last?.state == .resting }
        #expect(await bench.spool.conditions.last?.code == .transmissionQuietHours)
        bench.service.flush()
        try await bench.drain(for: .seconds(60))
        #expect(await bench.upstream.stored.count == 4, "a person's flush opens the gate")
        #expect(await bench.spool.flushes == 1)
    }

    /// Quiet hours without end, until somebody flushes.
    private final class ClosedGate: SendingGate {
        private let isOpen = Mutex(false)
        func permit() -> SendingPermit {
            isOpen.withLock { $0 } ? .everything : .correctionsOnly(.transmissionQuietHours, left: .seconds(900))
        }
        func sent(bytes: Int) {}
        func flushed() { isOpen.withLock { $0 = true } }
    }

    @Test func `a refused station burns no attempts: one item every 15 minutes, nothing judged`() async throws {
        let bench = Bench(Self.items(20))
        await bench.upstream.set(refusal: Fixture.problem(403, "station-refused"))
        try await bench.drain(for: .seconds(4 * 3_600))
        let batches = await bench.upstream.requests.count { $0 == "/v1/intake/batches" }
        let quarters = Int(bench.clock.elapsed.components.seconds) / 900
        #expect((quarters - 1...quarters + 2).contains(batches), "\(batches) in \(quarters) quarters of an hour")
        #expect(await bench.spool.states.values.allSatisfy { $0 == .saved })
        #expect(await bench.spool.conditions.last?.code == .upstreamRefusedStation)
        await bench.upstream.set()
        try await bench.drain()
        #expect(await bench.spool.states.values.allSatisfy { $0 == .accepted }, "a repair upstream needs no visit")
    }

    @Test func `what was held stays held when the lane begins anew`() async throws {
        let bench = Bench(Self.items(2))
        bench.service.hold()
        try await bench.run { await bench.spool.conditions.last?.state == .held }
        try await bench.run(for: .seconds(600)) { await bench.spool.isSettled }
        #expect(await bench.upstream.stored.isEmpty)
        bench.service.resume()
        try await bench.drain(for: .seconds(60))
        #expect(await bench.upstream.stored.count == 2)
    }

    @Test func `a key list that finds no room holds nothing up and is said`() async throws {
        let bench = Bench(Self.items(2))
        await bench.spool.fillDisk()
        try await bench.drain(for: .seconds(60))
        #expect(await bench.upstream.stored.count == 2)
        #expect(await bench.spool.keyFailures.map(\.code) == [.diskFull])
    }

    @Test func `haste ends the lane's own wait and opens no gate`() async throws {
        let bench = Bench(Self.items(2))
        await bench.upstream.set(refusal: Fixture.problem(403, "station-refused"))
        try await bench.run { await bench.spool.conditions.last?.code == .upstreamRefusedStation }
        await bench.upstream.set()
        bench.service.hasten()
        try await bench.drain(for: .seconds(60))
        #expect(await bench.upstream.stored.count == 2)

        let resting = Bench(Self.items(2), gate: ClosedGate())
        try await resting.run(for: .seconds(600)) { await resting.spool.conditions.last?.state == .resting }
        resting.service.hasten()
        try await resting.drain(for: .seconds(60))
        #expect(await resting.upstream.stored.isEmpty)
    }

    @Test func `new work and a flush end a wait, holding stops all`() async throws {
        let bench = Bench([])
        try await bench.run { await bench.spool.conditions.contains { $0.state == .open } }
        bench.service.hold()
        await bench.spool.add(Fixture.outgoing(1))
        bench.service.notifyNewWork()
        try await bench.run { await bench.spool.conditions.last?.state == .held }
        #expect(await bench.upstream.stored.isEmpty)
        bench.service.resume()
        try await bench.drain(for: .seconds(60))
        #expect(await bench.upstream.stored.count == 1)
    }

    @Test func `a forged key list is refused, reported, and sending goes on`() async throws {
        let bench = Bench(Self.items(3))
        try await bench.drain()
        let list = Fixture.keyList(serial: 9, keys: [Fixture.recipientKey("evil")], signedBy: Fixture.foreignKey)
        await bench.upstream.set(refusal: Fixture.json(list))
        try await bench.run(for: .seconds(10 * 3_600)) { await !bench.spool.keyFailures.isEmpty }
        #expect(await bench.spool.keyFailures.first?.code == .keyInvalid)
        #expect(await bench.spool.list?.serial == 1)
        await bench.upstream.set()
        await bench.spool.add(Fixture.outgoing(4))
        bench.service.notifyNewWork()
        try await bench.drain()
        #expect(await bench.upstream.stored.count == 4)
    }

    private struct BrokenSpool: Error {}

    @Test func `a spool that fails ends the run with its error`() async throws {
        struct Port: SpoolPort {
            func workload() async throws -> UplinkLane.Workload { throw BrokenSpool() }
            func dueItems(_ wish: BatchWish) async throws -> [ManifestItem] { [] }
            func waits(_ item: ItemID) async throws -> Bool { true }
            func payloads(of entries: [ManifestItem]) async throws -> [[UInt8]?] { entries.map { _ in nil } }
            func flush() async throws {}
            func unknownItems(maxItems: Int) async throws -> [SentItem] { [] }
            func giveBack(_ items: [ItemID]) async throws {}
            func willSend(_ items: [ItemID], in batchId: RequestID) async throws {}
            func record(_ judgements: [ItemJudgement]) async throws {}
            func keepUpstreamWait(_ wait: Duration?) async throws {}
            func upstreamWait() async throws -> Duration? { nil }
            func auditHead() async throws -> AuditHead { throw BrokenSpool() }
        }
        let bench = Bench([])
        let service = UplinkService(
            identity: UplinkIdentity(stationId: Fixture.station, base: Fixture.base, authorities: Fixture.authorities),
            transport: bench.upstream, spool: Port(), keys: bench.spool, observer: bench.spool, clock: bench.clock,
            random: SeededRandom(1))
        await #expect(throws: BrokenSpool.self) { try await service.run() }
    }
}

@Suite struct WakeSignalTests {
    @Test func `an event that came first is not slept over`() async throws {
        let signal = WakeSignal()
        signal.post(.newWork)
        try await signal.wait(atMost: nil, clock: SystemClock())
        #expect(signal.take() == .newWork)
        #expect(signal.take() == [])
    }

    @Test func `of holding and resuming the last word counts`() {
        let signal = WakeSignal()
        for event in [WakeEvents.hold, .resume, .hold] { signal.post(event) }
        #expect(signal.take() == .hold)
        for event in [WakeEvents.newWork, .hold, .resume] { signal.post(event) }
        #expect(signal.take() == [.newWork, .resume])
    }

    @Test func `an event ends a wait, and so does cancellation`() async throws {
        let signal = WakeSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await signal.wait(atMost: .seconds(600), clock: SystemClock()) }
            signal.post(.flush)
            try await group.next()
        }
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await WakeSignal().wait(atMost: nil, clock: SystemClock()) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }
}
