/// What one of upstream's words means, by the configuration. A word that it does not name stays `unknown`: shown as it is,
/// counted nowhere.
public enum DecisionMeaning: String, Codable, Hashable, Sendable, CaseIterable {
    /// Waits for approval (Chờ phê duyệt).
    case pending
    /// Granted (Hồ sơ được cấp).
    case granted
    /// Refused (Từ chối).
    case refused
    /// Something is missing (Yêu cầu bổ sung).
    case supplement
    /// Not known (Không xác định).
    case unknown

    /// The meaning as an operator says it.
    public var vietnamese: String {
        switch self {
        case .pending: "Chờ phê duyệt"
        case .granted: "Hồ sơ được cấp"
        case .refused: "Từ chối"
        case .supplement: "Yêu cầu bổ sung"
        case .unknown: "Không xác định"
        }
    }
}
