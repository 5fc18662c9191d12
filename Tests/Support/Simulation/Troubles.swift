import IntakeStation
import StationCore

/// What befalls the station: drawn for each day, carried out at its time.
struct Troubles: Sendable {
    enum Event: Sendable {
        case spell(Network.Spell, lasting: Duration)
        case smallBatches(lasting: Duration), trips(lasting: Duration), refusals(lasting: Duration)
        case link(bytesPerSecond: Int, roundTrip: Duration, mischief: Int)
        case powerLoss(withinOperations: Int), kill, restart, diskFull(lasting: Duration), failedSync
        case clockJump(by: Duration, lasting: Duration), clockUnwatched(lasting: Duration), keyRotation
        case meddling, resolving, flush, hold(lasting: Duration)
    }

    let world: World
    private let dice: Dice

    init(world: World) {
        self.world = world
        dice = world.dice("troubles")
    }

    /// The day's events in order, each with its time of day.
    func day() -> [(at: Duration, event: Event)] {
        var events: [(at: Duration, event: Event)] = []
        func add(_ perMille: Int, _ times: Int = 1, _ event: () -> Event) {
            for _ in 0..<times where dice.happens(perMille) {
                // Most troubles come while people are at work.
                let at =
                    dice.happens(700)
                    ? dice.between(.seconds(7 * 3_600), .seconds(18 * 3_600)) : dice.between(.zero, .seconds(86_400))
                events.append((at, event()))
            }
        }
        add(500, 4) {
            .link(
                bytesPerSecond: dice.one(of: [1_000, 4_000, 32_000, 250_000]),
                roundTrip: dice.one(of: [.milliseconds(20), .milliseconds(300), .seconds(2)]),
                mischief: dice.one(of: [0, 10, 50, 200, 600]))
        }
        add(500, 4) { .spell(.offline, lasting: span(minutes: 180)) }
        add(20) { .spell(.offline, lasting: .seconds(2 * 86_400)) }
        add(120) { .spell(.portal, lasting: span(minutes: 120)) }
        add(200) { .spell(.upstreamDown, lasting: span(minutes: 120)) }
        add(400, 2) { .spell(.busy, lasting: span(minutes: 60)) }
        add(700, 2) { .spell(.breaking, lasting: span(minutes: 120)) }
        add(60) { .spell(.forbidden, lasting: span(minutes: 300)) }
        add(60) { .spell(.certificateRefused, lasting: span(minutes: 120)) }
        add(60) { .spell(.unsupported, lasting: span(minutes: 300)) }
        add(60) { .spell(.misunderstood, lasting: span(minutes: 300)) }
        add(100) { .smallBatches(lasting: span(minutes: 600)) }
        add(100) { .trips(lasting: span(minutes: 240)) }
        add(150) { .refusals(lasting: span(minutes: 240)) }
        add(250, 2) { .powerLoss(withinOperations: dice.one(of: [0, 5, 40, 200])) }
        add(200, 2) { .kill }
        add(300) { .restart }
        add(80) { .diskFull(lasting: span(minutes: 60)) }
        add(60) { .failedSync }
        add(150) { .clockJump(by: jump(), lasting: span(minutes: 400)) }
        add(200) { .clockUnwatched(lasting: span(minutes: 600)) }
        add(150) { .keyRotation }
        add(600, 6) { .meddling }
        add(900, 2) { .resolving }
        add(300) { .flush }
        add(100) { .hold(lasting: span(minutes: 90)) }
        // A stable order: those of one moment as they were drawn.
        return events.sorted { $0.at < $1.at }
    }

    private func span(minutes: Int) -> Duration { dice.between(.seconds(20), .seconds(60 * minutes)) }

    private func jump() -> Duration {
        let day = 86_400
        let seconds: Int = dice.one(of: [90, 7_200, 3 * day, 26 * 365 * day])
        return .seconds(dice.happens(500) ? seconds : -seconds)
    }

