import StationAPI
import StationCore
import Store
import Uplink

extension StickService {
    /// Takes every bundle of applications on a medium; they are sent on by the lane. Throws `stickBusy`,
    /// `stickUnavailable`, `stickFault`, `diskFull` when the station's own disk has no room for the next batch; what was
    /// taken until then stays, and a repetition takes the rest.
    func importItems(_ order: ImportOrder, by actor: WireName) async throws(Failure) -> ImportReport {
        try await exclusively(.import, at: order.directory) { (medium) throws(Failure) in
            var bundles: [ImportReport.Bundle] = []
            let refused = try await readBundles(of: .items, on: medium) { (reader) throws(Failure) in
                bundles.append(try await take(reader, by: actor))
            }
            return ImportReport(bundles: bundles, refused: refused)
        }
    }

    private func take(_ reader: BundleReader, by actor: WireName) async throws(Failure) -> ImportReport.Bundle {
        let manifest = reader.manifest
        let signature = try signatureVerdict(of: manifest)
        try await store.audit(
            AuditNote(
                actor: actor, action: .bundleImported, object: WireName(manifest.bundleId.text),
                detail: manifest.stationId))
        var count = ForwardingCount()
        for index in manifest.files.indices {
            let batch = try await blocking { () throws(Failure) in try reader.batch(index) }
            let bytes = batch.items.reduce(0) { $0 + $1.sealed.count }
            guard applicationsLeft() >= store.applications(in: bytes, items: batch.items.count) else {
                throw Failure(.diskFull, "no room for \(batch.items.count) forwarded applications")
            }
            let taken = try await store.takeForwarded(
                batch.items.map(SealedItem.init(forwarding:)), from: manifest.bundleId, actor: actor)
            count.taken += taken.taken
            count.known += taken.known
            count.conflicting += taken.conflicting
            advance(by: batch.items.count)
        }
        return ImportReport.Bundle(
            bundleId: manifest.bundleId.text, stationId: manifest.stationId.text, signature: signature,
            taken: count.taken, known: count.known, conflicting: count.conflicting)
    }

    /// Takes every bundle of receipts on a medium. Each receipt is verified as by network; what does not settle one of
    /// our items is counted and ignored. Throws as `importItems`.
    func importReceipts(_ order: ImportOrder, by actor: WireName) async throws(Failure) -> ReceiptImportReport {
        try await exclusively(.receiptImport, at: order.directory) { (medium) throws(Failure) in
            var bundles: [ReceiptImportReport.Bundle] = []
            let refused = try await readBundles(of: .receipts, on: medium) { (reader) throws(Failure) in
                bundles.append(try await settle(reader, by: actor))
            }
            return ReceiptImportReport(bundles: bundles, refused: refused)
        }
    }

    private func settle(_ reader: BundleReader, by actor: WireName) async throws(Failure) -> ReceiptImportReport.Bundle
    {
        let manifest = reader.manifest
        try await store.audit(
            AuditNote(
                actor: actor, action: .receiptsImported, object: WireName(manifest.bundleId.text),
                detail: manifest.stationId))
        var count = ReceiptCount()
        for index in manifest.files.indices {
            let receipts = try await blocking { () throws(Failure) in try reader.receipts(index) }
            try await apply(receipts, &count)
            advance(by: receipts.count)
        }
        return ReceiptImportReport.Bundle(
            bundleId: manifest.bundleId.text, writerId: manifest.stationId.text, accepted: count.accepted,
            rejected: count.rejected, known: count.known, foreign: count.foreign, invalid: count.invalid)
    }

    private struct ReceiptCount {
        var accepted = 0
        var rejected = 0
        var known = 0
        var foreign = 0
        var invalid = 0
    }

    private func apply(_ receipts: [Receipt], _ count: inout ReceiptCount) async throws(Failure) {
        let known = try await store.knownItems(receipts.map(\.itemId))
        for receipt in receipts {
            guard let item = known[receipt.itemId] else {
                count.foreign += 1
                continue
            }
            guard let digest = ContentDigest(bytes: item.sha256),
                receipt.settles(
                    SentItem(itemId: receipt.itemId, stationId: item.stationId, sha256: digest), by: authorities),
                let outcome = try? ItemOutcome(receipt)
            else {
                count.invalid += 1
                continue
            }
            // One at a time: of two receipts of one item in a file each is judged by the state that the other left.
            let before = try await store.knownItems([receipt.itemId])[receipt.itemId]?.state
            let after = try await store.apply([(receipt.itemId, outcome)])[receipt.itemId]
            switch after {
            case before: count.known += 1
            case .accepted: count.accepted += 1
            case .rejected: count.rejected += 1
            default: count.known += 1
            }
        }
    }
}

extension ItemOutcome {
    /// What a receipt by stick says: its verdict carries the rejection's type.
    fileprivate init(_ receipt: Receipt) throws {
        let verified = try VerifiedReceipt(receipt)
        if let type = receipt.verdict.rejectedType {
            self = .rejected(verified, problem: WireName(type) ?? .unnamedProblem)
        } else {
            self = .accepted(verified)
        }
    }
}

extension SealedItem {
    /// Another station's item. Its manifest entry names neither the suite nor the clock's quality: nobody here needs the
    /// one, and nothing vouches for the other.
    fileprivate init(forwarding item: OutgoingItem) {
        let entry = item.entry
        self.init(
            metadata: ItemMetadata(
                stationId: entry.stationId, itemId: entry.itemId, sequence: entry.sequence, revision: entry.revision,
                supersedes: entry.supersedes, keyId: entry.keyId, suite: .suiteOfKey, capturedAt: entry.capturedAt,
                clockQuality: .unsynchronized),
            sealed: item.sealed, sha256: entry.sha256.bytes, signingKeyId: entry.signingKeyId,
            signature: entry.signature.bytes)
    }
}

extension WireName {
    /// In place of a suite that only upstream and the capturing station know.
    fileprivate static let suiteOfKey: WireName = {
        guard let name = WireName("of-key") else { preconditionFailure("a constant within the alphabet") }
        return name
    }()
}
