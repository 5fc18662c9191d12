import ChipDocument
import DocumentCrypto
import DocumentTrust
import Foundation
import StationAPI
import StationCore
import Subprocess
import SystemPackage
import Testing

/// `intakectl trust` as a program: files in, exit codes out, and what the daemon would then believe.
struct TrustProgramTests {
    private static let now = SystemClock().now

    /// A throw-away authority, its files, and the trust directory under test.
    private struct Bench {
        let directory: URL
        let key: SigningKey
        let authority: Certificate
        let signerKey: SigningKey

        init() throws {
            directory = FileManager.default.temporaryDirectory.appendingPathComponent("trust-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            key = try Self.newKey()
            signerKey = try Self.newKey()
            authority = try Self.authority("CSCA of the list", key)
        }

        static func newKey() throws -> SigningKey {
            try SigningKey(
                CurveKeyPair(generator: CurvePoint.generator(of: .brainpoolP256r1), random: SystemRandomSource()))
        }

        static func template(_ name: String, _ role: CertificateTemplate.Role, _ country: String) -> CertificateTemplate
        {
            CertificateTemplate(
                role: role, country: country, organization: "Test", commonName: name, serial: [7],
                notBefore: TrustProgramTests.now.adding(.seconds(-86_400)),
                notAfter: TrustProgramTests.now.adding(.seconds(86_400 * 365)))
        }

        static func authority(_ name: String, _ key: SigningKey, country: String = "VN") throws -> Certificate {
            try template(name, .countrySigner, country).issue(
                for: key.publicKey, issuer: nil, issuerKey: key, digest: .sha256)
        }

        var trust: String { directory.appendingPathComponent("trust").path }

        func file(_ name: String, _ bytes: [UInt8]) throws -> String {
            let url = directory.appendingPathComponent(name)
            try Data(bytes).write(to: url)
            return url.path
        }

        /// A master list of this authority and others, signed by the authority itself, as older lists are.
        func masterList(_ others: [Certificate]) throws -> [UInt8] {
            let entries = TLV(.set, ([authority] + others).flatMap(\.der))
            return try SignedData.sign(
                content: TLV(.sequence, [TLV(.integer, [0]), entries]).encoded,
                contentType: MasterList.contentType, certificate: authority, key: key, digest: .sha256,
                signingTime: TrustProgramTests.now)
        }

        func pem(_ certificate: Certificate) -> [UInt8] {
            let text = Data(certificate.der).base64EncodedString(options: .lineLength64Characters)
            return Array("-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n".utf8)
        }
    }

    private func withBench(_ body: (Bench) async throws -> Void) async throws {
        let bench = try Bench()
        defer { try? FileManager.default.removeItem(at: bench.directory) }
        try await body(bench)
    }

