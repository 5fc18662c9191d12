import StationCore
import Testing

@testable import Uplink

@Suite struct SigningStringTests {
    @Test func `an item's authenticated data is the contract's lines`() {
        #expect(
            String(decoding: SigningBytes.itemAuthenticatedData(Fixture.context(3)), as: UTF8.self) == """
                intake-station/item/v1
                x25519-sha256-chacha20poly1305
                station-07
                019577a0-0000-7000-8000-000000000003
                3
                1
                -
                rk-1
                2026-03-02T08:15:30.250Z
                """)
    }

    @Test func `a correction names its predecessor and the signature adds the digest`() {
        let context = Fixture.context(4, suite: .xwing, supersedes: Fixture.itemId(3))
        #expect(
            String(decoding: SigningBytes.item(context, sha256: ContentDigest(of: [])), as: UTF8.self) == """
                intake-station/item/v1
                xwing-sha256-chacha20poly1305
                station-07
                019577a0-0000-7000-8000-000000000004
                4
                2
                019577a0-0000-7000-8000-000000000003
                rk-1
                2026-03-02T08:15:30.250Z
                e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                """)
    }

    @Test func `receipt, audit head and key list are the contract's lines`() {
        let digest = ContentDigest(of: [])
        #expect(
            String(
                decoding: SigningBytes.receipt(
                    verdict: .rejected(type: "content-invalid")!, stationId: Fixture.station,
                    itemId: Fixture.itemId(1), sha256: digest, receiptId: WireName("r-1")!, receivedAt: Fixture.now),
                as: UTF8.self)
                == "intake-station/receipt/v1\nrejected:content-invalid\nstation-07\n"
                + "\(Fixture.itemId(1).text)\n\(digest.text)\nr-1\n2026-03-02T08:15:30.250Z"
        )
        #expect(
            String(
                decoding: SigningBytes.auditHead(stationId: Fixture.station, sequence: 12, head: digest), as: UTF8.self)
                == "intake-station/audit-head/v1\nstation-07\n12\n\(digest.text)")
        let key = RecipientKey(
            keyId: WireName("rk-1")!, suite: WireName("x25519-sha256-chacha20poly1305")!, publicKey: "AAAA",
            notBefore: Fixture.now, notAfter: Fixture.now)
        let line = "rk-1 x25519-sha256-chacha20poly1305 AAAA 2026-03-02T08:15:30.250Z 2026-03-02T08:15:30.250Z\n"
        #expect(
            String(decoding: SigningBytes.keys(serial: 4, issuedAt: Fixture.now, keys: [key, key]), as: UTF8.self)
                == "intake-station/keys/v1\n4\n2026-03-02T08:15:30.250Z\n" + line + line)
    }

    @Test func `Ed25519 is RFC 8032 section 7_1, test 2`() throws {
        let seed = Hex.bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")!
        let key = try SigningKey(keyId: WireName("t2")!, seed: seed)
        #expect(Hex.text(key.publicKey) == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        let published = Signature(
            bytes: Hex.bytes(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")!)!
        let verifier = try VerifyingKey(keyId: key.keyId, rawRepresentation: key.publicKey)
        #expect(verifier.verifies(published, over: [0x72]))
        #expect(!verifier.verifies(published, over: [0x73]))
        #expect(verifier.verifies(try key.sign([0x72]), over: [0x72]))
    }
}

@Suite struct WireTypeTests {
    @Test func `a manifest survives its own bytes and its signatures verify`() throws {
        let verifier = try VerifyingKey(
            keyId: Fixture.stationKey.keyId, rawRepresentation: Fixture.stationKey.publicKey)
        let manifest = BatchManifest(
            batchId: Fixture.batchId, senderId: Fixture.station, sentAt: Fixture.now,
            audit: try AuditHead(
                stationId: Fixture.station, sequence: 5, head: ContentDigest(of: [1]), key: Fixture.stationKey),
            clock: ClockReport(offsetMilliseconds: nil, quality: .unsynchronized),
            items: [Fixture.outgoing(1).entry, Fixture.outgoing(2).entry])
        let bytes = try StrictJSON.encode(manifest)
        let back = try StrictJSON.decode(BatchManifest.self, from: bytes)
        #expect(back == manifest)
        #expect(back.items[0].verifies(suite: .x25519, key: verifier))
        #expect(!back.items[0].verifies(suite: .xwing, key: verifier), "the suite is bound")
        #expect(back.audit.verifies(stationId: Fixture.station, key: verifier))
        #expect(!back.audit.verifies(stationId: Fixture.otherStation, key: verifier))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""supersedes":null"#) && text.contains(#""offsetMilliseconds":null"#))
        #expect(text.contains(#""version":1"#))
    }

    static let entry = String(
        decoding: try! StrictJSON.encode(Fixture.outgoing(1).entry), as: UTF8.self)

