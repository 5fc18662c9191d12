package import StationCore

/// A date of which the day, or day and month, may be unknown; older people's birth dates are often only a year.
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

    /// The day, when it is fully known.
    package var exact: CivilDate? {
        guard let month, let day else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// ISO 8601 with the precision known: `1950`, `1950-07` or `1950-07-12`.
    package var text: String {
        [Self.padded(year, 4), month.map { Self.padded($0, 2) }, day.map { Self.padded($0, 2) }]
            .compactMap(\.self).joined(separator: "-")
    }

    /// The printed form with the precision known: `1950`, `07/1950` or `12/07/1950`.
    package var vietnameseText: String {
        [day.map { Self.padded($0, 2) }, month.map { Self.padded($0, 2) }, Self.padded(year, 4)]
            .compactMap(\.self).joined(separator: "/")
    }

    /// Whether nothing known of one contradicts the other.
    package func agrees(with other: PartialDate) -> Bool {
        year == other.year && Self.agree(month, other.month) && Self.agree(day, other.day)
    }

    /// Reads `yyyy`, `MM/yyyy` or `dd/MM/yyyy`; `00` stands for unknown.
    package init?(vietnameseText text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), let year = Self.number(parts[parts.count - 1], digits: 4) else {
            return nil
        }
        let leading = parts.dropLast().map { Self.number($0, digits: 2) }
        guard leading.allSatisfy({ $0 != nil }) else { return nil }
        self.init(
            zeroIsUnknown: year, month: (leading.last ?? 0) ?? 0, day: leading.count == 2 ? (leading[0] ?? 0) : 0)
    }

    /// Reads `ddMMyyyy`, the form of the printed QR code; `00` stands for unknown.
    package init?(compactText text: String) {
        guard let value = Self.number(text, digits: 8) else { return nil }
        self.init(zeroIsUnknown: value % 10_000, month: value / 10_000 % 100, day: value / 1_000_000)
    }

    init?(zeroIsUnknown year: Int, month: Int, day: Int) {
        self.init(year: year, month: month == 0 ? nil : month, day: day == 0 ? nil : day)
    }

    private static func agree(_ left: Int?, _ right: Int?) -> Bool {
        guard let left, let right else { return true }
        return left == right
    }

    static func number(_ text: String, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Until when a card is valid.
package enum CardExpiry: Hashable, Sendable {
    /// The last day of validity.
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

    /// Reads `dd/MM/yyyy` or `Không thời hạn` in any composition and case.
    package init?(vietnameseText text: String) {
        if let day = CivilDate(vietnameseText: text) {
            self = .day(day)
        } else if VietnameseText.searchKey(text) == "khong thoi han" {
            self = .unlimited
        } else {
            return nil
        }
    }

    /// `dd/MM/yyyy` or `Không thời hạn`.
    package var vietnameseText: String {
        switch self {
        case .day(let day): day.vietnameseText
        case .unlimited: "Không thời hạn"
        }
    }
}
