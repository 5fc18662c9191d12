import Foundation
import HostIntegration
import StationCore
import Store
import Uplink

/// What the service manager hands over, read once at start: never in the configuration, never in the state directory.
struct StationSecrets: Sendable {
    /// Signs items and audit heads.
    let signingKey: StationSigningKey
    /// PEM of the TLS key; nil without an upstream.
    let tlsKey: Redacted<[UInt8]>?
    /// Opens follow-up data, 32 bytes; nil leaves that to the operators' secrets.
    let dataKey: Redacted<[UInt8]>?

    /// Names of the credentials.
    enum Name {
        /// Base64 of the 32-byte Ed25519 seed.
        static let signingKey = "signing.key"
        /// PEM of the TLS client key.
        static let tlsKey = "client.key"
        /// Base64 of 32 bytes.
        static let dataKey = "data.key"
    }

    /// Throws `credentialMissing`, `keyInvalid`, `permissionDenied`.
    init(_ configuration: StationConfiguration) throws {
        let directory =
            try configuration.credentialsDirectory.map { CredentialDirectory(path: $0) } ?? CredentialDirectory()
        let keyID = configuration.upstream?.signingKeyID ?? configuration.stationID
        signingKey = try StationSigningKey(keyId: keyID, seed: try Self.secret(Name.signingKey, directory).unredacted)
        tlsKey =
            configuration.upstream == nil
            ? nil : try directory.secret(Name.tlsKey, maximumBytes: Limits.Process.configurationBytes)
        dataKey = directory.contains(Name.dataKey) ? try Self.secret(Name.dataKey, directory) : nil
    }

    /// A secret of 32 bytes that is kept as a line of base64.
    private static func secret(_ name: String, _ directory: CredentialDirectory) throws(Failure) -> Redacted<[UInt8]> {
        let text = String(decoding: try directory.secret(name, maximumBytes: 64).unredacted, as: UTF8.self)
        guard let data = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)), data.count == 32
        else { throw Failure(.keyInvalid, "\(name) is not the base64 of 32 bytes") }
        return Redacted(Array(data))
    }
}
