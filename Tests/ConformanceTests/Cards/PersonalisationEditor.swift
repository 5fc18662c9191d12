import ChipDocument
import DocumentCrypto
import StationCore

@testable import VirtualCard

/// Takes an issued chip, replaces what a case wants, and signs it anew, so that the card is authentic apart from its
/// fault.
struct PersonalisationEditor {
    /// The chip to start from.
    var image = ConformanceKeys.image
    /// Who the card is of; `personalise` writes it.
    private(set) var person = ConformanceKeys.person
    /// The digest of the data groups.
    var hashDigest = DigestAlgorithm.sha256
    /// Who signs.
    var chain = ConformanceKeys.chain
    /// What is wrong with the list of hashes.
    var editSecurityObject: (inout SecurityObjectComposer) -> Void = { _ in }
    /// What is wrong with the signed structure around it.
    var editSignedData: (inout SignedDataComposer) -> Void = { _ in }
    /// What is wrong with the finished file.
    var editSecurityObjectFile: (inout [UInt8]) -> Void = { _ in }
    /// Changes after signing.
    var editAfterSigning: (inout [FileIdentifier: [UInt8]]) -> Void = { _ in }
    /// Trusts another than the chain's authority; nil: that one.
    var anchors: TrustAnchors?

    /// A file of the card.
    subscript(file: FileIdentifier) -> [UInt8] {
        get { image.files[file] ?? [] }
        set { image.files[file] = newValue }
    }

    /// Another person's text in DG1 and DG13.
    mutating func personalise(_ edit: (inout SyntheticPerson) -> Void) {
        edit(&person)
        self[.dg1] = DataGroupWriter.dataGroup1(person)
        self[.dg13] = DataGroupWriter.dataGroup13(person)
    }

    /// Replaces the file's second byte or, in longer lengths, the last byte of the length: one more or one less.
    mutating func shiftLength(of file: FileIdentifier, by difference: Int) {
        guard let header = try? TLVReader.header(self[file][...], rules: .ber) else { return }
        let last = header.headerBytes - 1
        self[file][last] = UInt8(truncatingIfNeeded: Int(self[file][last]) + difference)
    }

    /// The objects inside a file of one template, edited.
    mutating func editObjects(of file: FileIdentifier, _ edit: (inout [TLV]) -> Void) throws {
        let outer = try TLV(parsing: self[file], rules: .ber)
        var objects = try outer.children(rules: .ber)
        edit(&objects)
        self[file] = TLV(outer.tag, objects).encoded
    }

    /// The card before the reader.
    func subject() throws -> ConformanceSubject {
        var image = image
        var object = SecurityObjectComposer()
        object.digest = hashDigest
        object.list(image.files)
        editSecurityObject(&object)
        var signed = SignedDataComposer(object.encoded)
        editSignedData(&signed)
        var file = TLV(0x77, try signed.encoded(by: chain)).encoded
        editSecurityObjectFile(&file)
        image.files[.sod] = file
        editAfterSigning(&image.files)
        return ConformanceSubject(image, anchors: try anchors ?? chain.anchors())
    }
}
