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
    /// Opens follow-up data; nil leaves the station locked.
    let dataKey: StationDataKey?

    /// Names of the credentials.
    enum Name {
        static let signingKey = "signing-key"
        static let tlsKey = "tls-key.pem"
        static let dataKey = "data-key"
    }

    /// Throws `credentialMissing`, `keyInvalid`, `permissionDenied`.
    init(_ configuration: StationConfiguration) throws {
        let directory =
            try configuration.credentialsDirectory.map { CredentialDirectory(path: $0) } ?? CredentialDirectory()
        let seed = try directory.secret(Name.signingKey, maximumBytes: 32)
        let keyID = configuration.upstream?.signingKeyID ?? configuration.stationID
        signingKey = try StationSigningKey(keyId: keyID, seed: seed.unredacted)
        tlsKey =
            configuration.upstream == nil
            ? nil : try directory.secret(Name.tlsKey, maximumBytes: Limits.Process.configurationBytes)
        dataKey =
            directory.contains(Name.dataKey)
            ? try StationDataKey(bytes: try directory.secret(Name.dataKey, maximumBytes: 32)) : nil
    }
}
