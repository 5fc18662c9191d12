import StationCore

extension WireName {
    /// An operator, as the audit names her.
    static let lan = WireName("op:lan")!
    /// A supervisor.
    static let hoa = WireName("op:hoa")!
}
