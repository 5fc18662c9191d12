import Foundation
import LocalServer
import People
import StationAPI
import StationCore
import Store
import Testing
import Uplink

@testable import IntakeStation

/// A station whose people keep its data key, and have lost it (law 2).
@Suite struct RekeyTests {
    private static let peer = Peer(userID: 7)
    private static let begin = "tạm thời một lần"
    private static let own = "bốn con vịt trời bay"

    private struct Desk {
        let store: Store
        let sessions = SessionRegistry(clock: SystemClock(), random: SystemRandomSource(), idle: .seconds(600))
        let vault: DataKeyVault
        let people: PeopleService
        let shifts: ShiftService

        init(_ store: Store, machineKey: [UInt8]? = nil) {
            self.store = store
            vault = DataKeyVault(
                store: store, sessions: sessions, machineKey: machineKey.map { Redacted($0) }, clock: SystemClock(),
                changed: {})
            people = PeopleService(store: store, sessions: sessions, vault: vault, random: SystemRandomSource())
            shifts = ShiftService(store: store, vault: vault, random: SystemRandomSource())
        }

        func enter(_ name: String, _ secret: String = RekeyTests.begin) async throws -> OperatorList.Entry {
            try await people.enter(OperatorEntry(operatorId: name, role: .supervisor, secret: secret), by: .hoa)
        }

        func signIn(_ name: String, _ secret: String) async throws -> ProvenPerson {
            let report = try await people.signIn(
                SignInOrder(operatorId: name, secret: secret), from: RekeyTests.peer)
            return try people.person(token: report.token, from: RekeyTests.peer, isLeaving: true)
        }

        /// Signs in with the temporary secret and sets one of one's own.
        func settle(_ name: String, _ secret: String, to own: String = RekeyTests.own) async throws -> ProvenPerson {
            let person = try await signIn(name, secret)
            _ = try await people.changeSecret(SecretChange(secret: secret, newSecret: own), by: person)
            return person
        }

        func openShift(by person: ProvenPerson) async throws {
            let kind = try #require(ShiftKind.allCases.first).rawValue
            _ = try await shifts.open(ShiftOrder(team: "Tổ 1", point: "Chợ", kind: kind), by: person)
        }

        func rekey(_ name: String, _ secret: String = RekeyTests.begin, forget: Int?) async throws -> DataKeyReport {
            try await people.replaceDataKey(
                DataKeyOrder(operatorId: name, secret: secret, forget: forget), by: .hoa)
        }

        func opens(_ name: String) async throws -> Bool? {
            try await people.list().operators.first { $0.operatorId == name }?.opensStation
        }

