package import DocumentCrypto
public import StationCore

import struct Foundation.Data

/// The country signing certificates (CSCA) that this station trusts. Supplied by the operator: none is built in.
public struct TrustAnchors: Hashable, Sendable {
    /// The certificates.
    package let certificates: [Certificate]

    /// No anchors: every chain ends in `issuerNotAnchored`.
    public static let none = TrustAnchors(certificates: [])

    package init(certificates: [Certificate]) { self.certificates = certificates }

    /// How many there are.
    public var count: Int { certificates.count }

    /// Subject and validity of each, for people.
    public var summaries: [(subject: String, notBefore: Timestamp, notAfter: Timestamp)] {
        certificates.map { ($0.subjectText, $0.notBefore, $0.notAfter) }
    }

    /// Reads one or more certificates, PEM or DER. Throws `configurationInvalid` when one cannot be read, is not a
    /// certificate authority, or may not sign certificates: an anchor is chosen by people and must be right.
    public init(_ bytes: [UInt8]) throws(Failure) {
        var certificates: [Certificate] = []
        for der in try Self.split(bytes) {
            guard certificates.count < Limits.Card.trustAnchors else {
                throw Failure(.configurationInvalid, "more trust anchors than \(Limits.Card.trustAnchors)")
            }
            let certificate: Certificate
            do { certificate = try Certificate(der: der) } catch {
                throw Failure(.configurationInvalid, "trust anchor: \(error)")
            }
            guard certificate.isAuthority, certificate.keyUsage?.contains(.keyCertSign) ?? true else {
                throw Failure(.configurationInvalid, "trust anchor is no authority: \(certificate.subjectText)")
            }
            if certificate.isSelfIssued, !certificate.isSigned(by: certificate) {
                throw Failure(.configurationInvalid, "trust anchor's own signature: \(certificate.subjectText)")
            }
            certificates.append(certificate)
        }
        self.init(certificates: certificates)
    }

    /// These and others, without repeats.
    public func adding(_ others: TrustAnchors) -> TrustAnchors {
        TrustAnchors(certificates: certificates + others.certificates.filter { !certificates.contains($0) })
    }

    private static func split(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
        guard let text = String(validating: bytes, as: UTF8.self), text.contains("-----BEGIN CERTIFICATE-----") else {
            return [bytes]
        }
        var result: [[UInt8]] = []
        for part in text.split(separator: "-----BEGIN CERTIFICATE-----").dropFirst(
            text.hasPrefix("-----BEGIN CERTIFICATE-----") ? 0 : 1
        ) {
            guard let end = part.range(of: "-----END CERTIFICATE-----"),
                let der = Data(base64Encoded: String(part[..<end.lowerBound].filter { !$0.isWhitespace }))
            else { throw Failure(.configurationInvalid, "trust anchor: PEM") }
            result.append(Array(der))
        }
        return result
    }
}
