extension Limits {
    /// Relations among the limits that must hold; each entry names one that does not. Empty when all hold.
    public static var violations: [String] {
        let relations: [(String, Bool)] = [
            ("Card.extendedResponseBytes ≤ Card.fileBytes", Card.extendedResponseBytes <= Card.fileBytes),
            (
                "Card.readChunks × 220 ≥ Card.fileBytes",
                Card.readChunks * 220 >= Card.fileBytes
            ),
            ("Card.readBudget < Card.readDuration", Card.readBudget < Card.readDuration),
            ("Card.readDuration < Card.suspensionDuration", Card.readDuration < Card.suspensionDuration),
            ("Portrait.encodedBytes ≤ Card.fileBytes", Portrait.encodedBytes <= Card.fileBytes),
            ("Application.plaintextBytes < Uplink.batchBytes", Application.plaintextBytes < Uplink.batchBytes),
            (
                "Uplink.itemBytes + Uplink.manifestBytes < Uplink.batchBytes",
                Uplink.itemBytes + Uplink.manifestBytes < Uplink.batchBytes
            ),
            ("Uplink.firstBatchItems ≤ Uplink.batchItems", Uplink.firstBatchItems <= Uplink.batchItems),
            ("Uplink.firstBatchBytes ≤ Uplink.batchBytes", Uplink.firstBatchBytes <= Uplink.batchBytes),
            ("Uplink.leastBatchBytes ≤ Uplink.firstBatchBytes", Uplink.leastBatchBytes <= Uplink.firstBatchBytes),
            ("Uplink.closeDuration < Process.shutdownDuration", Uplink.closeDuration < Process.shutdownDuration),
            ("Uplink.afterCut < Uplink.backoffShortest", Uplink.afterCut < Uplink.backoffShortest),
            ("Uplink.backoffShortest < Uplink.backoffLongest", Uplink.backoffShortest < Uplink.backoffLongest),
            ("Store.preparedLogBytes ≤ Store.walBytes", Store.preparedLogBytes <= Store.walBytes),
            (
                "Store.refusalApplications < Store.warningApplications",
                Store.refusalApplications < Store.warningApplications
            ),
            (
                "Store.applicationBytesLeast < Store.applicationBytes",
                Store.applicationBytesLeast < Store.applicationBytes
            ),
            ("Store.vacuumPages ≤ Store.vacuumRoundPages", Store.vacuumPages <= Store.vacuumRoundPages),
            ("Card.readDuration < Card.transmitDuration", Card.readDuration < Card.transmitDuration),
            (
                "Card.serviceRetryShortest < Card.serviceRetryLongest",
                Card.serviceRetryShortest < Card.serviceRetryLongest
            ),
            (
                "USB.devices × 8 × USB.textBytes ≤ USB.lineBytes",
                USB.devices * 8 * USB.textBytes <= USB.lineBytes
            ),
            ("Local.consoleSessions ≤ People.operators", Local.consoleSessions <= People.operators),
            (
                "People.secretBytes × 2 + People.nameBytes × 4 < Local.consoleBodyBytes",
                People.secretBytes * 2 + People.nameBytes * 4 < Local.consoleBodyBytes
            ),
            (
                "Local.peerConnections + Local.toldConnections < Local.connections",
                Local.peerConnections + Local.toldConnections < Local.connections
            ),
            ("Local.consoleStreams < Local.peerConnections", Local.consoleStreams < Local.peerConnections),
            ("Local.requestsPerSecond ≤ Local.requestsAtOnce", Local.requestsPerSecond <= Local.requestsAtOnce),
            ("Local.requestDuration < Local.idleDuration", Local.requestDuration < Local.idleDuration),
            ("Local.waitingEvents ≤ Local.keptEvents", Local.waitingEvents <= Local.keptEvents),
            ("Bundle.batchBytes ≤ Uplink.batchBytes", Bundle.batchBytes <= Uplink.batchBytes),
            ("Bundle.batchItems ≤ Uplink.batchItems", Bundle.batchItems <= Uplink.batchItems),
            ("Bundle.files × 400 ≤ Bundle.manifestBytes", Bundle.files * 400 <= Bundle.manifestBytes),
            ("Bundle.files × 4 < JSON.values", Bundle.files * 4 < JSON.values),
        ]
        return relations.filter { !$0.1 }.map(\.0)
    }
}
