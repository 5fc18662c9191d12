import HTTPTypes
import StationAPI

/// The whole table of paths below `/api`.
enum ConsoleRoute: Hashable {
    case status, readers, applications, events, description
    case signIn, signOut, me, secret, operators, resetSecret(String)
    case shifts, currentShift
    case startRead(String), read(String), portrait(String)
    case shiftSummary(String), closeShift(String), handOver(String)
    case application(String), order(ApplicationVerb, String), amend(String), withdraw(String), forget(String), find
    case media, export, recall, receiptImport

    /// The route of a path's segments behind `/api`; nil when there is none.
    init?(_ path: [String]) {
        switch (path.count, path.first) {
        case (1, "status"): self = .status
        case (1, "readers"): self = .readers
        case (1, "applications"): self = .applications
        case (1, "events"): self = .events
        case (1, "description"): self = .description
        case (1, "sign-in"): self = .signIn
        case (1, "sign-out"): self = .signOut
        case (1, "me"): self = .me
        case (1, "secret"): self = .secret
        case (1, "operators"): self = .operators
        case (3, "operators") where path[2] == "secret": self = .resetSecret(path[1])
        case (1, "shifts"): self = .shifts
        case (2, "shifts") where path[1] == "current": self = .currentShift
        case (3, "shifts") where path[2] == "summary": self = .shiftSummary(path[1])
        case (3, "shifts") where path[2] == "close": self = .closeShift(path[1])
        case (3, "shifts") where path[2] == "hand-over": self = .handOver(path[1])
        case (2, "applications"): self = path[1] == "find" ? .find : .application(path[1])
        case (3, "applications"):
            if let verb = ApplicationVerb(rawValue: path[2]) {
                self = .order(verb, path[1])
            } else {
                switch path[2] {
                case "amendments": self = .amend(path[1])
                case "withdraw": self = .withdraw(path[1])
                case "forget": self = .forget(path[1])
                default: return nil
                }
            }
        case (1, "media"): self = .media
        case (1, "exports"): self = .export
        case (2, "exports") where path[1] == "recall": self = .recall
        case (2, "receipts") where path[1] == "imports": self = .receiptImport
        case (3, "readers") where path[2] == "reads": self = .startRead(path[1])
        case (2, "reads"): self = .read(path[1])
        case (3, "reads") where path[2] == "portrait": self = .portrait(path[1])
        default: return nil
        }
    }

    /// What may be done there.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .signIn, .signOut, .secret, .resetSecret, .closeShift, .startRead: [.post]
        case .handOver, .order, .amend, .withdraw, .forget, .find, .export, .recall, .receiptImport: [.post]
        case .shifts, .applications: [.get, .post]
        default: [.get]
        }
    }
}
