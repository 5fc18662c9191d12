package import StationCore

extension PartialDate {
    /// The printed form with the precision known: `1950`, `07/1950` or `12/07/1950`.
    package var vietnameseText: String { text.split(separator: "-").reversed().joined(separator: "/") }

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

    /// Reads `ddMMyyyy`, the form of the printed QR code, where `00` stands for unknown; also `MMyyyy` and `yyyy`.
    package init?(compactText text: String) {
        guard [4, 6, 8].contains(text.utf8.count), let value = Self.number(text, digits: text.utf8.count) else {
            return nil
        }
        self.init(zeroIsUnknown: value % 10_000, month: value / 10_000 % 100, day: value / 1_000_000)
    }

    init?(zeroIsUnknown year: Int, month: Int, day: Int) {
        self.init(year: year, month: month == 0 ? nil : month, day: day == 0 ? nil : day)
    }

    static func number(_ text: String, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}

extension CardExpiry {
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
    package var vietnameseText: String { lastDay?.vietnameseText ?? "Không thời hạn" }
}
