import ChipDocument
import DocumentCrypto
import SeededRandom
import StationCore
import Testing

@Suite struct MasterListTests {
    let authority: TestAuthority
    let others: [TestAuthority]
    let key: SigningKey

    init() throws {
        authority = try TestAuthority(name: "CSCA of the list's maker")
        others = try (1...3).map { try TestAuthority(name: "CSCA \($0)", country: "LA") }
        key = try TestAuthority.newKey()
    }

    private func signer(_ extensions: [HandMadeCertificate.Extension]? = nil) throws -> Certificate {
        var signer = HandMadeCertificate(key, below: authority)
        signer.subject = "Master list signer"
        signer.extensions =
            extensions ?? [.digitalSignature, .extendedUsage(HandMadeCertificate.masterListSigning)]
        return try signer.made()
    }

    private func content(_ entries: [[UInt8]], version: UInt8 = 0) -> [UInt8] {
        TLV(.sequence, TLV(.integer, [version]).encoded + TLV(.set, entries.flatMap { $0 }).encoded).encoded
    }

    private func list(
        _ entries: [[UInt8]]? = nil,
        _ bend: (inout HandMadeSignedData) throws -> Void = { _ in }
    ) throws -> [UInt8] {
        let entries = entries ?? ([authority] + others).map(\.certificate.der)
        var message = HandMadeSignedData(certificate: try signer(), key: key, content: content(entries))
        message.contentType = HandMadeSignedData.OID.masterList
        try bend(&message)
        return try message.encoded
    }

    private let now = TestAuthority.day(1)

    @Test func `a list comes back as it was made`() throws {
        for isIndefinite in [false, true] {
            let list = try MasterList(list { $0.isIndefinite = isIndefinite })
            #expect(list.certificates == ([authority] + others).map(\.certificate))
            #expect(list.unreadable.isEmpty)
            #expect(list.signer.certificate.subjectText == "CN=Master list signer,C=VN")
            #expect(list.signer.signingTime == Timestamp(text: "2025-06-15T00:00:00.000Z"))
        }
    }

