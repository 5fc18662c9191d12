import ChipDocument
import DocumentCrypto
package import StationCore

/// What an administrator says about one import.
package struct TrustImportOptions: Sendable {
    /// SHA-256 fingerprints, lower case, of master list signers that the administrator compared with the publisher.
    package let acceptedSigners: Set<String>
    /// Two-letter countries to take from master lists; nil takes all.
    package let countries: Set<String>?
    /// When it happens.
    package let now: Timestamp

    /// Takes all three; fingerprints and countries in any case, fingerprints with or without colons.
    package init(acceptedSigners: [String], countries: [String], now: Timestamp) {
        self.acceptedSigners = Set(acceptedSigners.map { $0.lowercased().filter { $0 != ":" } })
        self.countries = countries.isEmpty ? nil : Set(countries.map { $0.uppercased() })
        self.now = now
    }
}

/// What one file brought.
package struct TrustImportReport: Codable, Hashable, Sendable {
    /// A certificate of a master list that was not taken.
    package struct Refused: Codable, Hashable, Sendable {
        /// Place on the list, from 1; nil when it could be read.
        package let position: Int?
        /// Subject; nil when it could not be read.
        package let subject: String?
        /// Why.
        package let reason: String
    }

    /// A master list's signer.
    package struct Signer: Codable, Hashable, Sendable {
        /// How it came to be believed.
        package enum Standing: String, Codable, Sendable {
            /// An authority that was trusted before vouches for it.
            case anchored
            /// The administrator compared its fingerprint with the publisher.
            case accepted
        }

        /// Subject of its certificate.
        package let subject: String
        /// SHA-256 of its certificate.
        package let sha256: String
        /// When it signed; nil when it does not say.
        package let signedAt: Timestamp?
        /// How it came to be believed.
        package let standing: Standing
        /// Subject of the trusted authority that vouches for it; nil when none does.
        package let anchor: String?
    }

    /// The file.
    package let file: String
    /// Certificates of authorities that are new, or that were only known from a list before.
    package internal(set) var authoritiesAdded = 0
    /// Link certificates that are new.
    package internal(set) var linksAdded = 0
    /// Certificates that were there before.
    package internal(set) var known = 0
    /// Certificates of countries that were not asked for.
    package internal(set) var otherCountries = 0
    /// Revocation lists that are new.
    package internal(set) var revocationListsAdded = 0
    /// What a master list holds beyond that.
    package internal(set) var refused: [Refused] = []
    /// The signers of the master lists inside.
    package internal(set) var signers: [Signer] = []

    init(file: String) { self.file = file }

    /// Whether the file brought anything new.
    package var isNew: Bool { authoritiesAdded + linksAdded + revocationListsAdded > 0 }
}

extension TrustStore {
    /// Takes files in: certificates first, then the master lists that they may vouch for, then revocation lists. Throws,
    /// naming the file, when one cannot be taken; the store is then to be thrown away. Failures: `trustFileInvalid`,
    /// `trustSignerUnverified`.
    package mutating func take(
        _ files: [(name: String, bytes: [UInt8])],
        _ options: TrustImportOptions
    ) throws(Failure) -> [TrustImportReport] {
        guard files.count <= Limits.Trust.files else { throw Failure(.trustFileInvalid, "too many files") }
        var reports: [TrustImportReport] = []
        var pieces: [(index: Int, piece: TrustPiece)] = []
        for (index, file) in files.enumerated() {
            reports.append(TrustImportReport(file: file.name))
            do throws(Failure) {
                let found = try TrustPiece.pieces(of: file.bytes)
                guard !found.isEmpty else { throw Failure(.trustFileInvalid, "nothing inside") }
                pieces += found.map { (index, $0) }
            } catch { throw error.naming(file.name) }
        }
        for (index, piece) in pieces {
            guard case .certificate(let certificate) = piece else { continue }
            do throws(Failure) { try take(certificate, options, &reports[index]) } catch {
                throw error.naming(files[index].name)
            }
        }
        for (index, piece) in pieces {
            guard case .masterList(let list) = piece else { continue }
            do throws(Failure) { try take(list, options, &reports[index]) } catch {
                throw error.naming(files[index].name)
            }
        }
        for (index, piece) in pieces {
            guard case .revocationList(let list) = piece else { continue }
            do throws(Failure) { try take(list, options, &reports[index]) } catch {
                throw error.naming(files[index].name)
            }
        }
        return reports
    }

    private mutating func take(
        _ certificate: Certificate,
        _ options: TrustImportOptions,
        _ report: inout TrustImportReport
    ) throws(Failure) {
        let role = AuthorityRole(of: certificate)
        if case .refused(let reason) = role {
            throw Failure(.trustFileInvalid, "\(reason.rawValue): \(certificate.subjectText)")
        }
        let source = TrustSource(kind: .file, importedAt: options.now, signer: nil, signerSHA256: nil)
        try add(certificate, role, source, &report)
    }

