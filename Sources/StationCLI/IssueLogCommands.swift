import ArgumentParser
import Foundation
import StationAPI
import StationCore

struct IssueLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue-log", abstract: "Vướng mắc báo cáo cấp trên / Problems that the point reports upward.",
        subcommands: [IssueAddCommand.self, IssueListCommand.self, IssueExportCommand.self])
}

struct IssueAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Ghi vướng mắc / Note a problem; standard input says what happened. Exit 3: no such application.",
        discussion: """
            Nhật ký này được gửi lên trên: không ghi họ tên, số định danh, số điện thoại, địa chỉ của ai; nêu mã hồ sơ \
            bằng --item. / The log travels upward: no name, number or address of anybody in it; name the application by \
            --item. At most \(Limits.Issues.characters) characters; a text with \(Limits.Issues.digits) digits together \
            is refused.
            Loại / Categories: \(IssueCategory.allCases.map { "\($0.rawValue) (\($0.text.vi))" }.joined(separator: ", ")).
            """)
    @OptionGroup var common: CommonOptions

    @Option(help: "What kind of problem.", transform: Self.category)
    var category: IssueCategory

    @Option(help: "The id of the application that it concerns.", transform: Self.item)
    var item: ItemID?

    @Option(help: "Since when, such as 2026-08-03T05:00:00.000Z; by default now.", transform: Self.time)
    var since: Timestamp?

    func run() async throws {
        try await common.run {
            let text = try StandardInput.text(atMost: Limits.Issues.bytes)
            let report = try await common.station.note(
                IssueOrder(category: category, text: text, itemId: item, since: since))
            try common.console.show(report, or: IssueText(common.words).text([report]))
        }
    }

    private static func category(_ text: String) throws -> IssueCategory {
        guard let category = IssueCategory(rawValue: text) else { throw ValidationError("no such category: \(text)") }
        return category
    }

    private static func item(_ text: String) throws -> ItemID {
        guard let id = ItemID(text) else { throw ValidationError("not an application's id: \(text)") }
        return id
    }

    private static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(text: text) else { throw ValidationError("not a time: \(text)") }
        return time
    }
}

struct IssueListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Các vướng mắc / What was noted, oldest first. Exit 2 when nothing was.")
    @OptionGroup var common: ViewOptions

    @Option(help: "Only what was noted behind this number.")
    var after: Int64?

    func run() async throws {
        try await common.run {
            let list = try await common.station.issues(after: after)
            try common.console.show(
                list,
                or: list.issues.isEmpty
                    ? common.words.pick("Chưa có vướng mắc nào", "Nothing was noted")
                    : IssueText(common.words).text(list))
            if list.issues.isEmpty { throw ExitStatus.nothing }
        }
    }
}

struct IssueExportCommand: AsyncParsableCommand {
    /// How a report is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case jsonl, csv
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Xuất vướng mắc / Everything that was noted, for the report upward. Exit 2 when nothing was.",
        discussion: """
            jsonl: mỗi dòng một tài liệu. csv: mở được bằng bảng tính. / jsonl: one document a line. csv: for \
            spreadsheets (UTF-8 with its mark, RFC 4180); a cell that a spreadsheet would compute is quoted by '.
            """)
    @OptionGroup var common: ViewOptions

    @Option(help: "jsonl or csv.")
    var format: Format = .jsonl

    @Option(help: "Only what was noted behind this number.")
    var after: Int64?

    func run() async throws {
        try await common.run {
            var position: Int64? = after ?? 0
            var isEmpty = true
            while let after = position {
                let list = try await common.station.issues(after: after)
                if isEmpty, !list.issues.isEmpty, format == .csv { Console.write(IssueText.csvHead) }
                for issue in list.issues {
                    isEmpty = false
                    switch format {
                    case .jsonl: try Console(json: true).show(issue, or: "")
                    case .csv: Console.write(IssueText.csvLine(issue))
                    }
                }
                position = list.next
            }
            if isEmpty { throw ExitStatus.nothing }
        }
    }
}

/// Standard input as one text.
enum StandardInput {
    /// Throws `field-too-long`. One byte too many is read, so that the limit is noticed.
    static func text(atMost limit: Int) throws -> String {
        var bytes: [UInt8] = []
        while bytes.count <= limit, let more = try FileHandle.standardInput.read(upToCount: limit + 1 - bytes.count),
            !more.isEmpty
        { bytes += more }
        guard bytes.count <= limit else { throw Problem(.fieldTooLong, "text: at most \(limit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.fieldInvalid, "text: not UTF-8")
        }
        return text
    }
}
