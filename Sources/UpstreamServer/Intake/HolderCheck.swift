import ApplicationForm
import ChipDocument
import CitizenCard
import StationCore

/// Whether an application speaks of the person whose document was read: what it states must be what DG1 states.
enum HolderCheck {
    private static let check = "holderMatchesDocument"

    /// - Parameter bytes: DG1, only when its hash was found signed.
    static func finding(_ citizen: CitizenSnapshot, dataGroup1 bytes: [UInt8]?) -> Finding {
        guard let bytes else { return Finding(check: check, verdict: .notDetermined, reason: "dataGroup1NotSigned") }
        guard let zone = try? MachineReadableZone(dataGroup1: bytes) else {
            return Finding(check: check, verdict: .failed, reason: "dataGroup1Malformed")
        }
        if !agrees(citizen.birthDate, with: zone.birth) {
            return Finding(check: check, verdict: .failed, reason: "birthDiffers")
        }
        if case .day(let last) = citizen.expiry, shortText(last) != zone.expiry {
            return Finding(check: check, verdict: .failed, reason: "expiryDiffers")
        }
        if zone.nationality != citizen.nationality {
            return Finding(check: check, verdict: .failed, reason: "nationalityDiffers")
        }
        return Finding(check: check, verdict: number(citizen.personalNumber, zone), reason: numberReason(citizen, zone))
    }

    /// The whole number stands in front of the optional data (fillers and a check digit follow) of cards that carry it
    /// there; elsewhere the document number is its end, which is usage and not regulation: a difference proves nothing.
    private static func number(_ number: String, _ zone: MachineReadableZone) -> Verdict {
        let optional = String(zone.optionalData.prefix { $0 != "<" })
        if FieldChecks.isPersonalNumber(optional) { return optional == number ? .passed : .failed }
        return PersonalNumber(number)?.mrzDocumentNumber == zone.documentNumber ? .passed : .notDetermined
    }

    private static func numberReason(_ citizen: CitizenSnapshot, _ zone: MachineReadableZone) -> String? {
        switch number(citizen.personalNumber, zone) {
        case .passed: nil
        case .failed: "numberDiffers"
        case .notDetermined: "numberNotInDocument"
        }
    }

    /// Compares the parts of a birth date that the application knows with the zone's YYMMDD.
    private static func agrees(_ birth: PartialDate, with zone: String) -> Bool {
        let known = birth.text.filter { $0 != "-" }.dropFirst(2)
        return zone.hasPrefix(known)
    }

    private static func shortText(_ day: CivilDate) -> String {
        String(day.text.filter { $0 != "-" }.dropFirst(2))
    }
}
