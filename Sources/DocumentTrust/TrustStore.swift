package import ChipDocument
import DocumentCrypto
package import StationCore

import struct Foundation.Data

/// Where a trusted certificate came from.
package struct TrustSource: Codable, Hashable, Sendable {
    /// The kinds of sources.
    package enum Kind: String, Codable, Sendable {
        /// The certificate itself was imported.
        case file
        /// It stood on an imported master list.
        case masterList
    }

    /// Which kind.
    package let kind: Kind
    /// When it was imported.
    package let importedAt: Timestamp
    /// Subject of the master list's signer; nil for a file.
    package let signer: String?
    /// SHA-256 of the master list signer's certificate; nil for a file.
    package let signerSHA256: String?
}

/// Everything that an administrator imported; a value, so that an import happens as a whole or not at all.
package struct TrustStore: Hashable, Sendable {
    struct Authority: Hashable, Sendable {
        let certificate: Certificate
        let isLink: Bool
        let source: TrustSource
    }

    struct HeldList: Hashable, Sendable {
        let list: RevocationList
        let importedAt: Timestamp
    }

    var authorities: [Authority] = []
    var lists: [HeldList] = []

    /// An empty store: nothing is trusted.
    package init() {}

    /// What signers are judged by.
    package var anchors: TrustAnchors {
        TrustAnchors(
            certificates: authorities.filter { !$0.isLink }.map(\.certificate),
            links: authorities.filter(\.isLink).map(\.certificate),
            revocationLists: lists.map(\.list)
        )
    }

    /// Whether nothing was imported.
    package var isEmpty: Bool { authorities.isEmpty && lists.isEmpty }

    /// Takes the authorities out whose fingerprints start with these texts. Returns how many went; revocation lists that
    /// nobody trusted signs any more go with them.
    package mutating func remove(fingerprints: [String]) -> Int {
        let before = authorities.count
        authorities.removeAll { authority in
            fingerprints.contains { authority.certificate.fingerprint.hasPrefix($0.lowercased()) }
        }
        let anchors = anchors
        lists.removeAll { anchors.issuer(of: $0.list) == nil }
        return before - authorities.count
    }
}

extension TrustStore {
    /// The store's file.
    private struct Record: Codable {
        struct Authority: Codable {
            let certificate: Data
            let sha256: String
            let role: Role
            let source: TrustSource
        }

        enum Role: String, Codable {
            case anchor
            case link
        }

        struct List: Codable {
            let list: Data
            let sha256: String
            let importedAt: Timestamp
        }

        let version: Int
        let authorities: [Authority]
        let revocationLists: [List]
    }

    /// Reads the file's bytes. Throws `trustStoreDamaged` when a certificate is not the one whose digest stands there.
    package init(record bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.Trust.storeBytes else { throw Failure(.trustStoreDamaged, "too large") }
        let record: Record
        do { record = try StrictJSON.decode(Record.self, from: bytes) } catch {
            throw Failure(.trustStoreDamaged, "\(error)")
        }
        guard record.version == 1 else { throw Failure(.trustStoreDamaged, "version \(record.version)") }
        guard record.authorities.count <= Limits.Trust.authorities,
            record.revocationLists.count <= Limits.Trust.revocationLists
        else { throw Failure(.trustStoreDamaged, "too many entries") }
        do throws(CryptoFailure) {
            for entry in record.authorities {
                let certificate = try Certificate(der: Array(entry.certificate))
                guard certificate.fingerprint == entry.sha256 else { throw CryptoFailure.malformed("digest") }
                authorities.append(
                    Authority(certificate: certificate, isLink: entry.role == .link, source: entry.source)
                )
            }
            for entry in record.revocationLists {
                let list = try RevocationList(der: Array(entry.list))
                guard list.fingerprint == entry.sha256 else { throw CryptoFailure.malformed("digest") }
                lists.append(HeldList(list: list, importedAt: entry.importedAt))
            }
        } catch { throw Failure(.trustStoreDamaged, error.words) }
    }

    /// The file's bytes.
    package func record() throws -> [UInt8] {
        try StrictJSON.encode(
            Record(
                version: 1,
                authorities: authorities.map {
                    Record.Authority(
                        certificate: Data($0.certificate.der),
                        sha256: $0.certificate.fingerprint,
                        role: $0.isLink ? .link : .anchor,
                        source: $0.source
                    )
                },
                revocationLists: lists.map {
                    Record.List(list: Data($0.list.der), sha256: $0.list.fingerprint, importedAt: $0.importedAt)
                }
            )
        )
    }
}
