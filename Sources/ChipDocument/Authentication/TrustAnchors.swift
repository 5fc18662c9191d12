package import DocumentCrypto
public import StationCore

/// What this station judges signers by: country signing certificates (CSCA), link certificates and revocation lists.
/// Supplied by the operator: none is built in.
public struct TrustAnchors: Hashable, Sendable {
    /// Self-signed authorities that an administrator chose: trusted for what they are.
    package let certificates: [Certificate]
    /// Certificates by which one authority's key vouches for its next (ICAO 9303-12, 4.1.4): trusted only where the way
    /// leads to one of the chosen.
    package let links: [Certificate]
    /// Revocation lists, as found; believed only where a trusted authority signed them.
    package let revocationLists: [RevocationList]

    /// No anchors: every chain ends in `issuerNotAnchored`.
    public static let none = TrustAnchors(certificates: [])

    package init(
        certificates: [Certificate],
        links: [Certificate] = [],
        revocationLists: [RevocationList] = []
    ) {
        self.certificates = certificates
        self.links = links
        self.revocationLists = revocationLists
    }

    /// How many chosen authorities there are.
    public var count: Int { certificates.count }

    /// Subject and validity of each, for people.
    public var summaries: [(subject: String, notBefore: Timestamp, notAfter: Timestamp)] {
        certificates.map { ($0.subjectText, $0.notBefore, $0.notAfter) }
    }

    /// Reads certificates and revocation lists, PEM, or one certificate, DER. Throws `configurationInvalid` when one
    /// cannot be read, is not a certificate authority, or may not sign certificates: an anchor is chosen by people and
    /// must be right.
    public init(_ bytes: [UInt8]) throws(Failure) {
        var certificates: [Certificate] = []
        var links: [Certificate] = []
        var lists: [RevocationList] = []
        for block in try PEMText.blocks(bytes) ?? [PEMText.Block(label: "CERTIFICATE", bytes: bytes)] {
            guard certificates.count + links.count < Limits.Trust.authorities,
                lists.count < Limits.Trust.revocationLists
            else { throw Failure(.configurationInvalid, "more trust anchors than \(Limits.Trust.authorities)") }
            do throws(CryptoFailure) {
                switch block.label {
                case "X509 CRL": lists.append(try RevocationList(der: block.bytes))
                case "CERTIFICATE":
                    let certificate = try Certificate(der: block.bytes)
                    switch AuthorityRole(of: certificate) {
                    case .anchor: certificates.append(certificate)
                    case .link: links.append(certificate)
                    case .refused(let reason):
                        throw CryptoFailure.unsupported("\(reason.rawValue): \(certificate.subjectText)")
                    }
                default: throw CryptoFailure.unsupported(block.label)
                }
            } catch { throw Failure(.configurationInvalid, "trust anchor: \(error)") }
        }
        self.init(certificates: certificates, links: links, revocationLists: lists)
    }

    /// These and others, without repeats.
    public func adding(_ others: TrustAnchors) -> TrustAnchors {
        TrustAnchors(
            certificates: Self.joined(certificates, others.certificates),
            links: Self.joined(links, others.links),
            revocationLists: Self.joined(revocationLists, others.revocationLists)
        )
    }

    private static func joined<Value: Hashable>(_ own: [Value], _ others: [Value]) -> [Value] {
        var seen = Set(own)
        return own + others.filter { seen.insert($0).inserted }
    }
}

/// What an authority's certificate can be to us.
package enum AuthorityRole: Hashable, Sendable {
    /// Why a certificate can be neither.
    package enum Refusal: String, Sendable {
        /// basicConstraints does not say CA.
        case noAuthority
        /// It may not sign certificates.
        case noCertificateSigning
        /// It says that it signed itself, and did not.
        case ownSignatureInvalid
        /// It has a critical extension that is not understood here.
        case unknownCriticalExtension
    }

    /// Self-signed.
    case anchor
    /// Signed by another key, of the same authority or of the same name.
    case link
    /// Neither.
    case refused(Refusal)

    /// Looks at a certificate alone.
    package init(of certificate: Certificate) {
        if !certificate.isAuthority {
            self = .refused(.noAuthority)
        } else if certificate.keyUsage?.contains(.keyCertSign) == false {
            self = .refused(.noCertificateSigning)
        } else if certificate.hasUnknownCriticalExtension {
            self = .refused(.unknownCriticalExtension)
        } else if certificate.isSelfSigned {
            self = .anchor
        } else if certificate.isSelfIssued, let key = certificate.subjectKeyIdentifier,
            (certificate.authorityKeyIdentifier ?? key) == key
        {
            self = .refused(.ownSignatureInvalid)
        } else {
            self = .link
        }
    }
}
