import ChipDocument
import DocumentCrypto
import DocumentTrust
import Foundation
import SeededRandom
import StationCore
import Testing

@Suite struct TrustStoreTests {
    private let now = Timestamp(milliseconds: 1_790_000_000_000)
    private let key: SigningKey
    private let authority: Certificate

    init() throws {
        key = try SigningKey(
            CurveKeyPair(generator: CurvePoint.generator(of: .brainpoolP256r1), random: SystemRandomSource()))
        authority = try CertificateTemplate(
            role: .countrySigner, country: "VN", organization: "Test", commonName: "CSCA", serial: [7],
            notBefore: now.adding(.seconds(-86_400)), notAfter: now.adding(.seconds(86_400 * 365))
        ).issue(for: key.publicKey, issuer: nil, issuerKey: key, digest: .sha256)
    }

    private var options: TrustImportOptions { TrustImportOptions(acceptedSigners: [], countries: [], now: now) }

    private func filled() throws -> TrustStore {
        var store = TrustStore()
        _ = try store.take([("csca", authority.der)], options)
        return store
    }

    @Test func `a store comes back from its file as it was`() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("trust-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let place = TrustDirectory(path: directory)
        #expect(try place.load().isEmpty)
        let store = try filled()
        try place.save(store)
        #expect(try place.load() == store)
        try place.save(TrustStore())
        #expect(try place.load().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [TrustDirectory.fileName])
        let mode = try FileManager.default.attributesOfItem(atPath: directory + "/trust.json")[.posixPermissions]
        #expect(mode as? Int == 0o644)
    }

    @Test func `a directory that cannot be written is named, and leaves nothing behind`() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("trust-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data().write(to: URL(fileURLWithPath: file))
        let failure = #expect(throws: Failure.self) { try TrustDirectory(path: file).save(filled()) }
        #expect(failure?.code == .diskWriteFailed)
    }

    @Test func `a bent file holds no certificate that was not there`() throws {
        let record = try filled().record()
        var mutator = SeededGenerator(seed: 5)
        for _ in 0..<5_000 {
            guard let store = try? TrustStore(record: mutator.mutated(record)) else { continue }
            #expect(store.anchors.certificates.allSatisfy { $0 == authority })
        }
    }

    @Test func `a refused import throws, and mutated files never crash`() throws {
        let pem = Data(authority.der).base64EncodedString()
        let files: [[UInt8]] = [
            authority.der, Array("-----BEGIN CERTIFICATE-----\n\(pem)\n-----END CERTIFICATE-----\n".utf8),
            Array("dn: o=crl,c=VN\ncertificateRevocationList;binary:: \(pem)\n".utf8),
        ]
        var mutator = SeededGenerator(seed: 6)
        for _ in 0..<3_000 {
            var store = TrustStore()
            for file in files { _ = try? store.take([("file", mutator.mutated(file))], options) }
            // A change that leaves the certificate whole may pass; any other authority may not appear.
            #expect(store.anchors.certificates.allSatisfy { $0.publicKey == authority.publicKey })
        }
        var store = TrustStore()
        let many = [(name: String, bytes: [UInt8])](
            repeating: ("csca", authority.der), count: Limits.Trust.files + 1)
        #expect(throws: Failure.self) { try store.take(many, options) }
    }
}