    private func trust(
        _ bench: Bench, _ command: String, _ arguments: String...
    ) async throws -> (code: Int32, output: String, error: String) {
        let products = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = FilePath(products).removingLastComponent().appending("intakectl")
        let result = try await Subprocess.run(
            .path(program),
            arguments: Arguments(["trust", command, "--directory", bench.trust, "--language", "en"] + arguments),
            environment: .custom(["LANG": "vi_VN.UTF-8"]), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        guard case .exited(let code) = result.terminationStatus else { throw Problem(.internalFault) }
        return (code, result.standardOutput, result.standardError)
    }

    @Test func `An imported certificate is listed, and the daemon's anchors hold it`() async throws {
        try await withBench { bench in
            #expect(try await trust(bench, "list").code == 2)
            for bytes in [bench.pem(bench.authority), bench.authority.der] {
                let path = try bench.file("csca", bytes)
                let result = try await trust(bench, "import", path)
                #expect(result.code == (bytes == bench.authority.der ? 2 : 0), "\(result)")
            }
            let listed = try await trust(bench, "list", "--json")
            #expect(listed.code == 0)
            let listing = try StrictJSON.decode(TrustListing.self, from: Array(listed.output.utf8))
            #expect(listing.authorities.map(\.sha256) == [bench.authority.fingerprint])
            #expect(listing.authorities[0].standing == .anchor && listing.authorities[0].source.kind == .file)
            let text = try await trust(bench, "list")
            #expect(text.output.contains("CN=CSCA of the list,O=Test,C=VN") && text.output.contains("chosen"))
            #expect(try TrustDirectory(path: bench.trust).load().anchors.certificates == [bench.authority])
        }
    }

    @Test func `A master list is believed only by its signer's fingerprint or an authority chosen before`() async throws
    {
        try await withBench { bench in
            let other = try Bench.authority("CSCA elsewhere", Bench.newKey(), country: "LA")
            let path = try bench.file("list.ml", try bench.masterList([other]))
            let unknown = try await trust(bench, "import", path)
            #expect(unknown.code == 1 && unknown.error.contains("[trust-signer-unverified]"))
            #expect(unknown.error.contains(bench.authority.fingerprint))
            #expect(!FileManager.default.fileExists(atPath: bench.trust))
            let wrong = String(repeating: "0", count: 64)
            #expect(try await trust(bench, "import", path, "--accept-signer", wrong).code == 1)

            let fingerprint = bench.authority.fingerprint.uppercased()
            let accepted = try await trust(bench, "import", path, "--accept-signer", fingerprint, "--country", "LA")
            #expect(accepted.code == 0, "\(accepted)")
            #expect(accepted.output.contains("accepted by the administrator"))
            #expect(accepted.output.contains("1 new authorities") && accepted.output.contains("1 of other countries"))
            #expect(try TrustDirectory(path: bench.trust).load().anchors.certificates == [other])

            // The authority itself, chosen, vouches for the list from then on.
            let csca = try bench.file("csca.der", bench.authority.der)
            let vouched = try await trust(bench, "import", path, csca, "--json")
            #expect(vouched.code == 0, "\(vouched)")
            let reports = try StrictJSON.decode([TrustImportReport].self, from: Array(vouched.output.utf8))
            #expect(reports[0].signers.first?.standing == .anchored && reports[0].known == 2)
            #expect(reports[1].authoritiesAdded == 1)
        }
    }

    @Test func `An authority that came on a list vouches for no other list`() async throws {
        try await withBench { bench in
            let foreign = try Bench()
            defer { try? FileManager.default.removeItem(at: foreign.directory) }
            let first = try bench.file("first.ml", try bench.masterList([foreign.authority]))
            let code = try await trust(bench, "import", first, "--accept-signer", bench.authority.fingerprint).code
            #expect(code == 0)
            let second = try bench.file("second.ml", try foreign.masterList([try Bench.authority("X", Bench.newKey())]))
            let result = try await trust(bench, "import", second)
            #expect(result.code == 1 && result.error.contains("[trust-signer-unverified]"))
        }
    }

    @Test func `A link is trusted once its anchor is`() async throws {
        try await withBench { bench in
            let newKey = try Bench.newKey()
            let link = try Bench.template("CSCA new", .countrySigner, "VN").issue(
                for: newKey.publicKey, issuer: bench.authority, issuerKey: bench.key, digest: .sha256)
            #expect(try await trust(bench, "import", try bench.file("link", link.der)).code == 0)
            #expect(try await trust(bench, "list").output.contains("not trusted: no anchor"))
            #expect(try TrustDirectory(path: bench.trust).load().anchors.count == 0)
            #expect(try await trust(bench, "import", try bench.file("csca", bench.authority.der)).code == 0)
            let listed = try await trust(bench, "list")
            #expect(listed.output.contains("linked from \(bench.authority.fingerprint.prefix(16))"))
        }
    }

    @Test func `What cannot be used is refused as a whole, by name`() async throws {
        try await withBench { bench in
            let signer = try Bench.template("DS", .documentSigner, "VN").issue(
                for: bench.signerKey.publicKey, issuer: bench.authority, issuerKey: bench.key, digest: .sha256)
            let good = try bench.file("csca", bench.authority.der)
            for (name, bytes) in [("ds", signer.der), ("noise", [1, 2, 3]), ("empty", [])] as [(String, [UInt8])] {
                let result = try await trust(bench, "import", good, try bench.file(name, bytes))
                #expect(result.code == 1 && result.error.contains("[trust-file-invalid]"), "\(name): \(result)")
                #expect(result.error.contains("/\(name)"))
            }
            #expect(try await trust(bench, "import", bench.directory.path + "/absent").code == 3)
            #expect(try await trust(bench, "list").code == 2)
            try FileManager.default.createDirectory(atPath: bench.trust, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: bench.trust + "/trust.json"))
            let damaged = try await trust(bench, "list")
            #expect(damaged.code == 1 && damaged.error.contains("[trust-store-damaged]"))
        }
    }