        /// An application of a citizen with this phone; what is kept of the citizen lies under the key in force.
        func save(phone: String) async throws -> ItemID {
            let station = try #require(StationID("station-1"))
            let sealed = SystemRandomSource().bytes(500)
            let now = SystemClock().now
            let context = ItemContext(
                suite: .x25519, stationId: station, itemId: ItemID(at: now, random: SystemRandomSource()),
                sequence: try store.reserveSequence(), revision: 1, supersedes: nil,
                keyId: try #require(WireName("rk-1")), capturedAt: now)
            let entry = try ManifestItem(
                context: context, sealed: sealed, key: StationSigningKey(generated: try #require(WireName("key-1"))))
            _ = try await store.save(
                NewItem(
                    item: SealedItem(
                        metadata: ItemMetadata(
                            stationId: station, itemId: entry.itemId, sequence: entry.sequence, keyId: entry.keyId,
                            suite: try #require(WireName(Suite.x25519.rawValue)), capturedAt: now,
                            clockQuality: .synchronized),
                        sealed: sealed, sha256: entry.sha256.bytes, signingKeyId: entry.signingKeyId,
                        signature: entry.signature.bytes),
                    actor: .lan,
                    followUp: .new(
                        FollowUp(
                            personalNumber: Redacted("070201000001"), phone: Redacted(phone),
                            name: Redacted("Nguyễn Văn Thử"), hamlet: Redacted(nil),
                            keepUntil: now.adding(.seconds(86_400))))))
            return entry.itemId
        }

        func find(phone: String) async throws -> [ItemID] {
            try await store.find(.phone(Redacted(phone)), actor: .lan).map(\.0.itemId)
        }
    }

    private func withStore(_ body: (Store, String) async throws -> Void) async throws {
        let root = NSTemporaryDirectory() + "rekey-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let path = root + "/station.sqlite"
        try await body(try await Store.open(StoreConfiguration(path: path, clock: SystemClock())), path)
    }

    private func refusal(_ body: () async throws -> Void) async -> Failure? {
        do {
            try await body()
            return nil
        } catch { return error as? Failure }
    }

    @Test func `A station that nobody opens any more gets another key, and nothing but follow-up data is lost`()
        async throws
    {
        try await withStore { store, _ in
            let before = Desk(store)
            _ = try await before.enter("lan")
            try await before.openShift(by: try await before.settle("lan", Self.begin))
            let item = try await before.save(phone: "0912345678")
            #expect(try await before.find(phone: "0912345678") == [item])

            // A boot, and nobody knows the secret any more. A reset gives a secret that opens nothing.
            store.lock()
            let desk = Desk(store)
            _ = try await desk.people.resetSecret(of: "lan", SecretReset(newSecret: Self.begin), by: .hoa)
            #expect(try await desk.opens("lan") == false)
            // Nor does a new operator get another key behind everybody's back.
            #expect(try await desk.enter("minh").opensStation == false)
            _ = try await desk.signIn("minh", Self.begin)
            #expect(store.isLocked)

            // Without the number nothing is done, and the refusal says it.
            for forget in [nil, 0, 2] as [Int?] {
                let refused = await refusal { _ = try await desk.rekey("minh", forget: forget) }
                #expect(refused?.code == .rekeyRefused && refused?.detail?.contains("of 1 applications") == true)
            }
            #expect(await refusal { _ = try await desk.rekey("nobody", forget: 1) }?.code == .operatorUnknown)
            #expect(await refusal { _ = try await desk.rekey("minh", "123456", forget: 1) }?.code == .secretTooWeak)
            #expect(try await store.followUpCount() == 1)

            let report = try await desk.rekey("minh", forget: 1)
            #expect(report.forgotten == 1 && report.account.opensStation && report.account.mustChangeSecret)
            #expect(desk.sessions.look().isAnybody == false && store.isLocked)
            #expect(try await desk.opens("lan") == false)
            let minh = try await desk.settle("minh", Self.begin)
            #expect(!store.isLocked, "the intake session of before is open still")

            // The application is there, and goes.
            #expect(try await store.chooseBatch(maxItems: 1, maxBytes: 10_000).map(\.metadata.itemId) == [item])
            // What was kept is gone; what is kept from now on is found.
            #expect(try await desk.find(phone: "0912345678").isEmpty)
            let next = try await desk.save(phone: "0912345678")
            #expect(try await desk.find(phone: "0912345678") == [next])
            // While one opens the station, the others are given secrets that do.
            #expect(
                try await desk.people.resetSecret(of: "lan", SecretReset(newSecret: Self.begin), by: minh.actor)
                    .opensStation)

            let notes = try await store.auditEntries(after: 0, limit: 200).map(\.note)
            let replaced = try #require(notes.last { $0.action.text == "operator.data-key-replaced" })
            #expect(replaced.actor == .hoa && replaced.object?.text == "op:minh")
            #expect(replaced.detail?.text == "forgotten:1")
            #expect(try await store.verifyAudit() == .intact(try await store.auditHead()))
        }
    }

    @Test func `An old secret that is remembered after all opens nothing any more`() async throws {
        try await withStore { store, _ in
            let before = Desk(store)
            _ = try await before.enter("lan")
            try await before.openShift(by: try await before.settle("lan", Self.begin))
            _ = try await before.save(phone: "0912345678")
            store.lock()
            let desk = Desk(store)
            _ = try await desk.enter("minh")
            _ = try await desk.rekey("minh", forget: 1)
            let lan = try await desk.signIn("lan", Self.own)
            #expect(store.isLocked && desk.sessions.look().dataKey == nil)
            // And who sets another secret meanwhile wraps nothing of the old key.
            _ = try await desk.people.changeSecret(
                SecretChange(secret: Self.own, newSecret: "năm con vịt trời bay"), by: lan)
            #expect(try await desk.opens("lan") == false)
        }
    }

    @Test func `Where somebody opens the station, or the machine does, there is no other key`() async throws {
        try await withStore { store, _ in
            let desk = Desk(store)
            _ = try await desk.enter("lan")
            let lan = try await desk.settle("lan", Self.begin)
            let refused = await refusal { _ = try await desk.rekey("lan", forget: 0) }
            #expect(refused?.code == .rekeyRefused && refused?.detail?.contains("signed in") == true)
            try await desk.people.signOut(lan)
            let machine = Desk(store, machineKey: [UInt8](repeating: 7, count: 32))
            let kept = await refusal { _ = try await machine.rekey("lan", forget: 0) }
            #expect(kept?.code == .rekeyRefused && kept?.detail?.contains("machine") == true)
            #expect(try await desk.opens("lan") == true)
        }
    }

    /// A sign-in whose proof was under way while the key was replaced opens nothing afterwards.
    @Test func `Sign-ins beside the order are before it or behind it`() async throws {
        try await withStore { store, _ in
            let desk = Desk(store)
            _ = try await desk.enter("lan")
            try await desk.openShift(by: try await desk.settle("lan", Self.begin))
            desk.sessions.endAll()
            try await desk.vault.sessionsChanged()
            for _ in 0..<3 {
                async let signedIn: Void = { _ = try? await desk.signIn("lan", Self.own) }()
                async let replaced: Void = { _ = try? await desk.rekey("lan", forget: 0) }()
                _ = await (signedIn, replaced)
                guard let key = desk.sessions.look().dataKey else { continue }
                // Signed in first, so that the order was refused; or behind it, which opens nothing.
                #expect(try await desk.opens("lan") == true)
                let notes = try await store.auditEntries(after: 0, limit: 200).map(\.note.action.text)
                #expect(!notes.contains("operator.data-key-replaced"), "\(key) lives on")
                desk.sessions.endAll()
            }
        }
    }
}