    /// Carries an event out; what lasts ends by itself.
    func happen(_ event: Event) async {
        guard !world.isHealed, !world.isOver else { return }
        world.note("\(event)")
        switch event {
        case .spell(let spell, let lasting): await keep(spell, lasting)
        case .smallBatches(let lasting):
            world.upstream.mostItems = dice.one(of: [1, 3, 10])
            await wait(lasting) { world.upstream.mostItems = 1_000 }
        case .trips(let lasting):
            world.upstream.trippedBy = [dice.below(97), dice.below(97)]
            await wait(lasting) { world.upstream.trippedBy = [] }
        case .refusals(let lasting):
            world.upstream.refused = [dice.below(97), dice.below(97)]
            await wait(lasting) { world.upstream.refused = [] }
        case .link(let bytesPerSecond, let roundTrip, let mischief):
            world.network.bytesPerSecond = bytesPerSecond
            world.network.roundTrip = roundTrip
            world.network.mischief = mischief
        case .clockJump(let by, let lasting):
            world.count(.clockJumps)
            world.wallOffset += by
            await wait(lasting) { world.wallOffset = .zero }
        case .clockUnwatched(let lasting):
            world.isSynchronized = false
            await wait(lasting) { world.isSynchronized = true }
        case .keyRotation: rotate()
        case .meddling: await Person(world: world).meddle()
        case .resolving: await Person(world: world).resolve(all: false)
        case .flush: await flush()
        case .hold(let lasting): await hold(lasting)
        case .powerLoss, .kill, .restart, .diskFull, .failedSync: await strike(event)
        }
    }

    private func wait(_ lasting: Duration, _ end: () -> Void) async {
        try? await world.timeline.sleep(for: lasting)
        end()
    }

    private func keep(_ spell: Network.Spell, _ lasting: Duration) async {
        if spell == .offline { world.count(.offlineSpells) }
        world.network.spells.insert(spell)
        // A station that was told to wait is put to the test: a process that begins anew must not forget it.
        if spell == .busy, dice.happens(800) {
            try? await world.timeline.sleep(for: lasting / 2)
            await strike(.kill)
            try? await world.timeline.sleep(for: lasting / 2)
        } else {
            try? await world.timeline.sleep(for: lasting)
        }
        world.network.spells.remove(spell)
        guard spell == .offline, dice.happens(800) else { return }
        networkUp()
    }

    /// The kernel says that a link came up.
    func networkUp() {
        world.note("network up")
        world.life?.link.pace.networkUp(at: world.timeline.now)
        world.life?.station.networkUp()
    }

    private func rotate() {
        world.count(.keyRotations)
        do {
            try world.upstream.rotateKeys(at: world.trueTime)
        } catch {
            world.violate("keys: \(error)")
        }
    }

    private func flush() async {
        guard let life = world.life, life.isUp else { return }
        life.link.pace.flushed(at: world.timeline.now)
        do {
            try await life.station.flush()
            life.link.pace.flushed(at: world.timeline.now)
        } catch {
            world.note("flush: \(error.code.rawValue)")
        }
    }

    private func hold(_ lasting: Duration) async {
        guard let life = world.life, life.isUp, world.heldSince == nil else { return }
        do {
            try life.station.pause()
            world.heldSince = world.timeline.now
        } catch {
            world.note("pause: \(error.code.rawValue)")
        }
        try? await world.timeline.sleep(for: lasting)
        await letGo()
    }

    /// An administrator lets the transmission go, as soon as the daemon answers.
    func letGo() async {
        while world.heldSince != nil, !world.isOver {
            if let life = world.life, life.isUp, (try? life.station.resume()) != nil {
                world.heldSince = nil
            } else {
                try? await world.timeline.sleep(for: .seconds(30))
            }
        }
    }

    private func strike(_ event: Event) async {
        switch event {
        case .powerLoss(let operations):
            let struck = world.life
            world.disk.cut(within: operations)
            if operations > 0 {
                // In the middle of something that the store does, if it does something soon.
                try? await world.timeline.sleep(for: dice.between(.milliseconds(1), .seconds(300)))
            }
            guard !world.isOver, !world.isHealed, world.life === struck else { return }
            if let struck { struck.end(.powerLost) } else { world.disk.cut() }
        case .kill: world.life?.end(.killed)
        case .restart: world.life?.end(.asked)
        case .diskFull(let lasting):
            world.count(.diskFull)
            world.disk.fill()
            try? await world.timeline.sleep(for: lasting)
            world.disk.heal()
        case .failedSync:
            world.count(.failedSyncs)
            world.disk.failSync()
        default: break
        }
    }
}
