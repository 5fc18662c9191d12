package import StationCore

/// What is inside a sealed item: the application and the card files that upstream needs to verify again.
///
/// One header line with the media type, an empty line, then the same framing as a batch: the application as root, then
/// the files.
package struct SealedContent: Hashable, Sendable {
    /// A card file or an attachment.
    package struct File: Hashable, Sendable {
        /// `EF.SOD`, `DG1`, …, `attachment-1`, …: letters, digits, dot, hyphen; at most 64.
        package let name: String
        /// The file as it was read.
        package let bytes: [UInt8]

        /// Makes a file.
        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Why content was refused.
    package enum Fault: Error, Hashable, Sendable {
        /// It is larger than an application may be.
        case tooLarge
        /// The header line is missing or names another form.
        case headerMalformed
        /// The framing is broken.
        case framing(MultipartFault)
        /// The root is not JSON by its media type, or a root with an id, or no part at all.
        case rootMalformed
        /// A file without a name, with a foreign name, or with a name that stands twice.
        case fileMalformed
    }

    /// The application's JSON.
    package let application: [UInt8]
    /// The files, in their order.
    package let files: [File]

    /// Throws `fileMalformed` for names that cannot travel.
    package init(application: [UInt8], files: [File]) throws(Fault) {
        guard files.allSatisfy({ Self.isName($0.name) }), Set(files.map(\.name)).count == files.count,
            files.count < Limits.Uplink.contentParts
        else { throw .fileMalformed }
        self.application = application
        self.files = files
    }

    /// The plaintext to seal. Throws `tooLarge`, or `internalFault` from a broken source of randomness.
    package func encode(random: any RandomSource) throws -> [UInt8] {
        let body = try MultipartRelated.encode(
            root: application, parts: files.map { ($0.name, $0.bytes) }, random: random)
        var plaintext = Array("\(Self.headerName)\(body.contentType)\r\n\r\n".utf8)
        plaintext.reserveCapacity(plaintext.count + body.size)
        for chunk in body.chunks { plaintext += chunk }
        guard plaintext.count <= Limits.Application.plaintextBytes else { throw Fault.tooLarge }
        return plaintext
    }

    /// Reads an opened plaintext.
    package init(parsing plaintext: [UInt8]) throws(Fault) {
        guard plaintext.count <= Limits.Application.plaintextBytes else { throw .tooLarge }
        let head = plaintext.prefix(Limits.Uplink.partHeadBytes)
        guard let end = BytePattern([0x0d, 0x0a, 0x0d, 0x0a]).first(in: Array(head)),
            let line = String(validating: head[..<end], as: UTF8.self), line.hasPrefix(Self.headerName),
            let boundary = MultipartRelated.boundary(ofContentType: String(line.dropFirst(Self.headerName.count)))
        else { throw .headerMalformed }
        var parser = MultipartParser(
            boundary: boundary,
            bounds: .init(
                rootBytes: plaintext.count, partBytes: plaintext.count, parts: Limits.Uplink.contentParts))
        let parts: [MultipartPart]
        do {
            parts = try parser.push(plaintext[(end + 4)...])
            try parser.finish()
        } catch {
            throw .framing(error)
        }
        guard let root = parts.first, root.contentID == nil,
            MediaType(root.contentType)?.essence == "application/json"
        else { throw .rootMalformed }
        var files: [File] = []
        for part in parts.dropFirst() {
            guard let name = part.contentID, part.contentType.lowercased() == "application/octet-stream" else {
                throw .fileMalformed
            }
            files.append(File(name: name, bytes: part.body))
        }
        try self.init(application: root.body, files: files)
    }

    private static let headerName = "Content-Type: "

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "A"..."Z", "a"..."z", "0"..."9", ".", "-": true
                default: false
                }
            }
    }
}
