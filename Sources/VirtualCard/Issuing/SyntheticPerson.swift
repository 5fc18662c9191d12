package import CitizenCard
package import StationCore

/// A citizen who does not exist, with everything that a card says of one.
package struct SyntheticPerson: Sendable {
    /// Personal number; its century, sex and year digits agree with the rest.
    package var number: PersonalNumber
    /// Full name with diacritics.
    package var fullName: String
    /// Date of birth.
    package var birthDate: CivilDate
    /// Sex.
    package var sex: Sex
    /// Place of origin.
    package var origin: String
    /// Place of residence, longer than 127 bytes so that lengths need their long form.
    package var residence: String
    /// Issue date of the card.
    package var issueDate: CivilDate
    /// Until when the card is valid.
    package var expiry: CardExpiry
    /// Names of father and mother.
    package var father: String
    package var mother: String
    /// Name of the spouse; nil when there is none.
    package var spouse: String?
    /// Old 9-digit number; nil when there never was one.
    package var oldNumber: String?
    /// Identifying marks.
    package var marks: String
    /// The sixteen characters of DG13's last field.
    package var serial: String

    /// What may be fixed of a person that is otherwise drawn from the seed.
    package struct Wishes: Sendable {
        /// The number; sex, and unless wished otherwise the birth year, follow from it.
        package var number: PersonalNumber?
        /// Date of birth.
        package var birthDate: CivilDate?
        /// Validity.
        package var expiry: CardExpiry?

        /// No wishes unless given.
        package init(number: PersonalNumber? = nil, birthDate: CivilDate? = nil, expiry: CardExpiry? = nil) {
            self.number = number
            self.birthDate = birthDate
            self.expiry = expiry
        }
    }

    /// Draws a person whose card was issued in the year before `today` (for an infant, today).
    ///
    /// Throws `numberInvalid` when a wished number and a wished birth date contradict each other, or when the birth lies
    /// outside the years that a number can state.
    package init(seed: UInt64, today: CivilDate, wishes: Wishes = Wishes()) throws(Failure) {
        var generator = SeededGenerator(seed: seed)
        let drawnSex: Sex = Bool.random(using: &generator) ? .female : .male
        let drawnYear = today.year - Int.random(in: 19...70, using: &generator)
        let month = Int.random(in: 1...12, using: &generator)
        let day = Int.random(in: 1...28, using: &generator)
        let serialDigits = generator.digits(6)
        sex = wishes.number?.sex ?? drawnSex
        let year = wishes.birthDate?.year ?? wishes.number?.birthYear ?? drawnYear
        guard let birth = wishes.birthDate ?? CivilDate(year: year, month: month, day: day),
            let number = wishes.number
                ?? PersonalNumber(province: "070", sex: sex, birthYear: birth.year, serial: serialDigits),
            number.birthYear == birth.year
        else { throw Failure(.numberInvalid, "number and birth date disagree") }
        birthDate = birth
        self.number = number

        let family = generator.pick(SyntheticNames.families)
        fullName = SyntheticNames.person(family: family, sex: sex, using: &generator)
        father = SyntheticNames.person(family: family, sex: .male, using: &generator)
        mother = SyntheticNames.person(family: generator.pick(SyntheticNames.families), sex: .female, using: &generator)
        let isAdult = today.fullYears(since: birth) >= 25
        spouse =
            isAdult && Bool.random(using: &generator)
            ? SyntheticNames.person(
                family: generator.pick(SyntheticNames.families), sex: sex == .male ? .female : .male, using: &generator)
            : nil
        oldNumber = isAdult ? "28" + generator.digits(7) : nil
        let place = generator.pick(SyntheticNames.places)
        origin = "\(place), Hớn Quản, Bình Phước"
        residence = SyntheticNames.residence(place: place, using: &generator)
        marks =
            "Nốt ruồi cách \(Int.random(in: 1...4, using: &generator))cm dưới sau đuôi mắt \(generator.pick(["trái", "phải"]))"
        serial = generator.digits(16)
        let drawnIssue = CivilDate(
            year: today.year - 1, month: Int.random(in: 1...12, using: &generator),
            day: Int.random(in: 1...28, using: &generator))
        issueDate = drawnIssue.flatMap { $0 < birth ? nil : $0 } ?? today
        expiry = wishes.expiry ?? Self.legalExpiry(birth: birth, issued: issueDate)
    }

    /// The birthday (14, 25, 40, 60) until which a card issued on a day is valid; one that lies within two years of the
    /// issue is skipped, and past the last there is no expiry.
    static func legalExpiry(birth: CivilDate, issued: CivilDate) -> CardExpiry {
        for age in [14, 25, 40, 60] {
            // Born on 29 February: the card of a common year ends on the 28th.
            guard
                let end = CivilDate(year: birth.year + age, month: birth.month, day: birth.day)
                    ?? CivilDate(year: birth.year + age, month: birth.month, day: birth.day - 1)
            else { continue }
            if end.fullYears(since: issued) >= 2, end > issued { return .day(end) }
        }
        return .unlimited
    }
}
