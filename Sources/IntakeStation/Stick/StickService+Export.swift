import StationAPI
import StationCore
import Store
import Uplink

extension StickService {
    /// Writes what waits to a medium, reads it back, and marks it as exported; in this order. Throws
    /// `coSignatureMissing`, `stickFull` before anything is written, and the medium's failures.
    func export(
        _ order: ExportOrder, by actor: WireName, with second: WireName?
    ) async throws(Failure) -> ExportReport {
        guard let second, second != actor else { throw Failure(.coSignatureMissing) }
        let again = order.again ?? false
        return try await exclusively(.export, at: order.directory) { (medium) throws(Failure) in
            let volume = try await store.exportVolume(again: again)
            guard volume.items > 0 else { return .empty }
            advance(of: volume.items)
            try await requireSpace(for: volume, on: medium)
            let bundleId = RequestID(random: random)
            let writer = try await writer(.items, bundleId, on: medium)
            let (ids, manifest) = try await finishing(writer) { (writer) throws(Failure) in
                try await addBatches(to: &writer, again: again)
            }
            guard let manifest else { return .empty }
            // First who and who else, then what: a crash in between leaves nothing unsaid.
            try await store.audit(
                AuditNote(
                    actor: actor, action: .bundleExported, object: WireName(bundleId.text),
                    detail: second))
            var marked = 0
            for start in stride(from: 0, to: ids.count, by: Limits.Store.pageRows) {
                let page = Array(ids[start..<min(ids.count, start + Limits.Store.pageRows)])
                marked += try await store.markExported(page, in: bundleId, actor: actor)
            }
            return ExportReport(
                bundleId: bundleId.text, name: manifest.kind.directoryName(bundleId), items: ids.count, marked: marked,
                files: manifest.files.count, bytes: manifest.files.reduce(0) { $0 + Int64($1.size) })
        }
    }

    /// Has upstream asked about everything that is exported.
    func recall(by actor: WireName) async throws(Failure) -> RecallReport {
        var recalled = 0
        while true {
            let page = try await store.recallExported(actor: actor)
            guard page > 0 else { return RecallReport(recalled: recalled) }
            recalled += page
        }
    }

    /// Writes receipts of forwarded items for the stations that captured them. Throws `requestMalformed`, and the medium's
    /// failures.
    func exportReceipts(_ order: ReceiptExportOrder, by actor: WireName) async throws(Failure) -> ExportReport {
        let station = try order.stationId.map { text throws(Failure) in
            guard let name = StationID(text) else { throw Failure(.requestMalformed, "stationId") }
            return name
        }
        return try await exclusively(.receiptExport, at: order.directory) { (medium) throws(Failure) in
            let first = try await receiptPage(to: station, again: order.again ?? false, below: 0)
            guard !first.isEmpty else { return .empty }
            let bundleId = RequestID(random: random)
            let writer = try await writer(.receipts, bundleId, on: medium)
            let (written, manifest) = try await finishing(writer) { (writer) throws(Failure) in
                var written: [ReturnableReceipt] = []
                var page = first
                while let last = page.last {
                    try await add([try Self.receiptFile(page)], to: &writer)
                    written += page
                    advance(by: page.count)
                    page = try await receiptPage(to: station, again: order.again ?? false, below: last.key)
                }
                return written
            }
            guard let manifest else { return .empty }
            try await store.audit(
                AuditNote(
                    actor: actor, action: .receiptsExported, object: WireName(bundleId.text), detail: station))
            for start in stride(from: 0, to: written.count, by: Limits.Store.pageRows) {
                try await store.markReturned(
                    Array(written[start..<min(written.count, start + Limits.Store.pageRows)]))
            }
            return ExportReport(
                bundleId: bundleId.text, name: manifest.kind.directoryName(bundleId), items: written.count,
                marked: written.count, files: manifest.files.count,
                bytes: manifest.files.reduce(0) { $0 + Int64($1.size) })
        }
    }

    private func receiptPage(
        to station: StationID?, again: Bool, below key: Int64
    ) async throws(Failure) -> [ReturnableReceipt] {
        try await store.receiptsToReturn(to: station, again: again, below: key, limit: Limits.Bundle.receipts)
    }

