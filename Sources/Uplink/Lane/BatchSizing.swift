import StationCore

/// How large the next batch is: what the link bears, found by growing slowly and halving on trouble, under the bounds
/// that upstream announced.
package struct BatchSizing: Hashable, Sendable {
    /// Most items of the next batch.
    package private(set) var items = Limits.Uplink.firstBatchItems
    /// Largest body of the next batch, in bytes.
    package private(set) var bytes = Limits.Uplink.batchBytes
    private var mostItems = Limits.Uplink.batchItems
    private var mostBytes = Limits.Uplink.batchBytes
    /// Items among which a culprit is being looked for: no growth until it is found or all of them went through.
    private var suspects = 0

    /// Starts at a size that a mountain's link bears.
    package init() {}

    /// Takes upstream's announced bounds; nonsense is ignored.
    package mutating func announce(maxItems: Int?, maxBytes: Int?) {
        if let maxItems, maxItems >= 1 { mostItems = min(maxItems, Limits.Uplink.batchItems) }
        if let maxBytes, maxBytes >= 1 { mostBytes = min(maxBytes, Limits.Uplink.batchBytes) }
        items = min(items, mostItems)
        bytes = min(bytes, mostBytes)
    }

    /// A batch went through: the next may be larger when this one filled its bounds and took no longer than
    /// comfortable.
    package mutating func grow(sentItems: Int, sentBytes: Int, took: Duration) {
        suspects = max(0, suspects - sentItems)
        guard suspects == 0, took <= Limits.Uplink.comfortableBatchDuration else { return }
        if sentItems >= items { items = min(mostItems, items + Limits.Uplink.batchGrowthItems) }
        if sentBytes >= bytes / 2 { bytes = min(mostBytes, bytes + Limits.Uplink.batchGrowthBytes) }
    }

    /// A batch was too much: the next is at most half of it.
    package mutating func halve(sentItems: Int, sentBytes: Int) {
        items = max(1, min(items, sentItems) / 2)
        bytes = max(Limits.Uplink.leastBatchBytes, min(bytes, sentBytes) / 2)
    }

    /// A batch holds a culprit: the next has at most half its items.
    package mutating func split(sentItems: Int) {
        suspects = sentItems
        items = max(1, min(items, sentItems) / 2)
    }

    /// The culprit was found.
    package mutating func culpritFound() { suspects = 0 }
}
