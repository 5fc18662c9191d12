package import ChipDocument
package import StationCore

/// One text from a scanner or a keyboard, whatever the operator had at hand: the QR code, the 12-digit number, the
/// 6-digit access number, or the three lines of the machine readable zone.
///
/// It says what may open the chip, best first, and what is known of the person before the chip speaks. It never prints.
package struct CredentialInput: Hashable, Sendable {
    /// What the text was.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The printed QR code.
        case qrCode
        /// The personal number.
        case personalNumber
        /// The card access number.
        case cardAccessNumber
        /// The machine readable zone of the back.
        case machineReadableZone
    }

    /// What the text was.
    package let kind: Kind
    /// What opens the chip, to be tried in this order, each at most once; never empty.
    ///
    /// The access number follows from the personal number and comes first: PACE needs nothing else. The zone's fields,
    /// where they were given, open a chip whose access number is another one.
    package let credentials: [AccessCredential]
    /// The personal number, when the text has it.
    package let number: PersonalNumber?
    /// What the QR code said, for `CitizenQRCode.findings(against:)`.
    package let qrCode: CitizenQRCode?

    /// Recognises a text.
    ///
    /// Throws `idCardOld` for a 9-digit number, `healthInsuranceCard` for that card's code or number, `cardForeign` for
    /// the zone of another state's document, `cardUnsupported` for one of this state that is no citizen card, and
    /// `credentialInvalid` for everything else, mistyped zones among it. No failure repeats what was typed.
    package init(parsing text: String, profile: CardProfile = .vnm2021) throws(Failure) {
        guard text.utf8.count <= Limits.Citizen.qrBytes else { throw Self.refusal("too long") }
        let text = ScannedText.trimmed(text)
        guard !text.isEmpty else { throw Self.refusal("empty") }
        if let digits = Self.digits(text) {
            self = try Self.numeric(digits)
        } else if text.contains("|") || ScannedText.decoded(hexadecimal: text)?.contains("|") == true {
            let code = try CitizenQRCode(parsing: text)
            self.init(
                .qrCode, [try .can(digits: code.number.cardAccessNumber)], number: code.number, qrCode: code)
        } else {
            self = try Self.characters(text, profile: profile)
        }
    }

    private init(
        _ kind: Kind, _ credentials: [AccessCredential], number: PersonalNumber? = nil, qrCode: CitizenQRCode? = nil
    ) {
        self.kind = kind
        self.credentials = credentials
        self.number = number
        self.qrCode = qrCode
    }

    private static func numeric(_ digits: String) throws(Failure) -> CredentialInput {
        if let number = PersonalNumber(digits) {
            return CredentialInput(.personalNumber, [try .can(digits: number.cardAccessNumber)], number: number)
        }
        switch digits.utf8.count {
        case 6: return CredentialInput(.cardAccessNumber, [try .can(digits: digits)])
        case 9: throw Failure(.idCardOld)
        default: throw refusal("\(digits.utf8.count) digits")
        }
    }

    private static func characters(_ text: String, profile: CardProfile) throws(Failure) -> CredentialInput {
        let characters = text.unicodeScalars.filter { !$0.properties.isWhitespace }.map(\.value)
        // A zone is typed in small letters as well as in capitals.
        var bytes: [UInt8] = []
        for value in characters {
            guard value < 0x80 else { throw refusal("no known form") }
            let byte = UInt8(value)
            bytes.append((0x61...0x7a).contains(byte) ? byte - 0x20 : byte)
        }
        if HealthInsuranceCard.isNumber(String(decoding: bytes, as: UTF8.self)) { throw Failure(.healthInsuranceCard) }
        guard bytes.contains(UInt8(ascii: "<")) else { throw refusal("no known form") }
        let zone: MachineReadableZone
        do throws(Failure) { zone = try MachineReadableZone(bytes) } catch {
            throw refusal("machine-readable zone of \(bytes.count) characters")
        }
        guard zone.wrongCheckDigits.isEmpty else {
            throw refusal("check digits of the zone: \(zone.wrongCheckDigits.joined(separator: ", "))")
        }
        let number: PersonalNumber
        do throws(Failure) { number = try CitizenMRZ(zone, profile: profile).number } catch {
            throw error.code == .cardDataMalformed ? refusal("the zone's fields") : error
        }
        let access = try AccessCredential.mrz(
            documentNumber: zone.documentNumber, birth: zone.birth, expiry: zone.expiry)
        return CredentialInput(
            .machineReadableZone, [try .can(digits: number.cardAccessNumber), access], number: number)
    }

    /// The digits of a text that has nothing else but the spaces, dots and hyphens with which people group them.
    private static func digits(_ text: String) -> String? {
        let kept = text.unicodeScalars.filter { !$0.properties.isWhitespace && $0 != "." && $0 != "-" }
        guard !kept.isEmpty, kept.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        return String(String.UnicodeScalarView(kept))
    }

    private static func refusal(_ detail: String) -> Failure { Failure(.credentialInvalid, detail) }
}

extension CredentialInput: CustomStringConvertible, CustomReflectable {
    /// What it was, and the masked number.
    package var description: String { kind.rawValue + (number.map { " of \($0)" } ?? "") }
    /// No children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
