import StationCore
import Testing

@testable import ApplicationForm

@Suite struct FieldTests {
    @Test(
        arguments: [
            ("0912345678", "0912345678"), ("+84912345678", "0912345678"), ("84912345678", "0912345678"),
            ("091 234 56.78", "0912345678"), ("+84 (0)", nil), ("091234567", nil), ("09123456789", nil),
            ("0112345678", nil), ("+1912345678", nil), ("0912345678x", nil), ("٠٩١٢٣٤٥٦٧٨", nil), ("", nil),
            ("0591234567", "0591234567"), ("8491234567", nil), ("+0912345678", nil),
        ] as [(String, String?)]
    )
    func `phone numbers come to the national form`(typed: String, expected: String?) {
        #expect(PhoneNumber(typed)?.text == expected)
    }

    @Test(arguments: [
        ("0321234567", true), ("0551234567", false), ("0559123456", true), ("0711234567", false), ("0761234567", true),
        ("0571234567", false), ("0891234567", false), ("0896234567", true), ("0992123456", false), ("0993123456", true),
    ])
    func `an unassigned prefix is noticed`(phone: String, known: Bool) throws {
        #expect(try #require(PhoneNumber(phone)).hasKnownPrefix == known)
    }

    @Test(arguments: [
        ("a@b.vn", true), (" a.b+c@sub.example.vn ", true), ("a@b", false), ("a@@b.vn", false), ("@b.vn", false),
        (".a@b.vn", false), ("a..b@c.vn", false), ("a@-b.vn", false), ("a@b.1", false), ("a b@c.vn", false),
        ("ngọc@b.vn", false), (String(repeating: "a", count: 65) + "@b.vn", false),
    ])
    func `e-mail addresses are dot-strings at a domain`(typed: String, sound: Bool) {
        #expect((EmailAddress(typed) != nil) == sound)
    }

    @Test func `a partial date knows the days it may mean`() throws {
        let year = try #require(PartialDate(text: "2012"))
        #expect(year.earliest == day("2012-01-01") && year.latest == day("2012-12-31"))
        #expect(year.possibleAges(on: day("2026-03-02")) == 13...14)
        let month = try #require(PartialDate(text: "2012-02"))
        #expect(month.latest == day("2012-02-29"))
        #expect(month.possibleAges(on: day("2026-03-02")) == 14...14)
        #expect(month.possibleAges(on: day("2026-02-15")) == 13...14)
        #expect(PartialDate(text: "2026")?.possibleAges(on: day("2026-03-02")) == 0...0)
        #expect(PartialDate(text: "2027")?.possibleAges(on: day("2026-03-02")) == nil)
        for text in ["", "12", "2012-13", "2012-02-30", "2012-2", "2012-02-01T", "none"] {
            #expect(PartialDate(text: text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("070201001234", true), ("07020100123", false), ("0702010012345", false), ("07020100123a", false),
    ])
    func `a personal number is twelve digits`(text: String, sound: Bool) {
        #expect(FieldChecks.isPersonalNumber(text) == sound)
    }

    @Test func `texts are bounded and free of control characters`() {
        #expect(FieldChecks.problem(with: "S'tiêng", field: "f", most: 120) == nil)
        #expect(FieldChecks.problem(with: "  ", field: "f", most: 120)?.code == .fieldMissing)
        #expect(
            FieldChecks.problem(with: String(repeating: "ế", count: 121), field: "f", most: 120)?.code == .fieldTooLong
        )
        #expect(
            FieldChecks.problem(with: "a" + String(repeating: "\u{301}", count: 600), field: "f", most: 120)?.code
                == .fieldTooLong
        )
        #expect(FieldChecks.problem(with: "a\u{0}b", field: "f", most: 120)?.code == .fieldInvalid)
        #expect(FieldChecks.normalized(" Thi\u{323} ") == "Thị")
    }
}
