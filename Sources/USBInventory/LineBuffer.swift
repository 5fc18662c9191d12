package import StationCore

/// Cuts bytes into lines.
package struct LineBuffer: Sendable {
    private var rest: [UInt8] = []
    private let limit: Int

    /// - Parameter limit: longest line.
    package init(limit: Int) { self.limit = limit }

    /// The lines that these bytes end. Throws `requestTooLarge` when one does not end within the limit.
    package mutating func take(_ bytes: some Collection<UInt8>) throws(Failure) -> [[UInt8]] {
        rest += bytes
        var lines = rest.split(separator: 0x0a, omittingEmptySubsequences: false).map(Array.init)
        rest = lines.popLast() ?? []
        guard rest.count <= limit, lines.allSatisfy({ $0.count <= limit }) else {
            throw Failure(.requestTooLarge, "a line over \(limit) bytes")
        }
        return lines
    }
}
