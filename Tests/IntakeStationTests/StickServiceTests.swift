import Crypto
import Foundation
import StationAPI
import StationCore
import Store
import Testing
import Uplink

@testable import IntakeStation

/// A station's side of the stick over a real store and a real directory.
@Suite struct StickServiceTests {
    private static let authority = AuthoritySigningKey(generated: WireName("authority-1")!)

    /// One station with its store.
    private struct Station {
        let id: StationID
        let store: Store
        let key: StationSigningKey
        let stick: StickService

        init(
            _ name: String, in root: String, roots: [String]? = nil, after lost: Station? = nil
        ) async throws {
            let (id, key) = (
                try #require(WireName(name)),
                try lost?.key ?? StationSigningKey(generated: #require(WireName("\(name)-key")))
            )
            (self.id, self.key) = (id, key)
            let path = "\(root)/\(name)\(lost == nil ? "" : "-anew")"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            var configuration = StoreConfiguration(path: path + "/station.sqlite", clock: SystemClock())
            let verifying = try VerifyingKey(keyId: key.keyId, rawRepresentation: key.publicKey)
            configuration.verifies = { SpoolOpening.vouches(for: $0, of: id, by: verifying) }
            store = try await Store.open(configuration)
            let authority = StickServiceTests.authority
            stick = StickService(
                stationID: id, places: StickPlaces(roots: roots ?? [root], unlike: nil), store: store,
                signingKey: key,
                authorities: AuthorityKeys([
                    try VerifyingKey(keyId: authority.keyId, rawRepresentation: authority.publicKey)
                ]),
                clock: SystemClock(), random: SystemRandomSource(), clockOffset: { nil },
                applicationsLeft: { 1_000 })
        }

        /// Saves an application of random bytes.
        func save() async throws -> ManifestItem {
            let sealed = SystemRandomSource().bytes(2_000)
            let context = ItemContext(
                suite: .x25519, stationId: id,
                itemId: ItemID(at: SystemClock().now, random: SystemRandomSource()),
                sequence: try store.reserveSequence(), revision: 1, supersedes: nil,
                keyId: try #require(WireName("rk-1")), capturedAt: SystemClock().now)
            let entry = try ManifestItem(context: context, sealed: sealed, key: key)
            let item = SealedItem(
                metadata: ItemMetadata(
                    stationId: id, itemId: entry.itemId, sequence: entry.sequence, keyId: entry.keyId,
                    suite: try #require(WireName(Suite.x25519.rawValue)), capturedAt: entry.capturedAt,
                    clockQuality: .synchronized),
                sealed: sealed, sha256: entry.sha256.bytes, signingKeyId: entry.signingKeyId,
                signature: entry.signature.bytes)
            _ = try await store.save(NewItem(item: item, actor: try #require(WireName("op-1"))))
            return entry
        }

        func state(_ item: ManifestItem) async throws -> ItemState? {
            try await store.item(item.itemId)?.summary.state
        }

        func export(_ directory: String, again: Bool = false) async throws -> ExportReport {
            try await stick.export(ExportOrder(directory: directory, again: again), by: .lan, with: .hoa)
        }
    }

    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let root = NSTemporaryDirectory() + "stick-service-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root + "/stick", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await body(root)
    }

    private func receipt(
        _ item: ManifestItem, _ verdict: ReceiptVerdict = .accepted, sha256: ContentDigest? = nil,
        key: AuthoritySigningKey = authority
    ) throws -> Receipt {
        try Receipt(
            receiptId: try #require(WireName("r-\(item.itemId.text)")), verdict: verdict, stationId: item.stationId,
            itemId: item.itemId, sha256: sha256 ?? item.sha256, receivedAt: SystemClock().now, key: key)
    }

    private func write(_ receipts: [Receipt], on stick: String) throws {
        var writer = try BundleWriter(
            on: StickDirectory(stick), kind: .receipts, bundleId: RequestID(random: SystemRandomSource()),
            stationId: Self.authority.keyId, createdAt: SystemClock().now, key: Self.authority)
        try writer.add([try ReceiptFile.encode(receipts)])
        _ = try writer.finish()
    }

    private func actor() throws -> WireName { try #require(WireName("uid:0")) }

    private func expect(_ code: FailureCode, _ body: () async throws -> some Any) async {
        do {
            _ = try await body()
            Issue.record("nothing failed")
        } catch {
            #expect((error as? Failure)?.code == code, "\(error)")
        }
    }

    @Test func `From station to desk and back: each application once, rejections included`() async throws {
        try await withDirectory { root in
            let stick = root + "/stick"
            let capturing = try await Station("capturing", in: root)
            let desk = try await Station("desk", in: root)
            let items = [try await capturing.save(), try await capturing.save(), try await capturing.save()]
            let report = try await capturing.export(stick)
            #expect(report.items == 3 && report.marked == 3 && report.files == 1)
            let own = try await capturing.stick.importItems(ImportOrder(directory: stick), by: try actor())
            #expect(own.bundles.map(\.signature) == [.passed] && own.bundles.map(\.known) == [3])

            let first = try await desk.stick.importItems(ImportOrder(directory: stick), by: try actor())
            #expect(first.bundles.map(\.taken) == [3] && first.bundles.map(\.signature) == [.notDetermined])
            let second = try await desk.stick.importItems(ImportOrder(directory: stick), by: try actor())
            #expect(second.bundles.map(\.known) == [3] && second.bundles.map(\.taken) == [0])
            // They leave the desk exactly as they were captured.
            let adapter = SpoolAdapter(
                stationID: desk.id, store: desk.store, signingKey: desk.key, random: SystemRandomSource())
            let outgoing = try await adapter.dueItems(BatchWish(maxItems: 10, maxBytes: 1_000_000))
            #expect(Set(outgoing) == Set(items))
            try await adapter.willSend(items.map(\.itemId), in: RequestID(random: SystemRandomSource()))
            let refusal = WireProblem(type: "https://u/v1/intake/problems/content-invalid")
            try await adapter.record([
                ItemJudgement(itemId: items[0].itemId, verdict: .accepted(try receipt(items[0]), nil)),
                ItemJudgement(
                    itemId: items[1].itemId,
                    verdict: .rejected(
                        try receipt(items[1], #require(.rejected(type: "content-invalid"))), refusal)),
                ItemJudgement(itemId: items[2].itemId, verdict: .unknown(.noAnswer)),
            ])
            let unknown = try await adapter.unknownItems(maxItems: 10)
            #expect(unknown.map(\.stationId) == [capturing.id])
            let order = ReceiptExportOrder(directory: stick, stationId: "capturing")
            #expect(try await desk.stick.exportReceipts(order, by: try actor()).items == 2)
            #expect(try await desk.stick.exportReceipts(order, by: try actor()).items == 0)

            let back = try await capturing.stick.importReceipts(ImportOrder(directory: stick), by: try actor())
            #expect(back.bundles.map(\.accepted) == [1] && back.bundles.map(\.rejected) == [1])
            let again = try await capturing.stick.importReceipts(ImportOrder(directory: stick), by: try actor())
            #expect(again.bundles.map(\.known) == [2])
            #expect(try await capturing.state(items[0]) == .accepted)
            let refused = try #require(try await capturing.store.item(items[1].itemId))
            #expect(refused.summary.state == .rejected && refused.summary.problem?.text == "content-invalid")
            #expect(try await capturing.state(items[2]) == .exported)
            let actions = try await capturing.store.auditEntries(after: 0, limit: 100).map(\.note)
            let exported = try #require(actions.first { $0.action.text == "bundle.exported" })
            #expect(exported.detail == .hoa && exported.actor == .lan)
        }
    }

    @Test func `A station that lost its spool takes its own bundle back and vouches for it`() async throws {
        try await withDirectory { root in
            let stick = root + "/stick"
            let lost = try await Station("capturing", in: root)
            let item = try await lost.save()
            _ = try await lost.export(stick)
            let anew = try await Station("capturing", in: root, after: lost)
            let report = try await anew.stick.importItems(ImportOrder(directory: stick), by: try actor())
            #expect(report.bundles.map(\.signature) == [.passed] && report.bundles.map(\.taken) == [1])
            var progress = CheckProgress()
            while progress.rounds == 0 { progress = try await anew.store.check(progress) }
            #expect(try await anew.state(item) == .saved)
            #expect(try await anew.store.missing().isEmpty)
        }
    }

    @Test func `An item whose batch did not leave waits with a name for it`() async throws {
        try await withDirectory { root in
            let station = try await Station("capturing", in: root)
            let item = try await station.save()
            let adapter = SpoolAdapter(
                stationID: station.id, store: station.store, signingKey: station.key, random: SystemRandomSource())
            _ = try await adapter.dueItems(BatchWish(maxItems: 10, maxBytes: 1_000_000))
            try await adapter.willSend([item.itemId], in: RequestID(random: SystemRandomSource()))
            try await adapter.record([ItemJudgement(itemId: item.itemId, verdict: .unchanged)])
            let summary = try #require(try await station.store.item(item.itemId)).summary
            #expect(summary.state == .deferred && summary.problem?.text == FailureCode.transmissionPending.rawValue)
        }
    }

    @Test func `Only a pinned authority's word over our own bytes settles anything`() async throws {
        try await withDirectory { root in
            let stick = root + "/stick"
            let station = try await Station("capturing", in: root)
            let other = try await Station("other", in: root)
            let (mine, theirs) = (try await station.save(), try await other.save())
            _ = try await station.export(stick)
            let forger = AuthoritySigningKey(generated: Self.authority.keyId)
            try write(
                [
                    try receipt(mine, key: forger), try receipt(mine, sha256: ContentDigest(of: [1])),
                    try receipt(theirs),
                ], on: stick)
            let report = try await station.stick.importReceipts(ImportOrder(directory: stick), by: try actor())
            #expect(report.bundles.map(\.invalid) == [2] && report.bundles.map(\.foreign) == [1])
            #expect(try await station.state(mine) == .exported)
            // A rejection and an acceptance in one file: the acceptance stands, whatever their order.
            try write(
                [try receipt(mine), try receipt(mine, #require(.rejected(type: "policy-refused")))], on: stick)
            _ = try await station.stick.importReceipts(ImportOrder(directory: stick), by: try actor())
            #expect(try await station.state(mine) == .accepted)
        }
    }

    @Test func `A damaged bundle is refused whole and hinders no other`() async throws {
        try await withDirectory { root in
            let stick = root + "/stick"
            let capturing = try await Station("capturing", in: root)
            let desk = try await Station("desk", in: root)
            _ = try await capturing.save()
            let damaged = try await capturing.export(stick)
            _ = try await capturing.save()
            _ = try await capturing.export(stick)
            let file = "\(stick)/\(try #require(damaged.name))/batch-000001.body"
            var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: file))
            let report = try await desk.stick.importItems(ImportOrder(directory: stick), by: try actor())
            #expect(report.bundles.map(\.taken) == [1])
            #expect(report.refused.map(\.problem.code) == ["bundle-invalid"])
            #expect(report.refused.map(\.name) == [damaged.name])
            // The stick was lost after all: again, on another.
            let again = try await capturing.export(stick, again: true)
            #expect(again.items == 2)
            #expect(
                try await desk.stick.importItems(ImportOrder(directory: stick), by: try actor()).bundles
                    .reduce(0) { $0 + $1.taken } == 1)
        }
    }

    @Test func `A medium that is not there, not allowed or not writable marks nothing`() async throws {
        try await withDirectory { root in
            let station = try await Station("capturing", in: root)
            let item = try await station.save()
            await expect(.stickUnavailable) { try await station.export(root + "/none") }
            await expect(.stickUnavailable) { try await station.export("/var") }
            let everywhere = try await Station("everywhere", in: root, roots: ["/"])
            let own = try await everywhere.save()
            await expect(.stickUnavailable) { try await everywhere.export("/dev/null") }
            do {
                _ = try await everywhere.export("/sys/kernel")
                Issue.record("written to sysfs")
            } catch {
                let code = (error as? Failure)?.code
                #expect(code == .stickFull || code == .stickReadOnly, "\(error)")
            }
            #expect(try await station.state(item) == .saved)
            #expect(try await everywhere.state(own) == .saved)
        }
    }

    /// Only root can mount a file system of its own.
    @Test(.enabled(if: geteuid() == 0))
    func `A medium that ends in the midst of the writing marks nothing, and says so in applications`() async throws {
        try await withDirectory { root in
            let small = root + "/small"
            try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
            try #require(mount("tmpfs", small, "tmpfs", 0, "size=1100k") == 0)
            defer { umount(small) }
            let station = try await Station("capturing", in: root)
            for _ in 0..<60 { _ = try await station.save() }
            do {
                _ = try await station.export(small)
                Issue.record("it fits")
            } catch {
                let failure = try #require(error as? Failure)
                #expect(failure.code == .stickFull)
                #expect(failure.detail?.hasSuffix("of 60 applications") == true, "\(failure)")
            }
            // Enough at first, and filled by somebody else meanwhile: the writing itself meets the end.
            try Data(count: 1_000_000).write(to: URL(fileURLWithPath: small + "/film"))
            let medium = try StickDirectory(small)
            var writer = try BundleWriter(
                on: medium, kind: .items, bundleId: RequestID(random: SystemRandomSource()),
                stationId: station.id, createdAt: SystemClock().now, key: station.key)
            #expect { try writer.add([[UInt8](repeating: 1, count: 400_000)]) } throws: {
                ($0 as? Failure)?.code == .stickFull
            }
            writer.abandon()
            #expect(try FileManager.default.contentsOfDirectory(atPath: small) == ["film"])
            // Only what is mounted counts as a medium.
            let strict = StickPlaces(roots: [], unlike: root)
            #expect(throws: Never.self) { try StickDirectory(small, below: strict.roots, unlike: strict.unlike) }
            #expect(try await station.store.summary().counts == [.saved: 60])
        }
    }

    @Test func `An export needs a second person, and believes no proof unread`() async throws {
        try await withDirectory { root in
            let station = try await Station("capturing", in: root)
            _ = try await station.save()
            for second in [nil, WireName.lan] {
                await expect(.coSignatureMissing) {
                    try await station.stick.export(ExportOrder(directory: "/x"), by: .lan, with: second)
                }
            }
        }
    }

    @Test func `What is plugged in is seen with its free room, and only where a medium may stand`() async throws {
        try await withDirectory { root in
            let station = try await Station("capturing", in: root, roots: [root + "/stick", root + "/none"])
            let media = await station.stick.media().media
            #expect(media.map(\.directory) == [root + "/stick"])
            #expect(try #require(media.first?.freeBytes) > 0 && media.first?.problem == nil)
            // Where a file system of its own is asked for, a directory of the station's disk is no medium.
            let strict = StickService(
                stationID: station.id, places: StickPlaces(roots: [root + "/stick"], unlike: root), store: station.store,
                signingKey: station.key, authorities: AuthorityKeys([]), clock: SystemClock(),
                random: SystemRandomSource(), clockOffset: { nil }, applicationsLeft: { 1 })
            #expect(await strict.media().media.isEmpty)
        }
    }

    @Test func `One run at a time`() async throws {
        try await withDirectory { root in
            let station = try await Station("capturing", in: root)
            try await station.stick.exclusively(.export, at: root + "/stick") { (_) throws(Failure) in
                await expect(.stickBusy) {
                    try await station.stick.importItems(ImportOrder(directory: root + "/stick"), by: try actor())
                }
                station.stick.advance(by: 2, of: 5)
                #expect(await station.stick.media().work == MediaList.Work(kind: .export, done: 2, total: 5))
            }
            #expect(await station.stick.media().work == nil)
            let report = try await station.stick.importItems(
                ImportOrder(directory: root + "/stick"), by: try actor())
            #expect(report.bundles.isEmpty && report.refused.isEmpty)
        }
    }
}