    @Test func `who vouches for the signer is said as it is`() throws {
        let list = try MasterList(list())
        let anchors = TrustAnchors(certificates: [authority.certificate])
        #expect(list.standing(anchors: anchors, now: now) == .anchored(by: authority.certificate))
        // The list brings its maker's authority along: that proves nothing.
        #expect(list.standing(anchors: .none, now: now) == .issuerInListOnly(authority.certificate))
        let alone = try MasterList(self.list(others.map(\.certificate.der)))
        #expect(alone.standing(anchors: .none, now: now) == .issuerUnknown)
        let beside = try MasterList(
            self.list(others.map(\.certificate.der)) { $0.extraCertificates = [authority.certificate.der] }
        )
        #expect(beside.standing(anchors: .none, now: now) == .issuerInListOnly(authority.certificate))
        let revoked = TrustAnchors(
            certificates: [authority.certificate],
            revocationLists: [
                try RevocationList(der: authority.revocationList([list.signer.certificate.serial]))
            ]
        )
        #expect(list.standing(anchors: revoked, now: now) == .refused(.revoked))
        let plain = try signer([.digitalSignature])
        var message = HandMadeSignedData(certificate: plain, key: key, content: content([]))
        message.contentType = HandMadeSignedData.OID.masterList
        #expect(
            try MasterList(message.encoded).standing(anchors: anchors, now: now) == .refused(.signerKeyUsage)
        )
        // Older lists are signed by the authority itself.
        var old = HandMadeSignedData(
            certificate: authority.certificate,
            key: authority.key,
            content: content([authority.certificate.der])
        )
        old.contentType = HandMadeSignedData.OID.masterList
        #expect(
            try MasterList(old.encoded).standing(anchors: anchors, now: now) == .anchored(by: authority.certificate)
        )
    }

    @Test func `entries that cannot be read are counted and named, and the others stand`() throws {
        let curve = NamedCurve.brainpoolP256r1
        guard case .ellipticCurve(let point) = key.publicKey.kind else { throw Failure(.internalFault) }
        var strange = HandMadeCertificate(key, below: authority)
        strange.publicKey = try curve.explicitKey(point, b: [1, 2, 3])
        let list = try MasterList(
            list([
                [0x30, 0x03, 0x02, 0x01, 0x00], authority.certificate.der, strange.encoded, [0x04, 0x01, 0x00],
                others[0].certificate.der,
            ])
        )
        #expect(list.certificates == [authority.certificate, others[0].certificate])
        #expect(list.unreadable.map(\.position) == [1, 3, 4])
        #expect(list.unreadable[1].reason == "unsupported: explicit curve parameters")
    }

    @Test func `what is no master list is refused`() throws {
        let good = try list()
        var forged = good
        forged[forged.count - 1] ^= 1
        let cases: [[UInt8]] = [
            [], [0x30, 0], Array(good.dropLast()), forged, try list { $0.contentType = HandMadeSignedData.OID.securityObject },
            try list { $0.hasSignedAttributes = false }, try list { $0.content = content([], version: 1) },
            try list { $0.content = [0x30, 0] }, try list { $0.content = [] },
            [UInt8](repeating: 0x30, count: Limits.Trust.masterListBytes + 1),
        ]
        for (index, bytes) in cases.enumerated() {
            #expect(throws: Failure.self, "case \(index)") { try MasterList(bytes) }
        }
        // One more than the limit.
        let entry: [UInt8] = [0x30, 0]
        let many = try list([[UInt8]](repeating: entry, count: Limits.Trust.authorities + 1))
        #expect(throws: Failure.self) { try MasterList(many) }
    }

    @Test func `no mutated list says something else, and none crashes`() throws {
        let original = try MasterList(list())
        let bytes = try list()
        var mutator = SeededGenerator(seed: 9_303)
        var read = 0
        for _ in 0..<3_000 {
            guard let mutated = try? MasterList(mutator.mutated(bytes)) else { continue }
            read += 1
            #expect(mutated.certificates == original.certificates && mutated.unreadable.isEmpty)
        }
        #expect(read > 0)
    }

    @Test func `mutated certificates and revocation lists never crash, nor verify changed`() throws {
        let certificate = try signer()
        let list = authority.revocationList([[1], [2, 3], [4]])
        let original = try RevocationList(der: list)
        var mutator = SeededGenerator(seed: 12)
        for _ in 0..<5_000 {
            if let mutated = try? Certificate(der: mutator.mutated(certificate.der)), mutated.der != certificate.der {
                let sameBody = mutated.serial == certificate.serial && mutated.subject == certificate.subject
                #expect(!mutated.isSigned(by: authority.certificate) || sameBody)
            }
            if let mutated = try? RevocationList(der: mutator.mutated(list)) {
                #expect(!mutated.isSigned(by: authority.certificate) || mutated.serials == original.serials)
            }
        }
    }
}

@Suite struct CountryTests {
    @Test(arguments: [
        ("VNM", "VN", Verdict.passed, String?.none), ("VNM", "LA", .failed, "countryMismatch"), ("D", "DE", .passed, nil),
        ("EUE", "EU", .passed, nil), ("UNO", "UN", .passed, nil), ("RKS", "KS", .passed, nil),
        ("GBN", "GB", .passed, nil), ("QQQ", "VN", .notDetermined, "countryUnknown"),
    ])
    func `a signer signs for its own country only`(
        state: String,
        country: String,
        verdict: Verdict,
        reason: String?
    ) throws {
        let authority = try TestAuthority(country: country)
        let key = try TestAuthority.newKey()
        let file = TestFiles.dataGroup1(issuer: state)
        let sod = HandMadeSignedData(
            certificate: try authority.signer(key, country: country),
            key: key,
            content: SecurityObject.content(hashing: [.dg1: file], digest: .sha256)
        )
        let files: [FileIdentifier: [UInt8]] = [.dg1: file, .sod: TLV(0x77, try sod.encoded).encoded]
        let anchors = TrustAnchors(certificates: [authority.certificate])
        let findings = DocumentEvidence.verify(files: files, anchors: anchors)
        let expected = Finding(check: "issuerAgainstDG1", verdict: verdict, reason: reason)
        #expect(findings.contains(expected), "\(findings)")
        let sum = findings.first { $0.check == "passiveAuthentication" }
        #expect(sum?.verdict == (verdict == .failed ? .failed : .passed))
        #expect(sum?.reason == (verdict == .failed ? "countryMismatch" : nil))
        // A file that was not signed says nothing about the country.
        let other = DocumentEvidence.verify(
            files: files.merging([.dg1: TestFiles.dataGroup1(issuer: "UTO")]) { $1 },
            anchors: anchors
        )
        #expect(other.contains { $0.check == "issuerAgainstDG1" && $0.reason == "unreadable" })
    }

