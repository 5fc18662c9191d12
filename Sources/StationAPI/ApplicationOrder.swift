public import StationCore

/// What an operator may order about one application: `POST /v1/applications/{id}/{verb}`.
public enum ApplicationVerb: String, Codable, Sendable, CaseIterable {
    /// Keep it back (Tạm giữ).
    case hold
    /// Let it go again: from held, quarantined or rejected.
    case release
    /// Take it back (Hủy hồ sơ); only before it has left the station.
    case cancel
    /// End it for a reason.
    case close
    /// Try to send it now; upstream's Retry-After, a pause and the rules of sending hold all the same.
    case retry
}

/// Body of an order.
public struct ApplicationOrder: Codable, Hashable, Sendable {
    /// Why: a word of `ReasonCode`. Not needed for `retry`.
    public let reason: String?

    /// Makes an order.
    public init(reason: ReasonCode? = nil) { self.reason = reason?.rawValue }
}

/// Body of `POST /v1/applications/{id}/amendments`: only what changed; what is absent stays as it was.
public struct AmendmentSubmission: Codable, Hashable, Sendable {
    /// Why, in the operator's words; sealed with the rest.
    public var reason: String?
    /// The new mobile number.
    public var phone: String?
    /// The new e-mail address.
    public var email: String?
    /// The new set of integrations.
    public var integrations: [String]?
    /// The new answer about the smartphone.
    public var noSmartphone: Bool?
    /// The new representative.
    public var representative: ApplicationSubmission.Representative?

    /// Makes a correction.
    public init(
        reason: String?, phone: String? = nil, email: String? = nil, integrations: [String]? = nil,
        noSmartphone: Bool? = nil, representative: ApplicationSubmission.Representative? = nil
    ) {
        self.reason = reason
        self.phone = phone
        self.email = email
        self.integrations = integrations
        self.noSmartphone = noSmartphone
        self.representative = representative
    }
}

/// Body of `POST /v1/applications/{id}/withdraw`: the citizen no longer wants it.
public struct WithdrawalOrder: Codable, Hashable, Sendable {
    /// Why, in the citizen's words as far as there are any; sealed when it goes upstream.
    public var reason: String?
    /// How the citizen confirmed it: `spoken`, `signed` or `witnessed`.
    public var confirmation: String?

    /// Makes an order.
    public init(reason: String?, confirmation: String?) {
        self.reason = reason
        self.confirmation = confirmation
    }
}

/// Answer to a withdrawal.
public struct Withdrawal: Codable, Hashable, Sendable {
    /// The application that was withdrawn.
    public let itemId: ItemID
    /// What goes upstream to say so, saved and waiting; nil when the application had never left and is closed now.
    public let message: SavedApplication?

    /// Makes an answer.
    public init(itemId: ItemID, message: SavedApplication?) {
        self.itemId = itemId
        self.message = message
    }
}

/// Body of `POST /v1/applications/find`: exactly one of the two.
public struct PersonQuestion: Codable, Hashable, Sendable {
    /// The 12-digit personal number.
    public var personalNumber: String?
    /// The phone number.
    public var phone: String?

    /// Makes a question.
    public init(personalNumber: String? = nil, phone: String? = nil) {
        self.personalNumber = personalNumber
        self.phone = phone
    }
}

/// What the point still knows of a person. Personal: to be shown to whoever asked and to nobody else.
public struct PersonReport: Codable, Hashable, Sendable {
    /// One application of the person.
    public struct Entry: Codable, Hashable, Sendable {
        /// The application.
        public let application: ApplicationSummary
        /// The full name.
        public let name: String
        /// `070*****1234`.
        public let maskedNumber: String
        /// The phone number.
        public let phone: String
        /// The hamlet, when known.
        public let hamletId: String?

        /// Makes an entry.
        public init(
            application: ApplicationSummary, name: String, maskedNumber: String, phone: String, hamletId: String?
        ) {
            self.application = application
            self.name = name
            self.maskedNumber = maskedNumber
            self.phone = phone
            self.hamletId = hamletId
        }
    }

    /// Newest first.
    public let entries: [Entry]

    /// Makes a report.
    public init(entries: [Entry]) { self.entries = entries }
}
