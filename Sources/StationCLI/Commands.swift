import ArgumentParser
import StationAPI
import StationCore

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tình trạng trạm / The station at one glance. Exit 4 when it needs attention.")
    @OptionGroup var common: ViewOptions

    func run() async throws {
        try await common.run {
            let status = try await common.station.status()
            try common.console.show(status, or: StatusText(common.words).text(status))
            if status.health != .ok { throw ExitStatus.degraded }
        }
    }
}

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Danh sách hồ sơ / Applications in order. Exit 2 when there is none.")
    @OptionGroup var common: ViewOptions

    @Option(help: "Only applications in this state, such as saved, held or rejected.")
    var state: String?

    @Option(help: "Only applications behind this sequence number.")
    var after: Int64?

    func run() async throws {
        try await common.run {
            let list = try await common.station.applications(state: state, after: after)
            try common.console.show(
                list, or: list.applications.isEmpty ? nothing : ApplicationText(common.words).text(list))
            if list.applications.isEmpty { throw ExitStatus.nothing }
        }
    }

    private var nothing: String { common.words.pick("Không có hồ sơ nào", "No applications") }
}

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Một hồ sơ và lịch sử / One application with its history. Exit 3 when unknown.")
    @OptionGroup var common: ViewOptions

    @Argument(help: "The application's id.")
    var id: String

    func run() async throws {
        try await common.run {
            let detail = try await common.station.application(id)
            try common.console.show(detail, or: ApplicationText(common.words).text(detail))
        }
    }
}

struct ReadersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readers", abstract: "Đầu đọc thẻ / Card readers. Exit 2 when there is none.")
    @OptionGroup var common: ViewOptions

    func run() async throws {
        try await common.run {
            let list = try await common.station.readers()
            guard list.serviceRunning else { throw Problem(.readerServiceDown) }
            let text = ReaderText(common.words).text(list)
            try common.console.show(list, or: text.isEmpty ? nothing : text)
            if list.readers.isEmpty { throw ExitStatus.nothing }
        }
    }

    private var nothing: String { common.words.pick("Không tìm thấy đầu đọc thẻ", "No card reader found") }
}
