import ArgumentParser
import StationAPI
import StationCore

struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Cán bộ của trạm / The station's operators.",
        subcommands: [
            OperatorAddCommand.self, OperatorListCommand.self, OperatorResetCommand.self, OperatorLockCommand.self,
            OperatorUnlockCommand.self, OperatorRekeyCommand.self,
        ])
}

/// `OperatorRank` on the command line.
enum RankArgument: String, CaseIterable, ExpressibleByArgument {
    case `operator`, supervisor

    var rank: OperatorRank {
        switch self {
        case .operator: .operator
        case .supervisor: .supervisor
        }
    }
}

struct OperatorAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Thêm cán bộ / Enter an operator with a temporary secret, which they change at their first sign-in.")
    @OptionGroup var common: AdministratorOptions
    @OptionGroup var input: SecretInput

    @Argument(help: "Sign-in name: a-z, 0-9, dot and hyphen, beginning with a letter.")
    var name: String

    @Option(help: "operator or supervisor.")
    var role: RankArgument = .operator

    func run() async throws {
        try await common.run {
            let secret = try input.secret(common.words.pick("Mật khẩu tạm của \(name)", "Temporary secret of \(name)"))
            let entry = try await common.station.enter(OperatorEntry(operatorId: name, role: role.rank, secret: secret))
            try common.console.show(entry, or: PeopleText(common.words).text([entry]))
        }
    }
}

struct OperatorListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Danh sách cán bộ / All operators. Exit 2 when there is none.")
    @OptionGroup var common: AdministratorOptions

    func run() async throws {
        try await common.run {
            let list = try await common.station.operators()
            try common.console.show(
                list,
                or: list.operators.isEmpty
                    ? common.words.pick("Chưa có cán bộ nào", "No operators")
                    : PeopleText(common.words).text(list.operators))
            if list.operators.isEmpty { throw ExitStatus.nothing }
        }
    }
}

struct OperatorResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Đặt lại mật khẩu / Give an operator a temporary secret, and end their sessions.")
    @OptionGroup var common: AdministratorOptions
    @OptionGroup var input: SecretInput

    @Argument(help: "Sign-in name.")
    var name: String

    func run() async throws {
        try await common.run {
            let secret = try input.secret(common.words.pick("Mật khẩu tạm của \(name)", "Temporary secret of \(name)"))
            let entry = try await common.station.resetSecret(of: name, SecretReset(newSecret: secret))
            try common.console.show(entry, or: PeopleText(common.words).text([entry]))
        }
    }
}

struct OperatorLockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Khóa tài khoản / Shut an account and end its sessions.")
    @OptionGroup var common: AdministratorOptions

    @Argument(help: "Sign-in name.")
    var name: String

    func run() async throws { try await common.change(name, .suspend) }
}

struct OperatorUnlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Mở tài khoản / Open an account again and forget wrong secrets.")
    @OptionGroup var common: AdministratorOptions

    @Argument(help: "Sign-in name.")
    var name: String

    func run() async throws { try await common.change(name, .unlock) }
}

struct OperatorRekeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey",
        abstract: "Lập khóa dữ liệu mới / Give a station that nobody can open any more another data key.",
        discussion: """
            Only where every secret that opens the station is lost. The names and phone numbers kept for calling back are \
            deleted for ever, everybody is signed out, and only the temporary secret given here opens the station. \
            Applications are not touched: what was saved is still sent. Without --forget nothing is done where anything is \
            kept, and the answer says of how many applications the follow-up data would be deleted.
            """)
    @OptionGroup var common: AdministratorOptions
    @OptionGroup var input: SecretInput

    @Argument(help: "Sign-in name of who opens the station from then on.")
    var name: String

    @Option(help: "Of how many applications the follow-up data is deleted: the number named without this.")
    var forget: Int?

    func run() async throws {
        try await common.run {
            let secret = try input.secret(common.words.pick("Mật khẩu tạm của \(name)", "Temporary secret of \(name)"))
            let report = try await common.station.replaceDataKey(
                DataKeyOrder(operatorId: name, secret: secret, forget: forget))
            try common.console.show(report, or: PeopleText(common.words).text(report))
        }
    }
}

extension AdministratorOptions {
    fileprivate func change(_ name: String, _ verb: OperatorAccountVerb) async throws {
        try await run {
            let entry = try await station.perform(verb, onOperator: name)
            try console.show(entry, or: PeopleText(words).text([entry]))
        }
    }
}
