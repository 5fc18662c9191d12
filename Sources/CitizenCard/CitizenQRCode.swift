package import StationCore

/// What the printed QR code of a citizen card says. It is unsigned: a convenience to open the chip, never a proof.
package struct CitizenQRCode: Hashable, Sendable {
    /// Which order of fields was met. A card of 2024 may use either: the order does not tell the series.
    package enum Layout: String, Hashable, Sendable {
        /// CCCD of 2021: number, old number, name, birth, sex, residence, issue date.
        case citizenCard2021
        /// Căn cước of 2024: number, name, birth and sex in either order, residence, issue date, old and cancelled
        /// numbers.
        case identityCard2024
    }

    /// Which order the fields had.
    package let layout: Layout
    /// The personal number.
    package let number: PersonalNumber
    /// The old 9-digit number, when there is one.
    package let oldNumber: String?
    /// Full name with diacritics, NFC.
    package let fullName: String
    /// Birth date, perhaps only the year.
    package let birthDate: PartialDate
    /// Sex.
    package let sex: Sex
    /// Place of residence, NFC; may be empty.
    package let residence: String
    /// Issue date, when the code has one.
    package let issueDate: CivilDate?

    /// Parses the text that a scanner delivers, with whatever the scanner puts around it.
    ///
    /// Fields beyond the known ones are ignored. Throws `healthInsuranceCard` for that card's code, and
    /// `credentialInvalid` for everything else that is not a citizen card's.
    package init(parsing text: String) throws(Failure) {
        let fields = try Self.fields(ScannedText.trimmed(text))
        guard let number = PersonalNumber(fields[0]) else {
            guard !HealthInsuranceCard.isCode(fields) else { throw Failure(.healthInsuranceCard) }
            throw Self.refusal("first field is not a personal number")
        }
        guard (6...Limits.Citizen.qrFields).contains(fields.count) else { throw Self.refusal("\(fields.count) fields") }
        self.number = number
        let tail: ArraySlice<String>
        if fields[1].isEmpty || Self.isOldNumber(fields[1]) {
            guard fields.count >= 7 else { throw Self.refusal("\(fields.count) fields") }
            layout = .citizenCard2021
            oldNumber = fields[1].isEmpty ? nil : fields[1]
            tail = fields[2...]
        } else {
            layout = .identityCard2024
            oldNumber = fields.dropFirst(6).first(where: Self.isOldNumber)
            tail = fields[1...]
        }
        // From here both orders are: name, birth and sex, residence, issue date.
        let rest = Array(tail)
        fullName = Self.text(rest[0])
        guard !fullName.isEmpty else { throw Self.refusal("no name") }
        if let birth = PartialDate(compactText: rest[1]), let sex = Self.sex(rest[2]) {
            (birthDate, self.sex) = (birth, sex)
        } else if let birth = PartialDate(compactText: rest[2]), let sex = Self.sex(rest[1]) {
            (birthDate, self.sex) = (birth, sex)
        } else {
            throw Self.refusal("no birth date and sex where they belong")
        }
        residence = Self.text(rest[3])
        if rest[4].isEmpty {
            issueDate = nil
        } else {
            guard let day = PartialDate(compactText: rest[4])?.exact else { throw Self.refusal("issue date") }
            issueDate = day
        }
    }

    /// At least one field; empty ones keep their place.
    private static func fields(_ text: String) throws(Failure) -> [String] {
        guard text.utf8.count <= Limits.Citizen.qrBytes else { throw refusal("too long") }
        var text = text
        // A scanner may deliver the whole code in hexadecimal, not only its texts.
        if !text.contains("|"), let decoded = ScannedText.decoded(hexadecimal: text) { text = decoded }
        return text.split(separator: "|", maxSplits: Limits.Citizen.qrFields, omittingEmptySubsequences: false)
            .map(String.init)
    }

    private static func refusal(_ detail: String) -> Failure { Failure(.credentialInvalid, "QR code: \(detail)") }

    private static func isOldNumber(_ field: String) -> Bool { PartialDate.number(field, digits: 9) != nil }

    /// A text field in NFC; some scanners deliver it as the hexadecimal of its UTF-8. Names short enough to look like
    /// hexadecimal by chance are left alone.
    private static func text(_ field: String) -> String {
        guard field.utf8.count >= 8, let decoded = ScannedText.decoded(hexadecimal: field) else {
            return VietnameseText.normalized(field)
        }
        return VietnameseText.normalized(decoded)
    }

    private static func sex(_ field: String) -> Sex? {
        Sex(vietnameseText: field) ?? ScannedText.decoded(hexadecimal: field).flatMap(Sex.init(vietnameseText:))
    }
}

extension CitizenQRCode: CustomStringConvertible, CustomReflectable {
    /// The masked number.
    package var description: String { "QR code of \(number)" }
    /// No children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
