/// What the operator typed from the printed card because the chip cannot be read. It is marked unverified, needs a second
/// person, and is held until somebody releases it.
public struct ManualEntry: Codable, Hashable, Sendable {
    /// Personal number, 12 digits.
    public var personalNumber: String?
    /// Full name with its marks.
    public var fullName: String?
    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, as the card says.
    public var birthDate: String?
    /// `male`, `female` or `unspecified`.
    public var sex: String?
    /// Three-letter code, such as `VNM`.
    public var nationality: String?
    /// Place of residence as the card says.
    public var residence: String?
    /// Day of issue, `YYYY-MM-DD`.
    public var issueDate: String?
    /// Last day of validity, `YYYY-MM-DD`, or `none`.
    public var expiry: String?
    /// Why the chip cannot be read.
    public var reason: String?

    /// Makes an entry.
    public init(
        personalNumber: String?, fullName: String?, birthDate: String?, sex: String?, nationality: String?,
        residence: String? = nil, issueDate: String? = nil, expiry: String?, reason: String?
    ) {
        self.personalNumber = personalNumber
        self.fullName = fullName
        self.birthDate = birthDate
        self.sex = sex
        self.nationality = nationality
        self.residence = residence
        self.issueDate = issueDate
        self.expiry = expiry
        self.reason = reason
    }
}

/// What the authority's own system said of face and fingerprints; the station compares nothing itself.
public struct SubmittedMatches: Codable, Hashable, Sendable {
    /// One comparison.
    public struct Match: Codable, Hashable, Sendable {
        /// `matched`, `notMatched` or `notObtainable`.
        public var outcome: String
        /// Why nothing could be compared; only with `notObtainable`, and then required.
        public var reason: String?
        /// The authority's reference of the comparison.
        public var reference: String?

        /// Makes a result.
        public init(outcome: String, reason: String? = nil, reference: String? = nil) {
            self.outcome = outcome
            self.reason = reason
            self.reference = reference
        }
    }

    /// The live face.
    public var face: Match?
    /// The fingerprints.
    public var fingerprint: Match?

    /// Makes results.
    public init(face: Match? = nil, fingerprint: Match? = nil) {
        self.face = face
        self.fingerprint = fingerprint
    }
}

/// A picture that travels with the application, such as the portrait that the desk's camera took.
public struct SubmittedAttachment: Codable, Hashable, Sendable {
    /// `image/jpeg`.
    public var mediaType: String
    /// The picture, base64.
    public var content: String

    /// Makes an attachment.
    public init(mediaType: String, content: String) {
        self.mediaType = mediaType
        self.content = content
    }
}

/// Who was present when somebody agreed who cannot read or does not speak the language.
public struct SubmittedWitness: Codable, Hashable, Sendable {
    /// Full name.
    public var fullName: String
    /// Personal number, where the witness carries a card.
    public var personalNumber: String?

    /// Names a witness.
    public init(fullName: String, personalNumber: String? = nil) {
        self.fullName = fullName
        self.personalNumber = personalNumber
    }
}
