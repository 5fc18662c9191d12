import ApplicationForm
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import StationCore
import Testing
import Uplink

@testable import UpstreamServer

@Suite struct BatchTests {
    @Test(arguments: Suite.allCases)
    func `an item is accepted with a receipt that the authority signed`(suite: Suite) async throws {
        try await Bench.run { bench in
            let item = try Item.make(bench, suite: suite)
            let result = try await bench.result(item)
            #expect(result.outcome == .accepted && result.sha256 == item.entry.sha256 && result.problem == nil)
            let receipt = try #require(result.receipt)
            #expect(receipt.verifies(by: try bench.authorities()))
            #expect(receipt.verdict == .accepted && receipt.itemId == item.entry.itemId)
            #expect(receipt.sha256 == item.entry.sha256 && receipt.stationId == Bench.station)

            let listing = try UpstreamHoldings(bench.directory).list()
            #expect(listing.items.map(\.itemId) == [item.entry.itemId])
            #expect(listing.items[0].maskedNumber == "070*****1234")
            #expect(listing.items[0].receipt == receipt)
            let text = String(decoding: try StrictJSON.encode(listing), as: UTF8.self)
            #expect(!text.contains("Ngọc") && !text.contains("070201001234") && !text.contains("0912345678"))
            let shown = try #require(try UpstreamHoldings(bench.directory).show(item.entry.itemId))
            #expect(String(decoding: shown, as: UTF8.self).contains("Điểu Thị Bích Ngọc"))
        }
    }

