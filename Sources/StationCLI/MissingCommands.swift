import ArgumentParser
import StationAPI
import StationCore

struct MissingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "missing",
        abstract: "Hồ sơ không còn bảo đảm được / Numbers that the station may have acknowledged and cannot vouch for.",
        subcommands: [MissingListCommand.self, MissingAcknowledgeCommand.self])
}

struct MissingListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Danh sách / All of them, with who has dealt with them. Exit 2 when none is missing.")
    @OptionGroup var common: AdministratorOptions

    func run() async throws {
        try await common.run {
            let list = try await common.station.missing()
            try common.console.show(
                list,
                or: list.missing.isEmpty
                    ? common.words.pick("Không thiếu hồ sơ nào", "Nothing is missing")
                    : MissingText(common.words).text(list.missing))
            if list.missing.isEmpty { throw ExitStatus.nothing }
        }
    }
}

struct MissingAcknowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract:
            "Ghi nhận đã xử lý / Say that what is missing from a number on is dealt with. Exit 3 when none begins there."
    )
    @OptionGroup var common: AdministratorOptions
    @OptionGroup var why: ReasonOption

    @Argument(help: "The first number of the range, as `missing list` shows it.")
    var first: Int64

    func run() async throws {
        try await common.run {
            let range = try await common.station.acknowledgeMissing(
                from: first, MissingAcknowledgement(reason: why.reason))
            try common.console.show(range, or: MissingText(common.words).text([range]))
        }
    }
}

/// Missing numbers for people.
struct MissingText {
    let words: Language

    init(_ words: Language) { self.words = words }

    func text(_ ranges: [MissingList.Range]) -> String {
        var table = Table([
            words.pick("SỐ", "NUMBERS"), words.pick("LÝ DO", "WHY"), words.pick("PHÁT HIỆN", "FOUND"),
            words.pick("ĐÃ XỬ LÝ", "DEALT WITH"),
        ])
        for range in ranges {
            let numbers = range.first == range.last ? "\(range.first)" : "\(range.first)-\(range.last)"
            let settled = range.acknowledgedAt.map { at in
                "\(at.text) \(range.acknowledgedBy ?? "") [\(range.acknowledgedReason ?? "")]"
            }
            table.add([numbers, range.reason, range.foundAt.text, settled ?? words.pick("chưa", "not yet")])
        }
        return table.text
    }
}