    @Test func `An outdated revocation list degrades, an older one is refused, and trust can be taken back`()
        async throws
    {
        try await withBench { bench in
            let csca = try bench.file("csca", bench.authority.der)
            func list(_ serials: [[UInt8]], issued: Int64, next: Int64) throws -> [UInt8] {
                func time(_ days: Int64) -> TLV {
                    let text = Self.now.adding(.seconds(days * 86_400)).text.prefix(19).filter(\.isNumber)
                    return TLV(0x18, Array(text.utf8) + [UInt8(ascii: "Z")])
                }
                let algorithm = TLV(
                    .sequence, [TLV(.objectIdentifier, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])])
                let entries = serials.map { TLV(.sequence, [TLV(.integer, $0), time(issued)]).encoded }.flatMap { $0 }
                let body = TLV(
                    .sequence,
                    TLV(.integer, [1]).encoded + algorithm.encoded + bench.authority.subject + time(issued).encoded
                        + time(next).encoded + TLV(.sequence, entries).encoded)
                let signature = try bench.key.sign(body.encoded, digest: .sha256)
                return TLV(.sequence, [body, algorithm, TLV(.bitString, [0] + signature)]).encoded
            }
            let old = try bench.file("old.crl", try list([[1]], issued: -20, next: -10))
            let orphan = try await trust(bench, "import", old)
            #expect(orphan.code == 1 && orphan.error.contains("revocation list of no trusted authority"))
            #expect(try await trust(bench, "import", old, csca).code == 0)
            let outdated = try await trust(bench, "list")
            #expect(outdated.code == 4 && outdated.output.contains("20 d") && outdated.output.contains("(outdated)"))
            let new = try bench.file("new.crl", try list([[1], [2]], issued: -1, next: 30))
            #expect(try await trust(bench, "import", new).code == 0)
            #expect(try await trust(bench, "list").code == 0)
            let back = try await trust(bench, "import", old)
            #expect(back.code == 1 && back.error.contains("older than the one held"))
            let lists = try TrustDirectory(path: bench.trust).load().anchors.revocationLists
            #expect(lists.map(\.serials.count) == [2])

            #expect(try await trust(bench, "remove", String(repeating: "0", count: 64)).code == 3)
            let removed = try await trust(bench, "remove", String(bench.authority.fingerprint.prefix(16)))
            #expect(removed.code == 0)
            #expect(try await trust(bench, "list").code == 2)
        }
    }

    @Test func `An export of ICAO's directory is taken apart`() async throws {
        try await withBench { bench in
            let list = Data(try bench.masterList([])).base64EncodedString()
            let folded = list.enumerated().map { $0 > 0 && $0 % 76 == 0 ? "\n \($1)" : "\($1)" }.joined()
            let text = """
                dn: cn=list,o=ml,c=VN,dc=data,dc=download,dc=pkd,dc=icao,dc=int
                pkdVersion: 1
                userCertificate;binary:: AAAA
                pkdMasterListContent:: \(folded)

                """
            let path = try bench.file("export.ldif", Array(text.utf8))
            let result = try await trust(bench, "import", path, "--accept-signer", bench.authority.fingerprint)
            #expect(result.code == 0 && result.output.contains("1 new authorities"), "\(result)")
        }
    }
}
