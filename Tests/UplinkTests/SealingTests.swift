import StationCore
import Testing

@testable import Uplink

@Suite struct SealingTests {
    @Test func `opens RFC 9180 A_2_1, DHKEM(X25519), HKDF-SHA256, ChaCha20-Poly1305, base mode`() throws {
        let key = try RecipientPrivateKey(
            suite: .x25519, seed: Hex.bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")!)
        #expect(
            Hex.text(key.publicKey) == "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
        let sealed =
            "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
            + "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
        let plaintext = try ItemSealer.open(
            Hex.bytes(sealed)!, info: Hex.bytes("4f6465206f6e2061204772656369616e2055726e")!,
            authenticating: Hex.bytes("436f756e742d30")!, with: key)
        #expect(String(decoding: plaintext, as: UTF8.self) == "Beauty is truth, truth beauty")
    }

    @Test(arguments: Suite.allCases) func `what is sealed opens for the same identity only`(_ suite: Suite) throws {
        let key = try RecipientPrivateKey(generated: suite)
        let publicKey = try RecipientPublicKey(suite: suite, rawRepresentation: key.publicKey)
        let context = Fixture.context(1, suite: suite)
        let plaintext = Array("hồ sơ".utf8)
        let sealed = try ItemSealer.seal(plaintext, context: context, to: publicKey)
        #expect(sealed.count == suite.encapsulatedBytes + plaintext.count + 16)
        #expect(try ItemSealer.open(sealed, context: context, with: key) == plaintext)
        let again = try RecipientPrivateKey(suite: suite, seed: key.seed.unredacted)
        #expect(try ItemSealer.open(sealed, context: context, with: again) == plaintext)
        #expect(try ItemSealer.seal(plaintext, context: context, to: publicKey) != sealed, "one context per item")
        #expect(throws: UnsealingFailed.self) {
            try ItemSealer.open(sealed, context: Fixture.context(2, suite: suite), with: key)
        }
        let other = try RecipientPrivateKey(generated: suite)
        #expect(throws: UnsealingFailed.self) { try ItemSealer.open(sealed, context: context, with: other) }
        for position in [0, suite.encapsulatedBytes - 1, suite.encapsulatedBytes, sealed.count - 1] {
            var changed = sealed
            changed[position] ^= 1
            #expect(throws: UnsealingFailed.self) { try ItemSealer.open(changed, context: context, with: key) }
        }
        for length in [0, 1, suite.encapsulatedBytes, sealed.count - 1] {
            #expect(throws: UnsealingFailed.self) {
                try ItemSealer.open(Array(sealed.prefix(length)), context: context, with: key)
            }
        }
    }

    @Test(arguments: Suite.allCases) func `what was prepared seals one item, to its own key`(_ suite: Suite) throws {
        let key = try RecipientPrivateKey(generated: suite)
        let publicKey = try RecipientPublicKey(suite: suite, rawRepresentation: key.publicKey)
        let other = try RecipientPrivateKey(generated: suite)
        let otherKey = try RecipientPublicKey(suite: suite, rawRepresentation: other.publicKey)
        let context = Fixture.context(1, suite: suite)
        let prepared = try PreparedSeal(to: publicKey)
        let toOther = try ItemSealer.seal([1], context: context, to: otherKey, prepared: prepared)
        #expect(try ItemSealer.open(toOther, context: context, with: other) == [1], "the key that is chosen counts")
        let first = try ItemSealer.seal([1, 2], context: context, to: publicKey, prepared: prepared)
        #expect(try ItemSealer.open(first, context: context, with: key) == [1, 2])
        let second = try ItemSealer.seal([1, 2], context: context, to: publicKey, prepared: prepared)
        #expect(try ItemSealer.open(second, context: context, with: key) == [1, 2])
        #expect(first.prefix(suite.encapsulatedBytes) != second.prefix(suite.encapsulatedBytes), "one context per item")
        let unused = try PreparedSeal(to: publicKey)
        #expect(unused.take(for: otherKey) == nil)
        #expect(unused.take(for: publicKey) != nil && unused.take(for: publicKey) == nil)
    }

    @Test func `a context of another suite is not sealed and not opened`() throws {
        let publicKey = try RecipientPublicKey(suite: .x25519, rawRepresentation: Fixture.recipient.publicKey)
        #expect(throws: Failure.self) {
            try ItemSealer.seal([1], context: Fixture.context(1, suite: .xwing), to: publicKey)
        }
        #expect(throws: Failure.self) {
            try RecipientPublicKey(suite: .xwing, rawRepresentation: Fixture.recipient.publicKey)
        }
    }

    /// RFC 7748, section 6.1 and RFC 9180, section 7.1.4: 0, 1, the two points of order 8, and p - 1.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]) func `a point of low order is no key and opens nothing`(_ hex: String) throws {
        let point = Hex.bytes(hex)!
        #expect(throws: Failure.self) { try RecipientPublicKey(suite: .x25519, rawRepresentation: point) }
        #expect(throws: UnsealingFailed.self) {
            try ItemSealer.open(
                point + [UInt8](repeating: 0, count: 40), context: Fixture.context(), with: Fixture.recipient)
        }
    }
}

