import IntakeStation
import Logging
import StationCore
import Store
import Uplink

/// One process of the daemon.
final class Life: @unchecked Sendable {  // Sendable: touched by the timeline's one thread only.
    /// How a process ended.
    enum End: Sendable {
        case killed, powerLost, asked
        case failed(Failure)
    }

    let store: Store
    let station: HeadlessStation
    let link: SimulatedLink
    private let disk: Disk
    fileprivate var task: Task<Failure?, Never>?
    fileprivate(set) var end: End?
    /// Whether desks reach it.
    fileprivate(set) var isServing = false
    /// Submissions that are being answered.
    var submissions = 0

    init(store: Store, station: HeadlessStation, link: SimulatedLink, disk: Disk) {
        self.store = store
        self.station = station
        self.link = link
        self.disk = disk
    }

    /// Whether the process runs and its computer has power.
    var isUp: Bool { end == nil && !disk.isDown }

    /// Ends the process: at once, or in good order.
    func end(_ how: End) {
        guard end == nil else { return }
        end = how
        isServing = false
        switch how {
        case .killed: disk.endProcess()
        case .powerLost: disk.cut()
        case .asked, .failed: break
        }
        task?.cancel()
    }
}

/// The spool as it is; after each change that it makes the ledger looks.
struct WatchedSpool: SpoolPort {
    let spool: any SpoolPort
    let changed: @Sendable () async -> Void
    /// A control that must be found.
    let isForgetful: Bool
    /// A wait that upstream demands is on disk.
    let keeps: @Sendable () -> Void

    func workload() async throws -> UplinkLane.Workload { try await spool.workload() }
    func dueItems(_ wish: BatchWish) async throws -> [ManifestItem] { try await spool.dueItems(wish) }
    func waits(_ item: ItemID) async throws -> Bool { try await spool.waits(item) }
    func payloads(of entries: [ManifestItem]) async throws -> [[UInt8]?] { try await spool.payloads(of: entries) }
    func flush() async throws { try await spool.flush() }
    func unknownItems(maxItems: Int) async throws -> [SentItem] { try await spool.unknownItems(maxItems: maxItems) }
    func giveBack(_ items: [ItemID]) async throws {
        try await spool.giveBack(items)
        await changed()
    }
    func willSend(_ items: [ItemID], in batchId: RequestID) async throws {
        try await spool.willSend(items, in: batchId)
        await changed()
    }
    func record(_ judgements: [ItemJudgement]) async throws {
        try await spool.record(judgements)
        await changed()
    }
    func keepUpstreamWait(_ wait: Duration?) async throws {
        try await spool.keepUpstreamWait(wait)
        if wait != nil { keeps() }
    }
    func upstreamWait() async throws -> Duration? { isForgetful ? nil : try await spool.upstreamWait() }
    func auditHead() async throws -> Uplink.AuditHead { try await spool.auditHead() }
}

/// The station's computer: starts the daemon, and again after whatever ended it.
struct Machine: Sendable {
    let world: World
    private let dice: Dice
    private let stationDice: Dice
    private let storeDice: Dice
    private let dataKey: StationDataKey

    init(world: World) throws {
        self.world = world
        dice = world.dice("machine")
        stationDice = world.dice("station")
        storeDice = world.dice("store")
        dataKey = try StationDataKey(bytes: Redacted(world.dice("data key").bytes(32)))
    }

    /// Runs until the world is over.
    func run() async {
        var failedStarts = 0
        while !world.isOver {
            do {
                let life = try await start()
                failedStarts = 0
                await live(life)
            } catch {
                failedStarts += 1
                world.note("start failed: \(error)")
                let isExcused = world.disk.isDown || error.code == .diskFull || error.code == .diskWriteFailed
                // systemd tries again; a station that does not come back is down for good.
                if !isExcused || failedStarts > 10_000 { world.violate("the station does not start: \(error)") }
                world.disk.endProcess()
            }
            world.life = nil
            guard !world.isOver else { return }
            if world.disk.isDown {
                world.count(.powerLosses)
                world.disk.cut()
                try? await world.timeline.sleep(for: outage())
                world.disk.restore()
                world.boot()
                world.note("power is back")
            }
            try? await world.timeline.sleep(for: dice.between(.seconds(2), .seconds(8)))
        }
    }

    private func outage() -> Duration {
        world.isHealed ? .seconds(60) : dice.between(.seconds(40), dice.happens(200) ? .seconds(7_200) : .seconds(600))
    }

    private func start() async throws(Failure) -> Life {
        let clock = ProcessClock(world: world)
        let timeline = world.timeline
        var configuration = StoreConfiguration(
            path: world.disk.database, clock: clock, clockEpoch: world.boots, random: storeDice, dataKey: dataKey,
            vfsName: world.disk.name)
        configuration.turn = { await timeline.turn() }
        configuration.controlSynchronous = world.scenario.control == .synchronousOff ? "OFF" : nil
        let store = try await Store.open(configuration)
        do {
            let link = try SimulatedLink(world: world)
            let station = try HeadlessStation(surroundings(clock, link), store: store) { [world] spool in
                WatchedSpool(
                    spool: spool,
                    changed: { if let life = world.life { await world.ledger.follow(life, in: world) } },
                    isForgetful: world.scenario.control == .forgetful,
                    keeps: { world.obeyUntil = link.pace.obeyUntil })
            }
            let life = Life(store: store, station: station, link: link, disk: world.disk)
            link.life = life
            try await world.ledger.checkAfterStart(life, in: world)
            return life
        } catch {
            store.abandon()
            throw error as? Failure ?? Failure(.internalFault, "\(error)")
        }
    }

    private func surroundings(_ clock: ProcessClock, _ link: SimulatedLink) -> HeadlessStation.Surroundings {
        HeadlessStation.Surroundings(
            identity: world.identity, signingKey: world.stationKey, stateDirectory: world.disk.directory,
            consentFile: world.disk.directory + "/consent.txt", keyList: world.disk.directory + "/enrolment.json",
            payloadDays: 3, followUpDays: 5, clock: clock, random: stationDice, transport: link,
            logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
    }

    private func live(_ life: Life) async {
        let task = Task(executorPreference: world.timeline) { () -> Failure? in
            do {
                try await life.station.run()
                return nil
            } catch {
                return error as? Failure
            }
        }
        life.task = task
        life.isServing = true
        world.life = life
        if let end = life.end { task.cancel(); world.note("ended while starting: \(end)") }
        let failure = await task.value
        if let failure, life.end == nil { life.end(.failed(failure)) }
        world.note("the daemon ends: \(life.end.map { "\($0)" } ?? "by itself")")
        life.isServing = false
        await close(life)
    }

    private func close(_ life: Life) async {
        switch life.end {
        case .asked:
            // The daemon answers what it was asked before it ends.
            while life.submissions > 0, !world.disk.isDown { try? await world.timeline.sleep(for: .milliseconds(10)) }
            world.count(.restarts)
            await closeInOrder(life)
        case .killed: world.count(.kills)
        case .powerLost: break
        case .failed: await closeInOrder(life)
        case nil: world.violate("the daemon ended without a cause")
        }
        if !world.disk.isDown { world.disk.endProcess() }
        life.store.abandon()
    }

    private func closeInOrder(_ life: Life) async {
        guard !world.disk.isDown else { return }
        do {
            try await life.store.close()
        } catch {
            world.note("closing failed: \(error.code.rawValue)")
        }
    }
}
