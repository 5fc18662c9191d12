/// Everything that can be wrong with a card on purpose, for training and tests. A card without faults is strict.
package enum Fault: String, Codable, Sendable, CaseIterable {
    // What the issuer did wrong: it is in the files.

    /// The security object's signature was made by a key that is not the certificate's.
    case forgedSignature = "forged-signature"
    /// A character of DG13 was changed after the security object was signed.
    case alteredDG13 = "altered-dg13"
    /// The document signer was certified by another CSCA than the one handed out as anchor.
    case foreignIssuer = "foreign-issuer"

    /// EF.COM does not list DG1 (BSI TR-03105-5.1, LDS_A_08).
    case comOmitsGroup = "com-omits-group"
    /// EF.COM has no list of data groups (LDS_A_09).
    case comWithoutList = "com-without-list"
    /// The composite check digit of the signed zone is wrong (LDS_B_23).
    case wrongCheckDigit = "wrong-check-digit"
    /// The signed zone names another issuing state, of no country.
    case foreignZone = "foreign-zone"
    /// The signed zone has no name (LDS_B_10).
    case namelessZone = "nameless-zone"
    /// The facial record of the signed DG2 does not begin with its format identifier (LDS_C_14).
    case formatlessPortrait = "formatless-portrait"
    /// The entries of the signed DG14 are nothing but object identifiers (LDS_F_07).
    case malformedDG14 = "malformed-dg14"
    /// The key of the signed DG15 is cut (LDS_I_02).
    case malformedDG15 = "malformed-dg15"
    /// The list of hashes is of a version that does not exist (LDS_H_39).
    case unknownListVersion = "unknown-list-version"
    /// The list of hashes names MD5 as its digest (LDS_H_41).
    case unknownDigest = "unknown-digest"
    /// The list of hashes has none of DG1 (LDS_H_44).
    case unsignedDG1 = "unsigned-dg1"
    /// The last byte of DG2 was changed after the security object was signed (LDS_H_69).
    case alteredPortrait = "altered-portrait"

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
        case .forgedSignature, .alteredDG13, .foreignIssuer, .comOmitsGroup, .comWithoutList, .wrongCheckDigit,
            .foreignZone, .namelessZone, .formatlessPortrait, .malformedDG14, .malformedDG15, .unknownListVersion,
            .unknownDigest, .unsignedDG1, .alteredPortrait:
            true
        case .wrongMAC, .clonedChip, .paceRefused, .shortLengthOnly, .parametersDemanded, .keyTemplateUnknown: false
        }
    }
}
