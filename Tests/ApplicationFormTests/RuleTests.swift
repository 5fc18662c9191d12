import StationCore
import Testing

@testable import ApplicationForm

@Suite struct RuleTests {
    @Test func `an ordinary application passes, normalised`() throws {
        let outcome = validate(draft())
        #expect(outcome.said == [] && outcome.warned == [])
        let content = try #require(outcome.content)
        #expect(content.declared.phone == "0912345678")
        #expect(content.ruleSet == "decree-69-2024")
        #expect(content.consent.at == time("2026-03-02"))
        #expect(document(.application(content)).problems.isEmpty)
    }

    @Test func `an empty draft has a problem for each thing that is missing`() {
        let outcome = validate(ApplicationDraft())
        #expect(outcome.said == ["declared.phone phone-missing", "consent.granted consent-missing"])
        #expect(outcome.content == nil)
    }

    // Decree 59/2022 until 2024-06-30, Decree 69/2024 from 2024-07-01; the legal day begins at 17:00 UTC.
    @Test(
        arguments: [
            ("2009-07-01", "2023-07-01", "00:00:00.000", []),
            ("2009-07-02", "2023-07-01", "00:00:00.000", ["citizen.birthDate age-below-minimum"]),
            ("2009-07-02", "2023-07-01", "17:00:00.000", []),
            ("2010-07-02", "2024-06-30", "16:59:59.999", ["citizen.birthDate age-below-minimum"]),
            ("2010-07-02", "2024-06-30", "17:00:00.000", ["representative representative-missing"]),
            ("2018-07-02", "2024-07-02", "00:00:00.000", ["representative representative-missing"]),
            ("2018-07-03", "2024-07-02", "00:00:00.000", ["citizen.birthDate age-below-minimum"]),
            ("2010-02-28", "2024-02-28", "00:00:00.000", []),
            ("2012-02-29", "2026-02-28", "00:00:00.000", ["representative representative-missing"]),
            ("2012-02-29", "2026-03-01", "00:00:00.000", []),
        ] as [(String, String, String, [String])]
    )
    func `age is full years on the legal day of the rule set in force`(
        birth: String,
        date: String,
        clock: String,
        expected: [String]
    ) {
        let outcome = validate(draft(), citizen: citizen(birth: birth), in: context(now: time(date, clock)))
        #expect(outcome.said == expected)
    }

    @Test func `a year of birth that does not decide needs a confirmed age`() {
        let young = citizen(birth: "2012")
        #expect(validate(draft(), citizen: young).said == ["citizen.birthDate age-undetermined"])
        var confirmed = draft()
        confirmed.overrides = [Override(kind: .ageConfirmed, reason: "school record", age: 14)]
        #expect(validate(confirmed, citizen: young).said == [])
        confirmed.overrides = [Override(kind: .ageConfirmed, reason: "school record", age: 13)]
        #expect(validate(confirmed, citizen: young).said == ["representative representative-missing"])
        confirmed.overrides = [Override(kind: .ageConfirmed, reason: "says so", age: 15)]
        #expect(validate(confirmed, citizen: young).said == ["overrides.ageConfirmed age-undetermined"])
        #expect(validate(draft(), citizen: citizen(birth: "1950")).said == [])
    }

    @Test func `a birth after today is impossible`() {
        #expect(validate(draft(), citizen: citizen(birth: "2027")).said == ["citizen.birthDate field-invalid"])
    }

