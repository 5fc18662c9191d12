/// Why a person holds, releases, cancels or closes an application. A closed list, because it stands in the audit, where no
/// free text may bring anything personal.
public enum ReasonCode: String, Codable, Sendable, CaseIterable {
    /// The citizen asked for it.
    case citizenRequest = "citizen-request"
    /// The citizen withdrew the application.
    case withdrawn
    /// Something declared is wrong.
    case dataWrong = "data-wrong"
    /// A document is awaited.
    case documentAwaited = "document-awaited"
    /// The data was typed by hand: no chip vouches for it.
    case unverified
    /// Face or fingerprint did not match in the authority's system.
    case notMatched = "not-matched"
    /// A supervisor is to look at it.
    case supervisorReview = "supervisor-review"
    /// The citizen has another application.
    case duplicate
    /// The citizen was taken in elsewhere.
    case takenElsewhere = "taken-elsewhere"
    /// The operator's own mistake.
    case operatorMistake = "operator-mistake"
    /// A later revision takes its place.
    case superseded
    /// What it was kept back for is settled.
    case settled
    /// It cannot be sent and will not be.
    case cannotBeSent = "cannot-be-sent"
    /// It was captured for training or as a test.
    case training

    /// The reason for people, Vietnamese and English.
    public var text: (vi: String, en: String) {
        switch self {
        case .citizenRequest: ("Theo đề nghị của công dân", "At the citizen's request")
        case .withdrawn: ("Công dân rút hồ sơ", "The citizen withdrew it")
        case .dataWrong: ("Thông tin khai chưa đúng", "Something declared is wrong")
        case .documentAwaited: ("Chờ bổ sung giấy tờ", "A document is awaited")
        case .unverified: ("Nhập tay, chưa kiểm tra được bằng chip", "Typed by hand, no chip vouches for it")
        case .notMatched: ("Khuôn mặt hoặc vân tay không khớp", "Face or fingerprint does not match")
        case .supervisorReview: ("Chờ người phụ trách xem xét", "A supervisor is to look at it")
        case .duplicate: ("Trùng với hồ sơ khác", "The citizen has another application")
        case .takenElsewhere: ("Công dân đã làm ở nơi khác", "Taken in elsewhere")
        case .operatorMistake: ("Cán bộ thao tác nhầm", "Operator's mistake")
        case .superseded: ("Đã thay bằng hồ sơ mới", "A later revision takes its place")
        case .settled: ("Đã xử lý xong", "Settled")
        case .cannotBeSent: ("Không thể truyền", "Cannot be sent")
        case .training: ("Hồ sơ tập huấn", "Training")
        }
    }
}
