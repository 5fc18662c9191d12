/// A fixed byte string to be found in others (Horspool's search: long patterns are found by looking at few bytes).
struct BytePattern: Sendable {
    let bytes: [UInt8]
    private let skip: [Int]

    /// The pattern has at least one byte.
    init(_ bytes: [UInt8]) {
        precondition(!bytes.isEmpty, "an empty pattern stands everywhere")
        self.bytes = bytes
        var skip = [Int](repeating: bytes.count, count: 256)
        for (index, byte) in bytes.dropLast().enumerated() { skip[Int(byte)] = bytes.count - 1 - index }
        self.skip = skip
    }

    /// Offset of the first occurrence that begins at `start` or later.
    func first(in content: [UInt8], from start: Int = 0) -> Int? {
        content.withUnsafeBufferPointer { content in
            bytes.withUnsafeBufferPointer { pattern in
                skip.withUnsafeBufferPointer { skip in
                    let last = pattern.count - 1
                    var position = start
                    while position + last < content.count {
                        var index = last
                        while content[position + index] == pattern[index] {
                            if index == 0 { return position }
                            index -= 1
                        }
                        position += skip[Int(content[position + last])]
                    }
                    return nil
                }
            }
        }
    }
}
