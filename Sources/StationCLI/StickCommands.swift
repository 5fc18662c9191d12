import ArgumentParser
import StationAPI
import StationCore

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Xuất hồ sơ chờ truyền ra thiết bị lưu trữ / Write what waits to a removable medium. Exit 2: nothing."
    )
    @OptionGroup var common: CommonOptions

    @Argument(help: "Where the medium is mounted.")
    var directory: String

    @OptionGroup var second: CoSignerOptions

    @Flag(help: "Also what was exported before: its medium was lost.")
    var again = false

    func run() async throws {
        try await common.run {
            let report = try await common.station.export(
                ExportOrder(directory: directory, again: again), coSignature: try second.coSignature(common.words))
            try common.console.show(report, or: StickText(common.words).exported(report))
            if report.items == 0 { throw ExitStatus.nothing }
        }
    }
}

struct RecallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract:
            "Hỏi lại qua mạng những hồ sơ đã xuất / Ask upstream about what is exported, and send what is not there.")
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await common.run {
            let report = try await common.station.recallExports()
            try common.console.show(
                report,
                or: common.words.pick(
                    "Hỏi lại \(report.recalled) hồ sơ", "Asking about \(report.recalled) applications"))
            if report.recalled == 0 { throw ExitStatus.nothing }
        }
    }
}

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Nhập hồ sơ của trạm khác để chuyển hộ / Take another station's applications, to pass them on. Exit 2: nothing."
    )
    @OptionGroup var common: AdministratorOptions

    @Argument(help: "Where the medium is mounted, or one bundle on it.")
    var directory: String

    func run() async throws {
        try await common.run {
            let report = try await common.station.importItems(ImportOrder(directory: directory))
            try common.console.show(report, or: StickText(common.words).imported(report))
            try finish(refused: report.refused, isEmpty: report.bundles.isEmpty)
        }
    }
}

struct ReceiptsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts", abstract: "Biên nhận qua thiết bị lưu trữ / Receipts by removable medium.",
        subcommands: [ReceiptsImportCommand.self, ReceiptsExportCommand.self])
}

struct ReceiptsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Nhập biên nhận / Take receipts in. Exit 2: nothing.")
    @OptionGroup var common: CommonOptions

    @Argument(help: "Where the medium is mounted, or one bundle on it.")
    var directory: String

    func run() async throws {
        try await common.run {
            let report = try await common.station.importReceipts(ImportOrder(directory: directory))
            try common.console.show(report, or: StickText(common.words).imported(report))
            try finish(refused: report.refused, isEmpty: report.bundles.isEmpty)
        }
    }
}

struct ReceiptsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Xuất biên nhận cho trạm đã gửi hộ / Write receipts of forwarded applications. Exit 2: nothing.")
    @OptionGroup var common: AdministratorOptions

    @Argument(help: "Where the medium is mounted.")
    var directory: String

    @Option(help: "Only this station's; all stations' by default.")
    var station: String?

    @Flag(help: "Also receipts that were written before.")
    var again = false

    func run() async throws {
        try await common.run {
            let report = try await common.station.exportReceipts(
                ReceiptExportOrder(directory: directory, stationId: station, again: again))
            try common.console.show(report, or: StickText(common.words).exportedReceipts(report))
            if report.items == 0 { throw ExitStatus.nothing }
        }
    }
}

/// Tells each refused bundle on standard error; a refusal is an error, an empty medium is nothing to do.
private func finish(refused: [RefusedBundle], isEmpty: Bool) throws {
    for bundle in refused { Console.complain(bundle.problem) }
    if !refused.isEmpty { throw ExitStatus.error }
    if isEmpty { throw ExitStatus.nothing }
}