@Suite struct SealedContentTests {
    private static let content = try! SealedContent(
        application: Array(#"{"a":"ă"}"#.utf8),
        files: [
            .init(name: "EF.SOD", bytes: [1, 2, 3]), .init(name: "DG1", bytes: []),
            .init(name: "attachment-1", bytes: [0x0d, 0x0a]),
        ])

    @Test func `content survives its own bytes and begins with its header line`() throws {
        let bytes = try Self.content.encode(random: SeededRandom(1))
        #expect(try SealedContent(parsing: bytes) == Self.content)
        let boundary = Hex.text(SeededRandom(1).bytes(16))
        let head =
            "Content-Type: multipart/related; type=\"application/json\"; boundary=\(boundary)\r\n\r\n--\(boundary)\r\n"
        #expect(bytes.starts(with: head.utf8))
        #expect(bytes.suffix(boundary.count + 4).elementsEqual("--\(boundary)--".utf8))
    }

    @Test(arguments: ["", "a b", "DG1\r\nX", "<DG1>", "Đ", String(repeating: "x", count: 65)])
    func `a file's foreign name is refused`(_ name: String) {
        #expect(throws: SealedContent.Fault.fileMalformed) {
            try SealedContent(application: [], files: [.init(name: name, bytes: [])])
        }
    }

    @Test func `bounds and forms have their faults`() throws {
        #expect(throws: SealedContent.Fault.fileMalformed) {
            try SealedContent(application: [], files: [.init(name: "a", bytes: []), .init(name: "a", bytes: [])])
        }
        #expect(throws: SealedContent.Fault.tooLarge) {
            try SealedContent(
                application: [UInt8](repeating: 0x20, count: Limits.Application.plaintextBytes), files: []
            ).encode(random: SeededRandom(1))
        }
        #expect(throws: SealedContent.Fault.headerMalformed) { try SealedContent(parsing: []) }
        #expect(throws: SealedContent.Fault.headerMalformed) {
            try SealedContent(parsing: Array("Content-Type: text/plain\r\n\r\n".utf8))
        }
        let bytes = try Self.content.encode(random: SeededRandom(1))
        #expect(throws: SealedContent.Fault.framing(.truncated)) {
            try SealedContent(parsing: Array(bytes.dropLast()))
        }
        #expect(throws: SealedContent.Fault.framing(.bytesAfterEnd)) { try SealedContent(parsing: bytes + [0x20]) }
    }

    @Test func `20,000 mutated contents never crash the parser`() throws {
        let random = SeededRandom(88)
        let bytes = try Self.content.encode(random: random)
        var refused = 0
        for _ in 0..<20_000 {
            if (try? SealedContent(parsing: mutated(bytes, random))) == nil { refused += 1 }
        }
        #expect(refused > 15_000)
    }
}

@Suite struct KeyRingTests {
    private typealias Choice = (id: String, remark: SealingChoice.Remark?)

    private func choose(_ keys: [RecipientKey], _ quality: ClockQuality = .synchronized) throws -> SealingChoice {
        try KeyRing.choose(from: Fixture.keyList(serial: 1, keys: keys), at: Fixture.now, quality: quality)
    }

    @Test func `the newest key whose dates allow it is chosen`() throws {
        let old = Fixture.recipientKey("old", from: "2025-01-01T00:00:00.000Z")
        let new = Fixture.recipientKey("new", from: "2026-02-01T00:00:00.000Z")
        let future = Fixture.recipientKey("future", from: "2026-06-01T00:00:00.000Z")
        let choice = try choose([new, old, future])
        #expect(choice.key.keyId.text == "new" && choice.remark == nil)
    }

