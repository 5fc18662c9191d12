import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// Who may do what, with the real daemon: authority is proven, never asserted (law 10), and the station opens for people
/// (law 2).
@Suite(.serialized) struct AuthorityTests {
    private static let wrong = "000-not-it-000"

    @Test func aFreshStationNamesWhatIsMissing() async throws {
        try await withDaemon { station in
            await expectProblem(.operatorsNone) { try await station.client.signIn(DeskPerson.lan.signIn) }
            await expectProblem(.signInRequired) { try await station.client.applications() }
            _ = try await station.client.status()
        }
    }

    @Test func whoDidNotSignInHearsOfNoApplication() async throws {
        try await withStation { station, run, citizen in
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            func heard(_ client: StationClient) async throws -> [ItemID] {
                var items: [ItemID] = []
                var isSnapshotThere = false
                for try await event in try await client.events(after: 0) {
                    if let application = event.application { items.append(application.itemId) }
                    if event.readers != nil, isSnapshotThere { break }
                    // What follows the snapshot and is meant for everybody ends the listening.
                    if !isSnapshotThere {
                        isSnapshotThere = true
                        await station.removeCard()
                        try await station.insertCard(citizen.directory)
                    }
                }
                return items
            }
            #expect(try await heard(StationClient(socketPath: station.layout.operatorSocket)).isEmpty)
            #expect(try await heard(station.client).contains(saved.itemId))
        }
    }

    @Test func aStreamEndsWithTheSessionThatBeganIt() async throws {
        try await withDaemon { station in
            try await station.enter(.lan)
            let lan = StationClient(socketPath: station.layout.operatorSocket)
            _ = try await lan.signIn(DeskPerson.lan.signIn)
            let stream = try await lan.events()
            let listening = Task {
                var events = 0
                for try await _ in stream { events += 1 }
                return events
            }
            #expect(try await station.administer(["operator", "lock", "lan"]).status == .exited(0))
            // The next that is told, and every look in between, finds nobody to tell it to.
            #expect(try await listening.value >= 1)
        }
    }

    @Test func aTemporarySecretOpensNothingButTheWayToOnesOwn() async throws {
        try await withDaemon { station in
            _ = try await station.administration.enter(
                OperatorEntry(operatorId: "lan", role: .operator, secret: "begin-482913"))
            let person = try await station.client.signIn(SignInOrder(operatorId: "lan", secret: "begin-482913"))
            #expect(person.mustChangeSecret)
            await expectProblem(.secretChangeRequired) { try await station.client.applications() }
            for (weak, code) in [("123456", FailureCode.secretTooWeak), ("begin-482913", .secretTooWeak)] {
                await expectProblem(code) {
                    try await station.client.changeSecret(SecretChange(secret: "begin-482913", newSecret: weak))
                }
            }
            let changed = try await station.client.changeSecret(
                SecretChange(secret: "begin-482913", newSecret: DeskPerson.lan.secret))
            #expect(!changed.mustChangeSecret)
            #expect(try await station.client.applications().applications.isEmpty)
        }
    }

    @Test func fiveWrongSecretsLockAndASupervisorResetsInTheField() async throws {
        try await withDaemon { station in
            try await station.enter(.lan)
            let supervisor = try await station.client(of: .hoa)
            let lan = StationClient(socketPath: station.layout.operatorSocket)
            for _ in 0..<Limits.People.attempts {
                await expectProblem(.signInRefused) {
                    try await lan.signIn(SignInOrder(operatorId: "lan", secret: Self.wrong))
                }
            }
            // The right one is not even tried now, and a restart is no way around.
            await expectProblem(.operatorLockedOut) { try await lan.signIn(DeskPerson.lan.signIn) }
            await station.killDaemon()
            try await station.startDaemon(mans: false)
            await expectProblem(.operatorLockedOut) { try await lan.signIn(DeskPerson.lan.signIn) }
            await expectProblem(.sessionExpired) { try await supervisor.operators() }
            try await supervisor.signIn(DeskPerson.hoa.signIn)
            _ = try await supervisor.resetSecret(of: "lan", SecretReset(newSecret: "begin-271828"))
            #expect(try await lan.signIn(SignInOrder(operatorId: "lan", secret: "begin-271828")).mustChangeSecret)
            let audit = try await station.administer(["audit", "export"]).output.joined(separator: "\n")
            for action in ["operator.sign-in-refused", "operator.locked-out", "operator.secret-reset"] {
                #expect(audit.contains(action), "\(action)")
            }
            #expect(!audit.contains(Self.wrong) && !audit.contains("271828"))
        }
    }

