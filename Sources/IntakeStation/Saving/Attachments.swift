import ApplicationForm
import Crypto
import Foundation
import StationAPI
import StationCore
import Uplink

/// Pictures that travel with an application, named `attachment-1` and so on. They are passed on as they came; nothing here
/// looks into them beyond what tells a JPEG picture.
struct Attachments {
    let files: [SealedContent.File]

    /// Throws `attachmentInvalid`.
    init(_ submitted: [SubmittedAttachment]) throws(Failure) {
        guard submitted.count <= Limits.Application.attachments else { throw Failure(.attachmentInvalid, "too many") }
        var files: [SealedContent.File] = []
        for (index, attachment) in submitted.enumerated() {
            guard attachment.mediaType == Self.mediaType, let data = Data(base64Encoded: attachment.content),
                data.count <= Limits.Application.attachmentBytes, data.starts(with: [0xff, 0xd8, 0xff]),
                data.suffix(2).elementsEqual([0xff, 0xd9])
            else { throw Failure(.attachmentInvalid, "attachment \(index + 1)") }
            files.append(SealedContent.File(name: "attachment-\(index + 1)", bytes: Array(data)))
        }
        self.files = files
    }

    /// What the document says of them.
    var descriptors: [PartDescriptor] {
        files.map { file in
            PartDescriptor(
                contentId: file.name, mediaType: Self.mediaType, size: file.bytes.count,
                sha256: Hex.text(SHA256.hash(data: file.bytes)))
        }
    }

    private static let mediaType = "image/jpeg"
}
