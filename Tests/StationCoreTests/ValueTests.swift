import Testing

@testable import StationCore

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2026-09-28T17:00:00.001Z", 1_790_614_800_001),
            ("1969-12-31T23:59:59.999Z", -1), ("2000-02-29T12:30:45.678Z", 951_827_445_678),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("0001-01-01T00:00:00.000Z", -62_135_596_800_000),
        ] as [(String, Int64)])
    func textAndMillisecondsAgree(text: String, milliseconds: Int64) {
        #expect(Timestamp(text: text)?.milliseconds == milliseconds)
        #expect(Timestamp(milliseconds: milliseconds).text == text)
    }

    @Test(arguments: [
        "2026-09-28T17:00:00Z", "2026-09-28 17:00:00.000Z", "2026-02-29T00:00:00.000Z", "2026-09-28T24:00:00.000Z",
        "2026-09-28T23:59:60.000Z", "2026-09-28T17:00:00.000+07:00", "2026-9-28T17:00:00.000Z", "",
        "+026-09-28T17:00:00.000Z",
    ])
    func otherFormsAreRefused(text: String) { #expect(Timestamp(text: text) == nil) }

    @Test func theLegalDayIsUTCPlusSeven() {
        #expect(Timestamp(text: "2026-09-27T16:59:59.999Z")?.vietnamDay.text == "2026-09-27")
        #expect(Timestamp(text: "2026-09-27T17:00:00.000Z")?.vietnamDay.text == "2026-09-28")
    }
}

@Suite struct CivilDateTests {
    @Test func everyDayOfFourCenturiesSurvivesTheRoundTrip() throws {
        var previous = try #require(CivilDate(text: "1899-12-31"))
        for day in (previous.daysSinceEpoch + 1)...(previous.daysSinceEpoch + 146_097) {
            let date = CivilDate(daysSinceEpoch: day)
            #expect(date.daysSinceEpoch == day && date > previous && CivilDate(text: date.text) == date)
            previous = date
        }
    }

    @Test(arguments: [
        ("2012-11-24", 14), ("2012-11-25", 13), ("2026-11-24", 0), ("2012-02-29", 14), ("1926-11-24", 100),
    ])
    func ageIsInFullYearsAndABirthdayTodayCounts(birth: String, years: Int) throws {
        let today = try #require(CivilDate(text: "2026-11-24"))
        #expect(today.fullYears(since: try #require(CivilDate(text: birth))) == years)
    }

    @Test func aLeapDayBirthdayIsOnTheFirstOfMarch() throws {
        let birth = try #require(CivilDate(text: "2012-02-29"))
        #expect(CivilDate(text: "2026-02-28")?.fullYears(since: birth) == 13)
        #expect(CivilDate(text: "2026-03-01")?.fullYears(since: birth) == 14)
    }
}

@Suite struct ItemIDTests {
    /// RFC 9562, A.6.
    @Test func theExampleOfRFC9562IsRead() {
        #expect(ItemID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")?.text == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test func aNewIdCarriesItsTimeVersionAndVariant() {
        let id = ItemID(at: Timestamp(milliseconds: 0x017f_22e2_79b0), random: SystemRandomSource())
        #expect(id.text.hasPrefix("017f22e2-79b0-7"))
        #expect(ItemID(id.text) == id)
    }

    @Test(arguments: [
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f", "017f22e279b07cc398c4dc0c0c07398f", "",
    ])
    func otherFormsAreRefused(text: String) { #expect(ItemID(text) == nil) }
}

@Suite struct FailureTableTests {
    @Test(arguments: FailureCode.allCases)
    func everyCodeSaysWhatWhyAndWhatToDoInBothLanguages(code: FailureCode) {
        let text = code.text
        let pairs = [(text.title, text.titleVi), (text.cause, text.causeVi), (text.remedy, text.remedyVi)]
        for (english, vietnamese) in pairs {
            #expect(!english.isEmpty && !vietnamese.isEmpty && english != vietnamese)
            // One sentence each, put together by whoever prints them.
            #expect(!english.hasSuffix(".") && !vietnamese.hasSuffix("."))
            #expect(english.first?.isLowercase != true || english.hasPrefix("pcscd") || english.hasPrefix("intaked"))
        }
        #expect(code.rawValue.allSatisfy { $0.isLowercase || $0 == "-" })
    }

    @Test func vietnameseTextsAreDistinct() {
        #expect(Set(FailureCode.allCases.map(\.text.titleVi)).count == FailureCode.allCases.count)
    }
}

@Suite struct OtherValueTests {
    @Test func theRelationsAmongTheLimitsHold() { #expect(Limits.violations.isEmpty) }

    @Test func aRedactedValueNeverPrints() {
        let secret = Redacted("070099001234")
        #expect(!"\(secret) \(String(reflecting: secret)) \([secret])".contains("0700"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("0700"))
    }

    @Test func aMaskKeepsThreeAndFour() {
        #expect(masked("070099001234") == "070*****1234")
        #expect(masked("0912345678") == "091***5678")
        #expect(masked("1234567") == "*******")
    }

    @Test(arguments: ["", "a b", "é", String(repeating: "x", count: 129), "a/b"])
    func aWireNameHasItsAlphabet(text: String) { #expect(WireName(text) == nil) }

    @Test func findingsCombineToTheWeakest() {
        let passed = Finding(check: "a", verdict: .passed)
        let unknown = Finding(check: "b", verdict: .notDetermined, reason: "x")
        let failed = Finding(check: "c", verdict: .failed, reason: "y")
        #expect([passed, passed].combined == .passed)
        #expect([passed, unknown].combined == .notDetermined)
        #expect([unknown, failed, passed].combined == .failed)
        #expect([Finding]().combined == .notDetermined)
    }
}
