import ChipDocument
import StationCore

/// How the sources of one card agree with each other: personal number, machine-readable zone, text.
struct IdentityChecks {
    let zone: MachineReadableZone
    let text: DataGroup13
    let number: PersonalNumber
    let birthDate: PartialDate
    let sex: Sex
    let expiry: CardExpiry?

    var findings: [Finding] {
        [
            finding("mrzCheckDigits", zone.wrongCheckDigits.isEmpty, "checkDigitWrong"),
            finding("mrzDocumentNumber", zone.documentNumber == number.mrzDocumentNumber, "numberDiffers"),
            finding("mrzPersonalNumber", zone.optionalData.hasPrefix(number.digits), "numberDiffers"),
            optionalDataCheckDigit,
            finding("mrzSex", Sex(mrzLetter: zone.sex) == sex, "sexDiffers"),
            finding("mrzBirthDate", zone.birth == expectedBirth, "birthDateDiffers"),
            mrzExpiry,
            finding("numberSex", number.sex == sex, "sexDiffers"),
            finding("numberBirthYear", number.birthYear == birthDate.year, "birthYearDiffers"),
            Finding(
                check: "numberProvince", verdict: number.hasKnownProvince ? .passed : .notDetermined,
                reason: number.hasKnownProvince ? nil : "provinceUnknown"),
            Finding(
                check: "citizenDataSchema", verdict: text.drift.isEmpty ? .passed : .notDetermined,
                reason: text.drift.isEmpty ? nil : "schemaDrift"),
        ]
    }

    /// Position 30 of line 1 is formally optional data, and on these cards the check digit of the 12 digits.
    private var optionalDataCheckDigit: Finding {
        guard let digit = zone.lines.first?.last, digit != "<" else {
            return Finding(check: "mrzPosition30", verdict: .notDetermined, reason: "absent")
        }
        return finding("mrzPosition30", CheckDigit.holds(digit, for: number.digits), "checkDigitWrong")
    }

    private var mrzExpiry: Finding {
        switch expiry {
        case nil: Finding(check: "mrzExpiry", verdict: .notDetermined, reason: "absent")
        case .unlimited: finding("mrzExpiry", zone.expiry == CardProfile.vnm2021.unlimitedExpiry, "expiryDiffers")
        case .day(let day): finding("mrzExpiry", zone.expiry == Self.sixDigits(PartialDate(day)), "expiryDiffers")
        }
    }

    /// YYMMDD with `<` for what is unknown (ICAO 9303-3, 4.8).
    private var expectedBirth: String { Self.sixDigits(birthDate) }

    private static func sixDigits(_ date: PartialDate) -> String {
        func two(_ value: Int?) -> String {
            guard let value else { return "<<" }
            return value < 10 ? "0\(value)" : "\(value)"
        }
        return two(date.year % 100) + two(date.month) + two(date.day)
    }

    private func finding(_ check: String, _ holds: Bool, _ reason: String) -> Finding {
        Finding(check: check, verdict: holds ? .passed : .failed, reason: holds ? nil : reason)
    }
}
