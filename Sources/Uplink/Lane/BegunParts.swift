import StationCore

/// How many bytes upstream kept of parts that a cut hit, as its last answers say: the next request with such an item
/// brings what stands behind them. Only an economy: whatever is forgotten here is sent whole.
struct BegunParts: Sendable {
    private var bytes: [ItemID: Int] = [:]

    /// The items that have begun to arrive, oldest first.
    var ids: [ItemID] { bytes.keys.sorted() }

    /// Takes what an answer to a status request says.
    mutating func note(_ begun: [ItemID: Int]) {
        bytes.merge(begun) { _, new in new }
        if bytes.count > Limits.Uplink.begunParts { bytes = begun }
    }

    /// The items of the next request, each from where upstream's bytes end.
    func resume(_ items: [ManifestItem]) -> [ManifestItem] {
        items.map { item in
            guard let kept = bytes[item.itemId], (1..<max(1, item.size)).contains(kept) else { return item }
            return item.resumed(at: kept)
        }
    }

    /// A request may have reached upstream: what is kept now, upstream has to be asked.
    mutating func sent(_ judgements: [ItemJudgement]) {
        for judgement in judgements where judgement.verdict != .unchanged { bytes[judgement.itemId] = nil }
    }
}