    @Test func `a resent item is a duplicate with the first receipt, also after a restart`() async throws {
        let directory = UpstreamDirectory(NSTemporaryDirectory() + "restarted-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        let items = Recorded<Item>()
        let receipts = Recorded<Receipt>()
        try await Bench.serve(directory) { bench in
            let item = try Item.make(bench)
            items.add(item)
            receipts.add(try #require(try await bench.result(item).receipt))
            let again = try await bench.result(item)
            #expect(again.outcome == .duplicate && again.receipt == receipts.all[0])
        }
        try await Bench.serve(directory) { bench in
            let again = try await bench.result(items.all[0])
            #expect(again.outcome == .duplicate && again.receipt == receipts.all[0])
            let held = try UpstreamHoldings(bench.directory).list().items
            #expect(held.count == 1 && held[0].deliveries == ["station-1": 3])
        }
    }

    @Test func `the same bytes with other metadata are a duplicate of the first`() async throws {
        try await Bench.run { bench in
            let item = try Item.make(bench)
            let first = try await bench.result(item)
            let context = ItemContext(
                suite: .x25519,
                stationId: Bench.station,
                itemId: item.entry.itemId,
                sequence: 99,
                revision: 1,
                supersedes: nil,
                keyId: item.entry.keyId,
                capturedAt: Item.capturedAt
            )
            var other = item
            other.entry = try ManifestItem(context: context, sealed: item.sealed, key: bench.signingKey())
            let again = try await bench.result(other)
            #expect(again.outcome == .duplicate && again.receipt == first.receipt)
            #expect(try UpstreamHoldings(bench.directory).list().items.map(\.sequence) == [1])
        }
    }

    @Test func `other bytes under a held id are a conflict, unless they are forged`() async throws {
        try await Bench.run { bench in
            let first = try Item.make(bench)
            _ = try await bench.result(first)
            let second = try Item.make(bench, id: first.entry.itemId)
            let conflict = try await bench.result(second)
            #expect(conflict.outcome == .rejected && conflict.problem?.name == "digest-conflict")
            #expect(conflict.problem?.storedSha256 == first.entry.sha256 && conflict.sha256 == second.entry.sha256)
            let forged = try Item.make(
                bench,
                id: first.entry.itemId,
                key: StationSigningKey(generated: WireName("signing-1")!)
            )
            let refused = try await bench.result(forged)
            #expect(refused.problem?.name == "signature-invalid" && refused.problem?.storedSha256 == nil)
            #expect(try UpstreamHoldings(bench.directory).list().items.map(\.sha256) == [first.entry.sha256])
        }
    }

    enum Spoil: String, CaseIterable, CustomTestStringConvertible {
        case forgedSignature, foreignSigningKey, foreignRecipientKey, movedCiphertext, alteredPart, notJSON
        case repeatedMember, anotherItem, badNumber, undescribedPart, missingPart

        var testDescription: String { rawValue }

        var problem: String {
            switch self {
            case .forgedSignature, .foreignSigningKey: "signature-invalid"
            case .foreignRecipientKey: "unknown-key"
            case .movedCiphertext: "unsealing-failed"
            case .alteredPart: "part-digest-mismatch"
            default: "content-invalid"
            }
        }

        func item(_ bench: Bench) throws -> Item {
            switch self {
            case .forgedSignature:
                return try Item.make(bench, key: StationSigningKey(generated: WireName("signing-1")!))
            case .foreignSigningKey:
                return try Item.make(bench, key: StationSigningKey(generated: WireName("signing-9")!))
            case .foreignRecipientKey: return try Item.make(bench, keyId: WireName("x25519-unknown")!)
            case .movedCiphertext:
                // Sealed under one sequence number, signed under another.
                let item = try Item.make(bench)
                let context = ItemContext(
                    suite: .x25519,
                    stationId: Bench.station,
                    itemId: item.entry.itemId,
                    sequence: 2,
                    revision: 1,
                    supersedes: nil,
                    keyId: item.entry.keyId,
                    capturedAt: Item.capturedAt
                )
                return Item(
                    entry: try ManifestItem(context: context, sealed: item.sealed, key: bench.signingKey()),
                    sealed: item.sealed
                )
            case .alteredPart:
                var item = try Item.make(bench)
                item.sealed[item.sealed.count / 2] ^= 1
                return item
            case .notJSON: return try Item.make(bench) { _ in Array("{".utf8) }
            case .repeatedMember:
                return try Item.make(bench) { document in
                    Array("{\"revision\":1,".utf8) + (try document.encoded()).dropFirst()
                }
            case .anotherItem:
                return try Item.make(bench) { document in
                    let id = document.itemId.text
                    let text = String(decoding: try document.encoded(), as: UTF8.self)
                    return Array(text.replacing(id, with: id.replacing(id.suffix(4), with: "0000")).utf8)
                }
            case .badNumber:
                return try Item.make(bench) { document in
                    Array(
                        String(decoding: try document.encoded(), as: UTF8.self)
                            .replacing("070201001234", with: "07020100123").utf8
                    )
                }
            case .undescribedPart:
                return try Item.make(bench, files: [.init(name: "DG1", bytes: [1])], describing: [])
            case .missingPart:
                return try Item.make(
                    bench,
                    describing: [.init(contentId: "DG1", size: 1, sha256: ContentDigest(of: [1]).text)]
                )
            }
        }
    }

    @Test(arguments: Spoil.allCases)
    func `a spoilt item is refused by name, with a signed receipt, and its neighbours are taken`(
        spoil: Spoil
    ) async throws {
        try await Bench.run { bench in
            let spoilt = try spoil.item(bench)
            let good = [try Item.make(bench, sequence: 5), try Item.make(bench, sequence: 6)]
            let answer = try await bench.answer([good[0], spoilt, good[1]])
            let results = Dictionary(uniqueKeysWithValues: answer.results.map { ($0.itemId, $0) })
            let refused = try #require(results[spoilt.entry.itemId])
            #expect(refused.outcome == .rejected && refused.problem?.name == spoil.problem)
            #expect(refused.problem?.type.hasPrefix(bench.base + "/") == true)
            #expect(refused.sha256 == ContentDigest(of: spoilt.sealed))
            #expect(refused.receipt?.verifies(by: try bench.authorities()) == true)
            #expect(refused.receipt?.verdict.rejectedType == spoil.problem)
            #expect(good.allSatisfy { results[$0.entry.itemId]?.outcome == .accepted })
            let listing = try UpstreamHoldings(bench.directory).list()
            #expect(Set(listing.items.map(\.itemId)) == Set(good.map(\.entry.itemId)))
            #expect(listing.rejections.map(\.problem) == [spoil.problem])
            // A refusal is learnt by resending; status speaks of stored items only.
            #expect(try await bench.status([spoilt.entry.itemId]).results.isEmpty)
        }
    }

    @Test func `a correction is taken before its predecessor`() async throws {
        try await Bench.run { bench in
            let first = try Item.make(bench, sequence: 1)
            let amendment = try Item.make(bench, sequence: 2, revision: 2, supersedes: first.entry.itemId)
            #expect(try await bench.result(amendment).outcome == .accepted)
            #expect(try await bench.result(first).outcome == .accepted)
            let kinds = try UpstreamHoldings(bench.directory).list().items.map(\.kind)
            #expect(kinds == ["amendment", "application"])
        }
    }

    @Test func `a request that is cut leaves its whole parts behind`() async throws {
        try await Bench.run { bench in
            let items = try (1...4).map { try Item.make(bench, sequence: Int64($0)) }
            let (fields, bytes) = try Batch(bench, items).framed()
            let third = try #require(bytes.firstIndex(of: items[2].sealed))
            let whole = bytes[..<(third + items[2].sealed.count / 2)]
            await #expect(throws: (any Error).self) {
                _ = try await bench.send(
                    .POST,
                    "/v1/intake/batches",
                    fields: fields,
                    body: .stream(CutBody(bytes: Array(whole)), length: .known(Int64(bytes.count)))
                )
            }
            // The request's end reaches the server when it does; its effect is what can be asked for.
            var stored: Set<ItemID> = []
            for _ in 0..<400 where stored.count < 2 {
                stored = Set(try await bench.status(items.map(\.entry.itemId)).results.map(\.item.itemId))
            }
            #expect(stored == Set(items.prefix(2).map(\.entry.itemId)))
            let answer = try await bench.answer(items)
            #expect(answer.results.count { $0.outcome == .duplicate } == 2)
            #expect(answer.results.count { $0.outcome == .accepted } == 2)
        }
    }

    /// Delivers the first bytes of an item and waits until upstream says that it keeps some; how many.
    private static func begin(_ item: Item, _ bench: Bench, cutAt share: Int = 2) async throws -> Int {
        let (fields, bytes) = try Batch(bench, [item]).framed()
        let start = try present(bytes.firstIndex(of: item.sealed))
        let sent = bytes[..<(start + item.sealed.count / share)]
        await #expect(throws: (any Error).self) {
            _ = try await bench.send(
                .POST,
                "/v1/intake/batches",
                fields: fields,
                body: .stream(CutBody(bytes: Array(sent)), length: .known(Int64(bytes.count)))
            )
        }
        for _ in 0..<400 {
            let begun = try await bench.status([item.entry.itemId]).begun
            if let part = begun.first, begun.count == 1, part.itemId == item.entry.itemId { return part.bytes }
        }
        throw Missing()
    }

