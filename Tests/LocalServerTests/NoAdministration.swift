import StationAPI
import StationCore

@testable import LocalServer

/// An administrator socket behind which there is nothing.
struct NoAdministration: AdministrationControl {
    private func nothing<Value>() throws(Problem) -> Value { throw Problem(.stationStopping) }

    func description() async -> StationDescription { await ScriptedControl().description() }
    func status() async throws(Problem) -> StationStatus { try nothing() }
    func perform(_ verb: TransmissionVerb, by peer: Peer) async throws(Problem) -> StationStatus.Uplink {
        try nothing()
    }
    func auditPage(after sequence: Int64, by peer: Peer) async throws(Problem) -> AuditPage { try nothing() }
    func importItems(_ order: ImportOrder, by peer: Peer) async throws(Problem) -> ImportReport { try nothing() }
    func exportReceipts(_ order: ReceiptExportOrder, by peer: Peer) async throws(Problem) -> ExportReport {
        try nothing()
    }
    func missing() async throws(Problem) -> MissingList { try nothing() }
    func acknowledgeMissing(
        from first: Int64, _ order: MissingAcknowledgement, by peer: Peer
    ) async throws(Problem) -> MissingList.Range { try nothing() }
    func issues(after number: Int64?) async throws(Problem) -> IssueList { try nothing() }
    func verifyAudit(by peer: Peer) async throws(Problem) -> AuditReport { try nothing() }
    func enter(_ entry: OperatorEntry, by peer: Peer) async throws(Problem) -> OperatorList.Entry { try nothing() }
    func operators() async throws(Problem) -> OperatorList { try nothing() }
    func perform(
        _ verb: OperatorAccountVerb, onOperator operatorId: String, by peer: Peer
    ) async throws(Problem) -> OperatorList.Entry { try nothing() }
    func resetSecret(
        of operatorId: String, _ reset: SecretReset, by peer: Peer
    ) async throws(Problem) -> OperatorList.Entry { try nothing() }
    func replaceDataKey(_ order: DataKeyOrder, by peer: Peer) async throws(Problem) -> DataKeyReport {
        try nothing()
    }
    func readers() async -> ReaderList { ScriptedControl.emptyReaders }
    func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList { try nothing() }
    func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail { try nothing() }
    func events(after lastEventID: Int64?) async throws(Problem) -> AsyncStream<StationEvent> { try nothing() }
    func shifts(before number: Int64?) async throws(Problem) -> ShiftList { try nothing() }
    func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport { try nothing() }
}
