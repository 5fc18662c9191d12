import Foundation
package import StationCore
import SwiftASN1
import Uplink
import X509

/// Everything of one reference upstream: certificates, keys, registry, holdings. Throw-away, for training and tests.
///
/// `ca.pem`, `ca.key`, `server.pem`, `server.key`, `authority.json`, `recipients.json`, `stations.json`,
/// `upstream.sqlite`; and under `stations/ID` what a station needs: `ca.pem`, `client.pem`, `client.key`, `signing.key`
/// (base64 of the 32-byte Ed25519 seed), `station.json`, `keys.json` (the signed recipient-key list); after a renewal `client-renewed.pem` and, with a
/// new key, `client-renewed.key`.
package struct UpstreamDirectory: Sendable {
    /// The directory.
    package let path: String

    /// Names a directory; nothing is touched.
    package init(_ path: String) { self.path = path }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The embedded store.
    package var databasePath: String { file("upstream.sqlite") }

    /// Where a station's own files lie.
    package func stationPath(_ stationId: StationID) -> String { file("stations/\(stationId.text)") }

    private struct AuthorityFile: Codable {
        let keyId: WireName
        let seed: String
    }

    /// What a station pins: its own name and key, and who may sign receipts.
    package struct Enrolment: Codable, Sendable {
        /// An authority's key.
        package struct AuthorityKey: Codable, Sendable {
            /// Its name on the wire.
            package let keyId: WireName
            /// 32 bytes of an Ed25519 public key, base64.
            package let publicKey: String
        }

        /// The station's name: subject CN of `client.pem`.
        package let stationId: StationID
        /// Name of the key in `signing.key`.
        package let signingKeyId: WireName
        /// Keys that sign receipts and key lists.
        package let authorityKeys: [AuthorityKey]
    }

    /// Makes PKI and keys where there are none yet, then enrols each station that is not enrolled.
    ///
    /// - Returns: the stations enrolled now.
    /// - Throws: `diskWriteFailed`, `keyInvalid`, `configurationInvalid` for a station name that is no file name.
    package func initialize(
        stations: [StationID],
        at now: Timestamp,
        random: some RandomSource
    ) throws -> [StationID] {
        for station in stations where station.text.hasPrefix(".") {
            throw Failure(.configurationInvalid, "a station name must not begin with a dot")
        }
        try PrivateFile.makeDirectory(path)
        let lock = try DirectoryLock(path: path)
        defer { lock.release() }
        try PrivateFile.makeDirectory(file("stations"))
        // The registry is written last: a directory that has one is complete.
        if !FileManager.default.fileExists(atPath: file("stations.json")) { try create(at: now, random: random) }
        var enrolled: [StationID] = []
        for station in stations where try enrol(station, at: now) { enrolled.append(station) }
        return enrolled
    }

    private func create(at now: Timestamp, random: some RandomSource) throws {
        let authority = try ThrowAwayAuthority(at: now)
        try write(authority.identity, certificate: "ca.pem", key: "ca.key")
        try write(try authority.server(at: now), certificate: "server.pem", key: "server.key")
        guard let keyId = WireName("authority-\(Hex.text(random.bytes(4)))") else { throw Failure(.internalFault) }
        let seed = AuthoritySigningKey(generated: keyId).seed.unredacted
        try writeJSON(
            AuthorityFile(keyId: keyId, seed: Data(seed).base64EncodedString()),
            to: file("authority.json")
        )
        try writeJSON(try RecipientKeyFile.new(at: now, random: random), to: file("recipients.json"))
        try writeJSON(RegistryFile(stations: []), to: file("stations.json"))
    }

    private func enrol(_ stationId: StationID, at now: Timestamp) throws -> Bool {
        var registry = try readJSON(RegistryFile.self, "stations.json")
        guard !registry.stations.contains(where: { $0.stationId == stationId }) else { return false }
        let issuer = try issuer()
        let directory = stationPath(stationId)
        try PrivateFile.makeDirectory(directory)
        let relative = "stations/\(stationId.text)"
        try write(
            try issuer.station(stationId, at: now),
            certificate: "\(relative)/client.pem",
            key: "\(relative)/client.key"
        )
        try PrivateFile.write(issuer.identity.certificate, to: "\(directory)/ca.pem")
        guard let keyId = WireName("signing-1") else { throw Failure(.internalFault) }
        let signing = StationSigningKey(generated: keyId)
        try PrivateFile.write(
            Array("\(Data(signing.seed.unredacted).base64EncodedString())\n".utf8),
            to: "\(directory)/signing.key"
        )
        let keys = try keys()
        try writeJSON(
            Enrolment(
                stationId: stationId,
                signingKeyId: keyId,
                authorityKeys: [
                    .init(
                        keyId: keys.authority.keyId,
                        publicKey: Data(keys.authority.publicKey).base64EncodedString()
                    )
                ]
            ),
            to: "\(directory)/station.json"
        )
        try writeJSON(keys.published, to: "\(directory)/keys.json")
        registry.stations.append(
            .init(
                stationId: stationId,
                signingKeys: [.init(keyId: keyId, publicKey: Data(signing.publicKey).base64EncodedString())]
            )
        )
        try writeJSON(registry, to: file("stations.json"))
        return true
    }

    private func issuer() throws -> ThrowAwayAuthority {
        try ThrowAwayAuthority(
            identity: .init(
                certificate: PrivateFile.read(file("ca.pem")),
                privateKey: PrivateFile.read(file("ca.key"))
            )
        )
    }

    /// A client certificate that takes the place of one that runs out; both are good.
    package struct Renewal: Sendable {
        /// Where it was written, beside the old one.
        package let certificatePath: String
        /// Where its new key was written; nil where the station keeps its key.
        package let keyPath: String?
        /// The certificate's serial number, in hexadecimal.
        package let serial: String
    }

    /// Issues another client certificate to an enrolled station, beside the one that it has. Throws `configurationInvalid`
    /// for a station that is not enrolled, `credentialMissing`, `keyInvalid`, `diskWriteFailed`.
    package func renew(_ stationId: StationID, withNewKey isNewKey: Bool, at now: Timestamp) throws -> Renewal {
        guard try registry().knows(stationId) else {
            throw Failure(.configurationInvalid, "\(stationId.text) is not enrolled")
        }
        let directory = stationPath(stationId)
        let kept = isNewKey ? nil : try PrivateFile.read("\(directory)/client.key")
        let identity = try issuer().station(stationId, privateKey: kept, at: now)
        let serial = try Certificate(pemEncoded: String(decoding: identity.certificate, as: UTF8.self)).serialText
        let keyPath = isNewKey ? "\(directory)/client-renewed.key" : nil
        if let keyPath { try PrivateFile.write(identity.privateKey, to: keyPath) }
        let certificatePath = "\(directory)/client-renewed.pem"
        try PrivateFile.write(identity.certificate, to: certificatePath)
        return Renewal(certificatePath: certificatePath, keyPath: keyPath, serial: serial)
    }

    /// Upstream's keys. Throws `credentialMissing`, `keyInvalid`.
    package func keys() throws -> UpstreamKeys {
        let file = try readJSON(AuthorityFile.self, "authority.json")
        guard let seed = strictBase64(file.seed) else { throw Failure(.keyInvalid, "authority.json") }
        return try readJSON(RecipientKeyFile.self, "recipients.json")
            .ring(authority: try AuthoritySigningKey(keyId: file.keyId, seed: seed))
    }

    /// The enrolled stations. Throws `credentialMissing`, `keyInvalid`.
    package func registry() throws -> StationRegistry {
        try readJSON(RegistryFile.self, "stations.json").registry()
    }

    private func write(_ identity: ThrowAwayAuthority.Identity, certificate: String, key: String) throws {
        try PrivateFile.write(identity.privateKey, to: file(key))
        try PrivateFile.write(identity.certificate, to: file(certificate))
    }

    private func writeJSON(_ value: some Encodable, to path: String) throws {
        try PrivateFile.write(try StrictJSON.encode(value) + [UInt8(ascii: "\n")], to: path)
    }

    private func readJSON<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        do {
            return try StrictJSON.decode(type, from: try PrivateFile.read(file(name)))
        } catch let refusal as StrictJSON.Refusal {
            throw Failure(.keyInvalid, "\(file(name)): \(refusal)")
        }
    }
}
