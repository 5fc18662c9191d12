import StationCore
import Synchronization

extension Store {
    /// What one more application takes on disk, in bytes: the larger of what recent ones took on average and half of the
    /// largest of them, with what belongs to each. A fixed figure until there are enough of them.
    package var applicationBytes: Int64 {
        let sizes = state.withLock(\.recentSizes)
        guard sizes.count >= Limits.Store.recentApplications / 2 else { return Limits.Store.applicationBytes }
        let average = sizes.reduce(0, +) / sizes.count
        let taken = Int64(max(average, (sizes.max() ?? 0) / 2))
        // A payload fills whole pages, and a twentieth more for the tree around them.
        let need = taken + taken / 20 + Limits.Store.applicationOverheadBytes
        return min(max(need, Limits.Store.applicationBytesLeast), Int64(Limits.Uplink.itemBytes))
    }

    /// How many more applications fit into this free space before new ones are refused: that point is reached while there
    /// is still room for `Limits.Store.refusalApplications`.
    package func applicationsLeft(freeBytes: Int64) -> Int {
        Int(max(0, freeBytes / applicationBytes - Limits.Store.refusalApplications))
    }

    /// As how many applications these count, of so many bytes in all.
    package func applications(in bytes: Int, items: Int) -> Int {
        let need = Int64(bytes + bytes / 20) + Int64(items) * Limits.Store.applicationOverheadBytes
        return max(items, Int((need + applicationBytes - 1) / applicationBytes))
    }

    func rememberSize(_ size: Int) {
        state.withLock { state in
            state.recentSizes.append(size)
            state.recentSizes.removeFirst(max(0, state.recentSizes.count - Limits.Store.recentApplications))
        }
    }
}
