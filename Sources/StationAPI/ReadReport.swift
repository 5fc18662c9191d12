public import StationCore

/// Body of `POST /v1/readers/{reader}/reads`.
public struct ReadRequest: Codable, Hashable, Sendable {
    /// What opens the chip.
    public let credential: Credential
    /// What is wanted to know, of `number`, `fullName`, `birthDate`, `sex`, `nationality`, `origin`, `residence`, `issueDate`,
    /// `expiry`, `portrait`; nil for everything. An application takes a read of everything.
    public let fields: [String]?

    /// Exactly one of the forms; checked by the daemon.
    public struct Credential: Codable, Hashable, Sendable {
        /// Six digits.
        public var can: String?
        /// The 12-digit personal number.
        public var number: String?
        /// The text of the card's QR code.
        public var qr: String?
        /// The three MRZ lines, with or without line breaks.
        public var mrz: String?
        /// Nine-digit document number, with `birth` and `expiry`: opens the chip by BAC.
        public var documentNumber: String?
        /// Birth date `YYYY-MM-DD`, with `documentNumber`.
        public var birth: String?
        /// Expiry date `YYYY-MM-DD`, or `none` for a card without expiry, with `documentNumber`.
        public var expiry: String?

        /// Makes a credential.
        public init(
            can: String? = nil, number: String? = nil, qr: String? = nil, mrz: String? = nil,
            documentNumber: String? = nil, birth: String? = nil, expiry: String? = nil
        ) {
            self.can = can
            self.number = number
            self.qr = qr
            self.mrz = mrz
            self.documentNumber = documentNumber
            self.birth = birth
            self.expiry = expiry
        }
    }

    /// Makes a request.
    public init(credential: Credential, fields: [String]? = nil) {
        self.credential = credential
        self.fields = fields
    }
}

