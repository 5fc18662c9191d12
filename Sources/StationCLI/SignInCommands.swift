import ArgumentParser
import Foundation
import StationAPI
import StationCore

struct SignInCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in",
        abstract: "Đăng nhập / Sign in: later commands act for this person until the session runs out.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var input: SecretInput

    @Argument(help: "Sign-in name.")
    var name: String

    func run() async throws {
        try await common.run {
            let secret = try input.secret(common.words.pick("Mật khẩu", "Secret"))
            let client = StationClient(socketPath: common.socketPath)
            let person = try await client.signIn(SignInOrder(operatorId: name, secret: secret))
            if let token = client.session.token {
                do { try common.tokenFile.keep(token) } catch {
                    // A session that nobody can use would keep the station open.
                    try? await client.signOut()
                    throw error
                }
            }
            try common.console.show(person, or: PeopleText(common.words).line(person))
        }
    }
}

struct SignOutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out", abstract: "Đăng xuất / End the session of `sign-in`.")
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await common.run {
            defer { common.tokenFile.forget() }
            try await common.station.signOut()
        }
    }
}

struct SecretCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret",
        abstract: "Đổi mật khẩu của mình / Set a secret of one's own; files or the terminal give the old and the new.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var input: SecretInput

    @Option(help: "File whose first line is the new secret; by default the terminal is asked.")
    var newSecretFile: String?

    func run() async throws {
        try await common.run {
            let old = try input.secret(common.words.pick("Mật khẩu hiện tại", "Present secret"))
            let new = try SecretInput.reading(newSecretFile).secret(common.words.pick("Mật khẩu mới", "New secret"))
            let person = try await common.station.changeSecret(SecretChange(secret: old, newSecret: new))
            try common.console.show(person, or: PeopleText(common.words).line(person))
        }
    }
}

struct WhoAmICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Ai đang đăng nhập / For whom commands act.")
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await common.run {
            let person = try await common.station.me()
            try common.console.show(person, or: PeopleText(common.words).line(person))
        }
    }
}
