import StationCore
import Synchronization

@testable import Uplink

/// The testing library has an `Outcome` of its own.
typealias Outcome = Uplink.Outcome

/// A reproducible source of randomness (SplitMix64); safe to share.
final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) { state = Mutex(seed) }

    func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }

    func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    private func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
            return value ^ (value >> 31)
        }
    }
}

/// The same bytes for ever.
struct ConstantRandom: RandomSource {
    let byte: UInt8
    func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
}

/// A full fraction below 1: the longest wait that jitter can draw.
let longestJitter = ConstantRandom(byte: 0xff)

enum Fixture {
    static let station = WireName("station-07")!
    static let otherStation = WireName("station-08")!
    static let now = Timestamp(text: "2026-03-02T08:15:30.250Z")!
    static let stationKey = try! SigningKey(keyId: WireName("st07-2026")!, seed: [UInt8](repeating: 7, count: 32))
    static let authorityKey = try! SigningKey(keyId: WireName("auth-1")!, seed: [UInt8](repeating: 9, count: 32))
    static let foreignKey = try! SigningKey(keyId: WireName("auth-1")!, seed: [UInt8](repeating: 8, count: 32))
    static let authorities = AuthorityKeys([
        try! VerifyingKey(keyId: authorityKey.keyId, rawRepresentation: authorityKey.publicKey)
    ])
    static let base = try! UpstreamBase("https://upstream.example:8443/intake")
    static let batchId = RequestID("0f8fad5b-d9cb-469f-a165-70867728950e")!
    static let judge = AnswerJudge(authorities: authorities, base: base)
    static let recipient = try! RecipientPrivateKey(suite: .x25519, seed: [UInt8](repeating: 5, count: 32))

    static func itemId(_ number: Int) -> ItemID {
        let digits = String(number, radix: 16)
        return ItemID("019577a0-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits)!
    }

    static func context(_ number: Int = 1, suite: Suite = .x25519, supersedes: ItemID? = nil) -> ItemContext {
        ItemContext(
            suite: suite, stationId: station, itemId: itemId(number), sequence: Int64(number),
            revision: supersedes == nil ? 1 : 2, supersedes: supersedes, keyId: WireName("rk-1")!, capturedAt: now)
    }

    static func outgoing(_ number: Int, bytes: Int = 100, supersedes: ItemID? = nil) -> OutgoingItem {
        let sealed = SeededRandom(UInt64(number)).bytes(bytes)
        return OutgoingItem(
            entry: try! ManifestItem(context: context(number, supersedes: supersedes), sealed: sealed, key: stationKey),
            sealed: sealed)
    }

    static func sent(_ number: Int) -> SentItem {
        let item = outgoing(number).entry
        return SentItem(itemId: item.itemId, stationId: item.stationId, sha256: item.sha256)
    }

    static func receipt(
        _ item: SentItem, verdict: ReceiptVerdict = .accepted, station: StationID? = nil, itemId: ItemID? = nil,
        sha256: ContentDigest? = nil, key: AuthoritySigningKey = authorityKey
    ) -> Receipt {
        try! Receipt(
            receiptId: WireName("r-\(item.itemId.text)")!, verdict: verdict, stationId: station ?? item.stationId,
            itemId: itemId ?? item.itemId, sha256: sha256 ?? item.sha256, receivedAt: now, key: key)
    }

    static func accepted(_ item: SentItem, outcome: Outcome = .accepted) -> ItemResult {
        ItemResult(itemId: item.itemId, outcome: outcome, sha256: item.sha256, receipt: receipt(item))
    }

    static func rejected(_ item: SentItem, name: String = "content-invalid") -> ItemResult {
        ItemResult(
            itemId: item.itemId, outcome: .rejected, sha256: item.sha256,
            receipt: receipt(item, verdict: .rejected(type: name)!),
            problem: WireProblem(type: base.url("/problems/\(name)")))
    }

    static func answer(_ results: [ItemResult], batchId: RequestID = batchId) -> UpstreamReply {
        json(BatchAnswer(batchId: batchId, receivedAt: now, results: results))
    }

    static func json(_ value: some Encodable, type: String = "application/json", status: Int = 200) -> UpstreamReply {
        reply(status, type: type, body: try! StrictJSON.encode(value))
    }

    static func problem(_ status: Int, _ name: String, type: String? = nil) -> UpstreamReply {
        json(
            WireProblem(type: type ?? base.url("/problems/\(name)"), status: status), type: "application/problem+json",
            status: status)
    }

    static func reply(
        _ status: Int, type: String?, body: [UInt8] = [], fields: [HeaderField] = []
    ) -> UpstreamReply {
        UpstreamReply(
            status: status, fields: (type.map { [HeaderField("content-type", $0)] } ?? []) + fields, body: body)
    }

    static func keyList(
        serial: Int64, keys: [RecipientKey], signedBy key: AuthoritySigningKey = authorityKey, maxItems: Int = 200,
        maxBytes: Int = 4_000_000
    ) -> KeyList {
        try! KeyList(
            serial: serial, issuedAt: now, keys: keys, maxItems: maxItems, maxBytes: maxBytes, key: key)
    }

    static func recipientKey(
        _ name: String, from: String = "2026-01-01T00:00:00.000Z", until: String = "2027-01-01T00:00:00.000Z",
        suite: Suite = .x25519
    ) -> RecipientKey {
        let key = suite == .x25519 ? recipient : try! RecipientPrivateKey(generated: suite)
        return try! RecipientKey(
            keyId: WireName(name)!, key: key, notBefore: Timestamp(text: from)!, notAfter: Timestamp(text: until)!)
    }
}

/// Changes a document at random: flips, cuts, doublings, insertions.
func mutated(_ original: [UInt8], _ random: SeededRandom) -> [UInt8] {
    var bytes = original
    for _ in 0...random.below(3) {
        guard !bytes.isEmpty else { return bytes }
        let position = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[position] ^= UInt8(1 << random.below(8))
        case 1: bytes.removeSubrange(position..<min(bytes.count, position + 1 + random.below(40)))
        case 2: bytes.insert(contentsOf: random.bytes(1 + random.below(8)), at: position)
        case 3:
            let end = min(bytes.count, position + 1 + random.below(60))
            bytes.insert(contentsOf: bytes[position..<end], at: random.below(bytes.count))
        default: bytes.removeLast(bytes.count - position)
        }
    }
    return bytes
}
