import StationCore

/// An e-mail address (RFC 5321, 4.1.2): dot-string local part and a domain of at least two labels, ASCII.
///
/// Quoted local parts, address literals and internationalised addresses are refused: upstream's SMS and mail gateways
/// are not known to deliver to them.
package struct EmailAddress: Hashable, Sendable {
    /// The address; its case is kept.
    package let text: String

    /// Surrounding spaces are dropped; nil when the rest is no such address.
    package init?(_ typed: String) {
        let address = typed.drop { $0 == " " }
        let trimmed = String(address.reversed().drop { $0 == " " }.reversed())
        let halves = trimmed.split(separator: "@", omittingEmptySubsequences: false)
        guard trimmed.utf8.count <= Limits.Application.emailBytes, halves.count == 2,
            (1...64).contains(halves[0].utf8.count), (1...253).contains(halves[1].utf8.count),
            Self.isDotString(halves[0]), Self.isDomain(halves[1])
        else { return nil }
        text = trimmed
    }

    private static func isDotString(_ local: Substring) -> Bool {
        local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.utf8.allSatisfy { isAlphanumeric($0) || specials.contains($0) }
        }
    }

    private static func isDomain(_ domain: Substring) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        let wellFormed = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
        let topIsName = labels.last.map { $0.utf8.contains { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
        return labels.count >= 2 && wellFormed && topIsName == true
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// RFC 5322, 3.2.3: atext besides letters and digits.
    private static let specials = Set("!#$%&'*+-/=?^_`{|}~".utf8)
}
