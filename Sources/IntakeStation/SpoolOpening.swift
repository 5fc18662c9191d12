import HostIntegration
import Logging
import StationCore
import Store
import Uplink

/// How the daemon opens its spool, and how it rebuilds it when an administrator asks.
enum SpoolOpening {
    /// The store's configuration: with it payloads are judged by this station's own signature.
    static func configuration(
        _ configuration: StationConfiguration, secrets: StationSecrets, clock: any StationClock
    ) throws -> StoreConfiguration {
        let station = configuration.stationID
        let key = try VerifyingKey(
            keyId: secrets.signingKey.keyId, rawRepresentation: secrets.signingKey.publicKey)
        return StoreConfiguration(
            path: configuration.stateDirectory + "/station.sqlite", clock: clock,
            clockEpoch: try BootID.current().epoch, dataKey: try secrets.dataKey.map { try StationDataKey(bytes: $0) },
            verifies: { vouches(for: $0, of: station, by: key) })
    }

    /// Whether nothing speaks against it that this station signed the item. Of another station and of another key, such as
    /// one before a rotation, nothing is known; of another shape it is not ours.
    static func vouches(for item: SealedItem, of station: StationID, by key: VerifyingKey) -> Bool {
        guard item.metadata.stationId == station, item.signingKeyId == key.keyId else { return true }
        guard let outgoing = try? OutgoingItem(item) else { return false }
        // What came back by stick names no suite.
        let suites = Suite(rawValue: item.metadata.suite.text).map { [$0] } ?? Suite.allCases
        return suites.contains { outgoing.entry.verifies(suite: $0, key: key) }
    }

    /// Says in the log what a recovery did.
    static func report(_ recovery: RecoveryReport, _ logger: Logger) {
        for line in recovery.text.split(separator: "\n") {
            logger.critical("spool recovered", metadata: ["result": "\(line)"])
        }
    }
}

extension IntakeStation {
    /// Builds a new spool from the rows of the present one, whatever its state, and returns what became of it. Takes the
    /// instance lock: `instanceRunning` while the daemon runs.
    package static func recover(_ configuration: StationConfiguration) async throws -> String {
        let secrets = try StationSecrets(configuration)
        let lock = try InstanceLock(path: configuration.stateDirectory + "/intaked.lock")
        var spool = try SpoolOpening.configuration(configuration, secrets: secrets, clock: HostClock.station())
        spool.rebuilds = true
        let store = try await Store.open(spool)
        let text = store.recovery?.text ?? "nothing to recover"
        try await store.close()
        withExtendedLifetime(lock) {}
        return text
    }
}
