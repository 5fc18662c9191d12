import ChipDocument
import CitizenCard
import StationAPI
import StationCore

extension ReadRequest.Credential {
    /// What may open the chip, the likeliest first. Throws `credentialInvalid` unless exactly one form is given and it is
    /// valid.
    func ladder() throws(Failure) -> CredentialLadder {
        let forms = [can, number, qr, mrz, documentNumber].compactMap { $0 }
        guard forms.count == 1, documentNumber != nil || (birth == nil && expiry == nil) else {
            throw Failure(.credentialInvalid, "exactly one of can, number, qr, mrz, documentNumber")
        }
        if let can { return CredentialLadder([try .can(digits: can)]) }
        if let number {
            guard let parsed = PersonalNumber(number) else { throw Failure(.credentialInvalid, "number") }
            return CredentialLadder([try .can(digits: parsed.cardAccessNumber)])
        }
        if let qr {
            guard let code = try? CitizenQRCode(parsing: qr) else { throw Failure(.credentialInvalid, "qr") }
            return CredentialLadder([try .can(digits: code.number.cardAccessNumber)])
        }
        if let mrz { return try Self.zone(mrz) }
        guard let documentNumber, let birth = birth.flatMap(CivilDate.init(text:)), let expiry else {
            throw Failure(.credentialInvalid, "documentNumber needs birth and expiry")
        }
        return CredentialLadder([
            try .mrz(documentNumber: documentNumber, birth: birth.sixDigits, expiry: try Self.expiryDigits(expiry))
        ])
    }

    /// The zone of a citizen card gives both: the card access number, and the zone's own key where the chip wants that.
    private static func zone(_ text: String) throws(Failure) -> CredentialLadder {
        guard let zone = try? MachineReadableZone(Array(text.split(whereSeparator: \.isNewline).joined().utf8)),
            zone.wrongCheckDigits.isEmpty
        else { throw Failure(.credentialInvalid, "mrz") }
        let key = try AccessCredential.mrz(
            documentNumber: zone.documentNumber, birth: zone.birth, expiry: zone.expiry)
        guard let number = (try? CitizenMRZ(zone))?.number else { return CredentialLadder([key]) }
        return CredentialLadder([try .can(digits: number.cardAccessNumber), key])
    }

    private static func expiryDigits(_ text: String) throws(Failure) -> String {
        if text == "none" { return CardProfile.vnm2021.unlimitedExpiry }
        guard let day = CivilDate(text: text) else { throw Failure(.credentialInvalid, "expiry") }
        return day.sixDigits
    }
}

extension ReadRequest {
    /// What is wanted to know: everything unless the request says so. Throws `fieldInvalid` for a word that is no field, and
    /// when only the portrait is wanted: nobody would be named beside it.
    func wantedFields() throws(Failure) -> Set<CitizenField> {
        guard let fields else { return Set(CitizenField.allCases) }
        var wanted: Set<CitizenField> = []
        for name in fields {
            guard let field = CitizenField(rawValue: name) else { throw Failure(.fieldInvalid, "fields: \(name)") }
            wanted.insert(field)
        }
        guard !wanted.subtracting([.portrait]).isEmpty else { throw Failure(.fieldInvalid, "fields") }
        return wanted
    }
}

extension CivilDate {
    /// YYMMDD, the form of a machine-readable zone.
    fileprivate var sixDigits: String { text.filter { $0 != "-" }.suffix(6).description }
}