    private static func receiptFile(_ page: [ReturnableReceipt]) throws(Failure) -> [UInt8] {
        do {
            return try ReceiptFile.encode(page.map { try StrictJSON.decode(Receipt.self, from: $0.json) })
        } catch {
            throw Failure(.storeDamaged, "a receipt cannot be read")
        }
    }

    /// What the medium has to hold, said in applications where it does not fit.
    private func requireSpace(for volume: ExportVolume, on medium: StickDirectory) async throws(Failure) {
        let free = try await blocking { () throws(Failure) in try medium.freeBytes() }
        let items = Int64(volume.items)
        let needed = volume.bytes + items * Int64(Limits.Uplink.overheadPerItemBytes)
        let left = free - Int64(Limits.Bundle.overheadBytes)
        guard left < needed else { return }
        let fits = max(0, left) / max(1, needed / items)
        throw Failure(.stickFull, "room for \(fits) of \(items) applications")
    }

    private func writer(
        _ kind: BundleKind, _ bundleId: RequestID, on medium: StickDirectory
    ) async throws(Failure) -> BundleWriter {
        let (station, now, key) = (stationID, clock.now, signingKey)
        return try await blocking { () throws(Failure) in
            try BundleWriter(
                on: medium, kind: kind, bundleId: bundleId, stationId: station, createdAt: now, key: key)
        }
    }

    /// Fills and completes a bundle; what fails leaves nothing that counts. No manifest when nothing was added.
    private func finishing<Value>(
        _ writer: BundleWriter, _ fill: (inout BundleWriter) async throws(Failure) -> Value
    ) async throws(Failure) -> (Value, BundleManifest?) {
        var writer = writer
        do throws(Failure) {
            let value = try await fill(&writer)
            let full = writer
            guard full.fileCount > 0 else {
                try await blocking { () throws(Failure) in full.abandon() }
                return (value, nil)
            }
            return (value, try await blocking { () throws(Failure) in try full.finish() })
        } catch {
            let broken = writer
            try? await blocking { () throws(Failure) in broken.abandon() }
            throw error
        }
    }

    private func addBatches(to writer: inout BundleWriter, again: Bool) async throws(Failure) -> [ItemID] {
        var ids: [ItemID] = []
        var position: Int64?
        while true {
            let page = try await store.exportPage(
                after: position, again: again, maxItems: Limits.Bundle.batchItems, maxBytes: Limits.Bundle.batchBytes)
            guard let next = page.next else { return ids }
            position = next
            guard !page.items.isEmpty else { continue }
            guard writer.fileCount < Limits.Bundle.files else { return ids }
            try await add(try await batch(page.items), to: &writer)
            ids += page.items.map(\.metadata.itemId)
            advance(by: page.items.count)
        }
    }

    private func batch(_ items: [SealedItem]) async throws(Failure) -> [[UInt8]] {
        let head = try await store.auditHead()
        do {
            return try BatchFile.encode(
                try items.map(OutgoingItem.init), batchId: RequestID(random: random), senderId: stationID,
                sentAt: clock.now,
                audit: try SignedAuditHead(
                    sequence: head.sequence, hash: head.hash, of: stationID, key: signingKey),
                clock: ClockReport(offsetMilliseconds: clockOffset(), quality: clock.quality), random: random)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.internalFault, "a batch cannot be framed")
        }
    }

    private func add(_ chunks: [[UInt8]], to writer: inout BundleWriter) async throws(Failure) {
        let before = writer
        writer = try await blocking { () throws(Failure) in
            var writer = before
            try writer.add(chunks)
            return writer
        }
    }
}

extension WireName {
    static let bundleExported = stick("bundle.exported")
    static let bundleImported = stick("bundle.imported")
    static let receiptsExported = stick("receipts.exported")
    static let receiptsImported = stick("receipts.imported")

    private static func stick(_ text: StaticString) -> WireName {
        guard let name = WireName("\(text)") else { preconditionFailure("a constant within the alphabet") }
        return name
    }
}