    private mutating func take(
        _ list: MasterList,
        _ options: TrustImportOptions,
        _ report: inout TrustImportReport
    ) throws(Failure) {
        let signer = try believed(list, options)
        report.signers.append(signer)
        report.refused += list.unreadable.map {
            TrustImportReport.Refused(position: $0.position, subject: nil, reason: $0.reason)
        }
        let source = TrustSource(
            kind: .masterList,
            importedAt: options.now,
            signer: signer.subject,
            signerSHA256: signer.sha256
        )
        for certificate in list.certificates {
            if let countries = options.countries, !countries.contains(certificate.country ?? "") {
                report.otherCountries += 1
                continue
            }
            let role = AuthorityRole(of: certificate)
            if case .refused(let reason) = role {
                report.refused.append(
                    TrustImportReport.Refused(position: nil, subject: certificate.subjectText, reason: reason.rawValue)
                )
            } else {
                try add(certificate, role, source, &report)
            }
        }
    }

    /// Why a list's signer is believed. An authority that the list itself brings vouches for nothing: anybody can make
    /// both.
    private func believed(
        _ list: MasterList,
        _ options: TrustImportOptions
    ) throws(Failure) -> TrustImportReport.Signer {
        let certificate = list.signer.certificate
        func signer(_ standing: TrustImportReport.Signer.Standing, _ anchor: Certificate?) -> TrustImportReport.Signer {
            TrustImportReport.Signer(
                subject: certificate.subjectText,
                sha256: certificate.fingerprint,
                signedAt: list.signer.signingTime,
                standing: standing,
                anchor: anchor?.subjectText
            )
        }
        let who = "\(certificate.subjectText), SHA-256 \(certificate.fingerprint)"
        switch list.standing(anchors: vouchers, now: options.now) {
        case .anchored(let anchor): return signer(.anchored, anchor)
        case .refused(.revoked): throw Failure(.trustFileInvalid, "signer revoked: \(who)")
        case .issuerInListOnly(let authority):
            if options.acceptedSigners.contains(certificate.fingerprint) { return signer(.accepted, nil) }
            throw Failure(.trustSignerUnverified, "\(who), issued by \(authority.subjectText) of the same list")
        case .issuerUnknown:
            if options.acceptedSigners.contains(certificate.fingerprint) { return signer(.accepted, nil) }
            throw Failure(.trustSignerUnverified, "\(who), issuer not at hand")
        case .refused(let outcome):
            if options.acceptedSigners.contains(certificate.fingerprint) { return signer(.accepted, nil) }
            throw Failure(.trustSignerUnverified, "\(who), \(outcome.rawValue)")
        }
    }

    /// Who may vouch for a master list: authorities that were chosen one by one. One that came on a list may sign
    /// documents of its country, and must not add authorities for other countries.
    private var vouchers: TrustAnchors {
        let all = anchors
        return TrustAnchors(
            certificates: authorities.filter { !$0.isLink && $0.source.kind == .file }.map(\.certificate),
            links: all.links,
            revocationLists: all.revocationLists
        )
    }

    private mutating func take(
        _ list: RevocationList,
        _ options: TrustImportOptions,
        _ report: inout TrustImportReport
    ) throws(Failure) {
        if lists.contains(where: { $0.list == list }) {
            report.known += 1
            return
        }
        let anchors = anchors
        guard anchors.issuer(of: list) != nil else {
            throw Failure(.trustFileInvalid, "revocation list of no trusted authority: \(list.issuerText)")
        }
        let earlier = lists.filter { DistinguishedName.matches($0.list.issuer, list.issuer) }
        // Somebody who wants a revocation forgotten would bring the list from before.
        guard earlier.allSatisfy({ $0.list.thisUpdate <= list.thisUpdate }) else {
            throw Failure(.trustFileInvalid, "revocation list older than the one held: \(list.issuerText)")
        }
        lists.removeAll { earlier.contains($0) }
        guard lists.count < Limits.Trust.revocationLists else {
            throw Failure(.trustFileInvalid, "more than \(Limits.Trust.revocationLists) revocation lists")
        }
        lists.append(HeldList(list: list, importedAt: options.now))
        report.revocationListsAdded += 1
    }

    private mutating func add(
        _ certificate: Certificate,
        _ role: AuthorityRole,
        _ source: TrustSource,
        _ report: inout TrustImportReport
    ) throws(Failure) {
        if let index = authorities.firstIndex(where: { $0.certificate == certificate }) {
            guard source.kind == .file, authorities[index].source.kind == .masterList else {
                report.known += 1
                return
            }
            // It came on a list, and now somebody chose it: it may vouch for lists from here on.
            authorities.remove(at: index)
        }
        guard authorities.count < Limits.Trust.authorities else {
            throw Failure(.trustFileInvalid, "more than \(Limits.Trust.authorities) authorities")
        }
        authorities.append(Authority(certificate: certificate, isLink: role == .link, source: source))
        if role == .link { report.linksAdded += 1 } else { report.authoritiesAdded += 1 }
    }
}

extension Failure {
    fileprivate func naming(_ file: String) -> Failure {
        Failure(code, [file, detail].compactMap { $0 }.joined(separator: ": "))
    }
}
