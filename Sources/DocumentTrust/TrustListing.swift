import ChipDocument
import DocumentCrypto
package import StationCore

/// What anchors what: the store as people and scripts read it.
package struct TrustListing: Codable, Hashable, Sendable {
    /// One authority's certificate.
    package struct Authority: Codable, Hashable, Sendable {
        /// What it is to us.
        package enum Standing: String, Codable, Sendable {
            /// Chosen: trusted for what it is.
            case anchor
            /// Trusted through the certificates in `via`.
            case linked
            /// A link whose way leads to nothing that was chosen: not trusted.
            case unanchored
        }

        /// Subject.
        package let subject: String
        /// Two-letter country; nil when absent.
        package let country: String?
        /// SHA-256 of the certificate.
        package let sha256: String
        /// First moment of validity.
        package let notBefore: Timestamp
        /// Last moment of validity.
        package let notAfter: Timestamp
        /// Whether it is valid now.
        package let expired: Bool
        /// What it is to us.
        package let standing: Standing
        /// Fingerprints on the way to the chosen one, which is last; empty for the chosen and the unanchored.
        package let via: [String]
        /// Where it came from.
        package let source: TrustSource
    }

    /// One revocation list.
    package struct List: Codable, Hashable, Sendable {
        /// The authority that issued it.
        package let issuer: String
        /// SHA-256 of the certificate whose key signed it; nil when that is trusted no more.
        package let signedBy: String?
        /// When it was issued.
        package let thisUpdate: Timestamp
        /// When the next is due; nil when it does not say.
        package let nextUpdate: Timestamp?
        /// Its age in whole days.
        package let ageDays: Int
        /// Whether a newer one is overdue.
        package let outdated: Bool
        /// How many certificates it names.
        package let revoked: Int
    }

    /// Certificates, by country and subject.
    package let authorities: [Authority]
    /// Revocation lists, by issuer.
    package let revocationLists: [List]
}

extension TrustStore {
    /// The store, judged at a time.
    /// - Parameter countries: two-letter codes to show, in any case; none shows all.
    package func listing(at now: Timestamp, countries: [String] = []) -> TrustListing {
        let anchors = anchors
        let wanted = Set(countries.map { $0.uppercased() })
        func isWanted(_ country: String?) -> Bool { wanted.isEmpty || wanted.contains(country ?? "") }
        return TrustListing(
            authorities: authorities.filter { isWanted($0.certificate.country) }.map { entry in
                let certificate = entry.certificate
                let path = anchors.path(from: certificate)
                return TrustListing.Authority(
                    subject: certificate.subjectText,
                    country: certificate.country,
                    sha256: certificate.fingerprint,
                    notBefore: certificate.notBefore,
                    notAfter: certificate.notAfter,
                    expired: now > certificate.notAfter,
                    standing: !entry.isLink ? .anchor : path == nil ? .unanchored : .linked,
                    via: path?.dropFirst().map(\.fingerprint) ?? [],
                    source: entry.source
                )
            }.sorted { ($0.country ?? "", $0.subject, $0.sha256) < ($1.country ?? "", $1.subject, $1.sha256) },
            revocationLists: lists.filter { isWanted(DistinguishedName.country($0.list.issuer)) }.map { held in
                TrustListing.List(
                    issuer: held.list.issuerText,
                    signedBy: anchors.issuer(of: held.list)?.fingerprint,
                    thisUpdate: held.list.thisUpdate,
                    nextUpdate: held.list.nextUpdate,
                    ageDays: held.list.ageInDays(at: now),
                    outdated: held.list.isOutdated(at: now),
                    revoked: held.list.serials.count
                )
            }.sorted { $0.issuer < $1.issuer }
        )
    }
}
