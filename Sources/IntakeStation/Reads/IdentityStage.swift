import ChipDocument
import CitizenCard
import StationCore

/// Finds the moment of a read at which the text identity is verified: the security object's signature checked, the chip
/// proven, and both files with the text equal to what was signed.
struct IdentityStage {
    private var zone: [UInt8]?
    private var text: [UInt8]?
    private var signatureChecked = false
    private var chipProven = false
    private var isShown = false

    mutating func take(_ event: ReadEvent) {
        switch event {
        case .file(.dg1, let bytes, let matches): zone = matches == true ? bytes : nil
        case .file(.dg13, let bytes, let matches): text = matches == true ? bytes : nil
        case .finding(let finding) where finding.check == "securityObjectSignature":
            signatureChecked = finding.verdict == .passed
        case .finding(let finding) where finding.check == "chipAuthentication":
            chipProven = finding.verdict == .passed
        default: break
        }
    }

    /// The identity, once, as soon as it is there.
    mutating func completed() -> CitizenIdentity? {
        guard !isShown, signatureChecked, chipProven, let zone, let text,
            let identity = try? CitizenIdentity(dataGroup1: zone, dataGroup13: text)
        else { return nil }
        isShown = true
        return identity
    }
}
