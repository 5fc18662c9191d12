import ApplicationForm
import StationCore
import Uplink

/// The plaintext of an item, read strictly and found to be what its manifest entry says.
struct OpenedContent {
    /// Why content is refused; places and names only, nothing personal.
    struct Fault: Error {
        let detail: String
    }

    let document: ApplicationDocument
    /// Card files and attachments by content id.
    let files: [String: [UInt8]]

    /// `application` or `amendment`.
    var kind: String {
        switch document.content {
        case .application: "application"
        case .amendment: "amendment"
        }
    }

    init(_ plaintext: [UInt8], of item: ManifestItem) throws(Fault) {
        let content: SealedContent
        do {
            content = try SealedContent(parsing: plaintext)
        } catch {
            throw Fault(detail: "framing: \(error)")
        }
        do {
            document = try ApplicationDocument.decode(content.application)
        } catch {
            throw Fault(detail: "application: \(BatchReader.text(error))")
        }
        guard document.itemId == item.itemId, document.stationId == item.stationId,
            document.revision == item.revision, document.supersedes == item.supersedes,
            document.capturedAt == item.capturedAt
        else { throw Fault(detail: "the application is not the manifest's item") }
        if let problem = document.problems.first {
            throw Fault(detail: "\(problem.field): \(problem.code.rawValue)")
        }
        files = Dictionary(content.files.map { ($0.name, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        try checkParts()
    }

    /// Every part is described, every description has its part.
    private func checkParts() throws(Fault) {
        var described: [PartDescriptor] = []
        if case .application(let application) = document.content {
            described = application.cardFiles + application.attachments
        }
        for part in described {
            guard let bytes = files[part.contentId], bytes.count == part.size,
                ContentDigest(of: bytes).text == part.sha256
            else { throw Fault(detail: "part \(part.contentId) is not what the application describes") }
        }
        guard described.count == files.count else {
            throw Fault(detail: "a part that the application does not describe")
        }
    }
}