    @Test func anOperatorDoesNoSupervisorsAndNoAdministratorsWork() async throws {
        try await withDaemon { station in
            try await station.manDesk()
            try await station.enter(.hoa)
            let lan = station.client
            await expectProblem(.supervisorRequired) { try await lan.operators() }
            await expectProblem(.supervisorRequired) {
                try await lan.resetSecret(of: "hoa", SecretReset(newSecret: "begin-271828"))
            }
            // What is an administrator's does not exist on the operators' socket.
            for verb in TransmissionVerb.allCases {
                await expectProblem(.routeUnknown) { try await lan.transmission(verb) }
            }
            await expectProblem(.routeUnknown) { try await lan.audit(after: 0) }
            await expectProblem(.routeUnknown) { try await lan.perform(.suspend, onOperator: "hoa") }
            // And an operator's token is no key to the administrators' socket's absence of operators' verbs.
            let there = StationClient(socketPath: station.layout.adminSocket, session: lan.session)
            await expectProblem(.routeUnknown) { try await there.export(ExportOrder(directory: "/x")) }
        }
    }

    @Test func aSuspendedPersonIsOutAtOnce() async throws {
        try await withDaemon { station in
            let lan = try await station.client(of: .lan)
            _ = try await lan.me()
            #expect(try await station.administer(["operator", "lock", "lan"]).status == .exited(0))
            await expectProblem(.sessionExpired) { try await lan.me() }
            await expectProblem(.operatorSuspended) { try await lan.signIn(DeskPerson.lan.signIn) }
            #expect(try await station.administer(["operator", "unlock", "lan"]).status == .exited(0))
            try await lan.signIn(DeskPerson.lan.signIn)
        }
    }

    /// Whoever kept a token's words gets nowhere with them once its session is over, by whatever way it ended.
    @Test func aTokenThatEndedIsReplayedInVain() async throws {
        try await withDaemon { station in
            let supervisor = try await station.client(of: .hoa)
            let kept = { (client: StationClient) in
                StationClient(
                    socketPath: station.layout.operatorSocket, session: ClientSession(token: client.session.token))
            }
            func expectEnded(_ replay: StationClient, _ how: String) async {
                #expect(replay.session.token != nil, "\(how)")
                await expectProblem(.sessionExpired) { try await replay.me() }
                await expectProblem(.sessionExpired) {
                    try await replay.openShift(ShiftOrder(team: "Tổ 1", point: how, kind: "fixed"))
                }
            }
            let first = try await station.client(of: .lan)
            let signedOut = kept(first)
            _ = try await signedOut.me()
            try await first.signOut()
            await expectEnded(signedOut, "sign-out")

            let (second, third) = (try await station.client(of: .lan), try await station.client(of: .lan))
            _ = try await third.changeSecret(SecretChange(secret: DeskPerson.lan.secret, newSecret: "573019"))
            await expectEnded(second, "another secret")
            _ = try await third.me()
            _ = try await supervisor.resetSecret(of: "lan", SecretReset(newSecret: "begin-271828"))
            await expectEnded(third, "reset")
            await station.killDaemon()
            try await station.startDaemon(mans: false)
            await expectEnded(supervisor, "another run of the daemon")
            #expect(try await station.administration.shifts().shifts.isEmpty)
        }
    }

