package import StationCore

/// What the store needs to open.
package struct StoreConfiguration: Sendable {
    /// The database file; its directory exists and belongs to the daemon.
    package var path: String
    /// Wall time for the rows, boot time for the delays.
    package var clock: any StationClock
    /// Nonces of the follow-up data.
    package var random: any RandomSource
    /// Names the run of `clock.elapsed`: the kernel's boot, where the clock reads the time since boot, so that delays
    /// outlive the process; fresh for every process whose clock starts with the process. Delays of another run are over.
    package var clockEpoch: Int64
    /// The station data key; nil: locked.
    package var dataKey: StationDataKey?
    /// Whether a payload's signature is this station's, as far as its key is known: asked when a damaged file is
    /// rebuilt and by the checks of the timer, never in a hurry.
    package var verifies: @Sendable (SealedItem) -> Bool
    /// The SQLite VFS to open through; nil: the default one. Tests cut the power behind it.
    package var vfsName: String?
    /// The `synchronous` setting of a control that must lose data; nil: FULL, read back and required.
    package var controlSynchronous: String?
    /// The time by which a control that must lose data answers a save before its commit; nil: saved means committed.
    package var controlCommitDelay: Duration?
    /// Awaited before each access, which then runs on the caller's thread; nil: accesses run on a queue of their own. The
    /// simulator gives turns, so that one thread and one seed decide every order.
    package var turn: (@Sendable () async -> Void)?

    /// Makes a configuration; without a clock epoch it gets a fresh one.
    package init(
        path: String, clock: any StationClock, clockEpoch: Int64? = nil,
        random: any RandomSource = SystemRandomSource(), dataKey: StationDataKey? = nil, vfsName: String? = nil,
        verifies: @escaping @Sendable (SealedItem) -> Bool = { _ in true }
    ) {
        self.verifies = verifies
        self.path = path
        self.clock = clock
        self.random = random
        self.clockEpoch = clockEpoch ?? random.bytes(6).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        self.dataKey = dataKey
        self.vfsName = vfsName
    }
}
