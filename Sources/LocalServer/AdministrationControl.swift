package import StationAPI

/// What the administrator socket asks of the station.
package protocol AdministrationControl: Sendable {
    /// What this station speaks.
    func description() async -> StationDescription
    /// The station at one glance.
    func status() async throws(Problem) -> StationStatus
    /// Holds the transmission back, lets it go, or has it try now; stands in the audit. Returns how it stands then.
    func perform(_ verb: TransmissionVerb, by peer: Peer) async throws(Problem) -> StationStatus.Uplink
    /// One page of the audit after a row's number, with the chain's signed head; itself a row of the audit.
    func auditPage(after sequence: Int64, by peer: Peer) async throws(Problem) -> AuditPage
    /// Takes every bundle of applications on a medium; they are sent on.
    func importItems(_ order: ImportOrder, by peer: Peer) async throws(Problem) -> ImportReport
    /// Writes receipts of forwarded applications to a medium.
    func exportReceipts(_ order: ReceiptExportOrder, by peer: Peer) async throws(Problem) -> ExportReport
    /// Walks the whole chain.
    func verifyAudit(by peer: Peer) async throws(Problem) -> AuditReport
}
