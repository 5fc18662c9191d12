import NIOSSL
package import StationCore

/// What the station shows to upstream and what it trusts, for TLS 1.3.
package struct TLSCredentials: Sendable {
    /// The station's certificate and the intermediates above it.
    let chain: [NIOSSLCertificate]
    let privateKey: NIOSSLPrivateKey
    /// The private CA; nothing else is trusted, the host's own roots least of all.
    let trustRoots: [NIOSSLCertificate]

    /// Reads PEM. Throws `credentialMissing` when there is no certificate, `keyInvalid` when something is not what it
    /// should be.
    package init(chainPEM: [UInt8], privateKeyPEM: Redacted<[UInt8]>, trustRootsPEM: [UInt8]) throws {
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(chainPEM)
            trustRoots = try NIOSSLCertificate.fromPEMBytes(trustRootsPEM)
            privateKey = try NIOSSLPrivateKey(bytes: privateKeyPEM.unredacted, format: .pem)
        } catch {
            throw Failure(.keyInvalid, "the connection's certificate, key or CA cannot be read")
        }
        guard !chain.isEmpty, !trustRoots.isEmpty else {
            throw Failure(.credentialMissing, "the connection needs a certificate and a CA")
        }
        do {
            // The library compares certificate and key: a pair that does not match would fail at every handshake.
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(.keyInvalid, "the connection's certificate and key do not belong together")
        }
    }

    /// The station that a chain in PEM shows to upstream. Throws `credentialMissing` when there is no certificate, `keyInvalid`
    /// for one that names no station, and for a CA that cannot be read.
    package static func station(chainPEM: [UInt8], trustRootsPEM: [UInt8]) throws(Failure) -> StationID {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(chainPEM),
            let roots = try? NIOSSLCertificate.fromPEMBytes(trustRootsPEM)
        else { throw Failure(.keyInvalid, "the connection's certificate or CA cannot be read") }
        guard let leaf = chain.first, !roots.isEmpty else {
            throw Failure(.credentialMissing, "the connection needs a certificate and a CA")
        }
        guard let station = (try? leaf.toDERBytes()).flatMap(StationCertificate.station) else {
            throw Failure(.keyInvalid, "the connection's certificate names no station (subject CN)")
        }
        return station
    }

    /// The last moment of the station's own certificate.
    package var notAfter: Timestamp { Timestamp(milliseconds: Int64(chain[0].notValidAfter) * 1_000) }

    /// The first moment at which the station's own certificate and the CA can both be valid. A clock that reads less is
    /// behind.
    package var notBefore: Timestamp {
        let moments = (chain.prefix(1) + trustRoots).map { Int64($0.notValidBefore) }
        return Timestamp(milliseconds: (moments.max() ?? 0) * 1_000)
    }

    /// The settings of every connection.
    var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.trustRoots = .certificates(trustRoots)
        configuration.additionalTrustRoots = []
        configuration.certificateVerification = .fullVerification
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = .privateKey(privateKey)
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }

    /// What speaks against connecting at all. In TLS 1.3 upstream's refusal of our certificate may arrive as a bare
    /// reset, so that what can be known here is looked at here.
    func obstacle(at now: Timestamp, quality: ClockQuality) -> TransportFault? {
        // A clock that nobody vouches for and that reads less than certificates which exist is behind. One that is
        // synchronized may be right and the certificate of tomorrow: upstream's word decides.
        if quality != .synchronized, now < notBefore {
            return TransportFault(.clockSuspect, mayHaveArrived: false, "the clock reads less than the certificates")
        }
        if quality == .suspect { return nil }
        guard now >= notAfter else { return nil }
        return TransportFault(.clientCertificateExpired, mayHaveArrived: false, "expired \(notAfter.text)")
    }
}
