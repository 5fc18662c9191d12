/// What kind of problem a point reports upward (vướng mắc). A closed list, so that reports of many points can be counted.
public enum IssueCategory: String, Codable, Sendable, CaseIterable {
    /// A chip that cannot be read, a card that is damaged.
    case card
    /// A card reader, a printer, a fingerprint scanner, the machine itself.
    case equipment
    /// Power at the point.
    case power
    /// The network at the point.
    case network
    /// Upstream's system: refusals, slowness, results that do not come.
    case upstream
    /// What the population register says is wrong or missing.
    case populationData = "population-data"
    /// Fingerprints or faces that do not match or cannot be taken.
    case biometrics
    /// The citizen's phone number or its owner's registration.
    case phone
    /// A rule that is unclear or cannot be followed.
    case procedure
    /// People, hours, places of the point.
    case organisation
    /// This software.
    case software
    /// Anything else.
    case other

    /// The category for people, Vietnamese and English.
    public var text: (vi: String, en: String) {
        switch self {
        case .card: ("Thẻ căn cước", "Citizen cards")
        case .equipment: ("Thiết bị", "Equipment")
        case .power: ("Điện", "Power")
        case .network: ("Mạng", "Network")
        case .upstream: ("Hệ thống cấp trên", "Upstream's system")
        case .populationData: ("Dữ liệu dân cư", "Population data")
        case .biometrics: ("Sinh trắc học", "Biometrics")
        case .phone: ("Số điện thoại", "Phone numbers")
        case .procedure: ("Quy trình", "Procedure")
        case .organisation: ("Tổ chức, nhân lực", "Organisation")
        case .software: ("Phần mềm của trạm", "This software")
        case .other: ("Khác", "Other")
        }
    }
}
