import ChipDocument
import StationCore

/// What the number, the machine readable zone and DG13 say about each other. None of it proves a card genuine; each
/// contradiction shows that something is wrong with it.
enum CrossChecks {
    /// A text of DG13 read as its type.
    enum Reading<Value: Equatable>: Equatable {
        case absent
        case unreadable
        case value(Value)

        var value: Value? { if case .value(let value) = self { value } else { nil } }

        init(_ text: String?, _ parse: (String) -> Value?) {
            self = text.map { parse($0).map(Reading.value) ?? .unreadable } ?? .absent
        }
    }

    /// The fields of DG13 that are compared.
    struct Texts {
        let number: Reading<PersonalNumber>
        let fullName: Reading<String>
        let birthDate: Reading<PartialDate>
        let sex: Reading<Sex>
        let issueDate: Reading<CivilDate>
        let expiry: Reading<CardExpiry>

        init(_ group: DataGroup13) {
            number = Reading(group.text(.number), PersonalNumber.init)
            fullName = Reading(group.text(.fullName)) { $0 }
            birthDate = Reading(group.text(.birthDate), PartialDate.init(vietnameseText:))
            sex = Reading(group.text(.sex), Sex.init(vietnameseText:))
            issueDate = Reading(group.text(.issueDate), CivilDate.init(vietnameseText:))
            expiry = Reading(group.text(.expiry), CardExpiry.init(vietnameseText:))
        }
    }

    /// Every check, in a fixed order.
    static func findings(mrz: CitizenMRZ, texts: Texts) -> [Finding] {
        let number = mrz.number
        return [
            number.hasKnownProvince
                ? Finding(check: "numberProvince", verdict: .passed)
                : Finding(check: "numberProvince", verdict: .notDetermined, reason: "unknownProvince"),
            finding("mrzCheckDigits", mrz.zone.wrongCheckDigits.isEmpty, "wrongCheckDigit"),
            finding("mrzNumberDigit", mrz.numberDigitHolds, "wrongCheckDigit"),
            finding("mrzDocumentNumber", mrz.zone.documentNumber == number.mrzDocumentNumber, "notTheNumbersEnd"),
            compare("numberInDG13", texts.number) { $0 == number },
            compare("sexInNumber", mrz.sex.map(Reading.value) ?? .absent) { $0 == number.sex },
            compare("sexInDG13", texts.sex) { $0 == mrz.sex ?? number.sex },
            finding("birthYearInNumber", mrz.birthDate.year == number.birthYear, "differs"),
            compare("birthDateInDG13", texts.birthDate) { $0.agrees(with: mrz.birthDate) },
            compare("expiryInDG13", texts.expiry) { $0 == mrz.expiry },
            name(texts.fullName, mrz.zone),
            dates(mrz, texts),
        ]
    }

    /// A new field or type is no fault of the card, and nobody can say yet what it means.
    static func schema(_ drift: [DataGroup13.Drift]) -> Finding {
        drift.isEmpty
            ? Finding(check: "citizenDataSchema", verdict: .passed)
            : Finding(check: "citizenDataSchema", verdict: .notDetermined, reason: "schemaDrift")
    }

    private static func finding(_ check: String, _ holds: Bool, _ reason: String) -> Finding {
        Finding(check: check, verdict: holds ? .passed : .failed, reason: holds ? nil : reason)
    }

    private static func compare<Value>(
        _ check: String, _ reading: Reading<Value>, _ agrees: (Value) -> Bool
    ) -> Finding {
        switch reading {
        case .absent: Finding(check: check, verdict: .notDetermined, reason: "absent")
        case .unreadable: Finding(check: check, verdict: .failed, reason: "unreadable")
        case .value(let value): finding(check, agrees(value), "differs")
        }
    }

    /// The zone's name is Latin, upper case, and may be cut at the end of its line. How an issuer shortens a name that
    /// does not fit is left to it (ICAO 9303-5, 4.2.3): with the same first word, another shortening is no contradiction.
    private static func name(_ text: Reading<String>, _ zone: MachineReadableZone) -> Finding {
        let check = "nameInDG13"
        guard case .value(let fullName) = text, let line = zone.lines.last else {
            return compare(check, text) { _ in false }
        }
        if VietnameseText.mrzName(fullName) == line { return Finding(check: check, verdict: .passed) }
        let whole = VietnameseText.wholeMRZName(fullName)
        guard whole.count > VietnameseText.mrzNameCharacters, whole.prefix(while: { $0 != "<" }) == zone.primaryName
        else {
            return Finding(check: check, verdict: .failed, reason: "differs")
        }
        return Finding(check: check, verdict: .notDetermined, reason: "nameShortened")
    }

    /// Birth before issue, issue before expiry.
    private static func dates(_ mrz: CitizenMRZ, _ texts: Texts) -> Finding {
        guard case .value(let issue) = texts.issueDate else {
            return compare("dateOrder", texts.issueDate) { _ in true }
        }
        var holds = mrz.birthDate.year <= issue.year
        if let birth = mrz.birthDate.exact { holds = birth <= issue }
        if case .day(let last) = mrz.expiry, last < issue { holds = false }
        return finding("dateOrder", holds, "impossibleOrder")
    }
}
