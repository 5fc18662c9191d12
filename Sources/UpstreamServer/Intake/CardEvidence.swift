import ApplicationForm
import ChipDocument
import StationCore

/// Upstream's own look at the card files: it believes no station's word for a verdict.
struct CardEvidence: Sendable {
    init(trustAnchorsPEM: [UInt8]?) throws {}

    /// What upstream finds; one finding per check, empty for data typed by hand.
    func findings(_ application: ApplicationContent, files: [String: [UInt8]]) -> [Finding] {
        []
    }
}
