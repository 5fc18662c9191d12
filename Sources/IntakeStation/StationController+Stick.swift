import LocalServer
import StationAPI
import StationCore

extension StationController {
    func export(_ order: ExportOrder, by peer: Peer) async throws(Problem) -> ExportReport {
        defer { stopIfPoisoned() }
        do { return try await stick.export(order, by: peer.actor) } catch { throw Problem(error) }
    }

    func recallExports(by peer: Peer) async throws(Problem) -> RecallReport {
        defer { stopIfPoisoned() }
        do { return try await stick.recall(by: peer.actor) } catch { throw Problem(error) }
    }

    func importReceipts(_ order: ImportOrder, by peer: Peer) async throws(Problem) -> ReceiptImportReport {
        defer { stopIfPoisoned() }
        do { return try await stick.importReceipts(order, by: peer.actor) } catch { throw Problem(error) }
    }
}
