public import StationCore

/// What the holder's card gives us to open its chip with. Never printed, never logged.
public enum AccessCredential: Hashable, Sendable {
    /// Card access number: 6 digits (BSI TR-03110-2; PACE only).
    case can(Redacted<String>)
    /// The machine-readable zone's key fields with their check digits (ICAO 9303-11, 9.7.2 and 4.3): PACE and BAC.
    case mrz(Redacted<String>)

    /// Which kind this is, for records.
    public enum Kind: String, Codable, Sendable {
        case can
        case mrz
    }

    /// Which kind this is.
    public var kind: Kind {
        switch self {
        case .can: .can
        case .mrz: .mrz
        }
    }

    /// A card access number; throws `credentialInvalid` unless it is exactly 6 ASCII digits.
    public static func can(digits: String) throws(Failure) -> AccessCredential {
        guard digits.utf8.count == 6, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Failure(.credentialInvalid, "card access number is not 6 digits")
        }
        return .can(Redacted(digits))
    }

    /// The key fields of the MRZ: document number (1 to 22 characters A-Z, 0-9, `<`), dates as YYMMDD, where `<` may
    /// stand for unknown digits of the birth date. Check digits are computed. Throws `credentialInvalid`.
    public static func mrz(documentNumber: String, birth: String, expiry: String) throws(Failure) -> AccessCredential {
        let number =
            documentNumber.count < 9
            ? documentNumber + String(repeating: "<", count: 9 - documentNumber.count) : documentNumber
        guard (1...22).contains(documentNumber.utf8.count), number.utf8.count == number.count,
            let numberDigit = CheckDigit.compute(number), let birthDigit = CheckDigit.compute(birth),
            let expiryDigit = CheckDigit.compute(expiry), Self.isDate(birth, unknown: true),
            Self.isDate(expiry, unknown: false)
        else { throw Failure(.credentialInvalid, "machine-readable zone key") }
        return .mrz(Redacted("\(number)\(numberDigit)\(birth)\(birthDigit)\(expiry)\(expiryDigit)"))
    }

    private static func isDate(_ text: String, unknown: Bool) -> Bool {
        text.utf8.count == 6
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (unknown && $0 == UInt8(ascii: "<")) }
    }

    /// The secret that keys are derived from (ICAO 9303-11, 9.7.3): the CAN's characters, or SHA-1 of the MRZ's
    /// information for `mrz` (in PACE whole, in BAC its first 16 bytes).
    package var secret: [UInt8] {
        switch self {
        case .can(let digits): Array(digits.unredacted.utf8)
        case .mrz(let information): KeyDerivation.mrzSeed(information.unredacted)
        }
    }
}
