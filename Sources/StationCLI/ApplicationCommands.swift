import ArgumentParser
import Foundation
import StationAPI
import StationCore

/// What every order about one application takes.
struct OrderOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Argument(help: "The application's id.")
    var id: String

    /// Carries the order out and shows the application as it stands then.
    func perform(
        _ verb: ApplicationVerb, _ reason: ReasonCode?, _ second: CoSignerOptions? = nil
    ) async throws {
        try await common.run {
            let detail = try await common.station.perform(
                verb, on: id, ApplicationOrder(reason: reason), coSignature: try second?.coSignature(common.words))
            try common.console.show(detail, or: ApplicationText(common.words).text(detail))
        }
    }
}

/// The reason that a person gives.
struct ReasonOption: ParsableArguments {
    @Option(
        help: "Why: \(ReasonCode.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: { text in
            guard let reason = ReasonCode(rawValue: text) else { throw ValidationError("no such reason: \(text)") }
            return reason
        })
    var reason: ReasonCode
}

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Tạm giữ hồ sơ / Keep an application back. Exit 3 when unknown.")
    @OptionGroup var order: OrderOptions
    @OptionGroup var why: ReasonOption
    func run() async throws { try await order.perform(.hold, why.reason) }
}

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Cho truyền tiếp / Let an application go (again). Exit 3 when unknown.")
    @OptionGroup var order: OrderOptions
    @OptionGroup var why: ReasonOption
    @OptionGroup var second: CoSignerOptions
    func run() async throws { try await order.perform(.release, why.reason, second) }
}

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Hủy hồ sơ khi chưa truyền / Take an application back before it was sent. Exit 3 when unknown.")
    @OptionGroup var order: OrderOptions
    @OptionGroup var why: ReasonOption
    func run() async throws { try await order.perform(.cancel, why.reason) }
}

struct CloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Đóng hồ sơ có lý do / End an application for a reason. Exit 3 when unknown.")
    @OptionGroup var order: OrderOptions
    @OptionGroup var why: ReasonOption
    func run() async throws { try await order.perform(.close, why.reason) }
}

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Truyền lại ngay / Try to send an application now. Exit 3 when unknown.")
    @OptionGroup var order: OrderOptions
    func run() async throws { try await order.perform(.retry, nil) }
}

struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Tìm hồ sơ của một công dân / The applications of one person. Exit 2 when there is none.",
        discussion: """
            Đọc số định danh hoặc số điện thoại từ đầu vào chuẩn, không nhận qua tham số. / Reads the personal number or \
            the phone number from standard input: arguments are seen by every process. Prints ids and the masked number.
            """)
    @OptionGroup var common: CommonOptions

    @Flag(help: "What is read is a phone number.")
    var phone = false

    func run() async throws {
        try await common.run {
            let text = (readLine() ?? "").trimmingCharacters(in: .whitespaces)
            let report = try await common.station.find(
                phone ? PersonQuestion(phone: text) : PersonQuestion(personalNumber: text))
            let shown = report.entries.map {
                FoundApplication(
                    itemId: $0.application.itemId, receiptNumber: $0.application.receiptNumber,
                    state: $0.application.state, stateVi: $0.application.stateVi, maskedNumber: $0.maskedNumber)
            }
            try common.console.show(shown, or: shown.isEmpty ? nothing : table(shown))
            if shown.isEmpty { throw ExitStatus.nothing }
        }
    }

    /// What the command prints of a match: no name, no phone.
    private struct FoundApplication: Codable {
        let itemId: ItemID
        let receiptNumber: String
        let state: String
        let stateVi: String
        let maskedNumber: String
    }

    private func table(_ found: [FoundApplication]) -> String {
        var table = Table([
            common.words.pick("BIÊN NHẬN", "RECEIPT"), "ID", common.words.pick("SỐ ĐỊNH DANH", "NUMBER"),
            common.words.pick("TRẠNG THÁI", "STATE"),
        ])
        for one in found {
            table.add([
                one.receiptNumber, one.itemId.text, one.maskedNumber, common.words.pick(one.stateVi, one.state),
            ])
        }
        return table.text
    }

    private var nothing: String { common.words.pick("Không có hồ sơ nào", "No applications") }
}

struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract:
            "Xóa thông tin theo dõi của công dân / Delete what the point kept of a citizen for following up. Exit 3 when none."
    )
    @OptionGroup var common: CommonOptions

    @Argument(help: "The application's id.")
    var id: String

    func run() async throws {
        try await common.run {
            try await common.station.eraseFollowUp(of: id)
            try common.console.show(["erased": id], or: common.words.pick("Đã xóa", "Deleted"))
        }
    }
}
