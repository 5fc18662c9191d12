/// A value that never prints: not by interpolation, not by reflection, not by a debugger's summary.
public struct Redacted<Value> {
    /// The value itself, for the code that has a reason to see it.
    public let unredacted: Value

    /// Wraps a value.
    public init(_ value: Value) { unredacted = value }
}

extension Redacted: Sendable where Value: Sendable {}
extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A fixed text.
    public var description: String { "‹redacted›" }
    /// A fixed text.
    public var debugDescription: String { "‹redacted›" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The only form in which a personal number or phone leaves the station for people without need: `070*****1234`.
public func masked(_ digits: String) -> String {
    guard digits.count >= 8 else { return String(repeating: "*", count: digits.count) }
    return digits.prefix(3) + String(repeating: "*", count: digits.count - 7) + digits.suffix(4)
}