    private static func rest(of item: Item, from offset: Int) -> Item {
        Item(entry: item.entry.resumed(at: offset), sealed: Array(item.sealed.dropFirst(offset)))
    }

    @Test func `a part that a cut hit goes on where it was cut`() async throws {
        try await Bench.run { bench in
            let item = try Item.make(bench)
            let kept = try await Self.begin(item, bench)
            #expect(kept > item.sealed.count / 4 && kept <= item.sealed.count / 2)
            #expect(try await bench.status([item.entry.itemId], as: Bench.other).begun.isEmpty, "another's")
            let result = try await bench.result(Self.rest(of: item, from: kept))
            #expect(result.outcome == .accepted && result.sha256 == item.entry.sha256)
            let status = try await bench.status([item.entry.itemId])
            #expect(status.results.count == 1 && status.begun.isEmpty)
        }
    }

    @Test func `the rest of a part whose beginning is not kept is no word on the item`() async throws {
        try await Bench.run { bench in
            let item = try Item.make(bench)
            for offset in [1, item.sealed.count - 1] {
                #expect(try await bench.result(Self.rest(of: item, from: offset)).outcome == .retry)
            }
            // Kept, but another end: what was kept is given up, and nothing is rejected.
            let kept = try await Self.begin(item, bench)
            var spoilt = Self.rest(of: item, from: kept)
            spoilt.sealed[0] ^= 1
            #expect(try await bench.result(spoilt).outcome == .retry)
            #expect(try await bench.result(Self.rest(of: item, from: kept)).outcome == .retry)
            #expect(try UpstreamHoldings(bench.directory).list().rejections.isEmpty)
            #expect(try await bench.result(item).outcome == .accepted)
        }
    }

