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
        // What a scanner or a keyboard delivers is recognised by what it is; the member says what the client took it for.
        if let (text, kinds) = typed {
            let input = try CredentialInput(parsing: text)
            guard kinds.contains(input.kind) else { throw Failure(.credentialInvalid, input.kind.rawValue) }
            return CredentialLadder(input.credentials, qrCode: input.qrCode)
        }
        guard let documentNumber, let birth = birth.flatMap(CivilDate.init(text:)), let expiry else {
            throw Failure(.credentialInvalid, "documentNumber needs birth and expiry")
        }
        return CredentialLadder([
            try .mrz(documentNumber: documentNumber, birth: birth.sixDigits, expiry: try Self.expiryDigits(expiry))
        ])
    }

    /// The one text and what it may be.
    private var typed: (text: String, kinds: Set<CredentialInput.Kind>)? {
        if let can { return (can, [.cardAccessNumber]) }
        if let number { return (number, [.personalNumber]) }
        if let mrz { return (mrz, [.machineReadableZone]) }
        // A field for scanning takes whatever is scanned or typed there.
        return qr.map { ($0, Set(CredentialInput.Kind.allCases)) }
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