    @Test func `a minor comes with a representative, on that person's own phone`() throws {
        let child = citizen(birth: "2016-01-01")
        var minor = draft(phone: nil)
        minor.representative = mother()
        let content = try #require(validate(minor, citizen: child).content)
        #expect(content.declared.phone == "0987654321")
        minor.declared?.phone = "0912345678"
        #expect(validate(minor, citizen: child).said == ["declared.phone representative-invalid"])
        minor.declared?.phone = nil
        minor.representative = mother(phone: nil)
        #expect(validate(minor, citizen: child).said == ["representative.phone phone-missing"])
        minor.representative = mother()
        minor.representative?.personalNumber = child.personalNumber
        minor.representative?.fullName = " "
        minor.representative?.relationship = nil
        #expect(
            Set(validate(minor, citizen: child).said) == [
                "representative.personalNumber representative-invalid", "representative.fullName field-missing",
                "representative.relationship representative-invalid",
            ]
        )
    }

    @Test func `wards come with a guardian only where the rule set knows them`() {
        var ward = draft(phone: nil)
        ward.representative = mother()
        #expect(validate(ward).said == [])
        #expect(
            validate(ward, in: context(now: time("2023-07-01"))).said == ["representative representative-invalid"]
        )
    }

    @Test func `an e-mail address is enough only under the older decree`() {
        #expect(validate(draft(phone: nil), in: context(now: time("2023-07-01"))).said == [])
        #expect(validate(draft(phone: nil)).said == ["declared.phone phone-missing"])
    }

    @Test func `fields that cannot be read are named`() {
        var wrong = draft(phone: "12")
        wrong.declared?.email = "nobody"
        wrong.declared?.integrations = ["bankAccount"]
        #expect(
            validate(wrong).said == [
                "declared.phone phone-invalid", "declared.email email-invalid",
                "declared.integrations integration-unknown",
            ]
        )
        #expect(validate(draft(phone: "0551234567")).warned == ["declared.phone phone-invalid"])
    }

    @Test func `a card is valid through its last day`() {
        #expect(validate(draft(), citizen: citizen(expiry: .day(day("2026-03-02")))).said == [])
        #expect(
            validate(draft(), citizen: citizen(expiry: .day(day("2026-03-01")))).said
                == ["citizen.expiry card-expired"]
        )
        #expect(validate(draft(), citizen: citizen(expiry: .unlimited)).said == [])
        #expect(validate(draft(), citizen: citizen(expiry: nil)).said == ["citizen.expiry field-missing"])
    }

    @Test func `nobody moves the day of a clock that may be believed`() {
        var vouched = draft()
        vouched.overrides = [Override(kind: .clockConfirmed, reason: "wall calendar", day: day("2026-02-01"))]
        let expired = citizen(expiry: .day(day("2026-03-01")))
        for quality in [ClockQuality.synchronized, .unsynchronized] {
            #expect(
                validate(vouched, citizen: expired, in: context(quality: quality)).said
                    == ["citizen.expiry card-expired"])
        }
    }

    @Test func `a suspect clock decides neither age nor expiry`() {
        let expired = citizen(expiry: .day(day("2020-01-01")))
        let suspect = context(quality: .suspect)
        #expect(
            validate(draft(), citizen: expired, in: suspect).said
                == ["overrides.clockConfirmed clock-confirmation-missing"]
        )
        var vouched = draft()
        vouched.overrides = [Override(kind: .clockConfirmed, reason: "wall calendar", day: day("2026-03-02"))]
        #expect(validate(vouched, in: suspect).said == [])
        #expect(validate(vouched, citizen: expired, in: suspect).said == ["citizen.expiry card-expired"])
        vouched.overrides = [Override(kind: .clockConfirmed, reason: "wall calendar")]
        #expect(
            validate(vouched, in: suspect).said == [
                "overrides.clockConfirmed clock-confirmation-missing", "overrides.clockConfirmed field-missing",
            ]
        )
    }

    @Test func `a clock that nobody vouches for is said to be one`() {
        let outcome = validate(draft(), in: context(quality: .unsynchronized))
        #expect(outcome.said == [] && outcome.warned == ["clock clock-confirmation-missing"])
    }

    @Test func `a day before every rule set speaks against the clock`() {
        #expect(
            validate(draft(), in: context(now: time("2022-10-19"))).said
                == ["overrides.clockConfirmed clock-confirmation-missing"]
        )
    }

    @Test func `foreigners are sent to the immigration authority`() {
        #expect(validate(draft(), citizen: citizen(nationality: "KHM")).said == ["citizen.nationality card-foreign"])
    }

    @Test func `consent is explicit, current, and says how it was given`() {
        func said(_ change: (inout ApplicationDraft.Consent) -> Void) -> [String] {
            var changed = draft()
            change(&changed.consent!)
            return validate(changed).said
        }
        #expect(said { $0.granted = nil } == ["consent.granted consent-missing"])
        #expect(said { $0.granted = false } == ["consent.granted consent-missing"])
        #expect(said { $0.textVersion = "2023" } == ["consent.textVersion consent-stale"])
        #expect(said { $0.textSHA256 = String(repeating: "0", count: 64) } == ["consent.textVersion consent-stale"])
        #expect(said { $0.confirmation = nil } == ["consent.confirmation consent-missing"])
        #expect(said { $0.language = "" } == ["consent.language field-invalid"])
        #expect(said { $0.confirmation = .witnessed } == ["consent.witness witness-missing"])
        let witness = Witness(fullName: " Điểu Thị Sa ", personalNumber: nil)
        #expect(said { $0.witness = witness } == ["consent.witness witness-missing"])
        #expect(said { ($0.confirmation, $0.witness) = (.witnessed, witness) } == [])
        let unnamed = Witness(fullName: " ", personalNumber: nil)
        #expect(
            said { ($0.confirmation, $0.witness) = (.witnessed, unnamed) } == ["consent.witness.fullName field-missing"])
        #expect(said { $0.textSHA256 = nil } == ["consent.textVersion consent-missing"])
    }

    @Test func `duplicates and reused phones block until a reason is given`() {
        let busy = context(duplicate: true, reusedPhone: "0912345678")
        let both = ["citizen.personalNumber duplicate-today", "declared.phone phone-reused"]
        #expect(validate(draft(), in: busy).said == both)
        var reasoned = draft()
        reasoned.overrides = [
            Override(kind: .duplicateToday, reason: "first one cancelled"),
            Override(kind: .phoneReused, reason: "guardian"),
        ]
        let outcome = validate(reasoned, in: busy)
        #expect(outcome.said == [] && outcome.warned == both)
        #expect(outcome.content?.overrides.count == 2)
        reasoned.overrides?[1] = Override(kind: .phoneReused, reason: "")
        #expect(validate(reasoned, in: busy).said == ["overrides.phoneReused field-missing"])
        reasoned.overrides?[1] = Override(kind: .duplicateToday, reason: "again")
        #expect(
            validate(reasoned, in: busy).said == [
                "overrides.duplicateToday field-invalid", "declared.phone phone-reused",
            ]
        )
    }

    @Test(
        arguments: [
            ([("dataGroupHashes", .passed), ("issuerTrust", .notDetermined)], [], []),
            ([("dataGroupHashes", .notDetermined)], ["card.findings.dataGroupHashes card-not-verified"], []),
            ([("issuerTrust", .passed)], ["card.findings.dataGroupHashes card-not-verified"], []),
            (
                [("dataGroupHashes", .passed), ("issuerTrust", .failed)], ["card.findings.issuerTrust card-forged"], []
            ),
            (
                [("dataGroupHashes", .passed), ("chipAuthentication", .notDetermined)], [],
                ["card.findings.chipAuthentication card-not-verified"]
            ),
            (
                [("dataGroupHashes", .passed), ("dataGroupHashes", .failed)],
                ["card.findings.dataGroupHashes card-forged"], []
            ),
        ] as [([(String, Verdict)], [String], [String])]
    )
    func `the policy says which proofs a card needs`(
        findings: [(String, Verdict)],
        problems: [String],
        warnings: [String]
    ) {
        let outcome = validate(draft(), card: card(findings.map { Finding(check: $0.0, verdict: $0.1) }))
        #expect(outcome.said == problems && outcome.warned == warnings)
    }

    @Test func `typed data is taken in only where policy says so, marked`() {
        let typed = CardFacts(
            readMethod: .manual,
            readAt: time("2026-03-02"),
            accessProtocol: nil,
            findings: [],
            manualReason: "chip unreadable after three tries"
        )
        #expect(validate(draft(), card: typed).said == ["card.readMethod card-not-verified"])
        let lenient = CardVerificationPolicy(mustPass: [], mayBeUndetermined: [], acceptsManualEntry: true)
        let outcome = validate(draft(), card: typed, in: context(policy: lenient))
        #expect(outcome.said == [] && outcome.warned == ["card.readMethod card-not-verified"])
    }

    @Test func `what the authority's system said is recorded, and nothing obtainable needs its reason`() {
        func said(_ face: MatchResult?, _ fingerprint: MatchResult? = nil) -> [String] {
            var changed = draft()
            changed.matches = MatchResults(face: face, fingerprint: fingerprint)
            return validate(changed).said
        }
        #expect(said(.init(outcome: .matched, reason: nil, reference: "c06-1")) == [])
        #expect(said(nil, .init(outcome: .notObtainable, reason: "worn", reference: nil)) == [])
        #expect(
            said(nil, .init(outcome: .notObtainable, reason: nil, reference: nil))
                == ["matches.fingerprint.reason match-reason-missing"])
        #expect(
            said(.init(outcome: .notMatched, reason: "why", reference: nil)) == ["matches.face.reason field-invalid"])
        #expect(
            said(.init(outcome: .matched, reason: nil, reference: "a b")) == ["matches.face.reference field-invalid"])
        #expect(MatchResults(face: nil, fingerprint: .init(outcome: .notMatched, reason: nil, reference: nil)).isAnotherPerson)
        #expect(!MatchResults(face: nil, fingerprint: .init(outcome: .notObtainable, reason: "x", reference: nil)).isAnotherPerson)
    }
}
