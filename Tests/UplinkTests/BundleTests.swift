import StationCore
import Testing

@testable import Uplink

/// What a test bundle holds, and how it is written.
enum BundleFixture {
    static let bundleId = RequestID("6f1c2e0a-7c61-4a52-9c39-0d7b7a8e5f10")!
    static let items = (1...3).map { Fixture.outgoing($0, bytes: 150) }
    static let name = BundleKind.items.directoryName(bundleId)

    static func batch(_ items: [OutgoingItem], sender: StationID = Fixture.station) throws -> [[UInt8]] {
        try BatchFile.encode(
            items, batchId: Fixture.batchId, senderId: sender, sentAt: Fixture.now,
            audit: AuditHead(
                stationId: sender, sequence: 7, head: ContentDigest(of: [1]), key: Fixture.stationKey),
            clock: ClockReport(offsetMilliseconds: nil, quality: .synchronized), random: SeededRandom(11))
    }

    static func writer(_ stick: any StickMedium, kind: BundleKind = .items) throws -> BundleWriter {
        try BundleWriter(
            on: stick, kind: kind, bundleId: bundleId, stationId: Fixture.station, createdAt: Fixture.now,
            key: Fixture.stationKey)
    }

    /// Two batches: two items, then one.
    @discardableResult
    static func write(on stick: any StickMedium) throws -> BundleManifest {
        var writer = try writer(stick)
        try writer.add(try batch(Array(items[..<2])))
        try writer.add(try batch(Array(items[2...])))
        return try writer.finish()
    }

    static func receipts() -> [Receipt] {
        [
            Fixture.receipt(Fixture.sent(1)),
            Fixture.receipt(Fixture.sent(2), verdict: .rejected(type: "content-invalid")!),
        ]
    }

    /// The items of every valid bundle on a medium; a bundle that is refused gives nothing at all.
    static func taken(from stick: any StickMedium) throws -> [[OutgoingItem]] {
        try BundleReader.directories(on: stick, kind: .items).compactMap { directory in
            do throws(Failure) {
                let reader = try BundleReader(stick, directory: directory)
                try reader.verify()
                var items: [OutgoingItem] = []
                for index in reader.manifest.files.indices { items += try reader.batch(index).items }
                return items
            } catch {
                guard error.code == .bundleInvalid else { throw error }
                return nil
            }
        }
    }
}

@Suite struct BundleTests {
    @Test func `What was written comes back, and a batch's bytes are those of the request`() throws {
        let stick = MemoryStick()
        let manifest = try BundleFixture.write(on: stick)
        #expect(manifest.kind == .items && manifest.files.map(\.name) == ["batch-000001.body", "batch-000002.body"])
        let taken = try #require(try BundleFixture.taken(from: stick).first)
        #expect(taken.map(\.entry) == BundleFixture.items.map(\.entry))
        #expect(taken.map(\.sealed) == BundleFixture.items.map(\.sealed))
        let batch = try BundleReader(stick, directory: BundleFixture.name).batch(0)
        let boundary = try #require(MultipartRelated.boundary(ofContentType: batch.contentType))
        var parser = MultipartParser(boundary: boundary, bounds: .batch)
        #expect(try parser.push(batch.body).count == 3)
        try parser.finish()
    }

