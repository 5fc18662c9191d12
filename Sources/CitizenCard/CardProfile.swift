package import ChipDocument
import StationCore

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

    /// What the reader of the chip may assume of the series.
    package var document: DocumentProfile { DocumentProfile(name: name, cardAccess: cardAccess) }

    /// The chip-based citizen card issued since 2021.
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
        dataGroups: [.dg1, .dg2, .dg3, .dg13, .dg14, .dg15], unlimitedExpiry: "991231")
}
