import Crypto
import Foundation
import StationCore
import SwiftASN1
import X509

/// A private certification authority for training and tests: P-256, made once, with server and station certificates.
///
/// Its key lies beside it without protection, so it vouches for nothing outside its own directory.
struct ThrowAwayAuthority {
    /// A certificate and its key, both PEM.
    struct Identity {
        let certificate: [UInt8]
        let privateKey: [UInt8]
    }

    let identity: Identity
    private let key: Certificate.PrivateKey
    private let name: DistinguishedName

    /// Years that everything it issues is valid: a training set-up must not die of its calendar.
    private static let years = 10

    /// A new authority.
    init(at now: Timestamp) throws {
        let raw = P256.Signing.PrivateKey()
        let key = Certificate.PrivateKey(raw)
        let name = try DistinguishedName { CommonName("Intake training CA \(Hex.text(SystemRandomSource().bytes(4)))") }
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
            Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            SubjectKeyIdentifier(hash: key.publicKey)
        }
        let certificate = try Self.issue(
            subject: name,
            key: key.publicKey,
            at: now,
            extensions: extensions,
            issuer: name,
            issuerKey: key
        )
        identity = try Identity(certificate: Self.pem(certificate), privateKey: Array(raw.pemRepresentation.utf8))
        self.key = key
        self.name = name
    }

    /// The authority whose files these are. Throws `keyInvalid`.
    init(identity: Identity) throws {
        self.identity = identity
        do {
            let certificate = try Certificate(pemEncoded: String(decoding: identity.certificate, as: UTF8.self))
            key = try Certificate.PrivateKey(pemEncoded: String(decoding: identity.privateKey, as: UTF8.self))
            name = certificate.subject
        } catch {
            throw Failure(.keyInvalid, "the training CA's certificate or key cannot be read")
        }
    }

    /// A server identity for this host's loopback names and addresses.
    func server(at now: Timestamp) throws -> Identity {
        let names: [GeneralName] = [
            .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
            .ipAddress(ASN1OctetString(contentBytes: ArraySlice([UInt8](repeating: 0, count: 15) + [1]))),
        ]
        return try leaf(commonName: "localhost", usage: .serverAuth, alternativeNames: names, at: now)
    }

    /// A station's client identity; its subject CN is the station's name on the wire.
    /// - Parameter privateKey: a key that the station has already, PEM; nil makes a new one. Throws `keyInvalid` for one
    ///   that cannot be read.
    func station(_ stationId: StationID, privateKey: [UInt8]? = nil, at now: Timestamp) throws -> Identity {
        let key = try privateKey.map { pem in
            guard let key = try? P256.Signing.PrivateKey(pemRepresentation: String(decoding: pem, as: UTF8.self)) else {
                throw Failure(.keyInvalid, "the station's key cannot be read")
            }
            return key
        }
        return try leaf(commonName: stationId.text, usage: .clientAuth, alternativeNames: [], key: key, at: now)
    }

    private func leaf(
        commonName: String,
        usage: ExtendedKeyUsage.Usage,
        alternativeNames: [GeneralName],
        key existing: P256.Signing.PrivateKey? = nil,
        at now: Timestamp
    ) throws -> Identity {
        let raw = existing ?? P256.Signing.PrivateKey()
        let publicKey = Certificate.PrivateKey(raw).publicKey
        let subject = try DistinguishedName { CommonName(commonName) }
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([usage])
            SubjectKeyIdentifier(hash: publicKey)
            AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: key.publicKey).keyIdentifier)
            if !alternativeNames.isEmpty { SubjectAlternativeNames(alternativeNames) }
        }
        let certificate = try Self.issue(
            subject: subject,
            key: publicKey,
            at: now,
            extensions: extensions,
            issuer: name,
            issuerKey: key
        )
        return try Identity(certificate: Self.pem(certificate), privateKey: Array(raw.pemRepresentation.utf8))
    }

    private static func issue(
        subject: DistinguishedName,
        key: Certificate.PublicKey,
        at now: Timestamp,
        extensions: Certificate.Extensions,
        issuer: DistinguishedName,
        issuerKey: Certificate.PrivateKey
    ) throws -> Certificate {
        // An hour back, so that a station whose clock is a little late can use it at once.
        let start = Date(timeIntervalSince1970: Double(now.milliseconds / 1_000 - 3_600))
        return try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: key,
            notValidBefore: start,
            notValidAfter: start.addingTimeInterval(Double(years) * 365.25 * 86_400),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions,
            issuerPrivateKey: issuerKey
        )
    }

    private static func pem(_ certificate: Certificate) throws -> [UInt8] {
        Array((try certificate.serializeAsPEM().pemString + "\n").utf8)
    }
}
