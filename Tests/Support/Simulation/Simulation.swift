import Foundation
import StationCore
import Store
import Uplink

/// Runs scenarios: the production parts of the station in a simulated world.
package enum Simulation {
    /// Runs one scenario to its end, or to the first broken promise. Blocks the calling thread.
    ///
    /// - Parameter listener: gets every line of the trace as it is written.
    package static func run(
        _ scenario: Scenario, listener: (@Sendable (String) -> Void)? = nil
    ) throws -> SimulationReport {
        let world = try World(scenario, listener: listener)
        do {
            try world.upstream.rotateKeys(at: World.start)
            try Data("Tôi đồng ý.".utf8).write(to: URL(fileURLWithPath: world.disk.directory + "/consent.txt"))
            try Data(world.upstream.enrolment())
                .write(to: URL(fileURLWithPath: world.disk.directory + "/enrolment.json"))
            let machine = try Machine(world: world)
            try world.timeline.run { await days(world, machine) }
        } catch {
            world.violate("\(error)")
        }
        if world.timeline.mostReady > 1_000 { world.violate("\(world.timeline.mostReady) jobs waited at once") }
        defer { world.disk.discard() }
        return SimulationReport(
            seed: scenario.seed, violations: world.violations, digest: world.trace.digest, tail: world.trace.tail,
            counts: world.allCounts)
    }

    private static func days(_ world: World, _ machine: Machine) async {
        await withTaskGroup { group in
            group.addTask { await machine.run() }
            for desk in 0..<3 {
                let desk = Desk(world: world, number: desk)
                group.addTask { await desk.work() }
            }
            group.addTask {
                let troubles = Troubles(world: world)
                for day in 0..<world.scenario.days { await live(day, troubles, world) }
                await heal(world, troubles)
                await drain(world)
                await end(world)
            }
        }
    }

    /// One day's troubles; what lasts longer goes on beside the next.
    private static func live(_ day: Int, _ troubles: Troubles, _ world: World) async {
        let midnight = Duration.seconds(86_400 * day)
        for (at, event) in troubles.day() {
            let wait = midnight + at - world.timeline.now
            if wait > .zero { try? await world.timeline.sleep(for: wait) }
            _ = Task(executorPreference: world.timeline) { await troubles.happen(event) }
        }
        try? await world.timeline.sleep(for: midnight + .seconds(86_400) - world.timeline.now)
        await look(world)
    }

    /// The daily look at everything.
    private static func look(_ world: World) async {
        guard let life = world.life, life.isUp else { return }
        do {
            try await world.ledger.checkItems(life, in: world)
            try await world.ledger.checkAudit(life, in: world)
        } catch {
            guard life.isUp else { return }
            world.note("the daily look failed: \(error)")
        }
        let most = Limits.Store.walBytes + 4 * 1_024 * 1_024
        if world.disk.logBytes > most { world.violate("the log has \(world.disk.logBytes) bytes") }
    }

    private static func heal(_ world: World, _ troubles: Troubles) async {
        world.note("everything is repaired")
        world.isHealed = true
        world.disk.heal()
        world.network.heal()
        world.upstream.refused = []
        world.upstream.trippedBy = []
        world.upstream.mostItems = 1_000
        world.wallOffset = .zero
        world.isSynchronized = true
        // What was armed before strikes now or never.
        world.life?.end(.killed)
        await troubles.letGo()
    }

    /// After the repairs everything arrives within days, without anybody's flush.
    private static func drain(_ world: World) async {
        for _ in 0..<(4 * 24 * 6) {
            try? await world.timeline.sleep(for: .seconds(600))
            guard let life = world.life, life.isUp else { continue }
            await world.ledger.follow(life, in: world)
            if world.ledger.isSettled, world.openVisits == 0 { return }
            await Person(world: world).resolve(all: true)
        }
        world.note("not settled after four days")
    }

    private static func end(_ world: World) async {
        guard let life = world.life, life.isUp else { return world.violate("the station is down at the end") }
        do {
            try await world.ledger.checkItems(life, in: world)
            try await world.ledger.checkAudit(life, in: world)
            let head = try await life.store.auditHead()
            if try await life.store.verifyAudit() != .intact(head) { world.violate("the audit chain is broken") }
        } catch {
            world.violate("the last look failed: \(error)")
        }
        world.ledger.checkEnd(in: world)
        world.isOver = true
        life.end(.asked)
    }
}

extension Desk {
    /// Opening hours, day by day, until everything is repaired.
    func work() async {
        for day in 0..<world.scenario.days {
            let midnight = Duration.seconds(86_400 * day)
            let opening = midnight + .seconds(7 * 3_600 + 1_800)
            try? await world.timeline.sleep(for: max(.zero, opening - world.timeline.now))
            for at in arrivals(day) {
                let wait = opening + at - world.timeline.now
                if wait > .zero { try? await world.timeline.sleep(for: wait) }
                world.openVisits += 1
                world.cases += 1
                await serve(world.cases)
                world.openVisits -= 1
            }
        }
    }

    /// When citizens come to this desk: some days nobody, on market days as many as a day can bear.
    private func arrivals(_ day: Int) -> [Duration] {
        guard day % 7 != 6 else { return [] }
        let most = world.scenario.mostApplications / 3
        let count = dice.happens(100) ? most : dice.happens(100) ? 0 : dice.below(most * 6 / 10 + 1)
        return (0..<count).map { _ in dice.between(.zero, .seconds(9 * 3_600)) }.sorted()
    }
}
