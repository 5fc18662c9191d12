import ApplicationForm
import StationCore
import Uplink

/// What an application needs of a finished read. It lives in memory only.
struct FinishedRead: Sendable {
    /// The read's id.
    let id: String
    /// The person as the chip says.
    let citizen: CitizenSnapshot
    /// How the card was read and what was proven.
    let card: CardFacts
    /// The card files that upstream needs to verify again, as far as the configuration permits.
    let files: [SealedContent.File]
    /// Whether everything was asked for: an application takes nothing less.
    let isWhole: Bool
    /// What is prepared for the sealing, so that the save does not wait for it; it goes with the read.
    var seal: PreparedSeal?
}
