package import DocumentCrypto
import StationCore

/// Ways from an authority's certificate to one that an administrator chose.
///
/// Link certificates are no intermediates (ICAO 9303-12, 2): they carry trust from a country's old key to its new one,
/// and the new key then signs by itself.
extension TrustAnchors {
    /// The certificates from this one to the chosen one, both included; nil when no way leads there. At most
    /// `Limits.Trust.linkDepth` links; each was issued while its issuer was valid.
    package func path(from authority: Certificate) -> [Certificate]? {
        var seen: Set<Certificate> = []
        return path(from: authority, depth: 0, seen: &seen)
    }

    /// The authorities that signed a certificate by their name and key; those whose key identifier it names first.
    package func issuers(of certificate: Certificate) -> [Certificate] {
        let named = (self.certificates + links).filter {
            DistinguishedName.matches($0.subject, certificate.issuer)
        }
        let wanted = certificate.authorityKeyIdentifier
        let (likely, others) = (
            named.filter { wanted != nil && $0.subjectKeyIdentifier == wanted },
            named.filter { wanted == nil || $0.subjectKeyIdentifier != wanted }
        )
        let found = likely.filter { certificate.isSigned(by: $0) }
        return found.isEmpty ? others.filter { certificate.isSigned(by: $0) } : found
    }

    /// All names under which the authority of this name is known: renamed authorities are tied by trusted links.
    func names(tiedTo name: [UInt8]) -> [[UInt8]] {
        var names = [name]
        for _ in 0..<Limits.Trust.linkDepth {
            let before = names.count
            for link in links where !DistinguishedName.matches(link.subject, link.issuer) {
                let hasSubject = names.contains { DistinguishedName.matches($0, link.subject) }
                let hasIssuer = names.contains { DistinguishedName.matches($0, link.issuer) }
                guard hasSubject != hasIssuer, path(from: link) != nil else { continue }
                names.append(hasSubject ? link.issuer : link.subject)
            }
            if names.count == before { break }
        }
        return names
    }

    private func path(from authority: Certificate, depth: Int, seen: inout Set<Certificate>) -> [Certificate]? {
        if certificates.contains(authority) { return [authority] }
        guard depth < Limits.Trust.linkDepth, seen.insert(authority).inserted, links.contains(authority) else {
            return nil
        }
        for issuer in issuers(of: authority) where issuer != authority {
            guard authority.notBefore >= issuer.notBefore, authority.notBefore <= issuer.notAfter else { continue }
            if let rest = path(from: issuer, depth: depth + 1, seen: &seen) { return [authority] + rest }
        }
        return nil
    }
}
