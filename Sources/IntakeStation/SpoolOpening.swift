import Glibc
import HostIntegration
import Logging
import StationCore
import Store
import Uplink

/// How the daemon opens its spool, and how an administrator asks for a new one.
enum SpoolOpening {
    /// The database file.
    static func path(_ configuration: StationConfiguration) -> String {
        configuration.stateDirectory + "/station.sqlite"
    }

    /// The store's configuration: with it payloads are judged by this station's own signature.
    static func configuration(
        _ configuration: StationConfiguration, secrets: StationSecrets, clock: any StationClock
    ) throws -> StoreConfiguration {
        let station = configuration.stationID
        let key = try VerifyingKey(
            keyId: secrets.signingKey.keyId, rawRepresentation: secrets.signingKey.publicKey)
        return StoreConfiguration(
            path: path(configuration), clock: clock,
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
    /// Asks that the next start build a new spool from the rows of the present one, whatever its state: the service alone
    /// has the keys by which rows are judged. Returns whether there is a spool to do that with, and what to do now; the
    /// daemon may be running. Throws `diskFull`,
    /// `diskWriteFailed`, `permissionDenied`.
    package static func requestRecovery(
        _ configuration: StationConfiguration
    ) throws -> (stands: Bool, text: String) {
        let spool = SpoolOpening.path(configuration)
        guard access(configuration.stateDirectory, W_OK | X_OK) == 0 else {
            throw Failure(.permissionDenied, "\(configuration.stateDirectory): errno \(errno)")
        }
        guard access(spool, F_OK) == 0 else {
            return (false, "\(spool): không có kho nào / there is no spool")
        }
        try Store.requestRebuild(spool)
        let text = """
            Kho được dựng lại khi dịch vụ khởi động; tiếp theo: systemctl restart intaked, rồi journalctl -u intaked và \
            intakectl missing list cho biết kết quả.
            The spool is built anew when the daemon starts; next: systemctl restart intaked, then journalctl -u intaked \
            and intakectl missing list tell what became of it.
            """
        return (true, text)
    }
}
