import People
import ServiceLifecycle
import StationCore
import Store
import Synchronization

/// Decides when the station data key is in the store's hands: from the start where the machine keeps the key, otherwise
/// while an intake session is open and somebody is signed in whose secret opens it (law 2).
final class DataKeyVault: Sendable {
    private let store: Store
    private let sessions: SessionRegistry
    private let machineKey: Redacted<[UInt8]>?
    private let clock: any StationClock
    private let bell = Bell()
    /// Counts what may lock or unlock, so that a look that began before one of them decides nothing.
    private let changes = Mutex(0)
    /// Rung when the station was locked or unlocked.
    private let changed: @Sendable () -> Void

    /// - Parameter machineKey: the 32 bytes that the service manager handed over; nil where only people open the station.
    init(
        store: Store, sessions: SessionRegistry, machineKey: Redacted<[UInt8]>?, clock: any StationClock,
        changed: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.sessions = sessions
        self.machineKey = machineKey
        self.clock = clock
        self.changed = changed
    }

    /// Whether the machine keeps the key, so that it does not hang on anybody's secret.
    var isMachines: Bool { machineKey != nil }

    /// What secrets have to withstand.
    var secretRule: SecretRule { isMachines ? .pin : .passphrase }

    /// The key, while the machine or somebody who is signed in has it.
    var dataKey: Redacted<[UInt8]>? { machineKey ?? sessions.look().dataKey }

    /// Somebody came or went, or a session was opened or closed.
    func sessionsChanged() async throws(Failure) {
        changes.withLock { $0 += 1 }
        try await look()
        bell.ring()
    }

    private func look() async throws(Failure) {
        let wasLocked = store.isLocked
        while true {
            let seen = changes.withLock { $0 }
            let isOpen = try await store.openShift() != nil
            let key = try dataKey.map { bytes throws(Failure) in try StationDataKey(bytes: bytes) }
            let isDecided = changes.withLock { changes in
                guard changes == seen else { return false }
                if let key, isMachines || isOpen { store.unlock(key) } else { store.lock() }
                return true
            }
            if isDecided { break }
        }
        if store.isLocked != wasLocked { changed() }
    }
}

extension DataKeyVault: Service {
    /// Locks the station when the last session runs out.
    func run() async throws {
        try await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                try await look()
                await bell.wait(atMost: sessions.look().nextEnd ?? Limits.People.session, clock: clock)
            }
        }
    }
}
