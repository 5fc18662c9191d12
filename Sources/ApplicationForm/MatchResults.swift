/// What the authority's own system said of face and fingerprints; the station compares nothing itself.
package struct MatchResults: Codable, Hashable, Sendable {
    /// The live face against the chip's or the authority's.
    package let face: MatchResult?
    /// The fingerprints against the authority's.
    package let fingerprint: MatchResult?

    /// Takes what was said; nil for what was not asked.
    package init(face: MatchResult?, fingerprint: MatchResult?) {
        self.face = face
        self.fingerprint = fingerprint
    }

    /// Whether the authority's system said that this is another person.
    package var isAnotherPerson: Bool { [face, fingerprint].contains { $0?.outcome == .notMatched } }
}

/// One comparison's result.
package struct MatchResult: Codable, Hashable, Sendable {
    /// Three-valued: that nothing could be compared is neither a match nor none.
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case matched, notMatched
        /// No usable finger, no camera, no connection: the reason says which. The authority decides.
        case notObtainable
    }

    /// What was said.
    package let outcome: Outcome
    /// Why nothing could be compared; nil otherwise.
    package let reason: String?
    /// The authority's own reference of the comparison, where it gave one.
    package let reference: String?

    /// Takes a result.
    package init(outcome: Outcome, reason: String?, reference: String?) {
        self.outcome = outcome
        self.reason = reason
        self.reference = reference
    }
}