    @Test(arguments: [
        (#""sequence":1"#, #""sequence":0"#), (#""sequence":1"#, #""sequence":9007199254740992"#),
        (#""revision":1"#, #""revision":0"#), (#""size":100"#, #""size":-1"#),
        (#""sha256":""#, #""sha256":"F"#), (#""signature":""#, #""signature":"A"#),
        (#""keyId":"rk-1""#, #""keyId":"rk 1""#),
        (#""capturedAt":"2026-03-02T08:15:30.250Z""#, #""capturedAt":"2026-03-02T08:15:30Z""#),
        (#""itemId":"019577a0-0000-7000"#, #""itemId":"019577a0-0000-4000"#),
        (#""revision":1"#, #""revision":1,"revision":1"#),
    ]) func `a malformed manifest entry is refused`(_ change: (String, String)) {
        let broken = Self.entry.replacing(change.0, with: change.1, maxReplacements: 1)
        #expect(broken != Self.entry)
        #expect(throws: StrictJSON.Refusal.self) {
            try StrictJSON.decode(ManifestItem.self, from: Array(broken.utf8))
        }
    }

    @Test func `unknown members are ignored`() throws {
        let more = Self.entry.replacing(#""size":100"#, with: #""size":100,"colour":{"of":["the","sky"]}"#)
        #expect(try StrictJSON.decode(ManifestItem.self, from: Array(more.utf8)) == Fixture.outgoing(1).entry)
    }

    @Test func `a status result carries the item's members and the decision in one object`() throws {
        let item = Fixture.accepted(Fixture.sent(1))
        let result = StatusResult(item: item, decision: UpstreamDecision(label: "Đã cấp", at: Fixture.now))
        let bytes = try StrictJSON.encode(result)
        #expect(try StrictJSON.decode(StatusResult.self, from: bytes) == result)
        #expect(try StrictJSON.decode(ItemResult.self, from: bytes) == item)
        let undecided = try StrictJSON.encode(StatusResult(item: item))
        #expect(String(decoding: undecided, as: UTF8.self).contains(#""decision":null"#))
    }

    @Test(arguments: [
        "accepted ", "rejected:", "rejected", "rejected:a b", "rejected:a\nb", "Accepted", "", "rejected:ä",
        "rejected:" + String(repeating: "x", count: 201),
    ]) func `a verdict of another form is refused`(_ text: String) {
        #expect(ReceiptVerdict(text) == nil)
    }

    @Test func `a rejection's type is its last path segment`() {
        #expect(ReceiptVerdict("rejected:https://u.example/problems/policy-refused")?.rejectedType == "policy-refused")
        #expect(ReceiptVerdict.rejected(type: "unknown-key")?.rejectedType == "unknown-key")
        #expect(ReceiptVerdict.accepted.rejectedType == nil)
        #expect(WireProblem(type: "https://u.example/problems/busy?x=/y#z").name == "busy")
    }

    @Test(arguments: ["AA=", "AAA", "AAAA\n", " AAAA", "AB==", "A-__"])
    func `base64 other than the one canonical text is refused`(_ text: String) {
        #expect(strictBase64(text) == nil)
    }

    @Test func `the Content-Digest field is RFC 9530's`() {
        let field = "sha-256=:RK/5qy6MsBSDnWgCzSf6LIzRAGIqgmtTfGFdbj7oj2o=:"
        let digest = ContentDigest(of: Array(#"{"hello": "world"}"#.utf8) + [0x0a])
        #expect(ContentDigest(fieldValue: digest.fieldValue) == digest)
        #expect(ContentDigest(fieldValue: field)?.fieldValue == field)
        #expect(ContentDigest(fieldValue: "sha-512=:AAAA:") == nil)
        #expect(ContentDigest(fieldValue: field + ", md5=:AAAA:") == nil)
        #expect(ContentDigest(ofChunks: [[1], [], [2, 3]]) == ContentDigest(of: [1, 2, 3]))
    }

    @Test func `20,000 mutated answers and key lists never crash the reader`() throws {
        let random = SeededRandom(20_260_301)
        let answer = try StrictJSON.encode(
            BatchAnswer(
                batchId: Fixture.batchId, receivedAt: Fixture.now,
                results: [Fixture.accepted(Fixture.sent(1)), Fixture.rejected(Fixture.sent(2))]))
        let list = try StrictJSON.encode(Fixture.keyList(serial: 3, keys: [Fixture.recipientKey("rk-1")]))
        let items = [Fixture.sent(1), Fixture.sent(2)]
        var accepted = 0
        for round in 0..<20_000 {
            if round % 4 == 0 {
                if let read = try? StrictJSON.decode(KeyList.self, from: mutated(list, random)),
                    read.verifies(by: Fixture.authorities)
                {
                    #expect(read.keys == Fixture.keyList(serial: 3, keys: [Fixture.recipientKey("rk-1")]).keys)
                }
                continue
            }
            let reply = Fixture.reply(200, type: "application/json", body: mutated(answer, random))
            let judged = Fixture.judge.judge(.success(reply), toBatch: Fixture.batchId, of: items)
            #expect(judged.items.map(\.itemId) == items.map(\.itemId))
            for (item, judgement) in zip(items, judged.items) {
                guard case .accepted(let receipt, _) = judgement.verdict else { continue }
                accepted += 1
                #expect(receipt.itemId == item.itemId && receipt.sha256 == item.sha256)
                #expect(receipt.verifies(by: Fixture.authorities))
                #expect(item == items[0], "the second was rejected and can never turn into accepted")
            }
        }
        #expect(accepted > 100, "some mutations spare what is signed")
    }
}
