import StationCore
import Store

/// Who looks after the queue: holds, releases, cancels, closes; resolves what waits for a person.
struct Person: Sendable {
    let world: World
    private let dice: Dice
    private static let name: WireName = .constant("operator-1")
    private static let reason: WireName = .constant("simulated")

    init(world: World) {
        self.world = world
        dice = world.dice("person")
    }

    /// Does something to some item that is not at its end.
    func meddle() async {
        guard let life = world.life, life.isUp, life.isServing else { return }
        let ledger = world.ledger
        let open = ledger.order.suffix(400).filter {
            ![.accepted, .purged, .closed].contains(ledger.entries[$0]?.state)
        }
        guard !open.isEmpty else { return }
        let verb: OperatorVerb = dice.one(of: [.hold, .hold, .hold, .release, .release, .cancel, .close])
        await perform(verb, on: dice.one(of: open), life)
    }

    /// Lets go, or ends, what waits for a person.
    func resolve(all: Bool) async {
        guard let life = world.life, life.isUp, life.isServing else { return }
        let waiting = world.ledger.order.filter {
            [.held, .quarantined, .rejected].contains(world.ledger.entries[$0]?.state)
        }
        for id in waiting where all || dice.happens(500) {
            guard life.isUp else { return }
            let isRejected = world.ledger.entries[id]?.state == .rejected
            await perform(isRejected && !all && dice.happens(300) ? .close : .release, on: id, life)
        }
    }

    private func perform(_ verb: OperatorVerb, on id: ItemID, _ life: Life) async {
        do {
            await world.ledger.follow(life, in: world)
            let state = try await life.store.perform(verb, on: id, actor: Self.name, reason: Self.reason)
            guard life.isUp else { return }
            world.count(.verbs)
            world.note("a person says \(verb.rawValue): \(state.rawValue)")
            await world.ledger.follow(life, in: world)
        } catch {
            guard life.isUp else { return }
            world.note("a person says \(verb.rawValue): \(error.code.rawValue)")
        }
    }
}