    /// The kernel's user id is part of the token: stolen by another user of the machine it opens nothing.
    @Test(.enabled(if: getuid() == 0, "another user id is needed")) func aTokenIsNobodyElses() async throws {
        try await withDaemon { station in
            let lan = try await station.client(of: .lan)
            let token = try #require(lan.session.token)
            let other = try await curl(station, as: 65_534, token: token)
            #expect(other.contains("session-expired"), "\(other)")
            let own = try await curl(station, as: 0, token: token)
            #expect(own.contains(#""operatorId":"lan""#), "\(own)")
        }
    }

    /// Group and mode are the ceiling: outside the group there is no connection.
    @Test(.enabled(if: getuid() == 0, "another user id is needed")) func outsideTheGroupNobodyConnects() async throws {
        try await withDaemon { station in
            let answer = try await curl(station, as: 65_534, token: "x", opensSocket: false)
            #expect(answer.contains("exit 7"), "\(answer)")
        }
    }

    @Test func withoutAMachinesKeyTheStationOpensForPeopleAndLocksBehindThem() async throws {
        try await withDaemon(settings: "people:\n  idleSeconds: 10") { station in
            await station.stopDaemon()
            try FileManager.default.removeItem(atPath: station.layout.credentials + "/data.key")
            try await station.startDaemon(mans: false)
            let passphrase = "bốn con vịt trời bay"
            _ = try await station.administration.enter(
                OperatorEntry(operatorId: "lan", role: .supervisor, secret: "tạm thời một lần"))
            await expectProblem(.secretTooWeak) {
                try await station.administration.enter(
                    OperatorEntry(operatorId: "hoa", role: .operator, secret: "915826"))
            }
            try await station.client.signIn(SignInOrder(operatorId: "lan", secret: "tạm thời một lần"))
            _ = try await station.client.changeSecret(
                SecretChange(secret: "tạm thời một lần", newSecret: passphrase))
            #expect(try await station.client.status().intake.locked, "no session is open")
            let shift = try await station.client.openShift(
                ShiftOrder(team: "Tổ lưu động 2", point: "Chợ Tân Khai", kind: "mobile"))
            #expect(try await !station.client.status().intake.locked)
            _ = try await station.client.find(PersonQuestion(phone: "0912345678"))

            // A boot: locked, and it says so; the open session waits for its people.
            await station.killDaemon()
            try await station.startDaemon(mans: false)
            #expect(try await station.client.status().intake.locked)
            try await station.client.signIn(SignInOrder(operatorId: "lan", secret: passphrase))
            #expect(try await !station.client.status().intake.locked)

            // Idle: nobody does anything, the lock comes by itself.
            try await IntakeRun(client: StationClient(socketPath: station.layout.operatorSocket))
                .waitForStatus { $0.intake.locked }
            await expectProblem(.sessionExpired) { try await station.client.me() }

            try await station.client.signIn(SignInOrder(operatorId: "lan", secret: passphrase))
            _ = try await station.client.closeShift(shift.shiftId)
            #expect(try await station.client.status().intake.locked)
            await expectProblem(.stationLocked) {
                try await station.client.find(PersonQuestion(phone: "0912345678"))
            }
            let people = try await station.administration.operators().operators
            #expect(people.map(\.operatorId) == ["lan"] && people.allSatisfy(\.opensStation))
        }
    }

