import ChipDocument

/// DG2 in its parts (ICAO 9303-10, 4.7.2): the biometric header and the facial record of ISO/IEC 19794-5.
struct FaceEditor {
    /// Offsets in the record: the facial information block starts at 14, the image information block after 20 bytes and
    /// the feature points.
    enum Offset {
        static let recordLength = 8
        static let blockLength = 14
        static let points = 18
        static let firstPoint = 34
    }

    var count: TLV? = TLV(.integer, [1])
    var header: [TLV]
    var record: [UInt8]
    var hasRecord = true

    mutating func setHeader(_ tag: TLVTag, _ value: [UInt8]?) {
        guard let value else { return header.removeAll { $0.tag == tag } }
        header = header.map { $0.tag == tag ? TLV(tag, value) : $0 }
    }

    /// Adds feature points of 8 bytes; `adjusting` the block's length as it must be.
    mutating func addPoints(_ points: Int, adjusting: Bool) {
        record.insert(contentsOf: [UInt8](repeating: 0, count: points * 8), at: Offset.firstPoint)
        setNumber(points, at: Offset.points, bytes: 2)
        setNumber(record.count, at: Offset.recordLength, bytes: 4)
        if adjusting { setNumber(record.count - Offset.blockLength, at: Offset.blockLength, bytes: 4) }
    }

    /// Replaces the image, 46 bytes after the record's beginning, and the data type before it.
    mutating func setImage(_ image: [UInt8], dataType: UInt8) {
        record = Array(record[..<46]) + image
        record[35] = dataType
        setNumber(record.count, at: Offset.recordLength, bytes: 4)
        setNumber(record.count - Offset.blockLength, at: Offset.blockLength, bytes: 4)
    }

    private mutating func setNumber(_ number: Int, at offset: Int, bytes: Int) {
        for index in 0..<bytes {
            record[offset + index] = UInt8(truncatingIfNeeded: number >> ((bytes - 1 - index) * 8))
        }
    }

    var encoded: [UInt8] {
        let block = hasRecord ? [TLV(0x5f2e, record)] : []
        let template = TLV(0x7f60, [TLV(0xa1, header)] + block)
        return TLV(0x75, [TLV(0x7f61, (count.map { [$0] } ?? []) + [template])]).encoded
    }
}

extension PersonalisationEditor {
    mutating func editFace(_ edit: (inout FaceEditor) -> Void) throws {
        let group = try TLV(parsing: TLV(parsing: self[.dg2]).value).children()
        let template = try group[1].children()
        var editor = FaceEditor(header: try template[0].children(), record: template[1].value)
        edit(&editor)
        self[.dg2] = editor.encoded
    }
}
