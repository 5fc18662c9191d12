package import StationCore
package import Uplink

/// The stations that upstream knows, with every signing key each ever had: a retired key still verifies a backlog.
package struct StationRegistry: Sendable {
    private var keys: [StationID: [WireName: VerifyingKey]] = [:]

    /// An empty registry.
    package init() {}

    /// Adds a station's key. Throws `keyInvalid` when the name already stands for other bytes.
    package mutating func register(_ key: VerifyingKey, of stationId: StationID) throws {
        if let known = keys[stationId]?[key.keyId], known.rawRepresentation != key.rawRepresentation {
            throw Failure(.keyInvalid, "\(stationId.text) already has another key \(key.keyId.text)")
        }
        keys[stationId, default: [:]][key.keyId] = key
    }

    /// Whether the station is enrolled.
    package func knows(_ stationId: StationID) -> Bool { keys[stationId] != nil }

    /// The station's key of this name.
    package func key(_ keyId: WireName, of stationId: StationID) -> VerifyingKey? { keys[stationId]?[keyId] }
}

/// How the registry lies on disk, and what a station is told of the authority.
struct RegistryFile: Codable {
    struct Key: Codable {
        let keyId: WireName
        /// 32 bytes, base64.
        let publicKey: String
    }

    struct Station: Codable {
        let stationId: StationID
        var signingKeys: [Key]
    }

    var stations: [Station]

    func registry() throws -> StationRegistry {
        var registry = StationRegistry()
        for station in stations {
            for key in station.signingKeys {
                guard let bytes = strictBase64(key.publicKey) else { throw Failure(.keyInvalid, key.keyId.text) }
                try registry.register(
                    try VerifyingKey(keyId: key.keyId, rawRepresentation: bytes),
                    of: station.stationId
                )
            }
        }
        return registry
    }
}
