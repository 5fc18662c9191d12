package import StationAPI
package import StationCore

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
    /// What the station may have acknowledged and cannot vouch for.
    func missing() async throws(Problem) -> MissingList
    /// A person has dealt with what is missing from a number on. Throws `applicationUnknown`, `reasonUnknown`.
    func acknowledgeMissing(
        from first: Int64, _ order: MissingAcknowledgement, by peer: Peer
    ) async throws(Problem) -> MissingList.Range
    /// Walks the whole chain.
    func verifyAudit(by peer: Peer) async throws(Problem) -> AuditReport
    /// Enters an operator. Throws `operatorExists`, `secretTooWeak`, `stationLocked` where the new secret could not open
    /// the station.
    func enter(_ entry: OperatorEntry, by peer: Peer) async throws(Problem) -> OperatorList.Entry
    /// The accounts.
    func operators() async throws(Problem) -> OperatorList
    /// Shuts an account or opens it. Throws `operatorUnknown`.
    func perform(
        _ verb: OperatorAccountVerb, onOperator operatorId: String, by peer: Peer
    ) async throws(Problem) -> OperatorList.Entry
    /// Sets a temporary secret. Throws `operatorUnknown`, `secretTooWeak`, `stationLocked`.
    func resetSecret(
        of operatorId: String, _ reset: SecretReset, by peer: Peer
    ) async throws(Problem) -> OperatorList.Entry
    /// Gives a station that nobody can open any more another data key. Throws `operatorUnknown`, `secretTooWeak`,
    /// `rekeyRefused`.
    func replaceDataKey(_ order: DataKeyOrder, by peer: Peer) async throws(Problem) -> DataKeyReport
    /// Reader service and readers.
    func readers() async -> ReaderList
    /// One page of applications; ids and states only. Throws `requestMalformed`.
    func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList
    /// One application with its history; ids and states only.
    func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail
    /// What happens from now on, without reads.
    func events(after lastEventID: Int64?) async throws(Problem) -> AsyncStream<StationEvent>
    /// Intake sessions, newest first.
    func shifts(before number: Int64?) async throws(Problem) -> ShiftList
    /// Problems that the point reports upward, oldest first.
    func issues(after number: Int64?) async throws(Problem) -> IssueList
    /// A session's figures. Throws `shiftUnknown`.
    func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport
}
