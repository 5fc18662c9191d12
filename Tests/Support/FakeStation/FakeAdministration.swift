import LocalServer
import StationAPI
import StationCore
import Synchronization

/// The administrators' side of a fake station.
final class FakeAdministration: AdministrationControl {
    private let station: FakeStation
    private let accounts = Mutex<[String: OperatorList.Entry]>([:])

    private static let hash = String(repeating: "0", count: 64)

    init(_ station: FakeStation) { self.station = station }

    func description() async -> StationDescription { await station.description() }
    func status() async throws(Problem) -> StationStatus { try await station.status() }
    func perform(_ verb: TransmissionVerb, by peer: Peer) async throws(Problem) -> StationStatus.Uplink {
        try await station.status().uplink
    }
    func auditPage(after sequence: Int64, by peer: Peer) async throws(Problem) -> AuditPage {
        AuditPage(
            rows: sequence > 0
                ? []
                : [
                    .init(
                        sequence: 1, at: SystemClock().now, clockQuality: .synchronized, actor: peer.auditName,
                        action: "audit.read", object: nil, itemSequence: nil, detail: nil, hash: Self.hash)
                ], next: nil,
            head: .init(stationId: "test-station", sequence: 1, hash: Self.hash, signingKeyId: "k", signature: "AA=="))
    }
    func importItems(_ order: ImportOrder, by peer: Peer) async throws(Problem) -> ImportReport {
        ImportReport(bundles: [], refused: [])
    }
    func exportReceipts(_ order: ReceiptExportOrder, by peer: Peer) async throws(Problem) -> ExportReport {
        .empty
    }
    func missing() async throws(Problem) -> MissingList { MissingList(missing: []) }
    func acknowledgeMissing(
        from first: Int64, _ order: MissingAcknowledgement, by peer: Peer
    ) async throws(Problem) -> MissingList.Range {
        let now = SystemClock().now
        return MissingList.Range(
            first: first, last: first, reason: "damaged", foundAt: now, acknowledgedAt: now,
            acknowledgedBy: peer.auditName, acknowledgedReason: order.reason)
    }
    func verifyAudit(by peer: Peer) async throws(Problem) -> AuditReport {
        AuditReport(intact: true, rows: 1, brokenAt: nil)
    }
    func enter(_ entry: OperatorEntry, by peer: Peer) async throws(Problem) -> OperatorList.Entry {
        guard entry.secret.count >= 6 else { throw Problem(.secretTooWeak) }
        let account = OperatorList.Entry(
            operatorId: entry.operatorId, role: entry.role, mustChangeSecret: true, suspended: false, wrongSecrets: 0,
            opensStation: true)
        let isNew = accounts.withLock { accounts in
            guard accounts[entry.operatorId] == nil else { return false }
            accounts[entry.operatorId] = account
            return true
        }
        guard isNew else { throw Problem(.operatorExists) }
        return account
    }
    func operators() async throws(Problem) -> OperatorList {
        OperatorList(operators: accounts.withLock { $0.values.sorted { $0.operatorId < $1.operatorId } })
    }
    func perform(
        _ verb: OperatorAccountVerb, onOperator operatorId: String, by peer: Peer
    ) async throws(Problem) -> OperatorList.Entry {
        guard let account = accounts.withLock({ $0[operatorId] }) else { throw Problem(.operatorUnknown) }
        let changed = OperatorList.Entry(
            operatorId: operatorId, role: account.role, mustChangeSecret: account.mustChangeSecret,
            suspended: verb == .suspend, wrongSecrets: 0, opensStation: account.opensStation)
        accounts.withLock { $0[operatorId] = changed }
        return changed
    }
    func resetSecret(
        of operatorId: String, _ reset: SecretReset, by peer: Peer
    ) async throws(Problem) -> OperatorList.Entry {
        guard let account = accounts.withLock({ $0[operatorId] }) else { throw Problem(.operatorUnknown) }
        return account
    }
    func replaceDataKey(_ order: DataKeyOrder, by peer: Peer) async throws(Problem) -> DataKeyReport {
        guard let account = accounts.withLock({ $0[order.operatorId] }) else { throw Problem(.operatorUnknown) }
        guard order.forget == 37 else {
            throw Problem(.rekeyRefused, "the follow-up data of 37 applications would be deleted")
        }
        return DataKeyReport(account: account, forgotten: 37)
    }
    func readers() async -> ReaderList { await station.readers() }
    func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList {
        try await station.applications(question)
    }
    func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail { try await station.application(id) }
    func events(after lastEventID: Int64?) async throws(Problem) -> AsyncStream<StationEvent> {
        try await station.events(after: lastEventID, for: nil)
    }
    func shifts(before number: Int64?) async throws(Problem) -> ShiftList { try await station.shifts(before: number) }
    func issues(after number: Int64?) async throws(Problem) -> IssueList { try await station.issues(after: number) }
    func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport {
        try await station.summary(ofShift: shiftId)
    }
}