    @Test func `few beginnings are kept of one station, the newest`() async throws {
        try await Bench.run { bench in
            let items = try (1...6).map { try Item.make(bench, sequence: Int64($0)) }
            for item in items { _ = try await Self.begin(item, bench) }
            let begun = try await bench.status(items.map(\.entry.itemId)).begun
            #expect(begun.map(\.itemId) == items.suffix(Limits.Upstream.begunPartsOfStation).map(\.entry.itemId))
        }
    }

    @Test func `one station delivers for another, and both may ask`() async throws {
        try await Bench.run { bench in
            let item = try Item.make(bench, station: Bench.other)
            let result = try await bench.result(item, as: Bench.station)
            #expect(result.outcome == .accepted && result.receipt?.stationId == Bench.other)
            let own = try Item.make(bench, sequence: 2)
            _ = try await bench.result(own)
            let ids = [item.entry.itemId, own.entry.itemId]
            #expect(try await bench.status(ids, as: Bench.station).results.count == 2)
            #expect(try await bench.status(ids, as: Bench.other).results.map(\.item.itemId) == [item.entry.itemId])
        }
    }

    @Test func `two requests at once store an item once`() async throws {
        try await Bench.run { bench in
            let items = try (1...8).map { try Item.make(bench, sequence: Int64($0)) }
            let outcomes = try await withThrowingTaskGroup(of: [ItemResult].self) { tasks in
                for _ in 0..<4 { tasks.addTask { try await bench.answer(items).results } }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            #expect(outcomes.count { $0.outcome == .accepted } == 8)
            #expect(outcomes.count { $0.outcome == .duplicate } == 24)
            #expect(Set(outcomes.map(\.receipt)).count == 8)
        }
    }

    @Test func `a rewritten audit chain is noticed`() async throws {
        try await Bench.run { bench in
            for (sequence, head) in [(10, "a"), (11, "b"), (11, "b"), (12, "c"), (11, "x"), (9, "z")]
                as [(Int64, String)]
            {
                let batch = try Batch(bench, [try Item.make(bench)], auditSequence: sequence, auditHead: head)
                #expect(try await bench.reply(to: batch).status == 200)
            }
            let alarms = try UpstreamHoldings(bench.directory).list().auditAlarms
            #expect(alarms.map { "\($0.sequence) \($0.alarm)" } == ["11 rewritten", "9 rewound"])
        }
    }
}

extension Array where Element == UInt8 {
    /// Offset of the first occurrence of other bytes.
    func firstIndex(of needle: [UInt8]) -> Int? {
        Data(self).range(of: Data(needle)).map { $0.lowerBound }
    }
}

/// A body that ends in an error, as a link that breaks does.
struct CutBody: AsyncSequence, Sendable {
    struct Cut: Error {}
    let bytes: [UInt8]

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<UInt8>

        mutating func next() async throws -> ByteBuffer? {
            guard !rest.isEmpty else { throw Cut() }
            let piece = rest.prefix(700)
            rest = rest.dropFirst(700)
            return ByteBuffer(bytes: piece)
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes[...]) }
}
