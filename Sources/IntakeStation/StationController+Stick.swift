import LocalServer
import StationAPI
import StationCore

extension StationController {
    func export(_ order: ExportOrder, by person: ProvenPerson, with second: ProvenPerson?) async throws(Problem)
        -> ExportReport
    {
        defer { stopIfPoisoned() }
        do { return try await stick.export(order, by: person.actor, with: second?.actor) } catch {
            throw Problem(error)
        }
    }

    func recallExports(by person: ProvenPerson) async throws(Problem) -> RecallReport {
        defer { stopIfPoisoned() }
        do { return try await stick.recall(by: person.actor) } catch { throw Problem(error) }
    }

    func media() async throws(Problem) -> MediaList { await stick.media() }

    func importReceipts(_ order: ImportOrder, by person: ProvenPerson) async throws(Problem) -> ReceiptImportReport {
        defer { stopIfPoisoned() }
        do { return try await stick.importReceipts(order, by: person.actor) } catch { throw Problem(error) }
    }
}
