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
    func startRead(reader: String, _ request: ReadRequest, by peer: Peer) async throws(Problem) -> ReadReport
    /// A read as far as it has come.
    func read(_ id: String) async throws(Problem) -> ReadReport
    /// What was said to the card of a read that is over, without what was carried.
    func readRecord(_ id: String) async throws(Problem) -> ReadRecord
    /// The portrait of a read as a page can show it.
    func portrait(_ id: String) async throws(Problem) -> PageImage
    /// Saves an application; returns after the commit. The same key and body give the same answer again.
    func submit(_ body: [UInt8], idempotencyKey: String, by peer: Peer) async throws(Problem) -> SavedAnswer
    /// One page of applications in sequence order.
    func applications(state: String?, after: Int64?) async throws(Problem) -> ApplicationList
    /// One application with its history.
    func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail
    /// Does what an operator orders; returns the application as it stands then. Throws `applicationUnknown`,
    /// `transitionRefused`, `reasonUnknown`.
    func perform(
        _ verb: ApplicationVerb, on id: ItemID, _ order: ApplicationOrder, by peer: Peer
    ) async throws(Problem) -> ApplicationDetail
    /// Saves a correction of an application that cannot be read back: the changed fields only. As `submit`.
    func amend(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by peer: Peer
    ) async throws(Problem) -> SavedAnswer
    /// The citizen withdraws: closes what never left, and tells upstream of the rest. Returns JSON of a `Withdrawal`, the
    /// same again for the same key and body.
    func withdraw(_ id: ItemID, _ body: [UInt8], idempotencyKey: String, by peer: Peer) async throws(Problem) -> [UInt8]
    /// The applications of one person, as far as follow-up data is kept; stands in the audit. Throws `stationLocked`.
    func find(_ question: PersonQuestion, by peer: Peer) async throws(Problem) -> PersonReport
    /// Deletes what the point kept of a person for following up; stands in the audit.
    func eraseFollowUp(of id: ItemID, by peer: Peer) async throws(Problem)
    /// Writes what waits to a medium as a bundle; returns after it was verified and marked. Needs a second person.
    func export(_ order: ExportOrder, by peer: Peer) async throws(Problem) -> ExportReport
    /// Has upstream asked about everything that is exported, and what it does not hold sent.
    func recallExports(by peer: Peer) async throws(Problem) -> RecallReport
    /// Takes every bundle of receipts on a medium.
    func importReceipts(_ order: ImportOrder, by peer: Peer) async throws(Problem) -> ReceiptImportReport
    /// What happens from now on; first the durable events after `lastEventID`. The stream ends when the reader is slow.
    func events(after lastEventID: Int64?) async throws(Problem) -> AsyncStream<StationEvent>
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

/// Who is at the other end of the socket, as the kernel vouches.
package struct Peer: Hashable, Sendable {
    /// User id of the connected process.
    package let userID: UInt32

    /// Makes a peer.
    package init(userID: UInt32) { self.userID = userID }

    /// How the audit names the peer.
    package var auditName: String { "uid:\(userID)" }
}