    /// Law 2's other side: every secret is lost. What is sealed for upstream does not hang on it.
    @Test func aStationThatNobodyOpensGetsAnotherKeyAndStillSends() async throws {
        try await withStation { station, run, citizen in
            await station.stopDaemon()
            await station.stopUpstream()
            try FileManager.default.removeItem(atPath: station.layout.credentials + "/data.key")
            try await station.startDaemon(mans: false)
            let (begin, own) = ("tạm thời một lần", "bốn con vịt trời bay")
            _ = try await station.administration.enter(
                OperatorEntry(operatorId: "hoa", role: .supervisor, secret: begin))
            try await station.client.signIn(SignInOrder(operatorId: "hoa", secret: begin))
            _ = try await station.client.changeSecret(SecretChange(secret: begin, newSecret: own))
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            #expect(try await station.client.find(PersonQuestion(phone: "0912345678")).entries.count == 1)

            await station.killDaemon()
            try await station.startDaemon(mans: false)
            let file = station.layout.root + "/temporary"
            try begin.write(toFile: file, atomically: true, encoding: .utf8)
            let rekey = ["operator", "rekey", "hoa", "--secret-file", file]
            let asked = try await station.administer(rekey)
            #expect(asked.status == .exited(1), "\(asked)")
            #expect(asked.error.contains { $0.contains("rekey-refused") })
            #expect(asked.error.contains { $0.contains("of 1 applications") }, "\(asked)")
            let done = try await station.administer(rekey + ["--forget", "1"])
            #expect(done.status == .exited(0), "\(done)")
            #expect(done.output.joined().contains("1 hồ sơ"), "\(done)")
            await expectProblem(.signInRefused) {
                try await station.client.signIn(SignInOrder(operatorId: "hoa", secret: own))
            }
            try await station.client.signIn(SignInOrder(operatorId: "hoa", secret: begin))
            _ = try await station.client.changeSecret(SecretChange(secret: begin, newSecret: own))
            #expect(try await !station.client.status().intake.locked)
            #expect(try await station.client.find(PersonQuestion(phone: "0912345678")).entries.isEmpty)

            try await station.startUpstream()
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            #expect(try await station.held().items.map(\.itemId) == [saved.itemId])
            #expect(try await station.administer(["audit", "verify"]).status == .exited(0))
        }
    }

    @Test func aSessionIsHandedOverByWhoIsThere() async throws {
        try await withDaemon { station in
            let lan = try await station.client(of: .lan)
            let shift = try await lan.openShift(ShiftOrder(team: "Tổ 1", point: "Trường THPT", kind: "mobile"))
            await expectProblem(.shiftOpen) {
                try await lan.openShift(ShiftOrder(team: "Tổ 2", point: "Chợ", kind: "mobile"))
            }
            await expectProblem(.coSignatureRefused) {
                try await lan.handOver(shift.shiftId, to: CoSignature(operatorId: "hoa", secret: Self.wrong))
            }
            let handed = try await lan.handOver(shift.shiftId, to: try await station.coSignature())
            #expect(handed.responsible == "hoa" && handed.operators == ["lan", "hoa"])
            await expectProblem(.supervisorRequired) { try await lan.closeShift(shift.shiftId) }
            let summary = try await station.client(of: .hoa).closeShift(shift.shiftId)
            #expect(summary.taken == 0 && !summary.provisional && summary.shift.closedBy == "hoa")
            await expectProblem(.shiftUnknown) { try await lan.closeShift(shift.shiftId) }
            #expect(try await lan.currentShift() == nil)
        }
    }

    // MARK: Helpers

    private func curl(
        _ station: BenchStation, as user: Int, token: String, opensSocket: Bool = true
    ) async throws -> String {
        let socket = station.layout.operatorSocket
        // The bench's directories are their owner's: for this once the other user gets as far as the socket.
        for path in [station.layout.root, station.layout.runtime] { chmod(path, 0o711) }
        if opensSocket { chmod(socket, 0o666) }
        let output = try await ManagedProcess.run(
            Command(
                "/usr/bin/setpriv",
                [
                    "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "/bin/sh", "-c",
                    "curl -sS --unix-socket \"$1\" -H \"Authorization: Bearer $2\" http://localhost/v1/operators/me 2>&1 || echo exit $?",
                    "curl", socket, token,
                ]))
        return (output.output + output.error).joined(separator: "\n")
    }
}
