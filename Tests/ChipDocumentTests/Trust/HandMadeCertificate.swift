import ChipDocument
import DocumentCrypto
import StationCore

/// A certificate put together by hand, with whatever extensions a test wants.
struct HandMadeCertificate {
    struct Extension {
        let identifier: [UInt8]
        var isCritical = false
        let value: [UInt8]

        static let authority = Extension(
            identifier: [0x55, 0x1d, 0x13],
            isCritical: true,
            value: TLV(.sequence, [TLV(.boolean, [0xff])]).encoded
        )
        static let certificateSigning = Extension(
            identifier: [0x55, 0x1d, 0x0f],
            isCritical: true,
            value: [0x03, 0x02, 0x01, 0x06]
        )
        static let digitalSignature = Extension(
            identifier: [0x55, 0x1d, 0x0f],
            isCritical: true,
            value: [0x03, 0x02, 0x07, 0x80]
        )
        static func extendedUsage(_ identifier: [UInt8], isCritical: Bool = true) -> Extension {
            Extension(
                identifier: [0x55, 0x1d, 0x25],
                isCritical: isCritical,
                value: TLV(.sequence, [TLV(.objectIdentifier, identifier)]).encoded
            )
        }
        static func keyPeriod(_ from: Int64, _ to: Int64) -> Extension {
            let fields = [TLV(0x80, time(from)), TLV(0x81, time(to))]
            return Extension(identifier: [0x55, 0x1d, 0x10], value: TLV(.sequence, fields).encoded)
        }
        private static func time(_ day: Int64) -> [UInt8] { HandMadeCertificate.generalizedTime(day) }
    }

    static let masterListSigning: [UInt8] = ObjectIdentifier.mrtdSecurity + [3]

    var subject = "DS"
    var country = "VN"
    var issuer: [UInt8]
    var issuerKey: SigningKey
    var publicKey: [UInt8]
    var serial: [UInt8] = [2]
    var from: Int64 = -10
    var to: Int64 = 10
    var extensions: [Extension] = [.digitalSignature]

    /// Below an authority.
    init(_ key: SigningKey, below authority: TestAuthority) {
        issuer = authority.certificate.subject
        issuerKey = authority.key
        publicKey = key.publicKey.der
    }

    var encoded: [UInt8] {
        let algorithm = TLV(.sequence, [TLV(.objectIdentifier, HandMadeSignedData.OID.ecdsa + [2])])
        let list = extensions.map { entry in
            TLV(
                .sequence,
                [TLV(.objectIdentifier, entry.identifier)] + (entry.isCritical ? [TLV(.boolean, [0xff])] : []) + [
                    TLV(.octetString, entry.value)
                ]
            )
        }
        let validity = [Self.generalizedTime(from), Self.generalizedTime(to)].map { TLV(0x18, $0) }
        let body =
            TLV(0xa0, [TLV(.integer, [2])]).encoded + TLV(.integer, serial).encoded + algorithm.encoded + issuer
            + TLV(.sequence, validity).encoded + Self.name(subject, country) + publicKey
            + TLV(0xa3, [TLV(.sequence, list)]).encoded
        return signed(TLV(.sequence, body), algorithm, by: issuerKey)
    }

    func made() throws -> Certificate { try Certificate(der: encoded) }

    static func generalizedTime(_ day: Int64) -> [UInt8] {
        Array(TestAuthority.day(day).text.prefix(19).filter(\.isNumber).utf8) + [UInt8(ascii: "Z")]
    }

    /// Without a country where it is empty.
    static func name(_ text: String, _ country: String) -> [UInt8] {
        let fields: [([UInt8], TLV)] = [
            ([0x55, 4, 6], TLV(.printableString, Array(country.utf8))),
            ([0x55, 4, 3], TLV(.utf8String, Array(text.utf8))),
        ]
        return TLV(
            .sequence,
            fields.dropFirst(country.isEmpty ? 1 : 0).map { TLV(.set, [TLV(.sequence, [TLV(.objectIdentifier, $0.0), $0.1])]) }
        ).encoded
    }
}

/// SIGNED{…} of X.509 with an ECDSA key.
func signed(_ body: TLV, _ algorithm: TLV, by key: SigningKey) -> [UInt8] {
    let signature = (try? key.sign(body.encoded, digest: .sha256)) ?? []
    return TLV(.sequence, [body, algorithm, TLV(.bitString, [0] + signature)]).encoded
}

extension TestAuthority {
    /// A revocation list of this authority.
    func revocationList(
        _ serials: [[UInt8]],
        issued: Int64 = 0,
        next: Int64? = 60,
        issuer: [UInt8]? = nil,
        key: SigningKey? = nil,
        extensions: [TLV] = []
    ) -> [UInt8] {
        func time(_ day: Int64) -> TLV { TLV(0x18, HandMadeCertificate.generalizedTime(day)) }
        let algorithm = TLV(.sequence, [TLV(.objectIdentifier, HandMadeSignedData.OID.ecdsa + [2])])
        let entries = serials.map { TLV(.sequence, [TLV(.integer, $0), time(-1)]) }
        let fields: [[UInt8]] = [
            TLV(.integer, [1]).encoded, algorithm.encoded, issuer ?? certificate.subject, time(issued).encoded,
            next.map { time($0).encoded } ?? [], entries.isEmpty ? [] : TLV(.sequence, entries).encoded,
            extensions.isEmpty ? [] : TLV(0xa0, [TLV(.sequence, extensions)]).encoded,
        ]
        return signed(TLV(.sequence, fields.flatMap { $0 }), algorithm, by: key ?? self.key)
    }
}
