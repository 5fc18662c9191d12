import StationCore

/// A stored value as the file format has it.
enum StoredValue: Hashable {
    case null
    case integer(Int64)
    case real(UInt64)
    case text([UInt8])
    case blob([UInt8])
}

/// One record of a table or of an index.
struct StoredRecord {
    /// The rowid; nil in an index.
    let rowid: Int64?
    /// The columns as they are stored: fewer than the table has when columns were added later, null for the rowid.
    let values: [StoredValue]
    /// Whether the whole of it could be read: false when its chain of overflow pages breaks, and then the last values
    /// are missing.
    let isWhole: Bool
}

/// One page of a b-tree (file format, 1.6), parsed without trust in any byte of it.
struct TreePage {
    /// What kind of page.
    enum Kind: UInt8 {
        case indexInterior = 0x02
        case tableInterior = 0x05
        case indexLeaf = 0x0A
        case tableLeaf = 0x0D
    }

    let kind: Kind
    private let bytes: [UInt8]
    private let cells: [Int]
    private let rightmost: UInt32
    /// Whether some of it made no sense, so that records may be gone.
    let isSuspect: Bool

    /// Nil when the page is no b-tree page. `number` 1 has the file's header in front.
    init?(_ bytes: [UInt8], number: UInt32) {
        let start = number == 1 ? 100 : 0
        guard bytes.count == StoreSchema.pageBytes, let kind = Kind(rawValue: bytes[start]) else { return nil }
        self.bytes = bytes
        self.kind = kind
        let isInterior = kind == .indexInterior || kind == .tableInterior
        let first = start + (isInterior ? 12 : 8)
        rightmost = isInterior ? bytes.number32(start + 8) : 0
        let count = bytes.number16(start + 3)
        let room = (bytes.count - first) / 2
        cells = (0..<min(count, room)).map { bytes.number16(first + 2 * $0) }
            .filter { $0 >= first && $0 < bytes.count - 3 }
        isSuspect = count > room || cells.count != count || Set(cells).count != count
    }

    /// The pages below, left to right; empty for a leaf.
    var children: [UInt32] {
        guard kind == .tableInterior || kind == .indexInterior else { return [] }
        return cells.map { bytes.number32($0) } + [rightmost]
    }

    /// The records on this page; `overflow` gives further pages by number. Records that make no sense are left out and
    /// `lost` counts them.
    func records(lost: inout Int, overflow: (UInt32) -> [UInt8]?) -> [StoredRecord] {
        guard kind != .tableInterior else { return [] }
        return cells.compactMap { cell in
            guard let record = record(at: cell, overflow: overflow) else {
                lost += 1
                return nil
            }
            return record
        }
    }

    private func record(at cell: Int, overflow: (UInt32) -> [UInt8]?) -> StoredRecord? {
        var position = cell + (kind == .indexInterior ? 4 : 0)
        guard let size = bytes.varint(&position, end: bytes.count), size <= Self.largestRecord else { return nil }
        var rowid: Int64?
        if kind == .tableLeaf {
            guard let id = bytes.varint(&position, end: bytes.count) else { return nil }
            rowid = Int64(bitPattern: id)
        }
        let local = localBytes(Int(size))
        guard position + local <= bytes.count else { return nil }
        var content = Array(bytes[position..<position + local])
        var isWhole = true
        if local < Int(size) {
            guard position + local + 4 <= bytes.count else { return nil }
            isWhole = follow(bytes.number32(position + local), until: Int(size), into: &content, overflow)
        }
        guard let values = Self.values(content, isWhole: isWhole) else { return nil }
        return StoredRecord(rowid: rowid, values: values, isWhole: isWhole)
    }

    /// Appends the chain of overflow pages; false when it breaks.
    private func follow(
        _ first: UInt32, until size: Int, into content: inout [UInt8], _ overflow: (UInt32) -> [UInt8]?
    ) -> Bool {
        var next = first
        while content.count < size {
            guard next != 0, let page = overflow(next) else { return false }
            content += page[4..<min(page.count, 4 + size - content.count)]
            next = page.number32(0)
        }
        return next == 0
    }

    /// How much of a record stands on the page itself.
    private func localBytes(_ size: Int) -> Int {
        let usable = StoreSchema.pageBytes
        let most = kind == .tableLeaf ? usable - 35 : (usable - 12) * 64 / 255 - 23
        guard size > most else { return size }
        let least = (usable - 12) * 32 / 255 - 23
        let local = least + (size - least) % (usable - 4)
        return local <= most ? local : least
    }

    /// Larger than any row of ours: a payload with its metadata.
    private static let largestRecord = UInt64(Limits.Uplink.itemBytes + 16 * 1_024)

    /// The columns of a record; a record that is not whole gives the columns that are.
    private static func values(_ content: [UInt8], isWhole: Bool) -> [StoredValue]? {
        var position = 0
        guard let headerSize = content.varint(&position, end: content.count), headerSize >= 1,
            headerSize <= UInt64(min(content.count, largestHeader))
        else { return nil }
        var types: [UInt64] = []
        while position < Int(headerSize) {
            guard let type = content.varint(&position, end: Int(headerSize)) else { return nil }
            types.append(type)
        }
        var values: [StoredValue] = []
        for type in types {
            let length = Self.length(type)
            guard length <= content.count - position else { return isWhole ? nil : values }
            guard let value = value(type, content[position..<position + length]) else { return nil }
            values.append(value)
            position += length
        }
        return isWhole && position != content.count ? nil : values
    }

    /// Wider than any table of ours.
    private static let largestHeader = 256

    private static func length(_ type: UInt64) -> Int {
        switch type {
        case 0, 8, 9, 10, 11: 0
        case 1...4: Int(type)
        case 5: 6
        case 6, 7: 8
        default: type > 1 << 32 ? .max : Int((type - 12) / 2)
        }
    }

    private static func value(_ type: UInt64, _ bytes: ArraySlice<UInt8>) -> StoredValue? {
        switch type {
        case 0: return .null
        case 8: return .integer(0)
        case 9: return .integer(1)
        case 10, 11: return nil
        case 1...6:
            let negative = bytes.first.map { $0 & 0x80 != 0 } ?? false
            return .integer(bytes.reduce(negative ? Int64(-1) : 0) { $0 << 8 | Int64($1) })
        case 7: return .real(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        default: return type % 2 == 0 ? .blob(Array(bytes)) : .text(Array(bytes))
        }
    }
}
