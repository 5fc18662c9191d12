import Foundation
package import StationAPI
package import StationCore

/// One whole station as processes: reference upstream, private card service, virtual cards, daemon, console. What the demo
/// shows and what the end-to-end tests break.
package actor BenchStation {
    /// The station's identity upstream.
    package static let stationID = "demo-station"
    /// The identities of desks that pass on what other stations captured.
    package static let deskIDs = ["desk-station", "second-desk"]

    /// Where everything lies.
    package nonisolated let layout: StationLayout
    /// The socket API.
    package nonisolated let client: StationClient
    /// The card service.
    package nonisolated let cardService: PrivateCardService
    /// The daemon's configuration file.
    package nonisolated var configurationPath: String { layout.configuration + "/station.yaml" }
    /// The reader's name in slot 0, as the card service has it.
    package nonisolated var readerName: String { cardService.readerNames[0] }

    private let name: String
    private let upstreamDirectory: String
    private var upstream: ManagedProcess?
    private var upstreamPort: Int?
    private var daemon: ManagedProcess?
    private var console: ManagedProcess?
    private var cards: [Int: ManagedProcess] = [:]
    private var firstCard: String?
    private var daemonProgram = "intaked"
    private var entered: Set<DeskPerson> = []

    /// Makes the directories; nothing runs yet.
    package init(parent: String = "/tmp") async throws(Failure) {
        layout = try StationLayout(parent: parent)
        name = Self.stationID
        upstreamDirectory = layout.upstream
        client = StationClient(socketPath: layout.operatorSocket)
        cardService = try await PrivateCardService(directory: layout.cardService, log: layout.logs + "/pcscd.log")
    }

    /// A desk of its own that is enrolled with another station's upstream; that upstream has been started once.
    package init(deskOf other: BenchStation, named desk: String) async throws(Failure) {
        layout = try StationLayout()
        name = desk
        upstreamDirectory = other.layout.upstream
        client = StationClient(socketPath: layout.operatorSocket)
        cardService = try await PrivateCardService(directory: layout.cardService, log: layout.logs + "/pcscd.log")
        upstreamPort = await other.port
        firstCard = await other.firstCard
    }

    // MARK: Cards

    /// Issues a synthetic card. All cards of one bench have the same national authority.
    /// - Returns: the card's directory.
    package func issueCard(_ name: String, _ arguments: [String] = []) async throws(Failure) -> String {
        let directory = "\(layout.cards)/\(name)"
        let trust = firstCard.map { ["--trust", $0] } ?? []
        try await run("virtual-card", ["issue", directory] + trust + arguments)
        if firstCard == nil { firstCard = directory }
        return directory
    }

    /// Lays a card on a reader; returns when the reader has it.
    package func insertCard(_ directory: String, slot: Int = 0, _ arguments: [String] = []) async throws(Failure) {
        await removeCard(slot: slot)
        let card = try await cardService.startCard(
            try BuiltExecutables.path("virtual-card"),
            ["serve", directory, "--reader", "\(cardService.port(slot: slot))"] + arguments,
            log: "\(layout.logs)/card\(slot).log")
        cards[slot] = card
        _ = try await card.firstLine { $0.text == "ready" }
    }

    /// Takes the card away.
    package func removeCard(slot: Int = 0) async { await cards.removeValue(forKey: slot)?.terminate() }

    /// The trust anchor of the cards.
    package func anchorPath() throws(Failure) -> String {
        guard let firstCard else { throw Failure(.internalFault, "no card has been issued") }
        return firstCard + "/csca.pem"
    }

    // MARK: Upstream

    /// Starts the reference upstream, on the same port as before.
    package func startUpstream(_ arguments: [String] = []) async throws(Failure) {
        if upstreamPort == nil {
            try await run(
                "intake-upstream",
                ["init", upstreamDirectory, "--station", Self.stationID] + Self.deskIDs.flatMap { ["--station", $0] })
        }
        let started = try await start(
            "intake-upstream",
            ["serve", upstreamDirectory, "--port", "\(upstreamPort ?? 0)", "--csca", try anchorPath()] + arguments)
        let line = try await started.firstLine { $0.text.hasPrefix("listening ") }
        upstreamPort = line.text.split(separator: ":").last.flatMap { Int($0) }
        upstream = started
    }

    /// The reference upstream's process.
    package var runningUpstream: ManagedProcess? { upstream }

    /// The reference upstream's port, once it has run.
    package var port: Int? { upstreamPort }

    /// Ends the reference upstream.
    package func stopUpstream() async {
        await upstream?.terminate()
        upstream = nil
    }

    /// What upstream holds, as JSON.
    package func upstreamListing() async throws(Failure) -> String {
        try await run("intake-upstream", ["list", upstreamDirectory, "--json"]).joined(separator: "\n")
    }

    /// Has upstream decide on an application.
    package func decide(_ item: ItemID, _ label: String) async throws(Failure) {
        try await run("intake-upstream", ["decide", layout.upstream, item.text, label])
    }

    // MARK: Daemon and console

    /// Writes the station's configuration; `settings` are lines added to it.
    package func configure(_ settings: String = "") throws(Failure) {
        let enrolment = upstreamDirectory + "/stations/" + name
        guard let data = FileManager.default.contents(atPath: enrolment + "/station.json"),
            let station = try? StrictJSON.decode(Enrolment.self, from: Array(data)), let port = upstreamPort
        else { throw Failure(.internalFault, "upstream is not set up") }
        let keys = station.authorityKeys.map { "\"\($0.keyId) \($0.publicKey)\"" }.joined(separator: ", ")
        let text = """
            station:
              id: \(station.stationId)
            storage:
              stateDirectory: \(layout.state)
              credentialsDirectory: \(layout.credentials)
            local:
              operatorSocket: \(layout.operatorSocket)
              adminSocket: \(layout.adminSocket)
            card:
              anchors: ["\(try anchorPath())"]
            upstream:
              url: https://localhost:\(port)
              certificateAuthority: \(enrolment)/ca.pem
              certificate: \(enrolment)/client.pem
              authorityKeys: [\(keys)]
              signingKeyID: \(station.signingKeyId)
              keyList: \(enrolment)/keys.json
              decisions:
                pending: ["Chờ phê duyệt"]
                granted: ["Hồ sơ được cấp"]
            consent:
              file: \(layout.configuration)/consent.txt
              version: "demo-1"
            application:
              integrations: [driving-licence, vehicle-registration, health-insurance]
            \(settings)
            """
        do {
            try text.write(toFile: configurationPath, atomically: true, encoding: .utf8)
            try Self.consent.write(toFile: layout.configuration + "/consent.txt", atomically: true, encoding: .utf8)
            for name in ["signing.key", "client.key"] where !exists(layout.credentials + "/" + name) {
                try FileManager.default.copyItem(
                    atPath: enrolment + "/" + name, toPath: layout.credentials + "/" + name)
            }
            if !exists(layout.credentials + "/data.key") {
                let key = Data(SystemRandomSource().bytes(32)).base64EncodedData()
                guard
                    FileManager.default.createFile(
                        atPath: layout.credentials + "/data.key", contents: key, attributes: [.posixPermissions: 0o600])
                else { throw Failure(.diskWriteFailed, "data.key") }
            }
        } catch {
            throw Failure(.diskWriteFailed, "\(error)")
        }
    }

    /// Starts the daemon; returns when it serves and the desk is manned.
    /// - Parameter mans: false leaves the desk to the caller: nobody is signed in.
    @discardableResult
    package func startDaemon(
        environment: [String: String] = [:], mans: Bool = true
    ) async throws(Failure) -> ManagedProcess {
        let started = try await launchDaemon(environment: environment)
        _ = try await started.firstLine { $0.text.contains("serving") }
        if mans { try await manDesk() }
        return started
    }

    /// Starts the daemon and does not wait for anything.
    package func launchDaemon(
        _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws(Failure) -> ManagedProcess {
        let started = try await start(
            daemonProgram, ["--config", configurationPath] + arguments,
            environment: cardService.environment.merging(environment) { $1 })
        daemon = started
        return started
    }

    /// From now on starts another program as the daemon: a control.
    package func use(daemon program: String) { daemonProgram = program }

    /// Takes a daemon that was started in another way for this station's.
    package func adopt(daemon started: ManagedProcess) { daemon = started }

    /// The daemon's process.
    package var runningDaemon: ManagedProcess? { daemon }

    /// Ends the daemon with SIGTERM.
    @discardableResult
    package func stopDaemon() async -> ExitStatus? {
        defer { daemon = nil }
        return await daemon?.terminate()
    }

    /// Ends the daemon with SIGKILL.
    package func killDaemon() async {
        await daemon?.kill()
        daemon = nil
    }

    /// Starts the console; returns its address.
    package func startConsole(port: Int, _ options: [String] = []) async throws(Failure) -> String {
        let started = try await start(
            "intake-console", ["--port", "\(port)", "--socket", layout.operatorSocket] + options)
        console = started
        let line = try await started.firstLine { $0.text.contains("http://") }
        return line.text.split(separator: " ").map(String.init).first { $0.hasPrefix("http://") } ?? line.text
    }

    /// The console that runs.
    package var runningConsole: ManagedProcess? { console }

    /// Runs `intakectl` to its end.
    package func control(_ arguments: [String]) async throws(Failure) -> ManagedProcess.Output {
        let tokenFile = layout.root + "/token"
        try? (client.session.token ?? "").write(toFile: tokenFile, atomically: true, encoding: .utf8)
        return try await ManagedProcess.run(
            Command(
                try BuiltExecutables.path("intakectl"), arguments + ["--socket", layout.operatorSocket],
                environment: Command.plainEnvironment.merging(["INTAKECTL_TOKEN": tokenFile]) { $1 }))
    }

    /// Runs an administrator's command of `intakectl` to its end.
    package func administer(_ arguments: [String]) async throws(Failure) -> ManagedProcess.Output {
        try await ManagedProcess.run(
            Command(try BuiltExecutables.path("intakectl"), arguments + ["--admin-socket", layout.adminSocket]))
    }

    /// Runs a command of `intake-upstream` on the upstream's directory to its end.
    package func upstreamCommand(_ command: [String], _ arguments: [String]) async throws(Failure)
        -> ManagedProcess.Output
    {
        try await ManagedProcess.run(
            Command(try BuiltExecutables.path("intake-upstream"), command + [upstreamDirectory] + arguments))
    }

    /// Ends everything that runs, newest first.
    package func stop() async {
        for slot in cards.keys { await removeCard(slot: slot) }
        await console?.terminate()
        await stopDaemon()
        await stopUpstream()
        await cardService.stop()
    }

    // MARK: Helpers

    private struct Enrolment: Codable {
        struct AuthorityKey: Codable {
            let keyId: String
            let publicKey: String
        }
        let stationId: String
        let signingKeyId: String
        let authorityKeys: [AuthorityKey]
    }

    private static let consent = """
        Tôi đồng ý đăng ký tài khoản định danh điện tử mức độ 2 và đồng ý để cơ quan công an xử lý dữ liệu cá nhân của \
        tôi, gồm dữ liệu trên thẻ căn cước, ảnh khuôn mặt (dữ liệu nhạy cảm) và số điện thoại, cho việc đăng ký này. Tôi \
        đã được thông báo về quyền xem, sửa, rút lại sự đồng ý và khiếu nại.
        """

    func forgetPeople() { entered = [] }

    /// Whether a person was entered; from now on it is so.
    func has(_ person: DeskPerson) -> Bool { !entered.insert(person).inserted }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func start(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws(Failure) -> ManagedProcess {
        try await ManagedProcess.start(
            Command(
                try BuiltExecutables.path(name), arguments,
                environment: Command.plainEnvironment.merging(environment) { $1 }, log: logPath(name)))
    }

    private nonisolated func logPath(_ name: String) -> String { "\(layout.logs)/\(name).log" }

    @discardableResult
    private func run(_ name: String, _ arguments: [String]) async throws(Failure) -> [String] {
        let output = try await ManagedProcess.run(Command(try BuiltExecutables.path(name), arguments))
        guard output.status == .exited(0) else {
            throw Failure(
                .internalFault, "\(name) \(arguments.first ?? ""): \(output.error.suffix(3).joined(separator: " | "))")
        }
        return output.output
    }
}
