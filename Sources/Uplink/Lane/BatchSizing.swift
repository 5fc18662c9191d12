import StationCore

/// How large the next batch is: what the link bears, found by growing and by halving on trouble, under the bounds that
/// upstream announced.
///
/// Three bounds at once: items, bytes, and age, which is the time that the batch may take at the pace last seen, so that
/// what is saved meanwhile does not wait long. Growth is by half until the first trouble and slow ever after.
package struct BatchSizing: Sendable {
    /// Most items of the next batch.
    package private(set) var items = Limits.Uplink.firstBatchItems
    private var budget = Limits.Uplink.firstBatchBytes
    private var mostItems = Limits.Uplink.batchItems
    private var mostBytes = Limits.Uplink.batchBytes
    /// Items among which a culprit is being looked for: no growth until it is found or all of them went through.
    private var suspects = 0
    /// What the link carries, in bytes per second; nil before the first batch that tells.
    private var pace: Int?
    /// The link, or upstream, has once refused a size.
    package private(set) var isCareful = false
    /// The size of the last batch that was cut and its whole parts that upstream is known to hold, while it is asked.
    private var cut: (items: Int, bytes: Int, arrived: Int)?

    /// Starts at a size that a mountain's link bears.
    package init() {}

    /// Largest body of the next batch, in bytes.
    package var bytes: Int {
        guard let pace else { return budget }
        let (aged, isFast) = pace.multipliedReportingOverflow(by: Int(Limits.Uplink.batchDuration.components.seconds))
        return isFast ? budget : min(budget, max(min(Limits.Uplink.leastBatchBytes, mostBytes), aged))
    }

    /// Whether a culprit is being looked for.
    package var isHunting: Bool { suspects > 0 }

    /// Takes upstream's announced bounds; nonsense is ignored.
    package mutating func announce(maxItems: Int?, maxBytes: Int?) {
        if let maxItems, maxItems >= 1 { mostItems = min(maxItems, Limits.Uplink.batchItems) }
        if let maxBytes, maxBytes >= 1 { mostBytes = min(maxBytes, Limits.Uplink.batchBytes) }
        items = min(items, mostItems)
        budget = min(budget, mostBytes)
    }

    /// A batch went through: the next may be larger when this one filled its bounds.
    package mutating func grow(sentItems: Int, sentBytes: Int, took: Duration) {
        measure(sentBytes, took)
        suspects = max(0, suspects - sentItems)
        guard suspects == 0 else { return }
        let share = isCareful ? Limits.Uplink.carefulGrowthShare : Limits.Uplink.growthShare
        // Beyond the age bound more items would only be asked for in vain.
        if sentItems >= items, took <= Limits.Uplink.batchDuration {
            items = min(mostItems, items + max(1, items / share))
        }
        if sentBytes >= bytes / 2 { budget = min(mostBytes, budget + max(1, budget / share)) }
    }

    /// A batch was too much: the next is at most half of it.
    package mutating func halve(sentItems: Int, sentBytes: Int) {
        isCareful = true
        items = max(1, min(items, sentItems) / 2)
        budget = max(min(Limits.Uplink.leastBatchBytes, mostBytes), min(budget, sentBytes) / 2)
    }

    /// A batch was cut: half of it, until upstream says what arrived.
    package mutating func cutShort(sentItems: Int, sentBytes: Int) {
        halve(sentItems: sentItems, sentBytes: sentBytes)
        cut = (sentItems, sentBytes, 0)
    }

    /// Upstream holds so many whole parts of the batch that was cut. Since neither they nor the beginning of the part that
    /// the cut hit need go again, a cut costs little more than the manifest's words about the parts behind it. Those words
    /// are a seventieth of such a part: where many parts arrive the size that this link bears is a multiple of them, so
    /// that most batches keep their size; half as much again where a few do.
    package mutating func arrived(_ count: Int) {
        guard var cut, count > 0 else { return }
        cut.arrived += count
        self.cut = cut
        let isFew = cut.arrived < Limits.Uplink.fewParts
        let borne = min(
            cut.items, isFew ? cut.arrived + max(1, cut.arrived / 2) : Limits.Uplink.borneShare * cut.arrived)
        items = min(mostItems, max(items, borne))
        let share = Double(borne) / Double(max(1, cut.items))
        budget = min(mostBytes, max(budget, Int(Double(cut.bytes) * share)))
    }

    /// A batch holds a culprit: the next has at most half its items.
    package mutating func split(sentItems: Int) {
        suspects = sentItems
        items = max(1, min(items, sentItems) / 2)
    }

    /// The culprit was found.
    package mutating func culpritFound() { suspects = 0 }

    /// The network is another one, or came back: what was learnt of its pace may not hold.
    package mutating func linkChanged() {
        pace = nil
        isCareful = false
    }

    private mutating func measure(_ bytes: Int, _ took: Duration) {
        cut = nil
        // A small batch tells of the round trip, not of the link.
        guard bytes >= Limits.Uplink.leastBatchBytes, took > .zero else { return }
        let seen = Int(Double(bytes) / max(0.001, took.milliseconds / 1_000))
        pace = pace.map { ($0 + seen) / 2 } ?? seen
    }
}
