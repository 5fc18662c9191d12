import Foundation
import LocalServer
import People
import StationAPI
import StationCore
import Store
import Testing

@testable import IntakeStation

/// What refuses a person, by name, over a real store.
@Suite struct PeopleServiceTests {
    private static let peer = Peer(userID: 7)
    private static let secret = "582093"
    private static let own = "740318"

    /// The people and the sessions of one station whose machine keeps the data key.
    private struct Desk {
        let people: PeopleService
        let shifts: ShiftService

        init(_ store: Store) {
            let sessions = SessionRegistry(clock: SystemClock(), random: SystemRandomSource(), idle: .seconds(600))
            let vault = DataKeyVault(
                store: store, sessions: sessions, machineKey: Redacted([UInt8](repeating: 7, count: 32)),
                clock: SystemClock(), changed: {})
            people = PeopleService(store: store, sessions: sessions, vault: vault, random: SystemRandomSource())
            shifts = ShiftService(store: store, vault: vault, random: SystemRandomSource())
        }

        func enter(_ name: String, _ role: OperatorRank) async throws {
            _ = try await people.enter(
                OperatorEntry(operatorId: name, role: role, secret: PeopleServiceTests.secret), by: .hoa)
        }

        func signIn(_ name: String, _ secret: String) async throws(Failure) -> ProvenPerson {
            let peer = PeopleServiceTests.peer
            let report = try await people.signIn(SignInOrder(operatorId: name, secret: secret), from: peer)
            return try people.person(token: report.token, from: peer, isLeaving: true)
        }

        /// Signs in with a secret of one's own.
        func settle(_ name: String) async throws -> ProvenPerson {
            let person = try await signIn(name, PeopleServiceTests.secret)
            _ = try await people.changeSecret(
                SecretChange(secret: PeopleServiceTests.secret, newSecret: PeopleServiceTests.own), by: person)
            return person
        }
    }

