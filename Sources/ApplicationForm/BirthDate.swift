package import StationCore

/// A day, a month or a year, whichever is known: birth dates of older citizens are often a year only.
///
/// Its text is ISO 8601 with reduced precision: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
package struct BirthDate: Hashable, Sendable {
    /// The first day that the date may mean.
    package let earliest: CivilDate
    /// The last day that the date may mean.
    package let latest: CivilDate
    /// The text form.
    package let text: String

    /// A fully known day.
    package init(_ day: CivilDate) {
        earliest = day
        latest = day
        text = day.text
    }

    /// A year, or a month of it; nil when the calendar has no such year or month.
    package init?(year: Int, month: Int? = nil) {
        guard let first = CivilDate(year: year, month: month ?? 1, day: 1) else { return nil }
        let lastMonth = month ?? 12
        guard
            let last = [31, 30, 29, 28].lazy.compactMap({ CivilDate(year: year, month: lastMonth, day: $0) }).first
        else { return nil }
        earliest = first
        latest = last
        text = String(first.text.prefix(month == nil ? 4 : 7))
    }

    /// Parses exactly one of the three text forms.
    package init?(text: String) {
        if let day = CivilDate(text: text) {
            self.init(day)
        } else if text.utf8.count == 7, let first = CivilDate(text: text + "-01") {
            self.init(year: first.year, month: first.month)
        } else if text.utf8.count == 4, let first = CivilDate(text: text + "-01-01") {
            self.init(year: first.year)
        } else {
            return nil
        }
    }

    /// The ages, in full years on a legal day, that a person born on this date may have; nil when born after it.
    package func possibleAges(on day: CivilDate) -> ClosedRange<Int>? {
        let oldest = day.fullYears(since: earliest)
        guard earliest <= day, oldest >= 0 else { return nil }
        return max(0, day.fullYears(since: latest))...oldest
    }
}

extension BirthDate: Codable {
    /// Reads the text form; anything else is a data-corrupted error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = BirthDate(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "not of the form YYYY, YYYY-MM or YYYY-MM-DD"
            )
        }
        self = value
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
