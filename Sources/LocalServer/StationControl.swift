package import StationAPI
package import StationCore

/// What the socket API asks of the station. The routes know nothing else of it.
package protocol StationControl: Sendable {
    /// What this station speaks.
    func description() async -> StationDescription
    /// The station at one glance.
    func status() async throws(Problem) -> StationStatus
    /// Reader service and readers.
    func readers() async -> ReaderList
    /// Starts a read; throws when the reader is unknown, busy or empty, or the credential is invalid.
    func startRead(reader: String, _ request: ReadRequest, by person: ProvenPerson) async throws(Problem) -> ReadReport
    /// A read as far as it has come.
    func read(_ id: String, by person: ProvenPerson) async throws(Problem) -> ReadReport
    /// What was said to the card of a read that is over, without what was carried.
    func readRecord(_ id: String, by person: ProvenPerson) async throws(Problem) -> ReadRecord
    /// The portrait of a read as a page can show it.
    func portrait(_ id: String, by person: ProvenPerson) async throws(Problem) -> PageImage
    /// Saves an application; returns after the commit. The same key and body give the same answer again.
    /// Throws `shiftNone`; `coSignatureMissing` where the document needs a second person.
    func submit(
        _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson, with second: ProvenPerson?
    ) async throws(Problem) -> SavedAnswer
    /// One page of applications. Throws `requestMalformed`.
    func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList
    /// One application with its history.
    func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail
    /// Does what an operator orders; returns the application as it stands then. Throws `applicationUnknown`,
    /// `transitionRefused`, `reasonUnknown`.
    func perform(
        _ verb: ApplicationVerb, on id: ItemID, _ order: ApplicationOrder, by person: ProvenPerson,
        with second: ProvenPerson?
    ) async throws(Problem) -> ApplicationDetail
    /// Saves a correction of an application that cannot be read back: the changed fields only. As `submit`.
    func amend(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> SavedAnswer
    /// The citizen withdraws: closes what never left, and tells upstream of the rest. Returns JSON of a `Withdrawal`, the
    /// same again for the same key and body.
    func withdraw(_ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson) async throws(Problem)
        -> [UInt8]
    /// The applications of one person, as far as follow-up data is kept; stands in the audit. Throws `stationLocked`.
    func find(_ question: PersonQuestion, by person: ProvenPerson) async throws(Problem) -> PersonReport
    /// Deletes what the point kept of a person for following up; stands in the audit.
    func eraseFollowUp(of id: ItemID, by person: ProvenPerson) async throws(Problem)
    /// Writes what waits to a medium as a bundle; returns after it was verified and marked. Needs a second person.
    func export(_ order: ExportOrder, by person: ProvenPerson, with second: ProvenPerson?) async throws(Problem)
        -> ExportReport
    /// Has upstream asked about everything that is exported, and what it does not hold sent.
    func recallExports(by person: ProvenPerson) async throws(Problem) -> RecallReport
    /// The media that are plugged in, and how far the run on one of them is.
    func media() async throws(Problem) -> MediaList
    /// Takes every bundle of receipts on a medium.
    func importReceipts(_ order: ImportOrder, by person: ProvenPerson) async throws(Problem) -> ReceiptImportReport
    // MARK: People

    /// Signs a person in for the processes of one user id. Throws `signInRefused`, `operatorLockedOut`,
    /// `operatorSuspended`, `signInBusy`.
    func signIn(_ order: SignInOrder, from peer: Peer) async throws(Problem) -> SignInReport
    /// The person that a token stands for, for this peer. Throws `signInRequired`, `sessionExpired`, and
    /// `secretChangeRequired` for anything but what `isLeaving` marks: looking at oneself, a new secret, the sign-out.
    func person(token: String?, from peer: Peer, isLeaving: Bool) async throws(Problem) -> ProvenPerson
    /// Whether the person's session has not ended since; asking is no use of it.
    func isSignedIn(_ person: ProvenPerson) async -> Bool
    /// The second person of a request. Throws `coSignatureRefused` for who cannot prove to be somebody else.
    func second(_ signature: CoSignature, beside person: ProvenPerson) async throws(Problem) -> ProvenPerson
    /// Ends the session.
    func signOut(_ person: ProvenPerson) async
    /// Who the session stands for.
    func describe(_ person: ProvenPerson) async throws(Problem) -> SignedIn
    /// Sets a person's own new secret. Throws `signInRefused`, `secretTooWeak`.
    func changeSecret(_ change: SecretChange, by person: ProvenPerson) async throws(Problem) -> SignedIn
    /// Sets a temporary secret for somebody else. Throws `supervisorRequired`, `operatorUnknown`, `secretTooWeak`.
    func resetSecret(
        of operatorId: String, _ reset: SecretReset, by person: ProvenPerson
    ) async throws(Problem) -> OperatorList.Entry
    /// The accounts. Throws `supervisorRequired`.
    func operators(by person: ProvenPerson) async throws(Problem) -> OperatorList

    // MARK: Intake sessions

    /// Opens a session and with it the station data key. Throws `shiftOpen`.
    func openShift(_ order: ShiftOrder, by person: ProvenPerson) async throws(Problem) -> ShiftReport
    /// The session that is open.
    func currentShift() async throws(Problem) -> CurrentShift
    /// Sessions, newest first.
    func shifts(before number: Int64?) async throws(Problem) -> ShiftList
    /// Hands the open session over to the second person. Throws `shiftUnknown`, `coSignatureMissing`,
    /// `supervisorRequired` for who neither answers for it nor is a supervisor.
    func handOver(_ shiftId: String, by person: ProvenPerson, to second: ProvenPerson?) async throws(Problem)
        -> ShiftReport
    /// Closes the open session and locks the station. Throws as above.
    func closeShift(_ shiftId: String, by person: ProvenPerson) async throws(Problem) -> ShiftSummaryReport
    /// A session's figures. Throws `shiftUnknown`.
    func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport

    // MARK: Problems reported upward

    /// Notes one. Throws `fieldMissing`, `fieldTooLong`, `fieldInvalid`, `applicationUnknown`.
    func note(_ issue: IssueOrder, by person: ProvenPerson) async throws(Problem) -> IssueReport
    /// One page, oldest first.
    func issues(after number: Int64?) async throws(Problem) -> IssueList

    /// What happens from now on; first the durable events after `lastEventID`. Who is not signed in hears nothing of
    /// reads. The stream ends when the reader is slow.
    func events(after lastEventID: Int64?, for person: ProvenPerson?) async throws(Problem) -> AsyncStream<StationEvent>
}

/// An image that a page can show.
package struct PageImage: Sendable {
    /// PNG or JPEG bytes.
    package let bytes: [UInt8]
    /// `image/png` or `image/jpeg`.
    package let mediaType: String

    /// Makes an image.
    package init(bytes: [UInt8], mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
    }
}

/// The answer to a save: the bytes kept with the idempotency key, so that a repeat gets the very same.
package struct SavedAnswer: Sendable {
    /// JSON of a `SavedApplication`.
    package let body: [UInt8]
    /// The application's identity.
    package let itemId: ItemID

    /// Makes an answer.
    package init(body: [UInt8], itemId: ItemID) {
        self.body = body
        self.itemId = itemId
    }
}

/// A person who proved to be themselves; made by the station alone, from a token or a co-signature.
package struct ProvenPerson: Hashable, Sendable {
    /// The sign-in name.
    package let operatorId: String
    /// What the person may do.
    package let role: OperatorRank
    /// As the audit's rows name the person.
    package let actor: WireName
    /// The process that asks for the person.
    package let peer: Peer
    /// The session's token; nil for a co-signature.
    package let token: Redacted<String?>

    /// Names a person.
    package init(operatorId: String, role: OperatorRank, actor: WireName, peer: Peer, token: String?) {
        self.operatorId = operatorId
        self.role = role
        self.actor = actor
        self.peer = peer
        self.token = Redacted(token)
    }
}

/// Who is at the other end of the socket, as the kernel vouches.
package struct Peer: Hashable, Sendable {
    /// User id of the connected process.
    package let userID: UInt32

    /// Makes a peer.
    package init(userID: UInt32) { self.userID = userID }

    /// How the audit names the peer.
    package var auditName: String { "uid:\(userID)" }
}
