package import StationCore

/// Who may apply for level 2, from a day on: legal limits as dated data, never as code.
package struct RuleSet: Codable, Hashable, Sendable {
    /// What an age means for an application.
    package enum Admission: String, Codable, Sendable {
        /// Applies in person.
        case alone
        /// Applies with a parent or guardian, on that person's own phone.
        case withRepresentative
        /// No level-2 account at this age.
        case refused
    }

    /// From an age on.
    package struct AgeBracket: Codable, Hashable, Sendable {
        /// Full years on the legal day.
        package let fromAge: Int
        /// What it means.
        package let admission: Admission

        /// Makes a bracket.
        package init(fromAge: Int, admission: Admission) {
            self.fromAge = fromAge
            self.admission = admission
        }
    }

    /// Stable name, recorded in every application.
    package let id: String
    /// First legal day of this set.
    package let from: CivilDate
    /// Brackets by rising age.
    package let brackets: [AgeBracket]
    /// A citizen old enough to apply alone may come with a guardian (wards).
    package let acceptsWards: Bool
    /// A phone is required; otherwise an e-mail address does as well.
    package let phoneRequired: Bool
    /// Nationalities taken in here (ICAO 9303-3 codes); others go to the immigration authority.
    package let nationalities: [String]

    /// Makes a rule set.
    package init(
        id: String,
        from: CivilDate,
        brackets: [AgeBracket],
        acceptsWards: Bool,
        phoneRequired: Bool,
        nationalities: [String] = ["VNM"]
    ) {
        self.id = id
        self.from = from
        self.brackets = brackets
        self.acceptsWards = acceptsWards
        self.phoneRequired = phoneRequired
        self.nationalities = nationalities
    }

    /// What an age means; younger than every bracket is refused.
    package func admission(age: Int) -> Admission {
        brackets.filter { $0.fromAge <= age }.max { $0.fromAge < $1.fromAge }?.admission ?? .refused
    }
}

extension [RuleSet] {
    /// The sets known at release; configuration may replace them.
    ///
    /// Decree 59/2022/NĐ-CP, articles 11 and 14, in force 2022-10-20; Decree 69/2024/NĐ-CP, articles 7 and 10, in force
    /// 2024-07-01.
    package static var vietnam: [RuleSet] {
        [
            CivilDate(year: 2022, month: 10, day: 20).map {
                RuleSet(
                    id: "decree-59-2022",
                    from: $0,
                    brackets: [.init(fromAge: 14, admission: .alone)],
                    acceptsWards: false,
                    phoneRequired: false
                )
            },
            CivilDate(year: 2024, month: 7, day: 1).map {
                RuleSet(
                    id: "decree-69-2024",
                    from: $0,
                    brackets: [
                        .init(fromAge: 6, admission: .withRepresentative), .init(fromAge: 14, admission: .alone),
                    ],
                    acceptsWards: true,
                    phoneRequired: true
                )
            },
        ].compactMap { $0 }
    }

    /// The set in force on a legal day; nil before the first one.
    package func inForce(on day: CivilDate) -> RuleSet? {
        filter { $0.from <= day }.max { $0.from < $1.from }
    }
}
