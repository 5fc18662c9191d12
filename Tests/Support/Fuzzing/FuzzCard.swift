import ChipDocument
import CitizenCard
import DocumentCrypto
import Foundation
import SeededRandom
import StationCore
import Synchronization
import VirtualCard

/// A card of `Tests/Fuzz/cards`, and what was said between it and the station.
struct FuzzCard: Sendable {
    let image: CardImage
    let anchors: TrustAnchors

    /// The repository, found from this very file.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let citizen = Result { try FuzzCard("citizen") }
    private static let mapping = Result { try FuzzCard("mapping") }
    /// A citizen card.
    static func shared() throws -> FuzzCard { try citizen.get() }
    /// A card with chip authentication mapping and active authentication on a curve.
    static func withMapping() throws -> FuzzCard { try mapping.get() }
    /// DG14 with a key over a prime field.
    static func finiteFieldDataGroup14() throws -> [UInt8] {
        Array(try Data(contentsOf: directory("finite-field").appendingPathComponent("DG14")))
    }

    /// A file of `Tests/Fuzz/trust`: what authorities publish.
    static func trustFile(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent("Tests/Fuzz/trust/\(name)")))
    }

    private static func directory(_ name: String) -> URL { root.appendingPathComponent("Tests/Fuzz/cards/\(name)") }
    static func anchorText() throws -> [UInt8] {
        Array(try Data(contentsOf: directory("citizen").appendingPathComponent("csca.pem")))
    }

    private init(_ name: String) throws {
        let directory = Self.directory(name)
        image = try CardDirectory(path: directory.path).image()
        anchors = try TrustAnchors(Array(try Data(contentsOf: directory.appendingPathComponent("csca.pem"))))
    }

    func file(_ identifier: FileIdentifier) throws -> [UInt8] {
        guard let bytes = image.files[identifier] else { throw Failure(.cardDataMalformed, identifier.rawValue) }
        return bytes
    }

    /// The zone of the machine-readable data, ninety characters.
    func zone() throws -> [UInt8] { try MachineReadableZone(dataGroup1: file(.dg1)).lines.flatMap { Array($0.utf8) } }

    // MARK: Conversations

    /// One way to read the card.
    struct Conversation: Sendable {
        let credential: AccessCredential
        let plan: ReadPlan
        let faults: Set<Fault>
    }

    /// Everything by PACE, as a citizen's card is read.
    var whole: Conversation {
        Conversation(
            credential: .can(image.cardAccessNumber),
            plan: ReadPlan(files: ReadPlan.everything, profile: CardProfile.vnm2021.document), faults: [])
    }

    /// A little by PACE, in whatever way EF.CardAccess announces; nothing that draws from the operating system.
    var small: Conversation {
        Conversation(credential: .can(image.cardAccessNumber), plan: ReadPlan(files: [.dg1, .dg14]), faults: [])
    }

    /// The same card announcing another way of PACE.
    func announcing(_ info: PACEInfo) -> FuzzCard {
        var other = image
        other.files[.cardAccess] = TLV(.set, [info.encoded]).encoded
        return FuzzCard(image: other, anchors: anchors)
    }

    private init(image: CardImage, anchors: TrustAnchors) {
        self.image = image
        self.anchors = anchors
    }

    /// Text only by BAC: symmetric all through, and therefore cheap.
    var text: Conversation {
        Conversation(
            credential: .mrz(image.mrzInformation),
            plan: ReadPlan(
                files: [.com, .dg1, .dg13], allowsBasicAccessControl: true, profile: CardProfile.vnm2021.document),
            faults: [.paceRefused])
    }

    /// Reads through a channel that ticks; the station draws the same numbers every time.
    func read(_ conversation: Conversation, through channel: TickingChannel) async throws(Failure) -> DocumentReading {
        try await DocumentReader(
            plan: conversation.plan, anchors: anchors, clock: channel, random: SeededSource(seed: 1)
        ).read(from: channel, credential: conversation.credential)
    }

    /// The card on the other side, which draws the same numbers every time too.
    func applet(_ faults: Set<Fault> = [], files: [FileIdentifier: [UInt8]]? = nil) -> CardApplet {
        var image = image
        image.faults = faults
        if let files { image.files = files }
        return CardApplet(image: image, random: SeededSource(seed: 2))
    }

    /// Commands and answers of a sound read.
    func record(_ conversation: Conversation) async throws -> (commands: [[UInt8]], answers: [[UInt8]]) {
        let card = Mutex(applet(conversation.faults))
        let channel = TickingChannel { command, _ in card.withLock { $0.process(command) } }
        _ = try await read(conversation, through: channel)
        return channel.said
    }

    /// A verdict that a changed card must not reach. Throws `Violation`.
    func check(_ reading: DocumentReading) throws(Violation) {
        guard reading.finding("passiveAuthentication")?.verdict == .passed else { return }
        for (file, bytes) in reading.files where file.dataGroup != nil {
            try Violation.unless(
                bytes == image.files[file], "passive authentication passed with a changed \(file.rawValue)")
        }
    }
}

/// Random bytes that are the same every time.
final class SeededSource: RandomSource {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

    func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) } }
    }
}

/// A card behind a closure, and the clock of its reader: each command takes one millisecond, so that the limit of a read
/// is reached by counting.
final class TickingChannel: CardChannel, StationClock {
    private struct State {
        var commands: [[UInt8]] = []
        var answers: [[UInt8]] = []
    }

    private let state = Mutex(State())
    private let answer: @Sendable (_ command: [UInt8], _ number: Int) -> [UInt8]

    init(answer: @escaping @Sendable (_ command: [UInt8], _ number: Int) -> [UInt8]) { self.answer = answer }

    var said: (commands: [[UInt8]], answers: [[UInt8]]) { state.withLock { ($0.commands, $0.answers) } }

    let capabilities = ChannelCapabilities.extended

    func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
        let number = state.withLock { state in
            state.commands.append(command)
            return state.commands.count - 1
        }
        let response = answer(command, number)
        state.withLock { $0.answers.append(response) }
        return response
    }

    var now: Timestamp { Timestamp(milliseconds: 1_790_000_000_000) }
    var elapsed: Duration { .milliseconds(state.withLock { $0.commands.count }) }
    var quality: ClockQuality { .synchronized }
    func sleep(for duration: Duration) async throws {}
}

/// Several messages in one input, each behind two bytes of length.
enum Framed {
    static func join(_ messages: [[UInt8]]) -> [UInt8] {
        messages.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xff)] + $0 }
    }

    /// The messages; the last is what is left.
    static func split(_ input: [UInt8]) -> [[UInt8]] {
        var rest = input[...]
        var messages: [[UInt8]] = []
        while rest.count >= 2 {
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
            messages.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return messages
    }
}
