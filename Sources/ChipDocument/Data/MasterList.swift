package import DocumentCrypto
package import StationCore

/// A CSCA master list (ICAO 9303-12, 9): the certificates that one state believes in, signed by it. The list by itself
/// creates no trust: who signed it is stated, and people decide.
package struct MasterList: Sendable {
    /// An entry that could not be read; the others stand.
    package struct Unreadable: Hashable, Sendable {
        /// Its place on the list, from 1.
        package let position: Int
        /// Why.
        package let reason: String
    }

    /// Who vouches for the list's signer.
    package enum Standing: Hashable, Sendable {
        /// An authority that was trusted before: the chain as judged.
        case anchored(by: Certificate)
        /// Only an authority that comes with the list itself. That proves that list and authority belong together, and
        /// nothing about who made them.
        case issuerInListOnly(Certificate)
        /// Nobody at hand.
        case issuerUnknown
        /// A trusted authority issued the signer's certificate, but it may not serve: the chain's outcome.
        case refused(CertificateChain.Outcome)
    }

    /// id-icao-cscaMasterList.
    package static let contentType = "2.23.136.1.1.2"

    /// The signer, whose signature holds.
    package let signer: SignedData.Signer
    /// The certificates that could be read, in order.
    package let certificates: [Certificate]
    /// Those that could not.
    package let unreadable: [Unreadable]
    /// Certificates beside the list: the signer's, often its authority's.
    private let companions: [Certificate]

    /// Parses a list and verifies its signature. Throws `trustFileInvalid` when it is no master list, when its
    /// signature does not hold, or when it exceeds `Limits.Trust`. An entry that cannot be read never ends the import.
    package init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.Trust.masterListBytes else { throw Self.invalid("too large") }
        let signedData: SignedData
        do throws(CryptoFailure) {
            signedData = try SignedData(bytes)
            guard signedData.contentType == Self.contentType else {
                throw CryptoFailure.malformed("content type \(signedData.contentType)")
            }
            signer = try signedData.verifiedSigner()
        } catch { throw Self.invalid(error.words) }
        companions = (try? signedData.certificates()) ?? [signer.certificate]

        let entries: [TLV]
        do throws(Failure) {
            var reader = TLVReader(
                try TLV(parsing: signedData.content, tag: .sequence, rules: .ber).value,
                rules: .ber
            )
            guard try reader.next(.integer).smallInteger == 0 else { throw Self.invalid("version") }
            entries = try reader.next(.set).children(rules: .ber)
            try reader.finish()
        } catch { throw Self.invalid(error.detail ?? "content") }
        guard entries.count <= Limits.Trust.authorities else { throw Self.invalid("too many certificates") }
        var certificates: [Certificate] = []
        var unreadable: [Unreadable] = []
        for (index, entry) in entries.enumerated() {
            let der = entry.encoded
            do throws(CryptoFailure) {
                guard der.count <= Limits.Trust.certificateBytes else { throw CryptoFailure.invalidLength }
                certificates.append(try Certificate(der: der))
            } catch { unreadable.append(Unreadable(position: index + 1, reason: error.words)) }
        }
        self.certificates = certificates
        self.unreadable = unreadable
    }

    /// Who vouches for the signer, with the anchors that were trusted before the list came.
    package func standing(anchors: TrustAnchors, now: Timestamp?) -> Standing {
        let judgement = CertificateChain.judge(
            signer.certificate,
            anchors: anchors,
            signingTime: signer.signingTime,
            now: now,
            purpose: .masterList
        )
        switch judgement.outcome {
        case .anchored: return judgement.path.last.map { .anchored(by: $0) } ?? .issuerUnknown
        case .issuerNotAnchored: break
        default: return .refused(judgement.outcome)
        }
        let own = (certificates + companions).first { authority in
            authority.isAuthority && DistinguishedName.matches(authority.subject, signer.certificate.issuer)
                && signer.certificate.isSigned(by: authority)
        }
        return own.map { .issuerInListOnly($0) } ?? .issuerUnknown
    }

    private static func invalid(_ detail: String) -> Failure { Failure(.trustFileInvalid, "master list: \(detail)") }
}

extension CryptoFailure {
    /// The failure for people who look at authorities' certificates.
    package var words: String {
        switch self {
        case .invalidLength: "length"
        case .malformed(let what): "malformed: \(what)"
        case .unsupported(let what): "unsupported: \(what)"
        case .invalidPoint: "point not on its curve"
        case .signerAbsent: "no certificate of the signer inside"
        case .signerUnknown: "names a signer whose certificate is not inside"
        case .contentAltered: "signed digest of something else"
        case .signatureInvalid: "signature invalid"
        case .library(let what): "library: \(what)"
        }
    }
}
