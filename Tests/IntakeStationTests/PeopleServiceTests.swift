import Foundation
import LocalServer
import StationAPI
import StationCore
import Store
import Testing

@testable import IntakeStation
@testable import People

@Suite struct PeopleServiceTests {
    private let peer = Peer(userID: 1_000)

    /// Whatever is wrong with what was typed, nobody who knocks learns more than that it is wrong.
    @Test func noSecretAtAllIsAWrongOne() async throws {
        try await withPeople { people in
            for name in ["lan", "nobody", "Not A Name", ""] {
                await #expect(throws: Failure(.signInRefused)) {
                    try await people.signIn(SignInOrder(operatorId: name, secret: ""), from: peer)
                }
            }
            let lan = ProvenPerson(operatorId: "hoa", role: .supervisor, actor: .hoa, peer: peer, token: nil)
            await #expect(throws: Failure(.coSignatureRefused)) {
                try await people.second(CoSignature(operatorId: "lan", secret: ""), beside: lan)
            }
        }
    }

    private func withPeople(_ body: (PeopleService) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "people-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let clock = SystemClock()
        let store = try await Store.open(StoreConfiguration(path: path + "/station.sqlite", clock: clock))
        let sessions = SessionRegistry(clock: clock, random: SystemRandomSource(), idle: .seconds(60))
        let vault = DataKeyVault(
            store: store, sessions: sessions, machineKey: Redacted([UInt8](repeating: 7, count: 32)), clock: clock,
            changed: {})
        let people = PeopleService(store: store, sessions: sessions, vault: vault, random: SystemRandomSource())
        _ = try await people.enter(OperatorEntry(operatorId: "lan", role: .operator, secret: "482913"), by: .hoa)
        try await body(people)
        try await store.close()
    }
}