    @Test(arguments: [
        (["I"], Verdict.passed), (["ID"], .passed), (["P", "I<"], .passed), (["P"], .notDetermined), (["IP"], .notDetermined),
    ])
    func `a signer of other types of documents is remarked`(types: [String], verdict: Verdict) throws {
        let authority = try TestAuthority()
        let key = try TestAuthority.newKey()
        var signer = HandMadeCertificate(key, below: authority)
        let list = TLV(.set, types.map { TLV(.printableString, Array($0.utf8)) })
        signer.extensions.append(
            .init(
                identifier: ObjectIdentifier.mrtdSecurity + [6, 2],
                value: TLV(.sequence, [TLV(.integer, [0]), list]).encoded
            )
        )
        let file = TestFiles.dataGroup1()
        let sod = HandMadeSignedData(
            certificate: try signer.made(),
            key: key,
            content: SecurityObject.content(hashing: [.dg1: file], digest: .sha256)
        )
        let passive = PassiveAuthentication(
            try SecurityObject(TLV(0x77, try sod.encoded).encoded),
            anchors: TrustAnchors(certificates: [authority.certificate])
        )
        let finding = passive.country(of: [.dg1: file])
        #expect(finding.verdict == verdict)
        #expect(finding.reason == (verdict == .passed ? nil : "documentTypeDiffers"))
        #expect(passive.findings(files: [.dg1: file]).last?.verdict == .passed)
    }

    @Test(arguments: [
        (Int64(-12), Verdict.notDetermined), (-11, .passed), (0, .passed), (11, .passed), (12, .notDetermined),
    ])
    func `the date of issue lies in the period of the signer's key`(day: Int64, verdict: Verdict) throws {
        let authority = try TestAuthority()
        let key = try TestAuthority.newKey()
        func object(_ extensions: [HandMadeCertificate.Extension]) throws -> SecurityObject {
            var signer = HandMadeCertificate(key, below: authority)
            signer.extensions += extensions
            let content = SecurityObject.content(hashing: [.dg1: TestFiles.dataGroup1()], digest: .sha256)
            let sod = HandMadeSignedData(certificate: try signer.made(), key: key, content: content)
            return try SecurityObject(TLV(0x77, try sod.encoded).encoded)
        }
        // CivilDate's day number is not public: the day is read from the text of the moment.
        let issued = try #require(CivilDate(text: String(TestAuthority.day(day).text.prefix(10))))
        let period = HandMadeCertificate.Extension.keyPeriod(-10, 10)
        #expect(IssueDateCheck.finding(try object([period]), issued: issued)?.verdict == verdict)
        #expect(IssueDateCheck.finding(try object([]), issued: issued) == nil)
    }

    @Test func `every state of ISO 3166-1 has its two letters`() {
        #expect(IssuingState.countries(of: "VNM") == ["VN"] && IssuingState.countries(of: "LAO") == ["LA"])
        #expect(IssuingState.countries(of: "") == nil && IssuingState.countries(of: "VN") == nil)
    }

    @Test(arguments: [("0107", false), ("0108", true)])
    func `LDS 1.7 and 1.8 are read`(version: String, isNew: Bool) throws {
        let authority = try TestAuthority()
        let key = try TestAuthority.newKey()
        let file = TestFiles.dataGroup1()
        let old = try TLV(parsing: SecurityObject.content(hashing: [.dg1: file], digest: .sha256)).children()
        let info = TLV(
            .sequence,
            [TLV(.printableString, Array(version.utf8)), TLV(.printableString, Array("040000".utf8))]
        )
        func parsed(_ fields: [TLV]) throws -> SecurityObject {
            let made = HandMadeSignedData(
                certificate: try authority.signer(key),
                key: key,
                content: TLV(.sequence, fields).encoded
            )
            return try SecurityObject(TLV(0x77, try made.encoded).encoded)
        }
        let fields = isNew ? [TLV(.integer, [1]), old[1], old[2], info] : old
        let object = try parsed(fields)
        #expect(object.ldsVersion == (isNew ? version : nil) && object.dataGroups == [.dg1])
        #expect(PassiveAuthentication(object, anchors: .none).signature.verdict == .passed)
        // Each version has its own form (ICAO 9303-10, 4.6.2.3).
        #expect(throws: Failure.self) { try parsed([TLV(.integer, [0]), old[1], old[2], info]) }
        #expect(throws: Failure.self) { try parsed([TLV(.integer, [1]), old[1], old[2]]) }
    }
}
