import StationCore

/// Consent is explicit, to the current text, and says how it was given; silence is none.
struct ConsentJudge {
    let texts: [ConsentText]
    let now: Timestamp

    /// The record; nil when there is no sound consent.
    func judge(_ draft: ApplicationDraft.Consent?, _ problems: inout Problems) -> ConsentRecord? {
        guard let draft, draft.granted == true else {
            problems.add("consent.granted", .consentMissing)
            return nil
        }
        guard let version = draft.textVersion, let digest = draft.textSHA256 else {
            problems.add("consent.textVersion", .consentMissing)
            return nil
        }
        problems.require(
            texts.contains(ConsentText(version: version, sha256: digest)),
            "consent.textVersion",
            .consentStale
        )
        problems.require(draft.confirmation != nil, "consent.confirmation", .consentMissing)
        guard let confirmation = draft.confirmation else { return nil }
        let witness = draft.witness.map { witness in
            Witness(
                fullName: FieldChecks.normalized(witness.fullName),
                personalNumber: witness.personalNumber.map(FieldChecks.normalized))
        }
        problems.require((confirmation == .witnessed) == (witness != nil), "consent.witness", .witnessMissing)
        let language = draft.language ?? ""
        problems.require(FieldChecks.isLanguage(language), "consent.language", .fieldInvalid)
        return ConsentRecord(
            textVersion: version,
            textSHA256: digest,
            language: language,
            readAloudBy: draft.readAloudBy,
            confirmation: confirmation,
            at: draft.at ?? now,
            granted: true,
            witness: witness
        )
    }
}
