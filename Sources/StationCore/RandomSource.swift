/// Where random bytes come from; injected, so that a seed replays a run.
public protocol RandomSource: Sendable {
    /// As many random bytes as asked for.
    func bytes(_ count: Int) -> [UInt8]
}

extension RandomSource {
    /// A uniformly distributed number in `0..<1`.
    public func fraction() -> Double {
        let value = bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(value >> 11) * 0x1p-53
    }
}

/// The operating system's random generator.
public struct SystemRandomSource: RandomSource {
    /// Makes the source; it has no state.
    public init() {}

    /// Bytes of the kernel's generator.
    public func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }
}
