import ArgumentParser
import StationAPI
import StationCore

struct ReadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reads", abstract: "Các lượt đọc thẻ / Reads of cards.", subcommands: [ReadsShowCommand.self])
}

struct ReadsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract:
            "Các lệnh của một lượt đọc, không có dữ liệu / The commands of one read, without data. Exit 3 when unknown."
    )
    @OptionGroup var common: CommonOptions

    @Argument(help: "The read's id.")
    var id: String

    func run() async throws {
        try await common.run {
            let record = try await common.station.readRecord(id)
            try common.console.show(record, or: ReadRecordText(common.words).text(record))
        }
    }
}
