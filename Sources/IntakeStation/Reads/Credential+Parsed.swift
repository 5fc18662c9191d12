import ChipDocument
import CitizenCard
import StationAPI
import StationCore

extension ReadRequest.Credential {
    /// What opens the chip. Throws `credentialInvalid` unless exactly one form is given and it is valid.
    func parsed() throws(Failure) -> AccessCredential {
        let forms = [can, number, qr, mrz, documentNumber].compactMap { $0 }
        guard forms.count == 1, documentNumber != nil || (birth == nil && expiry == nil) else {
            throw Failure(.credentialInvalid, "exactly one of can, number, qr, mrz, documentNumber")
        }
        if let can { return try .can(digits: can) }
        if let number {
            guard let parsed = PersonalNumber(number) else { throw Failure(.credentialInvalid, "number") }
            return try .can(digits: parsed.cardAccessNumber)
        }
        if let qr {
            guard let code = try? CitizenQRCode(parsing: qr) else { throw Failure(.credentialInvalid, "qr") }
            return try .can(digits: code.number.cardAccessNumber)
        }
        if let mrz { return try Self.zone(mrz) }
        guard let documentNumber, let birth = birth.flatMap(CivilDate.init(text:)), let expiry else {
            throw Failure(.credentialInvalid, "documentNumber needs birth and expiry")
        }
        return try .mrz(documentNumber: documentNumber, birth: birth.sixDigits, expiry: try Self.expiryDigits(expiry))
    }

    private static func zone(_ text: String) throws(Failure) -> AccessCredential {
        guard let zone = try? MachineReadableZone(Array(text.split(whereSeparator: \.isNewline).joined().utf8)),
            zone.wrongCheckDigits.isEmpty
        else { throw Failure(.credentialInvalid, "mrz") }
        return try .mrz(documentNumber: zone.documentNumber, birth: zone.birth, expiry: zone.expiry)
    }

    private static func expiryDigits(_ text: String) throws(Failure) -> String {
        if text == "none" { return CardProfile.vnm2021.unlimitedExpiry }
        guard let day = CivilDate(text: text) else { throw Failure(.credentialInvalid, "expiry") }
        return day.sixDigits
    }
}

extension CivilDate {
    /// YYMMDD, the form of a machine-readable zone.
    fileprivate var sixDigits: String { text.filter { $0 != "-" }.suffix(6).description }
}
