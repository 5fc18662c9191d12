import CanarySearch
import Crypto
import Foundation
import StationCore
import Testing

@testable import Store

/// After saves, nothing of a person is readable in any file of the state directory.
struct SecrecyTests {
    private let citizen = ["Điểu Thị Hồng Nhung Kanary", "070300987654", "0987650123", "Thôn Bù Xiết Kanary"]

    /// Saves citizens into a store; in the control the payload is the plaintext itself.
    private func filled(sealing: Bool) async throws -> (StoreFixture, Store) {
        let fixture = try StoreFixture(seed: sealing ? 5 : 6)
        let store = try await fixture.open(key: try dataKey())
        for index in 0..<6 {
            let plaintext = Array("{\"who\":\"\(citizen.joined(separator: "\",\""))\",\"n\":\(index)}".utf8)
            let box = try ChaChaPoly.seal(plaintext, using: SymmetricKey(size: .bits256))
            let followUp = FollowUp(
                personalNumber: Redacted(citizen[1]), phone: Redacted(citizen[2]), name: Redacted(citizen[0]),
                hamlet: Redacted(citizen[3]), keepUntil: fixture.clock.now.adding(.seconds(60)))
            let new = try fixture.item(
                store, sealed: sealing ? Array(box.combined) : plaintext, followUp: followUp)
            #expect(try await store.save(new, answering: try request("k-\(index)")).followUpKept)
        }
        let id = try #require(try await store.items().first).itemId
        _ = try await store.followUp(of: id, actor: name("op-3"))
        return (fixture, store)
    }

    @Test func `No file of the state directory holds a name, number, phone or hamlet in any form`() async throws {
        let (fixture, store) = try await filled(sealing: true)
        let search = CanarySearch(citizen)
        // With the log, after a checkpoint, after the retention, and closed.
        #expect(try search.findings(below: fixture.directory).isEmpty)
        #expect(try fileSize(fixture.path + "-wal") > 0)
        try await store.checkpointIfQuiet()
        #expect(try search.findings(below: fixture.directory).isEmpty)
        fixture.clock.advance(.seconds(60))
        #expect(try await store.purgeFollowUps() == 6)
        try await store.close()
        #expect(try search.findings(below: fixture.directory).isEmpty)
    }

    @Test func `The same search finds a control that does not seal`() async throws {
        let (fixture, store) = try await filled(sealing: false)
        let found = try CanarySearch(citizen).findings(below: fixture.directory)
        #expect(Set(found.map(\.canary)) == [0, 1, 2, 3])
        try await store.close()
        #expect(try !CanarySearch(citizen).findings(below: fixture.directory).isEmpty)
    }

    @Test func `The search finds every form that it names, whatever stands around it`() throws {
        let text = citizen[0]
        let nfc = text.precomposedStringWithCanonicalMapping
        let nfd = text.decomposedStringWithCanonicalMapping
        let search = CanarySearch([text])
        func found(_ bytes: [UInt8]) -> Set<String> {
            Set(search.findings(in: Data([1, 2, 3] + bytes + [4, 5]), file: "f").map(\.form))
        }
        #expect(found(Array(nfc.utf8)).contains("NFC"))
        #expect(found(Array(nfd.utf8)).contains("NFD"))
        #expect(found(Array(nfc.data(using: .utf16LittleEndian)!)).contains("UTF-16LE"))
        #expect(found(Array(nfc.data(using: .utf16BigEndian)!)).contains("UTF-16BE"))
        #expect(found(Array(Hex.text(nfc.utf8).utf8)).contains("hex of NFC"))
        #expect(found(Array(Hex.text(nfd.utf8).uppercased().utf8)).contains("upper-case hex of NFD"))
        for alignment in 0..<3 {
            for tail in 0..<3 {
                let around =
                    [UInt8](repeating: 0xA5, count: alignment) + Array(nfc.utf8)
                    + [UInt8](repeating: 0x5A, count: tail)
                let code = Data(around).base64EncodedString()
                #expect(found(Array(code.utf8)).contains("base64 of NFC, alignment \(alignment)"))
            }
        }
        #expect(found(SystemRandomSource().bytes(10_000)).isEmpty)
    }
}
