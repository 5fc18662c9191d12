/// A problem on the upstream contract's wires (RFC 9457), for a whole request or for one item.
package struct WireProblem: Codable, Hashable, Sendable {
    /// A URI; its last path segment is the machine's word for the problem.
    package let type: String
    /// What it is, for people.
    package let title: String?
    /// The HTTP status, when the problem is a whole reply's.
    package let status: Int?
    /// What is known of this occurrence, for people.
    package let detail: String?
    /// With `digest-conflict`: the digest that upstream holds under this id.
    package let storedSha256: ContentDigest?
    /// With 413: the largest batch body that upstream takes.
    package let maxBytes: Int?
    /// With 413: the most items of a batch that upstream takes.
    package let maxItems: Int?

    /// Makes a problem.
    package init(
        type: String, title: String? = nil, status: Int? = nil, detail: String? = nil,
        storedSha256: ContentDigest? = nil, maxBytes: Int? = nil, maxItems: Int? = nil
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.storedSha256 = storedSha256
        self.maxBytes = maxBytes
        self.maxItems = maxItems
    }

    /// The last path segment of the type, without query and fragment.
    package var name: String {
        let path = type.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    }
}

/// The last path segments of the problem types that the contract names. A receiver must bear others.
package enum ProblemName: String, Sendable, CaseIterable {
    /// An item whose part's digest is not the manifest's.
    case partDigestMismatch = "part-digest-mismatch"
    /// An item whose signature fails, or whose signing key upstream does not know.
    case signatureInvalid = "signature-invalid"
    /// An item sealed to a key that upstream never published.
    case unknownKey = "unknown-key"
    /// An item that does not open.
    case unsealingFailed = "unsealing-failed"
    /// An item whose content breaks the application schema.
    case contentInvalid = "content-invalid"
    /// An item whose id upstream holds with other bytes.
    case digestConflict = "digest-conflict"
    /// An item that upstream's policy does not take.
    case policyRefused = "policy-refused"
    /// A request in a version of the contract that upstream does not speak (400).
    case unsupportedVersion = "unsupported-version"
    /// A request that is not framed as the contract says (400).
    case malformedRequest = "malformed-request"
    /// A manifest that breaks the contract (422).
    case manifestInvalid = "manifest-invalid"
    /// A request larger than upstream takes (413).
    case tooLarge = "too-large"
    /// A sender that is not this certificate's station, or a station that upstream does not know (401, 403).
    case stationRefused = "station-refused"
    /// A path that does not exist (404).
    case notFound = "not-found"
    /// A method that the path does not have (405).
    case methodNotAllowed = "method-not-allowed"
    /// A media type that the path does not take (415).
    case unsupportedMediaType = "unsupported-media-type"
    /// A cursor that upstream does not know, or no longer (410): the list begins again.
    case cursorUnknown = "cursor-unknown"
    /// Upstream is busy or repairing itself (429, 503).
    case busy = "busy"
}