    @Test func `The writer's key verifies the manifest, another does not`() throws {
        let manifest = try BundleFixture.write(on: MemoryStick())
        let own = try VerifyingKey(keyId: Fixture.stationKey.keyId, rawRepresentation: Fixture.stationKey.publicKey)
        let other = try VerifyingKey(keyId: Fixture.stationKey.keyId, rawRepresentation: Fixture.foreignKey.publicKey)
        #expect(manifest.verifies(by: own) && !manifest.verifies(by: other))
        #expect(
            SigningBytes.bundle(
                stationId: Fixture.station, bundleId: BundleFixture.bundleId, createdAt: Fixture.now,
                files: [BundleFile(name: "batch-000001.body", size: 3, sha256: ContentDigest(of: []))])
                == Array(
                    """
                    intake-station/bundle/v1
                    station-07
                    6f1c2e0a-7c61-4a52-9c39-0d7b7a8e5f10
                    2026-03-02T08:15:30.250Z
                    batch-000001.body 3 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

                    """.utf8))
    }

    @Test func `Receipts travel as the objects that answers carry, and settle as by network`() throws {
        let stick = MemoryStick()
        var writer = try BundleFixture.writer(stick, kind: .receipts)
        try writer.add([try ReceiptFile.encode(BundleFixture.receipts())])
        let manifest = try writer.finish()
        #expect(manifest.kind == .receipts)
        #expect(try BundleReader.directories(on: stick, kind: .items).isEmpty)
        let directory = try #require(try BundleReader.directories(on: stick, kind: .receipts).first)
        let receipts = try BundleReader(stick, directory: directory).receipts(0)
        #expect(receipts == BundleFixture.receipts())
        #expect(receipts[0].settles(Fixture.sent(1), by: Fixture.authorities))
        #expect(!receipts[0].settles(Fixture.sent(2), by: Fixture.authorities))
        let forged = Fixture.receipt(Fixture.sent(1), key: Fixture.foreignKey)
        #expect(!forged.settles(Fixture.sent(1), by: Fixture.authorities))
        let elsewhere = Fixture.receipt(Fixture.sent(1), station: Fixture.otherStation)
        #expect(!elsewhere.settles(Fixture.sent(1), by: Fixture.authorities))
    }

    @Test func `Every truncation of every file is refused whole`() throws {
        let stick = MemoryStick()
        try BundleFixture.write(on: stick)
        let tree = stick.tree
        for (name, bytes) in try #require(tree[BundleFixture.name]) {
            for length in 0..<bytes.count {
                var cut = tree
                cut[BundleFixture.name]?[name] = Array(bytes[..<length])
                #expect(try BundleFixture.taken(from: MemoryStick(cut)).isEmpty, "\(name) cut at \(length)")
            }
            var missing = tree
            missing[BundleFixture.name]?[name] = nil
            #expect(try BundleFixture.taken(from: MemoryStick(missing)).isEmpty, "\(name) missing")
        }
    }

    @Test func `Every flipped byte of a bundle is noticed, and the bundle refused whole`() throws {
        let stick = MemoryStick()
        try BundleFixture.write(on: stick)
        let tree = stick.tree
        for (name, bytes) in try #require(tree[BundleFixture.name]) {
            for position in bytes.indices {
                for mask: UInt8 in [0x01, 0x20, 0xff] {
                    var flipped = tree
                    flipped[BundleFixture.name]?[name]?[position] ^= mask
                    #expect(
                        try BundleFixture.taken(from: MemoryStick(flipped)).isEmpty, "\(name) at \(position), \(mask)")
                }
            }
        }
    }

    @Test func `Pulled at any byte of the writing, the medium holds the whole bundle or none`() throws {
        let stick = MemoryStick()
        try BundleFixture.write(on: stick)
        // Each write in pieces of one byte, so that it can be pulled in the midst of it.
        let steps = stick.steps.flatMap { step -> [MemoryStick.Step] in
            guard case .append(let bytes, let name, let directory) = step else { return [step] }
            return bytes.map { .append([$0], to: name, in: directory) }
        }
        let original = BundleFixture.items.map(\.entry)
        var wholes = 0
        var states = 0
        for count in 0...steps.count {
            for tree in MemoryStick.pulled(after: steps[..<count]) {
                states += 1
                let taken = try BundleFixture.taken(from: MemoryStick(tree))
                #expect(taken.allSatisfy { $0.map(\.entry) == original }, "after \(count) steps")
                wholes += taken.count
            }
        }
        #expect(states > 10_000 && wholes > 0)
        // Only the rename gives a bundle its name.
        let renamed = try #require(steps.firstIndex { if case .rename = $0 { true } else { false } })
        for tree in MemoryStick.pulled(after: steps[..<renamed]) {
            #expect(try BundleFixture.taken(from: MemoryStick(tree)).isEmpty)
        }
    }

    /// A control: a writer that names the bundle before its files are synced leaves a bundle that must be refused.
    @Test func `A medium that loses synced bytes under the final name is refused, not half taken`() throws {
        let stick = MemoryStick()
        try BundleFixture.write(on: stick)
        var lying = stick.steps.filter { if case .syncFile = $0 { false } else { true } }
        lying.removeAll { $0 == .syncDirectory(nil) }
        let trees = MemoryStick.pulled(after: lying[...])
        #expect(
            try trees.contains {
                try BundleFixture.taken(from: MemoryStick($0)).isEmpty && $0[BundleFixture.name] != nil
            })
    }

    @Test func `What reads back otherwise than it was written is no bundle, and nothing stays`() throws {
        for spoilt in ["manifest.json", "batch-000002.body"] {
            let stick = MemoryStick()
            stick.spoilReads { name, bytes in
                guard name == spoilt else { return bytes }
                return bytes.dropLast() + [bytes[bytes.count - 1] ^ 1]
            }
            #expect { try BundleFixture.write(on: stick) } throws: { ($0 as? Failure)?.code == .stickFault }
            #expect(stick.tree.keys.allSatisfy { $0 == nil })
        }
    }

    @Test(arguments: ["makeDirectory", "write", "sync", "rename", "read"])
    func `A medium that fails at any step has its name told, and no bundle counts`(operation: String) throws {
        let stick = MemoryStick()
        stick.fail(operation, with: Failure(operation == "read" ? .stickUnavailable : .stickReadOnly))
        #expect { try BundleFixture.write(on: stick) } throws: { error in
            let code = (error as? Failure)?.code
            return operation == "read" ? code == .stickFault : code == .stickReadOnly
        }
    }

    @Test func `A full medium is named, and the next writer clears what was left`() throws {
        let stick = MemoryStick()
        stick.leave(1_500)
        var writer = try BundleFixture.writer(stick)
        try writer.add(try BundleFixture.batch([BundleFixture.items[0]]))
        #expect { try writer.add(try BundleFixture.batch(BundleFixture.items)) } throws: {
            ($0 as? Failure)?.code == .stickFull
        }
        stick.leave(.max)
        try BundleFixture.write(on: stick)
        #expect(Set(stick.tree.keys) == [nil, BundleFixture.name])
    }

    @Test func `A manifest with other names, orders, sizes or counts is refused`() throws {
        func refused(_ files: [BundleFile]) -> Bool {
            do {
                _ = try BundleManifest(
                    bundleId: BundleFixture.bundleId, stationId: Fixture.station, createdAt: Fixture.now,
                    files: files, key: Fixture.stationKey)
                return false
            } catch {
                return (error as? Failure)?.code == .bundleInvalid
            }
        }
        let digest = ContentDigest(of: [])
        func file(_ name: String, _ size: Int = 10) -> BundleFile { BundleFile(name: name, size: size, sha256: digest) }
        #expect(!refused([file("batch-000001.body")]))
        for names in [
            [], ["../../etc/passwd"], ["batch-000002.body"], ["batch-000001.body", "batch-000001.body"],
            ["batch-000001.body", "receipts-000002.json"], ["batch-1.body"], ["/batch-000001.body"], ["manifest.json"],
        ] { #expect(refused(names.map { file($0) }), "\(names)") }
        #expect(refused([file("batch-000001.body", 0)]) && refused([file("batch-000001.body", -1)]))
        #expect(refused([file("batch-000001.body", Limits.Bundle.batchFileBytes + 1)]))
        #expect(refused((1...Limits.Bundle.files + 1).map { file(BundleKind.items.fileName($0)) }))
    }

    @Test func `A batch of another sender than the bundle's station is refused`() throws {
        let stick = MemoryStick()
        var writer = try BundleFixture.writer(stick)
        try writer.add(try BundleFixture.batch(BundleFixture.items, sender: Fixture.otherStation))
        #expect { _ = try writer.finish() } throws: { ($0 as? Failure)?.code == .stickFault }
    }
}