    private func withDesk(_ body: (Desk) async throws -> Void) async throws {
        let root = NSTemporaryDirectory() + "people-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await body(
            Desk(try await Store.open(StoreConfiguration(path: root + "/station.sqlite", clock: SystemClock()))))
    }

    private func code(_ body: () async throws -> Void) async -> FailureCode? {
        do {
            try await body()
            return nil
        } catch { return (error as? Failure)?.code }
    }

    @Test func `A new station says that it has no operator, later only that name or secret is wrong`() async throws {
        try await withDesk { desk in
            #expect(await code { _ = try await desk.signIn("lan", Self.secret) } == .operatorsNone)
            try await desk.enter("lan", .operator)
            #expect(await code { try await desk.enter("lan", .operator) } == .operatorExists)
            #expect(await code { _ = try await desk.signIn("nobody", Self.secret) } == .signInRefused)
            #expect(await code { _ = try await desk.signIn("lan", Self.own) } == .signInRefused)
            let verb = await code { _ = try await desk.people.perform(.suspend, on: "nobody", by: .hoa) }
            #expect(verb == .operatorUnknown)
        }
    }

    /// Whatever is wrong with what was typed, nobody who knocks learns more than that it is wrong.
    @Test func `No secret at all is a wrong one`() async throws {
        try await withDesk { desk in
            try await desk.enter("lan", .operator)
            for name in ["lan", "nobody", "Not A Name", ""] {
                #expect(await code { _ = try await desk.signIn(name, "") } == .signInRefused)
            }
            let hoa = ProvenPerson(operatorId: "hoa", role: .supervisor, actor: .hoa, peer: Self.peer, token: nil)
            let second = CoSignature(operatorId: "lan", secret: "")
            #expect(await code { _ = try await desk.people.second(second, beside: hoa) } == .coSignatureRefused)
        }
    }

    @Test func `Wrong secrets lock an account for a while, an administrator locks it for good`() async throws {
        try await withDesk { desk in
            try await desk.enter("lan", .operator)
            for _ in 0..<Limits.People.attempts {
                #expect(await code { _ = try await desk.signIn("lan", Self.own) } == .signInRefused)
            }
            #expect(await code { _ = try await desk.signIn("lan", Self.secret) } == .operatorLockedOut)
            _ = try await desk.people.perform(.unlock, on: "lan", by: .hoa)
            _ = try await desk.people.perform(.suspend, on: "lan", by: .hoa)
            #expect(await code { _ = try await desk.signIn("lan", Self.secret) } == .operatorSuspended)
        }
    }

    @Test func `Who signs out leaves a row of the audit, once, and the chain stays whole`() async throws {
        try await withDesk { desk in
            try await desk.enter("lan", .operator)
            let lan = try await desk.settle("lan")
            async let first: Void = desk.people.signOut(lan)
            async let second: Void = desk.people.signOut(lan)
            _ = try await (first, second)
            #expect(await code { _ = try desk.people.describe(lan) } == .sessionExpired)
            let rows = try await desk.people.store.auditEntries(after: 0, limit: 100)
            let leavings = rows.map(\.note).filter { $0.action.text == "operator.signed-out" }
            #expect(leavings.map(\.actor) == [.lan] && leavings.map(\.object) == [.lan])
            #expect(rows.last?.note.action.text == "operator.signed-out")
            let head = try await desk.people.store.auditHead()
            #expect(try await desk.people.store.verifyAudit() == .intact(head))
        }
    }

    @Test func `A secret that others know has to be changed first`() async throws {
        try await withDesk { desk in
            try await desk.enter("lan", .operator)
            let order = SignInOrder(operatorId: "lan", secret: Self.secret)
            let report = try await desk.people.signIn(order, from: Self.peer)
            let refused = await code {
                _ = try desk.people.person(token: report.token, from: Self.peer, isLeaving: false)
            }
            #expect(refused == .secretChangeRequired)
        }
    }

    @Test func `Of two who sign one is a supervisor`() async throws {
        try await withDesk { desk in
            try await desk.enter("lan", .operator)
            try await desk.enter("minh", .operator)
            let lan = try await desk.settle("lan")
            _ = try await desk.settle("minh")
            let refused = await code {
                _ = try await desk.people.second(CoSignature(operatorId: "minh", secret: Self.own), beside: lan)
            }
            #expect(refused == .supervisorRequired)
        }
    }

    /// Wherever in a sign-in the order comes: afterwards the person is out.
    @Test func `Who is locked while signing in, or while signing for another, does not get in`() async throws {
        try await withDesk { desk in
            try await desk.enter("lan", .operator)
            try await desk.enter("hoa", .supervisor)
            let lan = try await desk.settle("lan")
            _ = try await desk.settle("hoa")
            for round in 0..<4 {
                _ = try await desk.people.perform(.unlock, on: "hoa", by: .lan)
                let signingIn = Task { try await desk.signIn("hoa", Self.own) }
                for _ in 0..<round { _ = try await desk.people.store.accounts() }
                _ = try await desk.people.perform(.suspend, on: "hoa", by: .lan)
                if let person = try? await signingIn.value {
                    #expect(await code { _ = try desk.people.describe(person) } != nil, "round \(round)")
                }
                #expect(try await desk.people.list().operators.first { $0.operatorId == "hoa" }?.suspended == true)
            }
            for round in 0..<4 {
                _ = try await desk.people.perform(.unlock, on: "hoa", by: .lan)
                let signing = Task {
                    try await desk.people.second(CoSignature(operatorId: "hoa", secret: Self.own), beside: lan)
                }
                for _ in 0..<round { _ = try await desk.people.store.accounts() }
                _ = try await desk.people.perform(.suspend, on: "hoa", by: .lan)
                _ = try? await signing.value
                let notes = try await desk.people.store.auditEntries(after: 0, limit: 1_000).map(\.note)
                let last = notes.last { $0.object == .hoa }
                #expect(last?.action.text == "operator.suspended", "round \(round): \(notes.suffix(2))")
            }
        }
    }

    @Test func `There is one session at a time, and nothing is done in one that is not there`() async throws {
        try await withDesk { desk in
            try await desk.enter("lan", .operator)
            let lan = try await desk.settle("lan")
            #expect(try await desk.shifts.currentReport().shift == nil)
            #expect(await code { _ = try await desk.shifts.close("none", by: lan) } == .shiftUnknown)
            let order = ShiftOrder(team: "Tổ 1", point: "Chợ", kind: try #require(ShiftKind.allCases.first).rawValue)
            _ = try await desk.shifts.open(order, by: lan)
            #expect(await code { _ = try await desk.shifts.open(order, by: lan) } == .shiftOpen)
        }
    }

    @Test func `So many sign-ins may wait and no more`() async throws {
        let queue = SignInQueue()
        try await queue.enter()
        let outcomes = await withTaskGroup(of: FailureCode?.self) { group in
            for _ in 0...Limits.People.waitingSignIns {
                group.addTask {
                    do throws(Failure) { try await queue.enter() } catch { return error.code }
                    await queue.leave()
                    return nil
                }
            }
            // The one too many is the first to come back; then the turns go round.
            let first = await group.next()
            await queue.leave()
            return await group.reduce(into: [first ?? nil]) { $0.append($1) }
        }
        #expect(outcomes.first == .signInBusy)
        #expect(outcomes.dropFirst().allSatisfy { $0 == nil })
    }
}
