package import StationCore

/// An item with its bytes, as a bundle carries it: its manifest entry as it was signed at capture, and its sealed bytes.
package struct OutgoingItem: Sendable {
    /// The entry.
    package let entry: ManifestItem
    /// The sealed bytes.
    package let sealed: [UInt8]

    /// Makes an item.
    package init(entry: ManifestItem, sealed: [UInt8]) {
        self.entry = entry
        self.sealed = sealed
    }
}

/// What the lane wants of the spool for the next batch.
package struct BatchWish: Hashable, Sendable {
    /// At most so many items.
    package var maxItems: Int
    /// Sealed bytes of at most so many, but one item whatever its size.
    package var maxBytes: Int
    /// Not this one.
    package var excluding: ItemID?
    /// Nothing but corrections.
    package var correctionsOnly = false
    /// What was sent before goes first: a culprit is looked for among it.
    package var retriedFirst = false
    /// Behind corrections these first, as far as they are due: upstream keeps their first bytes, but not for ever.
    package var begun: [ItemID] = []

    /// Makes a wish.
    package init(
        maxItems: Int, maxBytes: Int, excluding: ItemID? = nil, correctionsOnly: Bool = false,
        retriedFirst: Bool = false, begun: [ItemID] = []
    ) {
        self.maxItems = maxItems
        self.maxBytes = maxBytes
        self.excluding = excluding
        self.correctionsOnly = correctionsOnly
        self.retriedFirst = retriedFirst
        self.begun = begun
    }
}

/// The spool as the uplink sees it. Every throw ends the uplink's run: a spool that fails must not be sent from.
package protocol SpoolPort: Sendable {
    /// How much may be sent or asked now.
    func workload() async throws -> UplinkLane.Workload

    /// The next items to send, chosen by what is known of them without their bytes. Corrections go first.
    func dueItems(_ wish: BatchWish) async throws -> [ManifestItem]

    /// Whether an item is the lane's to send still: nobody held, closed or exported it.
    func waits(_ item: ItemID) async throws -> Bool

    /// The sealed bytes of chosen items, in the order asked for, read anew and held against each entry's size and digest.
    /// Nil where they are gone or not what was signed: the item has then been quarantined.
    func payloads(of entries: [ManifestItem]) async throws -> [[UInt8]?]

    /// A person asks to try now: no item waits for a time of its own any longer.
    func flush() async throws

    /// Items of unknown fate to be asked about.
    func unknownItems(maxItems: Int) async throws -> [SentItem]

    /// Chosen items do not leave after all: they are due as before.
    func giveBack(_ items: [ItemID]) async throws

    /// States that these items are about to leave in this batch. Committed before a byte leaves, so that after a crash
    /// their fate is asked before they are sent again.
    func willSend(_ items: [ItemID], in batchId: RequestID) async throws

    /// Records what a reply, or its absence, means. Committed when it returns.
    func record(_ judgements: [ItemJudgement]) async throws

    /// Keeps how long upstream wants nothing of this station (Retry-After), so that a restart does not forget it; nil
    /// once that is over. Committed when it returns.
    func keepUpstreamWait(_ wait: Duration?) async throws

    /// What is left of such a wait that an earlier run kept.
    func upstreamWait() async throws -> Duration?

    /// The audit chain's head, signed.
    func auditHead() async throws -> AuditHead
}

/// Where the list of recipient keys is kept.
package protocol KeyPort: Sendable {
    /// The list that stands; nil before the first.
    func keyList() async throws -> KeyList?

    /// Replaces the list. Committed when it returns. The caller has verified it.
    func replaceKeyList(_ list: KeyList) async throws
}

/// Who wants to know how the uplink fares: status, events, health.
package protocol UplinkObserver: Sendable {
    /// The lane's condition has changed.
    func laneChanged(_ condition: LaneCondition) async

    /// Server minus station, in milliseconds, as measured in the last exchange; about half a round trip uncertain.
    func clockMeasured(offsetMilliseconds: Int64) async

    /// Upstream spoke of items that it was not asked about, or said what cannot be; a count for the log.
    func answerDoubted(foreignResults: Int, unknownItems: Int) async

    /// A key list was refused, or keys could not be fetched.
    func keysFailed(_ failure: Failure) async
}
