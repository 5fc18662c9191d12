/// Until when a card is valid. Its text is `YYYY-MM-DD`, the last valid day, or `none`.
package enum CardExpiry: Hashable, Sendable {
    /// Valid up to and including this day.
    case day(CivilDate)
    /// `Không thời hạn`: no expiry, for holders past the last renewal age.
    case unlimited

    /// The last day of validity; nil without expiry.
    package var lastDay: CivilDate? {
        switch self {
        case .day(let day): day
        case .unlimited: nil
        }
    }

    /// Whether the card's validity ended before a day.
    package func isOver(on day: CivilDate) -> Bool {
        switch self {
        case .day(let last): last < day
        case .unlimited: false
        }
    }

    /// The text form.
    package var text: String { lastDay?.text ?? Self.none }

    private static let none = "none"
}

extension CardExpiry: Codable {
    /// Reads the text form; anything else is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        if text == Self.none {
            self = .unlimited
        } else if let day = CivilDate(text: text) {
            self = .day(day)
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither YYYY-MM-DD nor none")
        }
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
