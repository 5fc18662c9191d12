import Foundation
import StationAPI
import StationBench
import StationContract
import StationCore
import Testing

/// The contract's own commands, each against the real daemon without the authority that it needs. The commands work (their
/// test is `ContractExampleTests`), so that nothing but the missing authority stops them; an operation that is added is
/// swept as soon as the contract has it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AuthoritySweepTests {
    /// What the operators' socket tells, or takes, without anybody being signed in. Whatever is added here is open to every
    /// process of the operators' group.
    private static let openToEverybody: Set = ["describe", "contract", "status", "listReaders", "signIn"]

    @Test func onlyWhatTheListHasIsOpenToEverybody() throws {
        let operations = try StationContract().operations.filter { $0.sockets.contains("operator") }
        let open = operations.filter { !$0.needsSession && $0.id != "listen" }
        #expect(Set(open.map(\.id)) == Self.openToEverybody)
        let listen = try #require(operations.first { $0.id == "listen" })
        #expect(listen.document["security"] == .array([.object([:]), .object(["session": .array([])])]))
    }

    @Test func whatIsTheOtherSocketsIsNotThere() async throws {
        try await withReadyStation { station, commands in
            let supervisor = try await station.client(of: .hoa)
            let token = try #require(supervisor.session.token)
            let before = try await StationFacts(station)
            for operation in commands.contract.operations where operation.sockets.count == 1 {
                let other =
                    operation.sockets == ["operator"] ? station.layout.adminSocket : station.layout.operatorSocket
                let answer = try await commands.run(operation, on: other, token: .other(token))
                switch answer.status {
                case 404: #expect(answer.problem == "route-unknown", "\(answer.said)")
                case 405: #expect(answer.problem == "method-not-allowed", "\(answer.said)")
                default: Issue.record("\(answer.said)")
                }
            }
            #expect(try await StationFacts(station) == before)
            #expect(try await station.client.me().operatorId == "lan")
        }
    }

    /// Another user id, such as the console's, where the tests may take one: no token, one that was made up, somebody's
    /// whose user id it is not, and one that has run out.
    @Test func withoutWhoIsSignedInNothingIsDoneOrShown() async throws {
        try await withReadyStation(settings: "people:\n  idleSeconds: 20") { station, commands in
            let user = getuid() == 0 ? 65_534 : nil
            let clock = SystemClock()
            let signIn = try #require(commands.operations["signIn"])
            let whoIsIt = try #require(commands.operations["describePerson"])
            let theirs = try StrictJSON.decode(
                SignInReport.self, from: try await commands.run(signIn, as: user).body
            ).token
            let works = try await commands.run(whoIsIt, token: .other(theirs), as: user)
            #expect(works.status == 200, "\(works.said)")
            let lastUse = clock.elapsed
            let stolen = try #require(station.client.session.token)

            let before = try await StationFacts(station)
            let forged = String(repeating: "0123456789abcdef", count: 4)
            for operation in commands.contract.operations where operation.sockets.contains("operator") {
                let needsOne = operation.needsSession
                guard needsOne || operation.id == "listen" else { continue }
                _ = try await station.client.me()
                if needsOne {
                    try await expect("sign-in-required", of: operation, .none, as: user, station, commands)
                }
                try await expect("session-expired", of: operation, .other(forged), as: user, station, commands)
                if user != nil {
                    try await expect("session-expired", of: operation, .other(stolen), as: user, station, commands)
                }
            }
            #expect(try await StationFacts(station) == before)
            // Lan's own session was no less alive for it, and with it what Lan has read.
            _ = try await station.client.read(commands.variables["READ"] ?? "")

            try await clock.sleep(for: max(.zero, lastUse + .seconds(21) - clock.elapsed))
            for operation in commands.contract.operations
            where operation.sockets.contains("operator") && (operation.needsSession || operation.id == "listen") {
                try await expect("session-expired", of: operation, .other(theirs), as: user, station, commands)
            }
            #expect(try await StationFacts(station) == before)
        }
    }

    /// What only a browser sends that was lured here: on every operation, the endless one too, and on both sockets.
    @Test func noBrowserGetsAnywhere() async throws {
        try await withReadyStation { station, commands in
            let before = try await StationFacts(station)
            let sockets = ["operator": station.layout.operatorSocket, "administrator": station.layout.adminSocket]
            for operation in commands.contract.operations {
                for socket in operation.sockets.compactMap({ sockets[$0] }) {
                    for header in [
                        "Origin: https://evil.example", "Origin: null", "Origin: http://localhost",
                        "Referer: http://localhost/", "Host: evil.example", "Host: localhost:8420", "Host: 127.0.0.1",
                    ] {
                        let answer = try await commands.run(operation, on: socket) { "\($0) -H '\(header)'" }
                        #expect(
                            answer.status == 403 && answer.problem == "request-forbidden-origin",
                            "\(header) \(answer.said)")
                    }
                }
            }
            #expect(try await StationFacts(station) == before)
            for name in ["Host: localhost", "Host: intaked"] {
                for operation in commands.contract.operations where ["status", "listen"].contains(operation.id) {
                    for socket in sockets.values {
                        let answer = try await commands.run(operation, on: socket) { "\($0) -H '\(name)'" }
                        #expect(answer.status == 200, "\(name) \(answer.said)")
                    }
                }
            }
        }
    }

    private func expect(
        _ code: String, of operation: StationContract.Operation, _ token: ContractCommands.Token, as user: Int?,
        _ station: BenchStation, _ commands: ContractCommands
    ) async throws {
        let answer = try await commands.run(
            operation, on: station.layout.operatorSocket, token: token, as: user)
        #expect(answer.status == 401 && answer.problem == code, "\(token) \(answer.said)")
    }

    // MARK: Helpers

    /// A station where every command would do something: a reader with a card, a read, an application, an open session.
    private func withReadyStation(
        settings: String = "", _ body: @Sendable (BenchStation, ContractCommands) async throws -> Void
    ) async throws {
        let stick = "stick:\n  directories: [/tmp]\n  mustBeMounted: false"
        try await withStation(settings: [stick, settings].joined(separator: "\n")) { station, run, citizen in
            #expect(try await station.administer(["pause"]).status == .exited(0))
            let other = try Citizen(directory: try await station.issueCard("other", ["--seed", "77"]))
            let saved = try await run.submit(read: try await station.read(other, run), phone: "0987654321")
            let read = try await station.read(citizen, run)
            var commands = try await ContractCommands(station, citizen)
            commands.variables["READER"] = try await run.readerWithCard(named: station.readerName)
            commands.variables["READ"] = read.id
            commands.variables["ITEM"] = saved.itemId.text
            commands.variables["FIRST_MISSING"] = "1"
            station.opensToEveryUser()
            try await body(station, commands)
        }
    }
}

extension BenchStation {
    /// Lets every user of the machine get as far as the operators' socket, and connect: what comes then is the daemon's.
    nonisolated func opensToEveryUser() {
        for path in [layout.root, layout.runtime] { chmod(path, 0o711) }
        chmod(layout.operatorSocket, 0o666)
    }
}
