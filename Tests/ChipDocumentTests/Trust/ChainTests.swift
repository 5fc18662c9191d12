import ChipDocument
import DocumentCrypto
import Foundation
import StationCore
import Testing

@Suite struct ChainTests {
    let authority: TestAuthority
    let key: SigningKey

    init() throws {
        authority = try TestAuthority()
        key = try TestAuthority.newKey()
    }

    private func judge(
        _ signer: Certificate,
        _ anchors: TrustAnchors,
        signed: Int64? = 0,
        now: Int64? = 1,
        purpose: CertificateChain.Purpose = .document
    ) -> Finding {
        CertificateChain.judge(
            signer,
            anchors: anchors,
            signingTime: signed.map(TestAuthority.day),
            now: now.map(TestAuthority.day),
            purpose: purpose
        ).finding
    }

    private func open(_ reason: String) -> Finding {
        Finding(check: "certificateChain", verdict: .notDetermined, reason: reason)
    }

    private func failed(_ reason: String) -> Finding {
        Finding(check: "certificateChain", verdict: .failed, reason: reason)
    }

    private func passed(_ remark: String? = "revocationUnknown") -> Finding {
        Finding(check: "certificateChain", verdict: .passed, reason: remark)
    }

    /// ICAO 9303-12, 7.1.1: issuer and subject name their country, or an authority would be every country's.
    @Test func `an authority without a country anchors no document`() throws {
        let ownKey = try TestAuthority.newKey()
        var nameless = HandMadeCertificate(ownKey, below: authority)
        (nameless.subject, nameless.country) = ("CSCA nowhere", "")
        nameless.issuer = HandMadeCertificate.name("CSCA nowhere", "")
        nameless.issuerKey = ownKey
        (nameless.from, nameless.to) = (-100, 1_000)
        nameless.extensions = [.authority, .certificateSigning]
        let anchors = TrustAnchors(certificates: [try nameless.made()])
        var signer = HandMadeCertificate(key, below: authority)
        (signer.country, signer.issuer, signer.issuerKey) = ("", nameless.issuer, ownKey)
        #expect(judge(try signer.made(), anchors) == failed("countryMismatch"))
    }

    @Test func `a CSCA with brainpoolP512r1 written out anchors a chain, one bent byte does not`() throws {
        let curve = NamedCurve.brainpoolP512r1
        let key512 = try TestAuthority.newKey(curve)
        guard case .ellipticCurve(let point) = key512.publicKey.kind else { throw Failure(.internalFault) }
        var explicit = HandMadeCertificate(key512, below: try TestAuthority(name: "CSCA explicit", key: key512))
        explicit.subject = "CSCA explicit"
        explicit.issuer = HandMadeCertificate.name("CSCA explicit", "VN")
        explicit.publicKey = try curve.explicitKey(point)
        explicit.from = -100
        explicit.to = 1_000
        explicit.extensions = [.authority, .certificateSigning]
        let certificate = try explicit.made()
        #expect(certificate.publicKey.der == explicit.publicKey)
        let anchors = try TrustAnchors(certificate.der)
        #expect(anchors.count == 1)
        var signer = HandMadeCertificate(key, below: authority)
        signer.issuer = explicit.issuer
        signer.issuerKey = key512
        #expect(judge(try signer.made(), anchors) == passed())
        // As a whole object, DG1's country included.
        let made = HandMadeSignedData(
            certificate: try signer.made(),
            key: key,
            content: SecurityObject.content(hashing: [.dg1: TestFiles.dataGroup1()], digest: .sha256)
        )
        let findings = DocumentEvidence.verify(
            files: [.dg1: TestFiles.dataGroup1(), .sod: TLV(0x77, try made.encoded).encoded],
            anchors: anchors,
            now: TestAuthority.day(1)
        )
        #expect(findings.count == 5 && findings.allSatisfy { $0.verdict == .passed }, "\(findings)")

        let coefficient = try CurveParameters(curve).a
        let place = try #require(certificate.der.firstRange(of: coefficient))
        for offset in [place.lowerBound, place.upperBound - 1] {
            var bent = certificate.der
            bent[offset] ^= 1
            #expect(throws: CryptoFailure.unsupported("explicit curve parameters")) { try Certificate(der: bent) }
            #expect(throws: Failure.self) { try TrustAnchors(bent) }
        }
    }

