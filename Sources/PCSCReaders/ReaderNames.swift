import StationCore

/// The list of names that SCardListReaders gives: strings, each ended by a zero, the list by another.
package enum ReaderNames {
    /// Parses the list; nil when it is not ended, a name is too long or not UTF-8, or there are more readers than
    /// the service can hold.
    package static func parse(_ bytes: [UInt8]) -> [String]? {
        var names: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0) {
            if end == rest.startIndex { return names }
            guard names.count < Limits.Card.readers, end - rest.startIndex <= Limits.Card.readerNameBytes,
                let name = String(validating: rest[rest.startIndex..<end], as: UTF8.self)
            else { return nil }
            names.append(name)
            rest = rest[(end + 1)...]
        }
        // An empty list may come as no bytes at all.
        return bytes.isEmpty ? [] : nil
    }
}
