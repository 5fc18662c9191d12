import ChipDocument
import DocumentCrypto
import StationCore

/// A throw-away CSCA with everything that a test wants to bend.
struct TestAuthority {
    static let time = Timestamp(milliseconds: 1_750_000_000_000)

    let key: SigningKey
    let certificate: Certificate

    init(
        name: String = "CSCA",
        country: String = "VN",
        key: SigningKey? = nil,
        subjectKey: PublicKey? = nil,
        from: Int64 = -100,
        to: Int64 = 1_000
    ) throws {
        let key = try key ?? Self.newKey()
        self.key = key
        certificate = try Self.template(.countrySigner, name, country, [1], from, to)
            .issue(for: subjectKey ?? key.publicKey, issuer: nil, issuerKey: key, digest: .sha256)
    }

    static func newKey(_ curve: NamedCurve = .brainpoolP256r1) throws -> SigningKey {
        try SigningKey(CurveKeyPair(generator: CurvePoint.generator(of: curve), random: SystemRandomSource()))
    }

    static func day(_ days: Int64) -> Timestamp { time.adding(.seconds(days * 86_400)) }

    static func template(
        _ role: CertificateTemplate.Role,
        _ name: String,
        _ country: String,
        _ serial: [UInt8],
        _ from: Int64,
        _ to: Int64
    ) -> CertificateTemplate {
        CertificateTemplate(
            role: role,
            country: country,
            organization: "Test",
            commonName: name,
            serial: serial,
            notBefore: day(from),
            notAfter: day(to)
        )
    }

    /// A document signer below this authority.
    func signer(
        _ key: SigningKey,
        country: String = "VN",
        serial: [UInt8] = [2],
        from: Int64 = -10,
        to: Int64 = 10,
        role: CertificateTemplate.Role = .documentSigner
    ) throws -> Certificate {
        try Self.template(role, "DS", country, serial, from, to)
            .issue(for: key.publicKey, issuer: certificate, issuerKey: self.key, digest: .sha256)
    }

    /// This authority's word for the key of a new one.
    func link(to other: TestAuthority, name: String? = nil, serial: [UInt8] = [3]) throws -> Certificate {
        try Self.template(.countrySigner, name ?? other.commonName, "VN", serial, -50, 900)
            .issue(for: other.key.publicKey, issuer: certificate, issuerKey: key, digest: .sha256)
    }

    private var commonName: String {
        certificate.subjectText.split(separator: ",").first.map { String($0.dropFirst(3)) } ?? ""
    }
}

extension NamedCurve {
    /// SubjectPublicKeyInfo of a point with the curve's parameters written out (X9.62), each part of which can be
    /// replaced.
    func explicitKey(
        _ point: CurvePoint,
        prime: [UInt8]? = nil,
        a: [UInt8]? = nil,
        b: [UInt8]? = nil,
        generator: [UInt8]? = nil,
        order: [UInt8]? = nil,
        cofactor: [UInt8]? = [1],
        seed: [UInt8]? = nil,
        encodedPoint: [UInt8]? = nil
    ) throws -> [UInt8] {
        let parameters = try CurveParameters(self)
        func padded(_ number: [UInt8]) -> [UInt8] {
            [UInt8](repeating: 0, count: max(0, fieldBytes - number.count)) + number
        }
        func positive(_ number: [UInt8]) -> [UInt8] { (number.first ?? 0) < 0x80 ? number : [0] + number }
        let primeField: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x01, 0x01]
        let field = TLV(
            .sequence,
            [TLV(.objectIdentifier, primeField), TLV(.integer, positive(prime ?? parameters.prime))]
        )
        let coefficients = TLV(
            .sequence,
            [TLV(.octetString, padded(a ?? parameters.a)), TLV(.octetString, padded(b ?? parameters.b))]
                + (seed.map { [TLV(.bitString, [0] + $0)] } ?? [])
        )
        let written = TLV(
            .sequence,
            [
                TLV(.integer, [1]), field, coefficients,
                TLV(.octetString, try generator ?? CurvePoint.generator(of: self).encoded),
                TLV(.integer, positive(order ?? parameters.order)),
            ] + (cofactor.map { [TLV(.integer, $0)] } ?? [])
        )
        let ecPublicKey: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
        return TLV(
            .sequence,
            [
                TLV(.sequence, [TLV(.objectIdentifier, ecPublicKey), written]),
                TLV(.bitString, [0] + (encodedPoint ?? point.encoded)),
            ]
        ).encoded
    }
}