    @Test func `the states are kept apart, each with its reason`() throws {
        let anchors = TrustAnchors(certificates: [authority.certificate])
        let signer = try authority.signer(key)
        #expect(judge(signer, anchors) == passed())
        #expect(judge(signer, .none) == open("issuerNotAnchored"))
        #expect(judge(signer, anchors, now: 20) == open("signerExpired"))
        #expect(judge(signer, anchors, now: nil) == passed())
        #expect(judge(signer, anchors, signed: 11) == failed("signerExpiredAtSigning"))
        #expect(judge(try authority.signer(key, to: 3_000), anchors, now: 2_000) == open("anchorExpired"))
        #expect(judge(try authority.signer(key, from: -200), anchors) == open("anchorExpired"))
        #expect(judge(try authority.signer(key, country: "LA"), anchors) == failed("countryMismatch"))
        #expect(judge(try authority.signer(key, role: .countrySigner), anchors) == failed("signerKeyUsage"))
        #expect(judge(signer, anchors, purpose: .masterList) == failed("signerKeyUsage"))
    }

    @Test func `what a signer's extensions allow`() throws {
        let anchors = TrustAnchors(certificates: [authority.certificate])
        let unknown = HandMadeCertificate.Extension(identifier: [0x2a, 3, 4], isCritical: true, value: [5, 0])
        let listSigner = HandMadeCertificate.Extension.extendedUsage(HandMadeCertificate.masterListSigning)
        let cases: [([HandMadeCertificate.Extension], CertificateChain.Purpose, Finding)] = [
            ([.digitalSignature], .document, passed()),
            ([], .document, failed("signerKeyUsage")),
            ([.certificateSigning], .document, failed("signerKeyUsage")),
            ([.digitalSignature, listSigner], .document, failed("signerKeyUsage")),
            ([.digitalSignature, listSigner], .masterList, passed()),
            ([listSigner], .masterList, failed("signerKeyUsage")),
            ([.digitalSignature, unknown], .document, failed("signerExtensionUnknown")),
            ([.digitalSignature, .keyPeriod(-10, 1)], .document, passed()),
            ([.digitalSignature, .keyPeriod(-10, -1)], .document, open("outsideKeyUsagePeriod")),
            ([.digitalSignature, .keyPeriod(1, 2)], .document, open("outsideKeyUsagePeriod")),
        ]
        for (extensions, purpose, expected) in cases {
            var signer = HandMadeCertificate(key, below: authority)
            signer.extensions = extensions
            #expect(judge(try signer.made(), anchors, purpose: purpose) == expected, "\(extensions)")
        }
    }