/// Answer of `GET /v1/reads/{id}`, and part of read events: one read of one card, as far as it has come.
public struct ReadReport: Codable, Hashable, Sendable {
    /// How far the read is.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Commands go to the card.
        case reading
        /// The card left in the middle: the same card, put back before `suspendedUntil`, is read on.
        case suspended
        /// All is read and judged.
        case finished
        /// Ended by `problem`.
        case failed
        /// Its application is saved, the data is forgotten.
        case saved
        /// Forgotten: another card, a time-out, a restart.
        case discarded
    }

    /// The read's id.
    public let id: String
    /// The reader's id.
    public let reader: String
    /// How far the read is.
    public let state: State
    /// What happens now, a stable word: opening, access, securityObject, text, chip, portrait, done.
    public let phase: String
    /// When it began.
    public let startedAt: Timestamp
    /// How the chip was opened; nil before.
    public let access: Access?
    /// The person as the chip says; nil before DG13 and DG1 are read and match their hashes.
    public let citizen: CitizenReport?
    /// All checks so far.
    public let findings: [Finding]
    /// All checks in one word; only meaningful when finished.
    public let verdict: Verdict
    /// Bytes of files read so far, by file.
    public let progress: [FileProgress]
    /// Whether `GET /v1/reads/{id}/portrait` would answer.
    public let portraitAvailable: Bool
    /// What became of the portrait; nil as long as nobody knows, and when it was not asked for.
    public let portrait: Portrait?
    /// What the read cost so far.
    public let cost: Cost
    /// Why it failed.
    public let problem: Problem?
    /// The phase in which the read took longer than a read should; nil when it did not.
    public let slowPhase: String?
    /// Until when a card that left is waited for; nil when it is there.
    public let suspendedUntil: Timestamp?
    /// How often the card left and came back.
    public let resumptions: Int?

    /// What became of the portrait of a chip.
    public enum Portrait: String, Codable, Sendable, CaseIterable {
        /// It is here.
        case available
        /// The chip has none, as on the cards of young children: a fact, and no fault of the card.
        case absent
        /// The chip has one that cannot be shown: it was refused, is ill-formed, or is not the signed one.
        case unusable
    }

    /// How the chip was opened.
    public struct Access: Codable, Hashable, Sendable {
        /// `PACE` or `BAC`.
        public let `protocol`: String
        /// Which credential opened it: `CAN` or `MRZ`.
        public let credential: String
        /// Cipher of the secured session, such as `AES-128`.
        public let cipher: String
        /// Why a weaker protocol was used than the card offers; nil when it was not.
        public let downgradeReason: String?

        /// Makes an access report.
        public init(protocol: String, credential: String, cipher: String, downgradeReason: String?) {
            self.protocol = `protocol`
            self.credential = credential
            self.cipher = cipher
            self.downgradeReason = downgradeReason
        }
    }

    /// One file's bytes.
    public struct FileProgress: Codable, Hashable, Sendable {
        /// Such as `DG2`.
        public let file: String
        /// Bytes read.
        public let done: Int
        /// Bytes in all.
        public let total: Int

        /// Makes a progress report.
        public init(file: String, done: Int, total: Int) {
            self.file = file
            self.done = done
            self.total = total
        }
    }

    /// What the read cost.
    public struct Cost: Codable, Hashable, Sendable {
        /// Commands sent.
        public let apdus: Int
        /// Milliseconds from the first command.
        public let milliseconds: Double
        /// Of these, milliseconds in which the card or the reader had the word.
        public let cardMilliseconds: Double
        /// Commands sent until the text identity was verified (PACE, passive and chip authentication done).
        public let identityAPDUs: Int?
        /// Milliseconds until the text identity was verified.
        public let identityMilliseconds: Double?

        /// Makes a cost report.
        public init(
            apdus: Int, milliseconds: Double, cardMilliseconds: Double, identityAPDUs: Int?,
            identityMilliseconds: Double?
        ) {
            self.apdus = apdus
            self.milliseconds = milliseconds
            self.cardMilliseconds = cardMilliseconds
            self.identityAPDUs = identityAPDUs
            self.identityMilliseconds = identityMilliseconds
        }
    }

    /// Makes a report.
    public init(
        id: String, reader: String, state: State, phase: String, startedAt: Timestamp, access: Access?,
        citizen: CitizenReport?, findings: [Finding], verdict: Verdict, progress: [FileProgress],
        portraitAvailable: Bool, portrait: Portrait? = nil, cost: Cost, problem: Problem?, slowPhase: String? = nil,
        suspendedUntil: Timestamp? = nil, resumptions: Int? = nil
    ) {
        self.id = id
        self.reader = reader
        self.state = state
        self.phase = phase
        self.startedAt = startedAt
        self.access = access
        self.citizen = citizen
        self.findings = findings
        self.verdict = verdict
        self.progress = progress
        self.portraitAvailable = portraitAvailable
        self.portrait = portrait
        self.cost = cost
        self.problem = problem
        self.slowPhase = slowPhase
        self.suspendedUntil = suspendedUntil
        self.resumptions = resumptions
    }
}

/// The person as the chip says: what the operator compares with the person at the desk, and nothing more (law 8).
public struct CitizenReport: Codable, Hashable, Sendable {
    /// The 12-digit personal number.
    public let number: String
    /// Full name with diacritics, NFC.
    public let name: String
    /// Birth date: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    public let birth: String
    /// `male` or `female`.
    public let sex: String
    /// Nationality as printed.
    public let nationality: String
    /// Permanent residence.
    public let residence: String
    /// Issue date, `YYYY-MM-DD`.
    public let issued: String?
    /// Expiry date, `YYYY-MM-DD`; nil for a card without expiry.
    public let expires: String?
    /// Whether the card says that it never expires (`Không thời hạn`); then `expires` is nil.
    public let isUnlimited: Bool
    /// The card series by its issue date, such as `VNM-2024`; nil when the chip does not tell.
    public let series: String?

    /// Makes a report.
    public init(
        number: String, name: String, birth: String, sex: String, nationality: String, residence: String,
        issued: String?, expires: String?, isUnlimited: Bool = false, series: String? = nil
    ) {
        self.number = number
        self.name = name
        self.birth = birth
        self.sex = sex
        self.nationality = nationality
        self.residence = residence
        self.issued = issued
        self.expires = expires
        self.isUnlimited = isUnlimited
        self.series = series
    }
}
