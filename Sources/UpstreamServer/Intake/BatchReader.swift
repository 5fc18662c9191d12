import Crypto
import StationCore
import Uplink

/// Reads one batch as its bytes arrive: the manifest first, then each part that is whole, in the manifest's order.
///
/// Pure: bytes in, parts out. What was given out before a fault or a cut stays good.
struct BatchReader {
    /// The manifest, once it was read.
    private(set) var manifest: BatchManifest?
    private var parser: MultipartParser
    private var hash = SHA256()
    private var size = 0
    private var partCount = 0
    private let sender: StationID
    private let batchId: RequestID

    init(boundary: String, batchId: RequestID, sender: StationID) {
        parser = MultipartParser(boundary: boundary, bounds: .batch)
        self.batchId = batchId
        self.sender = sender
    }

    /// The items that the manifest names.
    var itemIds: [ItemID] { manifest?.items.map(\.itemId) ?? [] }

    /// The part that had begun when no more bytes came, and what came of it.
    var begun: (item: ManifestItem, body: [UInt8])? {
        guard let manifest, partCount < manifest.items.count, let body = parser.begunBody else { return nil }
        return (manifest.items[partCount], body)
    }

    /// Takes the next bytes; gives the parts that they complete.
    mutating func push(_ bytes: [UInt8]) throws(RequestProblem) -> [(item: ManifestItem, body: [UInt8])] {
        size += bytes.count
        guard size <= Limits.Uplink.batchBytes else { throw .tooLarge("more than \(Limits.Uplink.batchBytes) bytes") }
        hash.update(data: bytes)
        let parts: [MultipartPart]
        do {
            parts = try parser.push(bytes)
        } catch {
            throw Self.problem(error)
        }
        var found: [(item: ManifestItem, body: [UInt8])] = []
        for part in parts {
            guard let manifest else {
                manifest = try readManifest(part)
                continue
            }
            guard partCount < manifest.items.count else {
                throw .init(400, .malformedRequest, "more parts than the manifest names")
            }
            let item = manifest.items[partCount]
            guard part.contentID == item.itemId.text, part.contentType == "application/octet-stream" else {
                throw .init(400, .malformedRequest, "part \(partCount + 1) is not the manifest's item")
            }
            partCount += 1
            found.append((item, part.body))
        }
        return found
    }

    /// States that the body is over; the whole must have the digest that the request announced.
    mutating func finish(expecting digest: ContentDigest) throws(RequestProblem) {
        do {
            try parser.finish()
        } catch {
            throw Self.problem(error)
        }
        guard ContentDigest(hash.finalize()) == digest else {
            throw .init(400, .malformedRequest, "Content-Digest is not the body's")
        }
        guard partCount == manifest?.items.count else {
            throw .init(400, .malformedRequest, "fewer parts than the manifest names")
        }
    }

    private func readManifest(_ part: MultipartPart) throws(RequestProblem) -> BatchManifest {
        guard part.contentID == nil, MediaType(part.contentType)?.essence == "application/json" else {
            throw .init(400, .malformedRequest, "the root part is not JSON")
        }
        let manifest: BatchManifest
        do {
            guard try StrictJSON.decode(ManifestVersion.self, from: part.body).version == BatchManifest.currentVersion
            else { throw RequestProblem(400, .unsupportedVersion, "version 1 is spoken here") }
            manifest = try StrictJSON.decode(BatchManifest.self, from: part.body)
        } catch let problem as RequestProblem {
            throw problem
        } catch let refusal as StrictJSON.Refusal {
            throw .init(422, .manifestInvalid, Self.text(refusal))
        } catch {
            throw .init(422, .manifestInvalid, "the manifest cannot be read")
        }
        guard manifest.senderId == sender else {
            throw .init(403, .stationRefused, "senderId is not the certificate's station")
        }
        guard manifest.batchId == batchId else {
            throw .init(422, .manifestInvalid, "batchId is not the Intake-Batch-Id field's")
        }
        guard (1...Limits.Uplink.batchItems).contains(manifest.items.count) else {
            guard manifest.items.isEmpty else { throw .tooLarge("more than \(Limits.Uplink.batchItems) items") }
            throw .init(422, .manifestInvalid, "no items")
        }
        guard Set(manifest.items.map(\.itemId)).count == manifest.items.count else {
            throw .init(422, .manifestInvalid, "an item stands twice")
        }
        return manifest
    }

    /// What is wrong with a JSON document, by place and never by value.
    static func text(_ refusal: StrictJSON.Refusal) -> String {
        switch refusal {
        case .malformed(let offset): "not JSON at byte \(offset)"
        case .repeatedMember(let offset): "a member is repeated at byte \(offset)"
        case .tooDeep: "nested too deep"
        case .tooMany: "too many values"
        case .shape(let path): "missing or of the wrong form: \(path)"
        }
    }

    private static func problem(_ fault: MultipartFault) -> RequestProblem {
        switch fault {
        case .partTooLarge: .tooLarge("a part is too large")
        case .tooManyParts: .tooLarge("too many parts")
        default: .init(400, .malformedRequest, "\(fault)")
        }
    }
}