    @Test func `a link carries trust from the old key to the new one, and only then`() throws {
        let old = try TestAuthority(name: "CSCA old")
        let new = try TestAuthority(name: "CSCA new")
        let link = try old.link(to: new)
        let signer = try new.signer(key)
        #expect(judge(signer, TrustAnchors(certificates: [old.certificate], links: [link])) == passed())
        #expect(judge(signer, TrustAnchors(certificates: [], links: [link])) == open("issuerNotAnchored"))
        #expect(judge(signer, TrustAnchors(certificates: [old.certificate])) == open("issuerNotAnchored"))
        let stranger = try TestAuthority(name: "CSCA old")
        let forged = try stranger.link(to: new)
        #expect(
            judge(signer, TrustAnchors(certificates: [old.certificate], links: [forged])) == open("issuerNotAnchored")
        )
        // A link that its issuer signed after its own end carries nothing.
        let ended = try TestAuthority(name: "CSCA old", key: old.key, from: -100, to: -60)
        #expect(
            judge(signer, TrustAnchors(certificates: [ended.certificate], links: [link])) == open("issuerNotAnchored")
        )
    }

    @Test func `a row of links ends at the limit, a ring of links nowhere`() throws {
        let row = try (0...Limits.Trust.linkDepth + 1).map { try TestAuthority(name: "CSCA \($0)") }
        let links = try zip(row, row.dropFirst()).map { try $0.link(to: $1) }
        let anchors = TrustAnchors(certificates: [row[0].certificate], links: links)
        #expect(judge(try row[Limits.Trust.linkDepth].signer(key), anchors) == passed())
        #expect(judge(try row[Limits.Trust.linkDepth + 1].signer(key), anchors) == open("issuerNotAnchored"))
        let ring = TrustAnchors(
            certificates: [],
            links: [try row[0].link(to: row[1]), try row[1].link(to: row[0])]
        )
        #expect(judge(try row[0].signer(key), ring) == open("issuerNotAnchored"))
    }

    @Test func `revocation is known, unknown or outdated, and a revoked signer fails`() throws {
        func with(_ lists: [[UInt8]]) throws -> TrustAnchors {
            TrustAnchors(
                certificates: [authority.certificate],
                revocationLists: try lists.map { try RevocationList(der: $0) }
            )
        }
        let signer = try authority.signer(key, serial: [0x66], to: 200)
        let serial = signer.serial
        #expect(judge(signer, try with([])) == passed("revocationUnknown"))
        #expect(judge(signer, try with([authority.revocationList([])])) == passed(nil))
        #expect(judge(signer, try with([authority.revocationList([[9]])])) == passed(nil))
        #expect(judge(signer, try with([authority.revocationList([[9], serial])])) == failed("revoked"))
        #expect(judge(signer, try with([authority.revocationList([])]), now: nil) == passed("revocationUnknownClock"))
        let outdated = passed("revocationUnknownListOutdated")
        #expect(judge(signer, try with([authority.revocationList([])]), now: 61) == outdated)
        #expect(judge(signer, try with([authority.revocationList([], next: nil)]), now: 89) == passed(nil))
        #expect(judge(signer, try with([authority.revocationList([], next: nil)]), now: 91) == outdated)
        // Outdated or not, what it names is revoked.
        #expect(judge(signer, try with([authority.revocationList([serial])]), now: 61) == failed("revoked"))
        // The authority's own certificate on the list takes everything below it along.
        #expect(
            judge(signer, try with([authority.revocationList([authority.certificate.serial])])) == failed("revoked")
        )
        // Signed by nobody we trust: not believed, in either direction.
        let stranger = try TestAuthority()
        #expect(judge(signer, try with([stranger.revocationList([serial])])) == passed("revocationUnknown"))
    }

    @Test func `another authority of the same country speaks for itself only`() throws {
        let other = try TestAuthority(name: "CSCA of another ministry")
        let signer = try authority.signer(key, serial: [0x66])
        let anchors = TrustAnchors(
            certificates: [authority.certificate, other.certificate],
            revocationLists: [try RevocationList(der: other.revocationList([signer.serial]))]
        )
        #expect(judge(signer, anchors) == passed("revocationUnknown"))
    }

    /// ICAO 9303-12, 7.1.4: one list per authority, signed with its newest key, under its newest name.
    @Test func `the list of a renamed authority speaks of its old certificates too`() throws {
        let new = try TestAuthority(name: "CSCA renamed")
        let signer = try authority.signer(key, serial: [0x66])
        let anchors = TrustAnchors(
            certificates: [authority.certificate],
            links: [try authority.link(to: new)],
            revocationLists: [try RevocationList(der: new.revocationList([signer.serial]))]
        )
        #expect(judge(signer, anchors) == failed("revoked"))
    }

    @Test func `lists that speak of a part only are refused`() throws {
        // deltaCRLIndicator, critical.
        let delta = TLV(
            .sequence,
            [TLV(.objectIdentifier, [0x55, 0x1d, 0x1b]), TLV(.boolean, [0xff]), TLV(.octetString, [2, 1, 1])]
        )
        #expect(throws: CryptoFailure.unsupported("critical extension of a revocation list")) {
            try RevocationList(der: authority.revocationList([], extensions: [delta]))
        }
    }

    @Test func `an authority is an anchor, a link or neither`() throws {
        let new = try TestAuthority(name: "CSCA", key: TestAuthority.newKey())
        #expect(AuthorityRole(of: authority.certificate) == .anchor)
        #expect(AuthorityRole(of: try authority.link(to: new)) == .link)
        #expect(AuthorityRole(of: try authority.signer(key)) == .refused(.noAuthority))
        var bent = authority.certificate.der
        bent[bent.count - 1] ^= 1
        #expect(AuthorityRole(of: try Certificate(der: bent)) == .refused(.ownSignatureInvalid))
    }

    /// A quarter of the certificates on public master lists is signed with RSASSA-PSS; some keys are bound to it.
    @Test(arguments: ["RSA", "RSA-PSS"])
    func `RSASSA-PSS chains made by openssl anchor, and not when changed`(algorithm: String) throws {
        let tool = try OpenSSLTool()
        try tool.write("leaf.cnf", Array("keyUsage=critical,digitalSignature\n".utf8))
        try tool.write(
            "ca.cnf",
            Array("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n".utf8)
        )
        let pss = "-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48"
        try tool.run("genpkey -algorithm \(algorithm) -pkeyopt rsa_keygen_bits:2048 -out ca.key")
        try tool.run("req -new -key ca.key -subj /C=VN/CN=CSCA -out ca.csr \(pss)")
        try tool.run("x509 -req -in ca.csr -signkey ca.key -extfile ca.cnf -days 900 -outform DER -out ca \(pss)")
        try tool.run("x509 -inform DER -in ca -out ca.pem")
        try tool.run("req -new -newkey rsa:2048 -nodes -keyout ds.key -subj /C=VN/CN=DS -out ds.csr")
        try tool.run(
            "x509 -req -in ds.csr -CA ca.pem -CAkey ca.key -set_serial 5 -extfile leaf.cnf -days 300 -outform DER -out ds \(pss)"
        )
        let anchors = try TrustAnchors(tool.read("ca"))
        #expect(anchors.count == 1)
        let der = try tool.read("ds")
        let signer = try Certificate(der: der)
        #expect(CertificateChain.judge(signer, anchors: anchors, signingTime: nil).outcome == .anchored)
        var bent = der
        bent[bent.count - 1] ^= 1
        #expect(
            CertificateChain.judge(try Certificate(der: bent), anchors: anchors, signingTime: nil).outcome
                == .issuerNotAnchored
        )
    }

    @Test func `certificates and lists made by openssl are read alike`() throws {
        let tool = try OpenSSLTool()
        try tool.run("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /C=VN/CN=CSCA -days 3650")
        try tool.write("index", [])
        try tool.write("ca.cnf", Array("[ca]\ndefault_ca=c\n[c]\ndatabase=index\ndefault_md=sha256\n".utf8))
        try tool.run("ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -out list.pem -crldays 30")
        let anchors = try TrustAnchors(tool.read("ca.pem") + tool.read("list.pem"))
        #expect(anchors.count == 1)
        let list = try #require(anchors.revocationLists.first)
        #expect(list.serials.isEmpty && list.issuerText == "CN=CSCA,C=VN")
        #expect(anchors.issuer(of: list) == anchors.certificates.first)
        #expect(list.ageInDays(at: list.thisUpdate.adding(.seconds(3 * 86_400 + 5))) == 3)
    }
}

enum TestFiles {
    /// DG1 of a TD1 card.
    static func dataGroup1(issuer: String = "VNM") -> [UInt8] {
        let state = issuer + String(repeating: "<", count: 3 - issuer.count)
        let lines = [
            "ID\(state)0990000017001099000001<<8", "9901018M3901016\(state)<<<<<<<<<<<4", "NGUYEN<<VAN<A",
        ].map { $0.padding(toLength: 30, withPad: "<", startingAt: 0) }
        return TLV(0x61, [TLV(0x5f1f, Array(lines.joined().utf8))]).encoded
    }
}
