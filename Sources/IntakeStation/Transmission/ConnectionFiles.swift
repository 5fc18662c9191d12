import Foundation
import StationCore
import Uplink

/// The files that a connection to upstream is made with, but for the key: the station's certificate and upstream's CA.
struct ConnectionFiles {
    private let chain: [UInt8]
    private let roots: [UInt8]

    /// Reads them. Throws `configurationInvalid` for a file that cannot be read and for a certificate that is another
    /// station's: what is sealed and signed under a wrong name is rejected for good.
    init(_ upstream: StationConfiguration.Upstream, of station: StationID) throws(Failure) {
        chain = try Self.contents(upstream.certificate, "upstream.certificate")
        roots = try Self.contents(upstream.certificateAuthority, "upstream.certificateAuthority")
        let named = try TLSCredentials.station(chainPEM: chain, trustRootsPEM: roots)
        guard named == station else {
            throw Failure(
                .configurationInvalid, "station.id is \(station.text), but upstream.certificate is \(named.text)'s")
        }
    }

    /// With the key that the service manager hands over. Throws `credentialMissing`, `keyInvalid`.
    func credentials(_ secrets: StationSecrets) throws -> TLSCredentials {
        guard let key = secrets.tlsKey else { throw Failure(.credentialMissing, StationSecrets.Name.tlsKey) }
        return try TLSCredentials(chainPEM: chain, privateKeyPEM: key, trustRootsPEM: roots)
    }

    private static func contents(_ path: String, _ setting: String) throws(Failure) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Limits.Process.configurationBytes
        else { throw Failure(.configurationInvalid, "\(setting): \(path) cannot be read") }
        return Array(data)
    }
}
