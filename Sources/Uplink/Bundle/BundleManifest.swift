package import StationCore

/// One file of a bundle as its manifest names it.
package struct BundleFile: Codable, Hashable, Sendable {
    /// Its name in the bundle's directory.
    package let name: String
    /// Bytes.
    package let size: Int
    /// Digest of those bytes.
    package let sha256: ContentDigest

    /// Names a file.
    package init(name: String, size: Int, sha256: ContentDigest) {
        self.name = name
        self.size = size
        self.sha256 = sha256
    }
}

/// The signed table of a bundle's content; docs/bundle.md is its description. A value of this type keeps every rule of
/// that page that can be judged without the files and without the writer's key.
package struct BundleManifest: Hashable, Sendable {
    /// The version that this product speaks.
    package static let currentVersion = 1

    /// The bundle's identity.
    package let bundleId: RequestID
    /// The writing station; of a bundle that an upstream wrote, its authority key's id.
    package let stationId: StationID
    /// When it was written, by the writer's clock.
    package let createdAt: Timestamp
    /// The files in order; at least one.
    package let files: [BundleFile]
    /// The key that signed.
    package let signingKeyId: WireName
    /// Over `SigningBytes.bundle`.
    package let signature: Signature
    /// What all files are.
    package let kind: BundleKind

    /// Signs a manifest. Throws `keyInvalid`, or `bundleInvalid` when the files break a limit.
    package init(
        bundleId: RequestID, stationId: StationID, createdAt: Timestamp, files: [BundleFile], key: SigningKey
    ) throws {
        self.bundleId = bundleId
        self.stationId = stationId
        self.createdAt = createdAt
        self.files = files
        signingKeyId = key.keyId
        kind = try Self.kind(of: files)
        signature = try key.sign(
            SigningBytes.bundle(stationId: stationId, bundleId: bundleId, createdAt: createdAt, files: files))
    }

    /// Reads a foreign manifest. Throws `bundleInvalid`.
    package init(parsing bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.Bundle.manifestBytes else { throw Self.invalid("the manifest is too large") }
        let wire: Wire
        do throws(StrictJSON.Refusal) {
            guard try StrictJSON.decode(ManifestVersion.self, from: bytes).version == Self.currentVersion else {
                throw .shape(path: "version")
            }
            wire = try StrictJSON.decode(Wire.self, from: bytes)
        } catch {
            throw Self.invalid("the manifest: \(error)")
        }
        bundleId = wire.bundleId
        stationId = wire.stationId
        createdAt = wire.createdAt
        files = wire.files
        signingKeyId = wire.signingKeyId
        signature = wire.signature
        kind = try Self.kind(of: wire.files)
        guard wire.check == check else { throw Self.invalid("the manifest is damaged") }
    }

    /// The manifest as it lies on the medium.
    package func encoded() throws -> [UInt8] {
        try StrictJSON.encode(
            Wire(
                version: Self.currentVersion, bundleId: bundleId, stationId: stationId, createdAt: createdAt,
                files: files, signingKeyId: signingKeyId, signature: signature, check: check))
    }

    /// Whether this key, of this name, made the signature.
    package func verifies(by key: VerifyingKey) -> Bool {
        key.keyId == signingKeyId && key.verifies(signature, over: signingBytes)
    }

    private var signingBytes: [UInt8] {
        SigningBytes.bundle(stationId: stationId, bundleId: bundleId, createdAt: createdAt, files: files)
    }

    /// Tells damage without the writer's key.
    private var check: ContentDigest {
        ContentDigest(of: signingBytes + signature.bytes + Array(signingKeyId.text.utf8))
    }

    /// Names are fixed by kind and number, so that none can point elsewhere.
    private static func kind(of files: [BundleFile]) throws(Failure) -> BundleKind {
        guard (1...Limits.Bundle.files).contains(files.count) else { throw invalid("\(files.count) files") }
        for kind in BundleKind.allCases where files[0].name == kind.fileName(1) {
            for (index, file) in files.enumerated() {
                guard file.name == kind.fileName(index + 1) else { throw invalid("the name of file \(index + 1)") }
                guard (1...kind.fileBytes).contains(file.size) else { throw invalid("the size of \(file.name)") }
            }
            return kind
        }
        throw invalid("the name of the first file")
    }

    private static func invalid(_ detail: String) -> Failure { Failure(.bundleInvalid, detail) }

    private struct Wire: Codable {
        let version: Int
        let bundleId: RequestID
        let stationId: StationID
        let createdAt: Timestamp
        let files: [BundleFile]
        let signingKeyId: WireName
        let signature: Signature
        let check: ContentDigest
    }
}

extension SigningBytes {
    /// What the writer of a bundle signs: four lines, then one for each file, each ended by a line feed.
    package static func bundle(
        stationId: StationID, bundleId: RequestID, createdAt: Timestamp, files: [BundleFile]
    ) -> [UInt8] {
        var text = "intake-station/bundle/v1\n\(stationId.text)\n\(bundleId.text)\n\(createdAt.text)\n"
        for file in files { text += "\(file.name) \(file.size) \(file.sha256.text)\n" }
        return Array(text.utf8)
    }
}
