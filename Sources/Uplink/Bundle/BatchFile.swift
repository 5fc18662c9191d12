package import StationCore

/// A batch as a file of a bundle: the request's content type as one header line, an empty line, and the request's body
/// byte for byte.
package struct BatchFile: Sendable {
    /// The value of the `Content-Type` field.
    package let contentType: String
    /// The request's body.
    package let body: [UInt8]
    /// The batch's manifest.
    package let manifest: BatchManifest
    /// The items in the manifest's order; each part has its entry's size and digest.
    package let items: [OutgoingItem]

    private static let field = Array("Content-Type: ".utf8)
    private static let fieldEnd = Array("\r\n\r\n".utf8)

    /// Frames items as a request would carry them, behind the line that names the content type.
    ///
    /// Throws `internalFault` when the source of randomness gives no usable boundary.
    package static func encode(
        _ items: [OutgoingItem], batchId: RequestID, senderId: StationID, sentAt: Timestamp, audit: AuditHead,
        clock: ClockReport, random: any RandomSource
    ) throws -> [[UInt8]] {
        let manifest = BatchManifest(
            batchId: batchId, senderId: senderId, sentAt: sentAt, audit: audit, clock: clock,
            items: items.map(\.entry))
        let body = try MultipartRelated.encode(
            root: try StrictJSON.encode(manifest), parts: items.map { ($0.entry.itemId.text, $0.sealed) },
            random: random)
        return [field + Array(body.contentType.utf8) + fieldEnd] + body.chunks
    }

    /// Reads a foreign file whole: framing, manifest, and every part against its entry. Signatures are not judged here.
    ///
    /// Throws `bundleInvalid`.
    package init(parsing bytes: [UInt8]) throws(Failure) {
        guard bytes.count <= Limits.Bundle.batchFileBytes else { throw Self.invalid("too large") }
        (contentType, body) = try Self.split(bytes)
        guard body.count <= Limits.Uplink.batchBytes,
            let boundary = MultipartRelated.boundary(ofContentType: contentType)
        else { throw Self.invalid("the content type") }
        let parts: [MultipartPart]
        do throws(MultipartFault) {
            var parser = MultipartParser(boundary: boundary, bounds: .batch)
            parts = try parser.push(body)
            try parser.finish()
        } catch {
            throw Self.invalid("framing: \(error)")
        }
        guard let root = parts.first, root.contentID == nil,
            MediaType(root.contentType)?.essence == "application/json"
        else { throw Self.invalid("the root part") }
        manifest = try Self.manifest(root.body)
        guard parts.count == manifest.items.count + 1 else { throw Self.invalid("parts and entries") }
        var items: [OutgoingItem] = []
        for (part, entry) in zip(parts.dropFirst(), manifest.items) {
            guard part.contentID == entry.itemId.text, part.contentType == "application/octet-stream",
                part.body.count == entry.size, ContentDigest(of: part.body) == entry.sha256
            else { throw Self.invalid("part \(items.count + 1) is not its entry's") }
            items.append(OutgoingItem(entry: entry, sealed: part.body))
        }
        self.items = items
    }

    private static func manifest(_ bytes: [UInt8]) throws(Failure) -> BatchManifest {
        let manifest: BatchManifest
        do throws(StrictJSON.Refusal) {
            guard try StrictJSON.decode(ManifestVersion.self, from: bytes).version == BatchManifest.currentVersion
            else { throw .shape(path: "version") }
            manifest = try StrictJSON.decode(BatchManifest.self, from: bytes)
        } catch {
            throw invalid("the batch's manifest: \(error)")
        }
        guard (1...Limits.Uplink.batchItems).contains(manifest.items.count),
            Set(manifest.items.map(\.itemId)).count == manifest.items.count
        else { throw invalid("the items of the batch's manifest") }
        return manifest
    }

    /// The content type and the body of a file.
    private static func split(_ bytes: [UInt8]) throws(Failure) -> (String, [UInt8]) {
        guard bytes.starts(with: field) else { throw invalid("it does not begin with its content type") }
        let head = Array(bytes.prefix(Limits.Bundle.contentTypeBytes))
        guard let end = BytePattern(fieldEnd).first(in: head),
            let text = String(validating: head[field.count..<end], as: UTF8.self), !text.contains("\r")
        else { throw invalid("the content type") }
        return (text, Array(bytes[(end + fieldEnd.count)...]))
    }

    private static func invalid(_ detail: String) -> Failure { Failure(.bundleInvalid, detail) }
}
