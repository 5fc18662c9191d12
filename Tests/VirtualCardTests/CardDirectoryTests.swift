import CitizenCard
import DocumentCrypto
import Foundation
import StationCore
import Testing

@testable import VirtualCard

@Suite struct CardDirectoryTests {
    @Test func `a card directory gives back what was written`() throws {
        let path = NSTemporaryDirectory() + "card-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var image = TestCards.image
        image.faults = [.wrongMAC]
        let directory = CardDirectory(path: path)
        try directory.write(image, person: TestCards.person, authority: TestCards.authority)
        let back = try directory.image(adding: [.shortLengthOnly])
        #expect(back.files == image.files)
        #expect(back.mrzInformation == image.mrzInformation && back.cardAccessNumber == image.cardAccessNumber)
        #expect(back.chipAuthenticationKey.publicKey == image.chipAuthenticationKey.publicKey)
        #expect(back.activeAuthenticationKey.publicKey == image.activeAuthenticationKey.publicKey)
        #expect(back.faults == [.wrongMAC, .shortLengthOnly])
        #expect(try directory.authority().certificate == TestCards.authority.certificate)
        let mode = try FileManager.default.attributesOfItem(atPath: path + "/csca-key.pem")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let json = try Data(contentsOf: URL(fileURLWithPath: path + "/person.json"))
        let record = try JSONDecoder().decode(PersonRecord.self, from: json)
        #expect(record == PersonRecord(TestCards.person))
        #expect(try CitizenQRCode(parsing: record.qr).number == TestCards.person.number)
    }

    @Test func `a directory that is none, or damaged, is refused`() throws {
        let path = NSTemporaryDirectory() + "card-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = CardDirectory(path: path)
        #expect(throws: Failure.self) { try directory.image() }
        try directory.write(TestCards.image, person: TestCards.person, authority: TestCards.authority)
        let key = path + "/chip-authentication-key.pem"
        try Data("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8).write(
            to: URL(fileURLWithPath: key))
        #expect(throws: (any Error).self) { try directory.image() }
        #expect(throws: Failure.self) { try PEM.decode("CERTIFICATE", "-----BEGIN PRIVATE KEY-----") }
    }
}
