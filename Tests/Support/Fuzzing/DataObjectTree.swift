import ChipDocument

/// Bytes as a tree of BER-TLV objects, so that one can be changed inside and the lengths around it still hold.
struct DataObjectTree: Sendable {
    private let tag: [UInt8]
    /// What stands before the children inside the value: the count of unused bits of a BIT STRING.
    private let prefix: [UInt8]
    private let children: [DataObjectTree]
    let encoded: [UInt8]
    /// Objects in this tree, itself included.
    let count: Int

    private static let deepest = 12

    init(tag: [UInt8], prefix: [UInt8] = [], value: [UInt8]) {
        self.tag = tag
        self.prefix = prefix
        children = []
        encoded = tag + TLV.encodedLength(value.count) + value
        count = 1
    }

    private init(tag: [UInt8], prefix: [UInt8], children: [DataObjectTree]) {
        self.tag = tag
        self.prefix = prefix
        self.children = children
        var value = prefix
        for child in children { value += child.encoded }
        encoded = tag + TLV.encodedLength(value.count) + value
        count = children.reduce(1) { $0 + $1.count }
    }

    /// The objects of a row; nil unless the bytes are nothing else.
    static func row(_ bytes: ArraySlice<UInt8>, depth: Int = 0) -> [DataObjectTree]? {
        guard depth < deepest, !bytes.isEmpty else { return nil }
        var row: [DataObjectTree] = []
        var rest = bytes
        while !rest.isEmpty {
            guard let header = try? TLVReader.header(rest, rules: .ber), header.totalBytes <= rest.count else {
                return nil
            }
            let value = rest.dropFirst(header.headerBytes).prefix(header.valueBytes)
            row.append(object(header.tag, value, depth: depth))
            rest = rest.dropFirst(header.totalBytes)
        }
        return row
    }

    private static func object(_ tag: TLVTag, _ value: ArraySlice<UInt8>, depth: Int) -> DataObjectTree {
        // SOD's content and keys hide whole structures in OCTET STRING and BIT STRING.
        let prefix: [UInt8] = tag == .bitString && value.first == 0 ? [0] : []
        if tag.isConstructed || tag == .octetString || !prefix.isEmpty,
            let inside = row(value.dropFirst(prefix.count), depth: depth + 1)
        {
            return DataObjectTree(tag: tag.bytes, prefix: prefix, children: inside)
        }
        return DataObjectTree(tag: tag.bytes, value: Array(value))
    }

    /// The object at a position in depth-first order.
    func object(at position: Int) -> DataObjectTree {
        var position = position - 1
        guard position >= 0 else { return self }
        for child in children {
            if position < child.count { return child.object(at: position) }
            position -= child.count
        }
        return self
    }

    /// The tree with the object at a position replaced by others; with none, it is gone.
    func replacing(at position: Int, with others: [DataObjectTree]) -> [DataObjectTree] {
        guard position > 0 else { return others }
        var position = position - 1
        var changed: [DataObjectTree] = []
        for child in children {
            if (0..<child.count).contains(position) {
                changed += child.replacing(at: position, with: others)
            } else {
                changed.append(child)
            }
            position -= child.count
        }
        return [DataObjectTree(tag: tag, prefix: prefix, children: changed)]
    }

    /// This object with another value.
    func holding(_ value: [UInt8]) -> DataObjectTree { DataObjectTree(tag: tag, value: value) }
    /// This object under another tag.
    func tagged(_ tag: [UInt8]) -> DataObjectTree { DataObjectTree(tag: tag, value: value) }
    /// The value field.
    var value: [UInt8] {
        guard !children.isEmpty else { return Array(encoded.suffix(from: encoded.count - valueBytes)) }
        return prefix + children.flatMap(\.encoded)
    }

    private var valueBytes: Int {
        (try? TLVReader.header(encoded[...], rules: .ber))?.valueBytes ?? 0
    }
}
