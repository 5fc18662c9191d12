import HTTPTypes
import StationCore
import Uplink

/// The fields of a batch request that must be right before its body is read.
struct BatchHead {
    let batchId: RequestID
    let digest: ContentDigest
    let boundary: String

    init(_ fields: HTTPFields) throws(RequestProblem) {
        guard fields[.contentEncoding] == nil else {
            throw .init(415, .unsupportedMediaType, "content is not encoded here")
        }
        guard let type = fields[.contentType], let boundary = MultipartRelated.boundary(ofContentType: type) else {
            throw .init(415, .unsupportedMediaType, "multipart/related with a JSON root and a boundary")
        }
        guard let digest = Self.only(fields, .contentDigest).flatMap({ ContentDigest(fieldValue: $0) }) else {
            throw .init(400, .malformedRequest, "Content-Digest: sha-256=:…: is missing or malformed")
        }
        guard let batchId = Self.only(fields, .intakeBatchId).flatMap({ RequestID($0) }) else {
            throw .init(400, .malformedRequest, "Intake-Batch-Id is missing or no UUID")
        }
        if let length = fields[.contentLength].flatMap({ Int($0) }), length > Limits.Uplink.batchBytes {
            throw .tooLarge("more than \(Limits.Uplink.batchBytes) bytes")
        }
        self.batchId = batchId
        self.digest = digest
        self.boundary = boundary
    }

    /// The head that a batch of a bundle would have had.
    init(batchId: RequestID, digest: ContentDigest, boundary: String) {
        self.batchId = batchId
        self.digest = digest
        self.boundary = boundary
    }

    /// The value of a field that stands exactly once.
    private static func only(_ fields: HTTPFields, _ name: HTTPField.Name?) -> String? {
        guard let name else { return nil }
        let values = fields[values: name]
        return values.count == 1 ? values[0] : nil
    }
}

extension HTTPField.Name {
    /// RFC 9530, section 2; nil never: it is a token.
    fileprivate static let contentDigest = Self("Content-Digest")
    /// The request's own id, for logs.
    fileprivate static let intakeBatchId = Self("Intake-Batch-Id")
}
