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
    /// The eMRTD application cannot be selected.
    case applicationAbsent = "application-absent"
    /// A read that reaches past the end of a file answers 6B00 and nothing.
    case endOfFileRefused = "end-of-file-refused"
    /// A read that reaches past the end of a file answers 6Cxx and nothing.
    case endOfFileCorrected = "end-of-file-corrected"

    // BAC.

    /// The answer to EXTERNAL AUTHENTICATE has a wrong MAC.
    case bacWrongMAC = "bac-wrong-mac"
    /// The answer to EXTERNAL AUTHENTICATE does not hold the reader's nonce; its MAC is right.
    case bacWrongCryptogram = "bac-wrong-cryptogram"
    /// EXTERNAL AUTHENTICATE answers 6300.
    case bacRefused = "bac-refused"

    // Secure messaging, in answers to READ BINARY.

    /// A plain 6988.
    case messagingError = "messaging-error"
    /// No DO'8E'.
    case messagingWithoutMAC = "messaging-without-mac"
    /// No DO'87'; the MAC is right.
    case messagingWithoutCryptogram = "messaging-without-cryptogram"
    /// No DO'99'; the MAC is right.
    case messagingWithoutStatus = "messaging-without-status"
    /// DO'87' altered; the MAC is right.
    case messagingWrongCryptogram = "messaging-wrong-cryptogram"

    // Chip and active authentication.

    /// The chip says yes to chip authentication and keeps its old keys.
    case oldKeysKept = "old-keys-kept"
    /// The chip does not know the key reference of chip authentication: 6A88.
    case keyReferenceUnknown = "key-reference-unknown"
    /// The recovered message of active authentication ends in a trailer that no hash has.
    case activeWrongTrailer = "active-wrong-trailer"
    /// INTERNAL AUTHENTICATE answers 6700.
    case activeRefused = "active-refused"

    // PACE, by the step of GENERAL AUTHENTICATE.

    /// MSE:Set AT answers 6A88.
    case paceTemplateRefused = "pace-template-refused"
    /// The encrypted nonce is altered.
    case paceNonceAltered = "pace-nonce-altered"
    /// Step 1 to 4 answers 6300.
    case paceError1 = "pace-error-1"
    case paceError2 = "pace-error-2"
    case paceError3 = "pace-error-3"
    case paceError4 = "pace-error-4"
    /// The data object of step 1 to 4 is cut.
    case paceMalformed1 = "pace-malformed-1"
    case paceMalformed2 = "pace-malformed-2"
    case paceMalformed3 = "pace-malformed-3"
    case paceMalformed4 = "pace-malformed-4"
    /// The data object of step 1 to 4 has tag 90, 92, 94, 96.
    case paceTag1 = "pace-tag-1"
    case paceTag2 = "pace-tag-2"
    case paceTag3 = "pace-tag-3"
    case paceTag4 = "pace-tag-4"
    /// The mapping key is not on the curve.
    case paceMappingOffCurve = "pace-mapping-off-curve"
    /// The ephemeral key is not on the curve.
    case paceEphemeralOffCurve = "pace-ephemeral-off-curve"
    /// The ephemeral key is the reader's own.
    case paceEphemeralEchoed = "pace-ephemeral-echoed"
    /// The token is wrong.
    case paceWrongToken = "pace-wrong-token"
    /// Chip authentication mapping: no DO'8A'.
    case mappingWithoutData = "mapping-without-data"
    /// Chip authentication mapping: what DO'8A' decrypts to is not padded.
    case mappingUnpadded = "mapping-unpadded"
    /// Chip authentication mapping: DO'8A' is another key's.
    case mappingOfAnotherKey = "mapping-of-another-key"
    /// Chip authentication mapping: the data stand in DO'8B'.
    case mappingWrongTag = "mapping-wrong-tag"
    /// Chip authentication mapping: DO'8A' is empty.
    case mappingEmpty = "mapping-empty"
    /// Another mapping than chip authentication's shows DO'8A' all the same.
    case mappingUninvited = "mapping-uninvited"

    /// Whether the fault concerns the files, so that it must be chosen when the card is issued.
    package var isIssuers: Bool {
        switch self {
        case .forgedSignature, .alteredDG13, .foreignIssuer, .comOmitsGroup, .comWithoutList, .wrongCheckDigit,
            .foreignZone, .namelessZone, .formatlessPortrait, .malformedDG14, .malformedDG15, .unknownListVersion,
            .unknownDigest, .unsignedDG1, .alteredPortrait:
            true
        default: false
        }
    }
}
