import StationCore

/// Age, expiry and nationality on the legal day (law 11: a suspect clock decides nothing unless a person vouches for it).
struct Eligibility {
    /// What the age means; nil where it could not be decided.
    private(set) var admission: RuleSet.Admission?
    /// The rule set in force; nil where the day could not be decided or lies before the first set.
    private(set) var ruleSet: RuleSet?
    private(set) var problems = Problems()
    private(set) var warnings = Problems()

    init(citizen: CitizenSnapshot, overrides: [Override], rules: [RuleSet], now: Timestamp, quality: ClockQuality) {
        guard let day = Self.day(now: now, quality: quality, overrides: overrides) else {
            problems.add("overrides.clockConfirmed", .clockConfirmationMissing)
            return
        }
        // Nothing vouches for the clock, nothing speaks against it: the decision is made, and said to rest on it.
        if quality == .unsynchronized, day == now.vietnamDay {
            warnings.add("clock", .clockConfirmationMissing)
        }
        guard let ruleSet = rules.inForce(on: day) else {
            problems.add("overrides.clockConfirmed", .clockConfirmationMissing)
            return
        }
        self.ruleSet = ruleSet
        judgeExpiry(citizen.expiry, on: day)
        problems.require(ruleSet.nationalities.contains(citizen.nationality), "citizen.nationality", .cardForeign)
        judgeAge(citizen.birthDate, on: day, overrides: overrides, ruleSet: ruleSet)
    }

    /// The legal day on which to decide: the clock's, and where that is suspect the one that the operator vouches for.
    /// Where the clock may be believed nobody moves the day: it decides who is old enough, and whose card has expired.
    private static func day(now: Timestamp, quality: ClockQuality, overrides: [Override]) -> CivilDate? {
        guard quality == .suspect else { return now.vietnamDay }
        return overrides.first { $0.kind == .clockConfirmed }?.day
    }

    private mutating func judgeExpiry(_ expiry: CardExpiry?, on day: CivilDate) {
        switch expiry {
        case .day(let last): problems.require(day <= last, "citizen.expiry", .cardExpired)
        case .unlimited: break
        case nil: problems.add("citizen.expiry", .fieldMissing)
        }
    }

    private mutating func judgeAge(
        _ birth: PartialDate,
        on day: CivilDate,
        overrides: [Override],
        ruleSet: RuleSet
    ) {
        guard let ages = birth.possibleAges(on: day) else {
            problems.add("citizen.birthDate", .fieldInvalid)
            return
        }
        let confirmed = overrides.first { $0.kind == .ageConfirmed }?.age
        if let confirmed, !ages.contains(confirmed) {
            problems.add("overrides.ageConfirmed", .ageUndetermined)
            return
        }
        let meanings = Set((confirmed.map { $0...$0 } ?? ages).map(ruleSet.admission))
        guard meanings.count == 1, let meaning = meanings.first else {
            problems.add("citizen.birthDate", .ageUndetermined)
            return
        }
        admission = meaning
        problems.require(meaning != .refused, "citizen.birthDate", .ageBelowMinimum)
    }
}
