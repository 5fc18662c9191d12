package import DocumentCrypto
package import StationCore

/// What revocation lists say about a certificate (ICAO 9303-12, 6.1.2 and appendix D).
package enum Revocation: Hashable, Sendable {
    /// The newest list does not name it.
    case notRevoked(RevocationList)
    /// A list names it, or the authority above it.
    case revoked(RevocationList)
    /// No believable list of its authority is there.
    case noList
    /// The newest list does not name it, but a newer one is overdue.
    case listOutdated(RevocationList)
    /// The newest list does not name it; how old it is, nobody knows, since the clock is not to be trusted.
    case ageUnknown(RevocationList)

    /// Why revocation is unknown, for findings; nil when it is known.
    package var unknownReason: String? {
        switch self {
        case .notRevoked, .revoked: nil
        case .noList: "revocationUnknown"
        case .listOutdated: "revocationUnknownListOutdated"
        case .ageUnknown: "revocationUnknownClock"
        }
    }
}

extension RevocationList {
    /// Whole days since it was issued; never negative.
    package func ageInDays(at time: Timestamp) -> Int {
        Int(max(0, time.milliseconds - thisUpdate.milliseconds) / 86_400_000)
    }

    /// Whether a newer list should be there: by its own word, or by ICAO's 90 days.
    package func isOutdated(at time: Timestamp) -> Bool {
        time > (nextUpdate ?? thisUpdate.adding(Limits.Trust.revocationListDuration))
    }
}

extension TrustAnchors {
    /// The trusted authority that signed a list; nil when none did.
    package func issuer(of list: RevocationList) -> Certificate? {
        let named = (certificates + links).filter {
            DistinguishedName.matches($0.subject, list.issuer) && $0.keyUsage?.contains(.crlSign) != false
        }
        let first = named.filter { $0.subjectKeyIdentifier == list.authorityKeyIdentifier }
        let rest = named.filter { $0.subjectKeyIdentifier != list.authorityKeyIdentifier }
        return (first + rest).first { list.isSigned(by: $0) && path(from: $0) != nil }
    }

    /// Looks a signer and the authorities above it up. An authority's list is signed by its newest key and speaks of
    /// what all its keys signed, under all its names (9303-12, 7.1.4).
    package func revocation(of signer: Certificate, below path: [Certificate], at time: Timestamp?) -> Revocation {
        let names = names(tiedTo: signer.issuer)
        let lists = revocationLists.filter { list in names.contains { DistinguishedName.matches($0, list.issuer) } }
            .filter { issuer(of: $0) != nil }
            .sorted { $0.thisUpdate > $1.thisUpdate }
        let affected =
            [signer]
            + path.filter { authority in
                names.contains { DistinguishedName.matches($0, authority.issuer) }
            }
        if let list = lists.first(where: { list in affected.contains { list.revokes($0) } }) { return .revoked(list) }
        guard let newest = lists.first else { return .noList }
        guard let time else { return .ageUnknown(newest) }
        return newest.isOutdated(at: time) ? .listOutdated(newest) : .notRevoked(newest)
    }
}
