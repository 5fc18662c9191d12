import ArgumentParser
import StationAPI
import StationCore

struct ShiftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shift", abstract: "Phiên thu nhận / Intake sessions.",
        subcommands: [
            ShiftOpenCommand.self, ShiftShowCommand.self, ShiftHandOverCommand.self, ShiftCloseCommand.self,
            ShiftListCommand.self, ShiftSummaryCommand.self,
        ])
}

struct ShiftOpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Mở phiên thu nhận / Open an intake session, and the station's follow-up data.")
    @OptionGroup var common: CommonOptions

    @Option(help: "The team.")
    var team: String

    @Option(help: "The intake point.")
    var point: String

    @Flag(help: "A mobile team; by default a fixed desk.")
    var mobile = false

    @Option(name: .customLong("with"), parsing: .upToNextOption, help: "Sign-in names of who else works in it.")
    var others: [String] = []

    func run() async throws {
        try await common.run {
            let report = try await common.station.openShift(
                ShiftOrder(team: team, point: point, kind: mobile ? "mobile" : "fixed", operators: others))
            try common.console.show(report, or: PeopleText(common.words).text(report))
        }
    }
}

struct ShiftShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Phiên đang mở / The session that is open. Exit 2 when none is.")
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await common.run {
            let shift = try await common.station.currentShift()
            let text = shift.map { PeopleText(common.words).text($0) }
            try common.console.show(
                CurrentShift(shift: shift),
                or: text ?? common.words.pick("Không có phiên nào đang mở", "No session is open"))
            if shift == nil { throw ExitStatus.nothing }
        }
    }
}

struct ShiftHandOverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-over", abstract: "Giao ca / Hand the open session over to who enters their secret.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var successor: CoSignerOptions

    func run() async throws {
        try await common.run {
            guard let shift = try await common.station.currentShift() else { throw Problem(.shiftNone) }
            guard let signature = try successor.coSignature(common.words) else { throw Problem(.coSignatureMissing) }
            let report = try await common.station.handOver(shift.shiftId, to: signature)
            try common.console.show(report, or: PeopleText(common.words).text(report))
        }
    }
}

struct ShiftCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Đóng phiên / Close the open session; shows the day's summary.")
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await common.run {
            guard let shift = try await common.station.currentShift() else { throw Problem(.shiftNone) }
            let summary = try await common.station.closeShift(shift.shiftId)
            try common.console.show(summary, or: PeopleText(common.words).text(summary))
        }
    }
}

struct ShiftListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Các phiên / Sessions, newest first. Exit 2 when there is none.")
    @OptionGroup var common: ViewOptions

    @Option(help: "Only sessions before this number.")
    var before: Int64?

    func run() async throws {
        try await common.run {
            let list = try await common.station.shifts(before: before)
            try common.console.show(list, or: PeopleText(common.words).text(list))
            if list.shifts.isEmpty { throw ExitStatus.nothing }
        }
    }
}

struct ShiftSummaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Tổng hợp của phiên / A session's figures. Exit 3 when unknown.")
    @OptionGroup var common: ViewOptions

    @Argument(help: "The session's id.")
    var id: String

    func run() async throws {
        try await common.run {
            let summary = try await common.station.summary(ofShift: id)
            try common.console.show(summary, or: PeopleText(common.words).text(summary))
        }
    }
}
