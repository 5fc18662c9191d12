package import StationCore

/// Writes one bundle: files first, the manifest last, then the directory's final name, then a look at what the medium
/// really holds. Until `finish` returns, nothing on the medium counts.
package struct BundleWriter: Sendable {
    /// The bundle's identity.
    package let bundleId: RequestID
    private let medium: any StickMedium
    private let kind: BundleKind
    private let stationId: StationID
    private let createdAt: Timestamp
    private let key: SigningKey
    private var files: [BundleFile] = []

    /// Makes the unfinished directory, and removes those that earlier writers left.
    ///
    /// - Throws: `stickUnavailable`, `stickReadOnly`, `stickFull`, `stickFault`.
    package init(
        on medium: any StickMedium, kind: BundleKind, bundleId: RequestID, stationId: StationID, createdAt: Timestamp,
        key: SigningKey
    ) throws(Failure) {
        self.medium = medium
        self.kind = kind
        self.bundleId = bundleId
        self.stationId = stationId
        self.createdAt = createdAt
        self.key = key
        for name in try medium.names(where: BundleKind.isUnfinished) { try? medium.removeBundle(name) }
        try medium.makeDirectory(directory)
    }

    private var directory: String { BundleKind.unfinishedName(bundleId) }

    /// Files written so far.
    package var fileCount: Int { files.count }

    /// Adds the next file; it is on the medium when this returns. The medium's failures.
    package mutating func add(_ chunks: [[UInt8]]) throws(Failure) {
        let name = kind.fileName(files.count + 1)
        try medium.write(chunks, to: name, in: directory)
        let size = chunks.reduce(0) { $0 + $1.count }
        files.append(BundleFile(name: name, size: size, sha256: ContentDigest(ofChunks: chunks)))
    }

    /// Completes the bundle and reads all of it back. When this returns the bundle is on the medium, whole and verified;
    /// when it throws, the bundle does not count. The medium's failures, `stickFault` when what is read differs.
    package func finish() throws(Failure) -> BundleManifest {
        let manifest: BundleManifest
        let bytes: [UInt8]
        do {
            manifest = try BundleManifest(
                bundleId: bundleId, stationId: stationId, createdAt: createdAt, files: files, key: key)
            bytes = try manifest.encoded()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.internalFault, "the bundle's manifest cannot be written")
        }
        try medium.write([bytes], to: BundleKind.manifestName, in: directory)
        try medium.sync(directory)
        let name = kind.directoryName(bundleId)
        try medium.rename(directory, to: name)
        try medium.sync(nil)
        do throws(Failure) {
            let reader = try BundleReader(medium, directory: name)
            try reader.verify()
            guard reader.manifest == manifest else { throw Failure(.bundleInvalid, "another manifest") }
        } catch {
            // What does not verify is no bundle; a medium that cannot even forget it may keep it, it will be refused.
            try? medium.removeBundle(name)
            throw Failure(.stickFault, "the bundle does not verify when read back: \(error.detail ?? "")")
        }
        return manifest
    }

    /// Removes what was written, as far as the medium lets.
    package func abandon() { try? medium.removeBundle(directory) }
}
