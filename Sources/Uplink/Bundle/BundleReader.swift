package import StationCore

/// Reads one bundle from a foreign medium. Nothing of it is to be taken before `verify` has returned.
package struct BundleReader: Sendable {
    /// The manifest, which holds what can be judged of it alone.
    package let manifest: BundleManifest
    private let medium: any StickMedium
    private let directory: String?

    /// Reads the manifest. Throws `bundleInvalid`, `stickFault`, `stickUnavailable`.
    ///
    /// - Parameter directory: one of `directories`; nil when the medium's directory is a bundle itself.
    package init(_ medium: any StickMedium, directory: String?) throws(Failure) {
        self.medium = medium
        self.directory = directory
        manifest = try BundleManifest(
            parsing: try medium.read(
                BundleKind.manifestName, in: directory, atMost: Limits.Bundle.manifestBytes))
        guard let directory else { return }
        guard manifest.kind.directoryName(manifest.bundleId) == directory else {
            throw Failure(.bundleInvalid, "the manifest is not this directory's")
        }
    }

    /// The bundles of a kind on a medium, by directory; with nil when the medium's directory seems to be a bundle itself, of
    /// whatever kind. Throws `stickUnavailable`, `stickFault`, and `bundleInvalid` when there are too many.
    package static func directories(on medium: any StickMedium, kind: BundleKind) throws(Failure) -> [String?] {
        let found = try medium.names { BundleKind.announced(by: $0)?.kind == kind }
        guard found.count <= Limits.Bundle.bundles else {
            throw Failure(.bundleInvalid, "more than \(Limits.Bundle.bundles) bundles on one medium")
        }
        // Somebody's file of that name hides no bundle beside it.
        return try (medium.holds(BundleKind.manifestName, in: nil) ? [nil] : []) + found
    }

    /// Reads everything: each file is there, is what the manifest says, and parses. Throws as `init` does.
    package func verify() throws(Failure) {
        for index in manifest.files.indices {
            switch manifest.kind {
            case .items: _ = try batch(index)
            case .receipts: _ = try receipts(index)
            }
        }
    }

    /// One batch, held against the manifest again. Throws as `init` does.
    package func batch(_ index: Int) throws(Failure) -> BatchFile {
        let (file, bytes) = try contents(index)
        let batch = try named(file) { () throws(Failure) in try BatchFile(parsing: bytes) }
        guard batch.manifest.senderId == manifest.stationId else {
            throw Failure(.bundleInvalid, "\(file.name): the sender is not the bundle's station")
        }
        return batch
    }

    /// One file of receipts, held against the manifest again. Throws as `init` does.
    package func receipts(_ index: Int) throws(Failure) -> [Receipt] {
        let (file, bytes) = try contents(index)
        return try named(file) { () throws(Failure) in try ReceiptFile(parsing: bytes).receipts }
    }

    private func contents(_ index: Int) throws(Failure) -> (BundleFile, [UInt8]) {
        let file = manifest.files[index]
        let bytes = try medium.read(file.name, in: directory, atMost: file.size)
        guard bytes.count == file.size, ContentDigest(of: bytes) == file.sha256 else {
            throw Failure(.bundleInvalid, "\(file.name) is not what the manifest says")
        }
        return (file, bytes)
    }

    private func named<Value>(_ file: BundleFile, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        do throws(Failure) {
            return try body()
        } catch {
            throw Failure(error.code, "\(file.name): \(error.detail ?? "")")
        }
    }
}
