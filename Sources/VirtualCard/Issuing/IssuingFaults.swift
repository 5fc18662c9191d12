import ChipDocument
import DocumentCrypto
import StationCore

extension Fault {
    /// What the issuer writes wrongly before it signs: the card is authentic apart from it.
    func spoil(_ files: inout [FileIdentifier: [UInt8]]) throws(Failure) {
        switch self {
        case .comOmitsGroup:
            try Self.edit(.com, of: &files) { objects in
                objects = objects.map { object in
                    object.tag == 0x5C ? TLV(0x5C, object.value.filter { $0 != FileIdentifier.dg1.tag }) : object
                }
            }
        case .comWithoutList: try Self.edit(.com, of: &files) { $0.removeAll { $0.tag == 0x5C } }
        case .wrongCheckDigit: try Self.editZone(of: &files) { $0[59] = $0[59] == 0x30 ? 0x31 : 0x30 }
        case .foreignZone: try Self.editZone(of: &files) { $0.replaceSubrange(2..<5, with: Array("UTO".utf8)) }
        case .namelessZone:
            try Self.editZone(of: &files) { $0.replaceSubrange(60..., with: [UInt8](repeating: 0x3C, count: 30)) }
        case .malformedDG14:
            // Every entry loses what follows its object identifier.
            let set = try TLV(parsing: TLV(parsing: files[.dg14] ?? []).value, tag: .set)
            var entries: [TLV] = []
            for entry in try set.children() { entries.append(TLV(.sequence, Array(try entry.children().prefix(1)))) }
            files[.dg14] = TLV(0x6E, [TLV(.set, entries)]).encoded
        case .malformedDG15: files[.dg15] = TLV(0x6F, Array((files[.dg15] ?? []).dropFirst(8))).encoded
        case .formatlessPortrait:
            guard var file = files[.dg2], let start = file.firstIndex(ofSequence: Array("FAC\0".utf8)) else { return }
            file[start] = UInt8(ascii: "G")
            files[.dg2] = file
        default: break
        }
    }

    /// What somebody changed after the issuer signed.
    func alter(_ files: inout [FileIdentifier: [UInt8]]) {
        guard self == .alteredPortrait, var file = files[.dg2], !file.isEmpty else { return }
        file[file.count - 1] ^= 1
        files[.dg2] = file
    }

    /// What the issuer writes wrongly into the list of hashes.
    func spoil(listOfHashes content: inout [UInt8]) throws(Failure) {
        var fields = try TLV(parsing: content, tag: .sequence).children()
        switch self {
        case .unknownListVersion: fields[0] = TLV(.integer, [2])
        case .unknownDigest:
            // id-md5, which no document may use.
            let identifier: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x05]
            fields[1] = TLV(.sequence, [TLV(.objectIdentifier, identifier)])
        case .unsignedDG1: fields[2] = TLV(.sequence, Array(try fields[2].children().dropFirst()))
        default: return
        }
        content = TLV(.sequence, fields).encoded
    }

    private static func edit(
        _ file: FileIdentifier, of files: inout [FileIdentifier: [UInt8]], _ edit: (inout [TLV]) -> Void
    ) throws(Failure) {
        var objects = try TLV(parsing: files[file] ?? []).children()
        edit(&objects)
        files[file] = TLV(TLVTag(UInt32(file.tag)), objects).encoded
    }

    private static func editZone(
        of files: inout [FileIdentifier: [UInt8]], _ edit: (inout [UInt8]) -> Void
    ) throws(Failure) {
        let zone = try TLV(parsing: TLV(parsing: files[.dg1] ?? []).value)
        var characters = zone.value
        edit(&characters)
        files[.dg1] = TLV(0x61, [TLV(zone.tag, characters)]).encoded
    }
}

extension [UInt8] {
    fileprivate func firstIndex(ofSequence bytes: [UInt8]) -> Int? {
        indices.first { self[$0...].starts(with: bytes) }
    }
}
