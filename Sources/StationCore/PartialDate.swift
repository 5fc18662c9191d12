/// A date of which the day, or day and month, may be unknown; older people's birth dates are often only a year.
///
/// Its text is ISO 8601 with the precision known: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
package struct PartialDate: Hashable, Sendable {
    /// Year, 1 to 9999.
    package let year: Int
    /// Month, 1 to 12; nil when unknown.
    package let month: Int?
    /// Day of the month; nil when unknown, and always when the month is.
    package let day: Int?

    /// Nil when there is no such year, month or day, or a day without a month.
    package init?(year: Int, month: Int? = nil, day: Int? = nil) {
        guard CivilDate(year: year, month: month ?? 1, day: day ?? 1) != nil, month != nil || day == nil else {
            return nil
        }
        self.year = year
        self.month = month
        self.day = day
    }

    /// A fully known day.
    package init(_ date: CivilDate) {
        year = date.year
        month = date.month
        day = date.day
    }

    /// Parses exactly one of the three text forms.
    package init?(text: String) {
        switch text.utf8.count {
        case 4:
            guard let first = CivilDate(text: text + "-01-01") else { return nil }
            self.init(year: first.year)
        case 7:
            guard let first = CivilDate(text: text + "-01") else { return nil }
            self.init(year: first.year, month: first.month)
        default:
            guard let day = CivilDate(text: text) else { return nil }
            self.init(day)
        }
    }

    /// The day, when it is fully known.
    package var exact: CivilDate? { month == nil || day == nil ? nil : earliest }

    /// The first day that the date may mean.
    package var earliest: CivilDate { Self.existing(year, month ?? 1, days: [day ?? 1]) }

    /// The last day that the date may mean.
    package var latest: CivilDate { Self.existing(year, month ?? 12, days: day.map { [$0] } ?? [31, 30, 29, 28]) }

    /// The text form.
    package var text: String { String(earliest.text.prefix(month == nil ? 4 : day == nil ? 7 : 10)) }

    /// Whether nothing known of one contradicts the other.
    package func agrees(with other: PartialDate) -> Bool {
        func agree(_ left: Int?, _ right: Int?) -> Bool { left == nil || right == nil || left == right }
        return year == other.year && agree(month, other.month) && agree(day, other.day)
    }

    /// The ages, in full years on a legal day, that a person born on this date may have; nil when born after it.
    package func possibleAges(on day: CivilDate) -> ClosedRange<Int>? {
        let oldest = day.fullYears(since: earliest)
        guard earliest <= day, oldest >= 0 else { return nil }
        return max(0, day.fullYears(since: latest))...oldest
    }

    /// The first of some days that the month has; one of them it always has, since `init` proved the parts.
    private static func existing(_ year: Int, _ month: Int, days: [Int]) -> CivilDate {
        guard let day = days.lazy.compactMap({ CivilDate(year: year, month: month, day: $0) }).first else {
            preconditionFailure("a partial date's parts were proven when it was made")
        }
        return day
    }
}

extension PartialDate: Codable {
    /// Reads the text form; anything else is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = PartialDate(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not of the form YYYY, YYYY-MM or YYYY-MM-DD")
        }
        self = value
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
