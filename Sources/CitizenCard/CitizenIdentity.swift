package import ChipDocument
package import StationCore

/// A citizen as the chip says, put together from DG13 (the text) and DG1 (the machine-readable zone), never edited.
///
/// Ethnicity, religion, parents and spouse are on the chip and not here (law: only what is needed). It never prints.
package struct CitizenIdentity: Hashable, Sendable {
    /// Personal number, of the machine-readable zone.
    package let number: PersonalNumber
    /// Full name with every mark, NFC.
    package let fullName: String
    /// Birth date, perhaps only the year.
    package let birthDate: PartialDate
    /// Sex; where the zone leaves it open, as DG13 or else the number states it.
    package let sex: Sex
    /// Nationality as the card words it, such as `Việt Nam`; the zone's code where DG13 does not say.
    package let nationality: String
    /// Nationality of the machine-readable zone, three letters (ICAO 9303-3, section 5).
    package let nationalityCode: String
    /// Place of origin, when the card carries it.
    package let origin: String?
    /// Permanent residence, when the card carries it.
    package let residence: String?
    /// Issue date, when the card carries it.
    package let issueDate: CivilDate?
    /// Until when the card is valid.
    package let expiry: CardExpiry
    /// The card series by its issue date, such as `VNM-2024`; nil when the chip does not give the date.
    package let series: String?
    /// How number, machine-readable zone and DG13 agree: one finding a check, always the same checks in the same order.
    package let findings: [Finding]
    /// What DG13 has that the known schema does not.
    package let drift: [DataGroup13.Drift]

    /// Reads both files. DG13 gives the text, the zone what DG13 leaves out; contradictions are findings, not errors.
    ///
    /// Throws what `MachineReadableZone`, `CitizenMRZ` (`cardForeign` among it) and `DataGroup13` throw, and
    /// `cardUnsupported` when no file has the name with its marks: the zone's is no substitute.
    package init(
        dataGroup1: [UInt8], dataGroup13: [UInt8], profile: CardProfile = .vnm2021
    ) throws(Failure) {
        let mrz = try CitizenMRZ(MachineReadableZone(dataGroup1: dataGroup1), profile: profile)
        let group = try DataGroup13(parsing: dataGroup13)
        guard let fullName = group.text(.fullName) else { throw Failure(.cardUnsupported, "DG13 without a name") }
        let texts = CrossChecks.Texts(group)
        number = mrz.number
        self.fullName = fullName
        birthDate = texts.birthDate.value ?? mrz.birthDate
        sex = mrz.sex ?? texts.sex.value ?? mrz.number.sex
        nationality = group.text(.nationality) ?? mrz.zone.nationality
        nationalityCode = mrz.zone.nationality
        origin = group.text(.origin)
        residence = group.text(.residence)
        issueDate = texts.issueDate.value
        expiry = mrz.expiry
        series = CardProfile.series(issuedOn: texts.issueDate.value)?.name
        findings = CrossChecks.findings(mrz: mrz, texts: texts) + [CrossChecks.schema(group.drift)]
        drift = group.drift
    }

    /// Reads the files of a chip. Throws what the other initialiser throws; a document of another state, which has no
    /// DG13, is `cardForeign`, another one without DG13 `cardNotDocument`; without a signed machine-readable zone, which
    /// every document has, it is `cardDataMalformed`.
    package init(files: [FileIdentifier: [UInt8]], profile: CardProfile = .vnm2021) throws(Failure) {
        guard let dataGroup1 = files[.dg1] else { throw Failure(.cardDataMalformed, "no signed DG1 on the chip") }
        guard let dataGroup13 = files[.dg13] else {
            _ = try CitizenMRZ(MachineReadableZone(dataGroup1: dataGroup1), profile: profile)
            throw Failure(.cardNotDocument, "no DG13 on the chip")
        }
        try self.init(dataGroup1: dataGroup1, dataGroup13: dataGroup13, profile: profile)
    }
}

extension CitizenIdentity: CustomStringConvertible, CustomReflectable {
    /// The masked number.
    package var description: String { "\(number)" }
    /// No children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
