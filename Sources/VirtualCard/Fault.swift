/// Everything that can be wrong with a card on purpose, for training and tests. A card without faults is strict.
package enum Fault: String, Codable, Sendable, CaseIterable {
    // What the issuer did wrong: it is in the files.

    /// The security object's signature was made by a key that is not the certificate's.
    case forgedSignature = "forged-signature"
    /// A character of DG13 was changed after the security object was signed.
    case alteredDG13 = "altered-dg13"
    /// The document signer was certified by another CSCA than the one handed out as anchor.
    case foreignIssuer = "foreign-issuer"

    // What the chip does wrong: it is in the answers.

    /// Every MAC under secure messaging has one bit flipped.
    case wrongMAC = "wrong-mac"
    /// The chip holds another key than DG14 states: it was copied.
    case clonedChip = "cloned-chip"
    /// The chip does not know PACE, though EF.CardAccess announces it.
    case paceRefused = "pace-refused"
    /// Extended lengths answer 6700.
    case shortLengthOnly = "short-length-only"
    /// MSE:Set AT for PACE without domain parameters answers 6A87, as some older documents do.
    case parametersDemanded = "parameters-demanded"
    /// MSE:Set KAT is not known: 3DES chip authentication goes by MSE:Set AT only.
    case keyTemplateUnknown = "key-template-unknown"

    /// Whether the fault concerns the files, so that it must be chosen when the card is issued.
    package var isIssuers: Bool {
        switch self {
        case .forgedSignature, .alteredDG13, .foreignIssuer: true
        case .wrongMAC, .clonedChip, .paceRefused, .shortLengthOnly, .parametersDemanded, .keyTemplateUnknown: false
        }
    }
}
