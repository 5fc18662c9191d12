/// ISO/IEC 9797-1 padding method 2: one byte 80, then zeros up to a whole block.
package enum BlockPadding {
    /// Pads; the result is always longer than the data.
    package static func padded(_ data: [UInt8], blockBytes: Int) -> [UInt8] {
        let zeros = blockBytes - 1 - data.count % blockBytes
        return data + [0x80] + [UInt8](repeating: 0, count: zeros)
    }

    /// Removes the padding; nil when the data does not end in one, or ends in more than one block of it.
    package static func unpadded(_ data: [UInt8], blockBytes: Int) -> [UInt8]? {
        guard !data.isEmpty, data.count.isMultiple(of: blockBytes),
            let mark = data.suffix(blockBytes).lastIndex(where: { $0 != 0 }), data[mark] == 0x80
        else { return nil }
        return Array(data[..<mark])
    }
}
