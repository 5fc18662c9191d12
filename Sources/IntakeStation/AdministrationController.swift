import Foundation
import LocalServer
import StationAPI
import StationCore
import Store
import Uplink

/// The station as the administrator socket sees it.
struct AdministrationController: AdministrationControl {
    let stationID: StationID
    let settings: SettingsBox
    let store: Store
    let signingKey: StationSigningKey
    let reporter: StatusReporter
    let transmission: TransmissionSwitch
    let stick: StickService
    let people: PeopleService
    /// The operators' side, of which administrators see what is nobody's person.
    let views: StationController
    let stop: StopCause

    func description() async -> StationDescription {
        StationDescription(
            version: 1, software: softwareVersion,
            features: Features.administrators,
            consent: settings.current.consent, integrations: settings.current.integrations.sorted(),
            receipt: settings.current.receipt)
    }

    func status() async throws(Problem) -> StationStatus {
        try await named { () throws(Failure) in try await reporter.report() }
    }

    func perform(_ verb: TransmissionVerb, by peer: Peer) async throws(Problem) -> StationStatus.Uplink {
        try await named { () throws(Failure) in
            try transmission.requireUpstream()
            let action: WireName = .constant("transmission", verb.rawValue)
            try await store.audit(AuditNote(actor: peer.actor, action: action))
            switch verb {
            case .pause: try transmission.pause()
            case .resume: try transmission.resume()
            case .flush:
                try await store.makeAllDue()
                transmission.flush()
            }
            return try await reporter.report().uplink
        }
    }

    func auditPage(after sequence: Int64, by peer: Peer) async throws(Problem) -> AuditPage {
        try await named { () throws(Failure) in
            // Once for a whole export, and before what is read, so that the reading is in what is exported.
            if sequence == 0 {
                try await store.audit(AuditNote(actor: peer.actor, action: .constant("audit", "read")))
            }
            let (rows, head) = try await store.auditPage(after: sequence)
            return AuditPage(
                rows: rows.map(AuditPage.Row.init),
                next: rows.count == Limits.Store.pageRows ? rows.last?.sequence : nil,
                head: try AuditPage.Head(
                    sequence: head.sequence, hash: head.hash, of: stationID, key: signingKey))
        }
    }

    func verifyAudit(by peer: Peer) async throws(Problem) -> AuditReport {
        try await named { () throws(Failure) in
            try await store.audit(AuditNote(actor: peer.actor, action: .constant("audit", "verified")))
            switch try await store.verifyAudit() {
            case .intact(let head): return AuditReport(intact: true, rows: head.sequence, brokenAt: nil)
            case .mended(let head, let breaks):
                return AuditReport(intact: false, rows: head.sequence, brokenAt: breaks.first?.lowerBound)
            case .broken(let row): return AuditReport(intact: false, rows: row - 1, brokenAt: row)
            }
        }
    }

    func importItems(_ order: ImportOrder, by peer: Peer) async throws(Problem) -> ImportReport {
        try await named { () throws(Failure) in try await stick.importItems(order, by: peer.actor) }
    }

    func exportReceipts(_ order: ReceiptExportOrder, by peer: Peer) async throws(Problem) -> ExportReport {
        try await named { () throws(Failure) in try await stick.exportReceipts(order, by: peer.actor) }
    }

    func missing() async throws(Problem) -> MissingList {
        try await named { () throws(Failure) in
            MissingList(missing: try await store.missing().map(MissingList.Range.init))
        }
    }

    func acknowledgeMissing(
        from first: Int64, _ order: MissingAcknowledgement, by peer: Peer
    ) async throws(Problem) -> MissingList.Range {
        try await named { () throws(Failure) in
            guard let reason = ReasonCode(rawValue: order.reason) else { throw Failure(.reasonUnknown) }
            return MissingList.Range(
                try await store.acknowledgeMissing(from: first, by: peer.actor, reason: reason.wireName))
        }
    }

    // MARK: Operators

    func enter(_ entry: OperatorEntry, by peer: Peer) async throws(Problem) -> OperatorList.Entry {
        try await named { () throws(Failure) in try await people.enter(entry, by: peer.actor) }
    }

    func operators() async throws(Problem) -> OperatorList {
        try await named { () throws(Failure) in try await people.list() }
    }

    func perform(
        _ verb: OperatorAccountVerb, onOperator operatorId: String, by peer: Peer
    ) async throws(Problem) -> OperatorList.Entry {
        try await named { () throws(Failure) in try await people.perform(verb, on: operatorId, by: peer.actor) }
    }

    func resetSecret(
        of operatorId: String, _ reset: SecretReset, by peer: Peer
    ) async throws(Problem) -> OperatorList.Entry {
        try await named { () throws(Failure) in
            try await people.resetSecret(of: operatorId, reset, by: peer.actor)
        }
    }

    func replaceDataKey(_ order: DataKeyOrder, by peer: Peer) async throws(Problem) -> DataKeyReport {
        try await named { () throws(Failure) in try await people.replaceDataKey(order, by: peer.actor) }
    }

    // MARK: Views

    func readers() async -> ReaderList { await views.readers() }

    func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList {
        try await views.applications(question)
    }

    func application(_ id: ItemID) async throws(Problem) -> ApplicationDetail { try await views.application(id) }

    func events(after lastEventID: Int64?) async throws(Problem) -> AsyncStream<StationEvent> {
        try await views.events(after: lastEventID, to: .administrators)
    }

    func shifts(before number: Int64?) async throws(Problem) -> ShiftList { try await views.shifts(before: number) }

    func issues(after number: Int64?) async throws(Problem) -> IssueList { try await views.issues(after: number) }

    func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport {
        try await views.summary(ofShift: shiftId)
    }

    private func named<Value>(_ body: () async throws(Failure) -> Value) async throws(Problem) -> Value {
        defer { if let poison = store.poison { stop.stop(with: poison) } }
        do { return try await body() } catch { throw Problem(error) }
    }
}

extension WireName {
    /// `{group}.{word}` of words that the source spells out.
    fileprivate static func constant(_ group: StaticString, _ word: String) -> WireName {
        guard let name = WireName("\(group).\(word)") else { preconditionFailure("not a wire name: \(word)") }
        return name
    }
}

extension MissingList.Range {
    fileprivate init(_ range: MissingRange) {
        self.init(
            first: range.first, last: range.last, reason: range.reason.rawValue, foundAt: range.foundAt,
            acknowledgedAt: range.acknowledged?.at, acknowledgedBy: range.acknowledged?.actor.text,
            acknowledgedReason: range.acknowledged?.reason.text)
    }
}

extension AuditPage.Row {
    fileprivate init(_ entry: AuditEntry) {
        self.init(
            sequence: entry.sequence, at: entry.at, clockQuality: entry.clockQuality, actor: entry.note.actor.text,
            action: entry.note.action.text, object: entry.note.object?.text, itemSequence: entry.note.itemSequence,
            detail: entry.note.detail?.text, hash: Hex.text(entry.hash))
    }
}

extension AuditPage.Head {
    fileprivate init(
        sequence: Int64, hash: [UInt8], of station: StationID, key: StationSigningKey
    ) throws(Failure) {
        guard let digest = ContentDigest(bytes: hash),
            let signed = try? SignedAuditHead(stationId: station, sequence: sequence, head: digest, key: key)
        else { throw Failure(.storeDamaged, "the audit head is not 32 bytes long") }
        self.init(
            stationId: station.text, sequence: signed.sequence, hash: digest.text,
            signingKeyId: signed.signingKeyId.text, signature: Data(signed.signature.bytes).base64EncodedString())
    }
}
