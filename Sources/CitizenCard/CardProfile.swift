package import ChipDocument
package import StationCore

/// What is expected of one series of cards. Data, because it changes; no protocol depends on it.
package struct CardProfile: Sendable {
    /// The profile's stable name.
    package let name: String
    /// Issuing state of the machine readable zone, three letters.
    package let issuingState: String
    /// EF.CardAccess as the series carries it, for chips that do not give it out.
    package let cardAccess: [UInt8]
    /// The files that say who the holder is, in the order in which they are best read.
    package let identityFiles: [FileIdentifier]
    /// The file with the portrait; children's cards may lack it.
    package let portraitFile: FileIdentifier
    /// The data groups that EF.COM lists; the fingerprints among them are behind terminal authentication.
    package let dataGroups: [FileIdentifier]
    /// The MRZ's expiry date (YYMMDD) that stands for "no expiry".
    package let unlimitedExpiry: String
    /// The first and the last day on which the series was issued, as the law sets them; nil while it still is.
    package let issued: (first: CivilDate?, last: CivilDate?)

    /// What the reader of the chip may assume of the series.
    package var document: DocumentProfile { DocumentProfile(name: name, cardAccess: cardAccess) }

    /// The chip-based citizen card (CCCD), issued from 2021 until the law on identification of 2023 came into force.
    package static let vnm2021 = CardProfile(
        name: "VNM-2021", issuingState: "VNM",
        cardAccess: [
            // SET of: terminal authentication 1, chip authentication ECDH AES-128 1, PACE ECDH-GM AES-128 2 on
            // brainpoolP256r1 (parameter 13).
            0x31, 0x34,
            0x30, 0x0D, 0x06, 0x08, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x01, 0x01,
            0x30, 0x0F, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02, 0x02, 0x01, 0x01,
            0x30, 0x12, 0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02, 0x02, 0x01, 0x02,
            0x02, 0x01, 0x0D,
        ],
        identityFiles: [.sod, .dg1, .dg13, .dg14], portraitFile: .dg2,
        dataGroups: [.dg1, .dg2, .dg3, .dg13, .dg14, .dg15], unlimitedExpiry: "991231",
        issued: (first: CivilDate(year: 2021, month: 1, day: 1), last: CivilDate(year: 2024, month: 6, day: 30)))

    /// The identity card (căn cước), issued since the law on identification of 2023 came into force.
    ///
    /// What differs is printed. Of its chip only the machine readable zone has been published, and that is the one of
    /// 2021; everything else is taken over until a card of the series has been read. Its chip may keep fewer fields in
    /// DG13, and cards of children under six have no portrait: neither is an error of a card of any series.
    package static let vnm2024 = CardProfile(
        name: "VNM-2024", issuingState: vnm2021.issuingState, cardAccess: vnm2021.cardAccess,
        identityFiles: vnm2021.identityFiles, portraitFile: vnm2021.portraitFile, dataGroups: vnm2021.dataGroups,
        unlimitedExpiry: vnm2021.unlimitedExpiry,
        issued: (first: CivilDate(year: 2024, month: 7, day: 1), last: nil))

    /// Every profile, the oldest first.
    package static let all = [vnm2021, vnm2024]

    /// The series that was issued on a day: the only fact on a chip that tells the series apart.
    ///
    /// Nothing does before the chip is read, and nothing has to: a read assumes the same of all of them. Nil for a day
    /// before the first series, and nil without an issue date, which DG13 of a newer card may lack.
    package static func series(issuedOn day: CivilDate?) -> CardProfile? {
        guard let day else { return nil }
        return all.first { profile in
            (profile.issued.first.map { $0 <= day } ?? true) && (profile.issued.last.map { day <= $0 } ?? true)
        }
    }
}
