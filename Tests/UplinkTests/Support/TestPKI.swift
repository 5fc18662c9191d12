import Crypto
import Foundation
import NIOSSL
import StationCore
import SwiftASN1
import X509

@testable import Uplink

/// A throw-away P-256 certificate authority.
struct TestAuthority {
    let key = P256.Signing.PrivateKey()
    let certificate: Certificate

    init(_ name: String) {
        let name = try! DistinguishedName { CommonName(name) }
        let key = Certificate.PrivateKey(self.key)
        certificate = try! Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: .now - 86_400,
            notValidAfter: .now + 86_400, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
            }, issuerPrivateKey: key)
    }

    struct Issued {
        let certificatePEM: [UInt8]
        let keyPEM: [UInt8]
    }

    func issue(
        _ commonName: String, host: String? = nil, from: Date = .now - 3_600, until: Date = .now + 3_600
    ) -> Issued {
        let key = P256.Signing.PrivateKey()
        let wrapped = Certificate.PrivateKey(key)
        let certificate = try! Certificate(
            version: .v3, serialNumber: .init(), publicKey: wrapped.publicKey, notValidBefore: from,
            notValidAfter: until, issuer: self.certificate.subject,
            subject: try! DistinguishedName { CommonName(commonName) }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try! ExtendedKeyUsage([.serverAuth, .clientAuth])
                SubjectAlternativeNames([.dnsName(host ?? "station.invalid")])
            }, issuerPrivateKey: Certificate.PrivateKey(self.key))
        return Issued(
            certificatePEM: Array(try! certificate.serializeAsPEM().pemString.utf8),
            keyPEM: Array(key.pemRepresentation.utf8))
    }

    var pem: [UInt8] { Array(try! certificate.serializeAsPEM().pemString.utf8) }
}

/// One world: the CA of upstream and stations.
struct TestPKI {
    let authority = TestAuthority("Test upstream CA")
    let server: TestAuthority.Issued
    let station: TestAuthority.Issued

    init() {
        server = authority.issue("upstream", host: "localhost")
        station = authority.issue("station-07")
    }

    func credentials(
        station: TestAuthority.Issued? = nil, trusting other: TestAuthority? = nil
    ) -> TLSCredentials {
        let station = station ?? self.station
        return try! TLSCredentials(
            chainPEM: station.certificatePEM, privateKeyPEM: Redacted(station.keyPEM),
            trustRootsPEM: (other ?? authority).pem)
    }

    func serverConfiguration(
        _ server: TestAuthority.Issued? = nil, clientAuthority: TestAuthority? = nil, maximum: TLSVersion? = nil
    ) -> TLSConfiguration {
        let server = server ?? self.server
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try! NIOSSLCertificate.fromPEMBytes(server.certificatePEM).map { .certificate($0) },
            privateKey: .privateKey(try! NIOSSLPrivateKey(bytes: server.keyPEM, format: .pem)))
        configuration.minimumTLSVersion = maximum == nil ? .tlsv13 : .tlsv1
        configuration.maximumTLSVersion = maximum
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(
            try! NIOSSLCertificate.fromPEMBytes((clientAuthority ?? authority).pem))
        return configuration
    }
}