    @Test func `dates are a half-open interval`() throws {
        let edge = Fixture.recipientKey("edge", from: Fixture.now.text, until: "2026-03-02T08:15:30.251Z")
        #expect(try choose([edge]).remark == nil)
        let over = Fixture.recipientKey("over", until: Fixture.now.text)
        #expect(try choose([over]).remark == .keyExpired)
    }

    @Test func `among equals the post-quantum suite is chosen`() throws {
        let choice = try choose([
            Fixture.recipientKey("pq", suite: .xwing), Fixture.recipientKey("z-classic"),
        ])
        #expect(choice.key.keyId.text == "pq" && choice.publicKey.suite == .xwing)
        let classic = try KeyRing.choose(
            from: Fixture.keyList(
                serial: 1, keys: [Fixture.recipientKey("pq", suite: .xwing), Fixture.recipientKey("classic")]),
            at: Fixture.now, quality: .synchronized, suites: [.x25519])
        #expect(classic.key.keyId.text == "classic")
    }

    @Test func `intake does not stop for a calendar`() throws {
        let older = Fixture.recipientKey("older", until: "2026-02-01T00:00:00.000Z")
        let newer = Fixture.recipientKey(
            "newer", from: "2026-01-15T00:00:00.000Z", until: "2026-02-01T00:00:00.000Z")
        let expired = try choose([older, newer])
        #expect(expired.key.keyId.text == "newer" && expired.remark == .keyExpired)
        let early = try choose([Fixture.recipientKey("early", from: "2026-06-01T00:00:00.000Z")])
        #expect(early.remark == .keyNotYetValid)
        let suspect = try choose(
            [older, Fixture.recipientKey("future", from: "2026-06-01T00:00:00.000Z")], .suspect)
        #expect(suspect.key.keyId.text == "future" && suspect.remark == .clockSuspect)
    }

    @Test func `no list, or no key of a known suite, is a named stop`() throws {
        #expect(throws: Failure(.recipientKeyMissing, "no key list yet")) {
            try KeyRing.choose(from: nil, at: Fixture.now, quality: .synchronized)
        }
        let foreign = RecipientKey(
            keyId: WireName("f")!, suite: WireName("mceliece")!, publicKey: "AAAA", notBefore: Fixture.now,
            notAfter: Fixture.now)
        #expect(throws: Failure(.recipientKeyMissing, "no key of a known suite")) { try self.choose([foreign]) }
    }

    @Test func `a list replaces another only with the authority's signature and a serial that does not fall`() throws {
        let keys = [Fixture.recipientKey("rk-1")]
        let first = Fixture.keyList(serial: 5, keys: keys)
        func adopts(_ list: KeyList, over current: KeyList?) throws -> Bool {
            try KeyRing.adopts(list, over: current, authorities: Fixture.authorities)
        }
        #expect(try adopts(first, over: nil))
        #expect(try !adopts(first, over: first))
        #expect(try adopts(Fixture.keyList(serial: 6, keys: [Fixture.recipientKey("rk-2")]), over: first))
        #expect(try adopts(Fixture.keyList(serial: 5, keys: keys, maxItems: 7), over: first))
        for bad in [
            Fixture.keyList(serial: 4, keys: keys),
            Fixture.keyList(serial: 5, keys: [Fixture.recipientKey("rk-2")]),
            Fixture.keyList(serial: 6, keys: keys, signedBy: Fixture.foreignKey),
            Fixture.keyList(serial: 6, keys: []), Fixture.keyList(serial: 6, keys: keys + keys),
            Fixture.keyList(serial: 6, keys: (0...64).map { Fixture.recipientKey("k\($0)") }),
        ] {
            #expect(throws: Failure.self) { try adopts(bad, over: first) }
        }
    }

    @Test func `a public key that is not base64 is no list`() throws {
        let text = String(
            decoding: try StrictJSON.encode(Fixture.keyList(serial: 1, keys: [Fixture.recipientKey("rk-1")])),
            as: UTF8.self)
        let broken = text.replacing(#""publicKey":""#, with: #""publicKey":" "#)
        #expect(throws: StrictJSON.Refusal.self) {
            try StrictJSON.decode(KeyList.self, from: Array(broken.utf8))
        }
    }
}
