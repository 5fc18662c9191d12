import ArgumentParser
import Foundation
import StationAPI
import StationBench
import StationCore

/// The main job on real parts: a virtual card in a virtual reader under a real pcscd, the daemon, the reference upstream
/// over mutual TLS; one application from card to verified receipt.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake-demo", abstract: "One application from card to verified receipt, each step shown.")

    @Flag(help: "End after the receipt.") var once = false
    @Option(help: "Port of the console.") var port = 8_420
    @Flag(help: "Keep the directory with state and logs.") var keep = false

    func run() async throws {
        let interruption = Interruption()
        let station = try await BenchStation()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await show(station, until: interruption) }
                group.addTask { await interruption.wait() }
                try await group.next()
                group.cancelAll()
            }
            await station.stop()
            clean(station)
        } catch {
            await station.stop()
            report(error, station)
            throw ExitCode.failure
        }
    }

    private func show(_ station: BenchStation, until interruption: Interruption) async throws {
        say("Trạm thu nhận / Intake Station — demo in \(station.layout.root)")
        let card = try await station.issueCard("citizen", ["--seed", "7"])
        say("✓ thẻ CCCD giả lập / synthetic citizen card issued under a throw-away CSCA")
        try await station.startUpstream()
        say("✓ cấp trên mẫu / reference upstream listening, TLS 1.3, client certificates")
        try await station.configure()
        try await station.cardService.start()
        try await station.startDaemon()
        say("✓ pcscd riêng và intaked / private pcscd with a virtual reader, daemon serving its socket")

        let run = IntakeRun(client: station.client)
        try await station.insertCard(card)
        let reader = try await run.readerWithCard(named: station.readerName)
        say("✓ Đặt thẻ lên đầu đọc / card on reader \(reader)")
        let number = try Person(directory: card).number
        let read = try await run.read(reader: reader, credential: .init(number: number))
        guard read.state == .finished, let access = read.access, let citizen = read.citizen else {
            throw read.problem ?? Problem(.internalFault, "the read ended as \(read.state.rawValue)")
        }
        say(
            "✓ Đọc thẻ thành công / read by \(access.protocol) (\(access.credential), \(access.cipher)): "
                + "\(masked(citizen.number)), verdict \(read.verdict.rawValue)")
        for finding in read.findings {
            say("    \(finding.check): \(finding.verdict.rawValue)" + (finding.reason.map { " (\($0))" } ?? ""))
        }
        let cost = read.cost
        let identity = cost.identityAPDUs.map { "verified text identity after \($0) APDUs" } ?? "no verified identity"
        say(
            "    \(identity), \(rounded(cost.identityMilliseconds ?? 0)) ms; "
                + "all \(cost.apdus) APDUs, \(rounded(cost.milliseconds)) ms, of which card \(rounded(cost.cardMilliseconds)) ms"
        )

        let submission = try await run.submission(read: read, phone: "0912 345 678")
        let start = ContinuousClock.now
        let saved = try await station.client.submit(submission, idempotencyKey: UUID().uuidString)
        let saveMilliseconds = (ContinuousClock.now - start).milliseconds
        say(
            "✓ Hồ sơ đã lưu, chờ truyền / saved on disk, sealed: \(saved.itemId), receipt no. \(saved.receiptNumber), "
                + "\(rounded(saveMilliseconds)) ms")
        let detail = try await run.wait(for: saved.itemId, until: ["accepted", "rejected", "quarantined"])
        guard detail.summary.state == "accepted", let receipt = detail.receipt else {
            throw detail.summary.problem ?? Problem(.upstreamRejectedItem, detail.summary.state)
        }
        say(
            "✓ Cấp trên đã tiếp nhận / accepted by upstream: receipt \(receipt.receiptId), "
                + "signed by \(receipt.authorityKeyId), digest ours")
        if !once {
            let address = try await station.startConsole(port: port)
            let lan = DeskPerson.lan
            say("Console: \(address)")
            say("  đăng nhập / sign in: \(lan.name), PIN \(lan.secret); phiên thu nhận đã mở / a session is open")
            say("  Ctrl-C ends the demo")
            await interruption.wait()
        } else {
            let result = Result(
                applications: 1, accepted: 1, readMilliseconds: rounded(cost.milliseconds),
                saveMilliseconds: rounded(saveMilliseconds), apdus: cost.apdus)
            say(String(decoding: try StrictJSON.encode(result), as: UTF8.self))
        }
    }

    private struct Result: Codable {
        let applications: Int
        let accepted: Int
        let readMilliseconds: Double
        let saveMilliseconds: Double
        let apdus: Int
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private func clean(_ station: BenchStation) {
        if keep { say("kept: \(station.layout.root)") } else { station.layout.remove() }
    }

    private func report(_ error: any Error, _ station: BenchStation) {
        let lines: [String] =
            switch error {
            case let problem as Problem:
                [
                    problem.detailVi + ". " + problem.remedyVi + ".", problem.title + ". " + problem.remedy + ".",
                    problem.code + (problem.detail.map { ": " + $0 } ?? ""),
                ]
            case let failure as Failure: [failure.explanation]
            default: ["\(error)"]
            }
        let text = (lines + ["logs: \(station.layout.logs)"]).joined(separator: "\n") + "\n"
        FileHandle.standardError.write(Data(text.utf8))
    }
}

/// What the issued card's own record says; the operator would read it off the printed card.
private struct Person {
    let number: String

    init(directory: String) throws {
        struct Record: Codable { let number: String }
        guard let data = FileManager.default.contents(atPath: directory + "/person.json") else {
            throw Failure(.internalFault, "person.json is missing")
        }
        number = try StrictJSON.decode(Record.self, from: Array(data)).number
    }
}
