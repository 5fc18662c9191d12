import ApplicationForm
import Crypto
import Foundation
import SeededRandom
package import StationCore
import Store
import Uplink

/// Fills a station's spool with applications that nobody typed: each is a whole document of about the wanted size, sealed
/// to upstream's key, signed with the station's, and saved by the production store, so that database and items are what
/// a campaign would leave. The reference upstream opens and accepts them.
package struct SpoolFiller: Sendable {
    private let key: StationSigningKey
    private let recipient: RecipientPublicKey
    private let recipientID: WireName
    private let station: StationID
    private let store: Store
    private let clock = SystemClock()
    private let random = SystemRandomSource()

    /// Opens the spool, which no daemon may have open.
    /// - Parameters:
    ///   - state: the daemon's state directory.
    ///   - enrolment: the directory that upstream made for the station, with its keys.
    ///   - credentials: the daemon's credentials, of which the data key is used.
    /// Throws what `Store.open` throws, `keyInvalid` and `recipientKeyMissing`.
    package init(state: String, enrolment: String, credentials: String) async throws {
        struct Enrolment: Codable {
            let stationId: StationID
            let signingKeyId: WireName
        }
        func contents(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(enrolment)/\(name)")))
        }
        func secret(_ path: String) throws -> [UInt8] {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            guard let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw Failure(.keyInvalid, path)
            }
            return Array(bytes)
        }
        let enrolled = try StrictJSON.decode(Enrolment.self, from: try contents("station.json"))
        let list = try StrictJSON.decode(KeyList.self, from: try contents("keys.json"))
        guard let published = list.keys.first(where: { $0.suite.text == Suite.x25519.rawValue }) else {
            throw Failure(.recipientKeyMissing)
        }
        key = try StationSigningKey(keyId: enrolled.signingKeyId, seed: try secret("\(enrolment)/signing.key"))
        recipient = try published.sealingKey()
        recipientID = published.keyId
        station = enrolled.stationId
        store = try await Store.open(
            StoreConfiguration(
                path: state + "/station.sqlite", clock: clock,
                dataKey: try StationDataKey(bytes: Redacted(try secret("\(credentials)/data.key")))))
    }

    /// What was filled in.
    package struct Filled: Sendable {
        /// The items' ids, oldest first.
        package var ids: [ItemID] = []
        /// Bytes of all sealed payloads.
        package var payloadBytes = 0
    }

    /// Saves so many applications and closes the spool. Their sizes vary as portraits do, by up to a tenth about the wanted
    /// number of sealed bytes: one size for all would fill the database's pages better or worse than a campaign does.
    package func fill(_ count: Int, bytes: Int = 40_000) async throws -> Filled {
        var filled = Filled()
        for index in 0..<count {
            let new = try item(index, bytes: bytes)
            filled.ids.append(new.item.metadata.itemId)
            filled.payloadBytes += new.item.sealed.count
            _ = try await store.save(
                new,
                answering: try IdempotentRequest(
                    key: new.item.metadata.itemId.text, body: new.item.sha256))
        }
        try await store.close()
        return filled
    }

    /// What an application holds beside its largest file, roughly.
    private static let documentBytes = 1_900

    private func item(_ index: Int, bytes: Int) throws -> NewItem {
        let now = clock.now
        let sequence = try store.reserveSequence()
        let itemId = ItemID(at: now, random: random)
        // Incompressible, as a portrait is; a system call for every eight bytes would take longer than all the rest.
        var generator = SeededGenerator(seed: UInt64(bitPattern: sequence))
        var portrait: [UInt8] = []
        portrait.reserveCapacity(bytes)
        let size = bytes - bytes / 10 + Int.random(in: 0...bytes / 5, using: &generator)
        while portrait.count < size - Self.documentBytes {
            withUnsafeBytes(of: generator.next()) { portrait.append(contentsOf: $0) }
        }
        let part = PartDescriptor(
            contentId: "DG2", size: portrait.count, sha256: ContentDigest(of: portrait).text)
        let document = ApplicationDocument(
            itemId: itemId, stationId: station, revision: 1, supersedes: nil, capturedAt: now,
            clockQuality: clock.quality, intake: IntakeCircumstances(),
            content: .application(try Self.content(index, at: now).carrying(cardFiles: [part])))
        let plaintext = try SealedContent(
            application: try document.encoded(), files: [.init(name: "DG2", bytes: portrait)]
        ).encode(random: random)
        let context = ItemContext(
            suite: recipient.suite, stationId: station, itemId: itemId, sequence: sequence, revision: 1,
            supersedes: nil, keyId: recipientID, capturedAt: now)
        let sealed = try ItemSealer.seal(plaintext, context: context, to: recipient)
        let entry = try ManifestItem(context: context, sealed: sealed, key: key)
        guard let suite = WireName(recipient.suite.rawValue) else { throw Failure(.internalFault) }
        let citizen = Self.number(index)
        return NewItem(
            item: SealedItem(
                metadata: ItemMetadata(
                    stationId: station, itemId: itemId, sequence: sequence, keyId: recipientID, suite: suite,
                    capturedAt: now, clockQuality: clock.quality),
                sealed: sealed, sha256: entry.sha256.bytes, signingKeyId: entry.signingKeyId,
                signature: entry.signature.bytes),
            actor: station, answer: Array("[]".utf8),
            followUp: .new(
                FollowUp(
                    personalNumber: Redacted(citizen), phone: Redacted(Self.phone(index)),
                    name: Redacted("Nguyễn Văn Thử"), hamlet: Redacted(nil),
                    keepUntil: now.adding(.seconds(30 * 86_400)))))
    }

    private static func number(_ index: Int) -> String { "070201" + String(format: "%06d", index) }
    private static func phone(_ index: Int) -> String { "09" + String(format: "%08d", index) }

    /// Typed by hand, so that upstream has no card to doubt.
    private static func content(_ index: Int, at now: Timestamp) throws -> ApplicationContent {
        guard let birth = PartialDate(text: "2001-05-17") else { throw Failure(.internalFault) }
        return ApplicationContent(
            citizen: CitizenSnapshot(
                personalNumber: number(index), fullName: "Nguyễn Văn Thử", birthDate: birth, sex: .male,
                nationality: "VNM", residence: "Ấp 3, Tân Khai", issueDate: nil, expiry: .unlimited),
            card: CardFacts(
                readMethod: .manual, readAt: now, accessProtocol: nil, findings: [], manualReason: "measurement"),
            declared: Declaration(phone: phone(index), email: nil, integrations: [], noSmartphone: false),
            consent: ConsentRecord(
                textVersion: "measurement", textSHA256: String(repeating: "ab", count: 32), language: "vi",
                readAloudBy: nil, confirmation: .spoken, at: now, granted: true),
            representative: nil, overrides: [], ruleSet: "decree-69-2024")
    }
}
