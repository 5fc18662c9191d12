import ChipDocument
import Foundation
import SeededRandom
import StationCore
import Synchronization
import VirtualCard

extension FuzzTarget {
    /// Whole reads, with a hostile card on one side or a hostile reader on the other.
    static var conversations: [FuzzTarget] {
        [
            // The station reads the text by BAC; the input is all that the card answers.
            FuzzTarget(
                "read-answers-bac", shape: .frames,
                corpus: {
                    let card = try FuzzCard.shared()
                    return [Framed.join(try await card.record(card.text).answers)]
                },
                parse: { input in
                    let card = try FuzzCard.shared()
                    try await read(card, card.text, answers: Framed.split(input))
                }),
            // The same by PACE in its three mappings, with chip and active authentication and the portrait. The first
            // message says which mapping.
            FuzzTarget(
                "read-answers-pace", testInputs: 2_000, proofInputs: 100_000, shape: .frames,
                corpus: {
                    var seeds: [[UInt8]] = []
                    for (number, (card, conversation)) in try waysOfPACE().enumerated() {
                        seeds.append(Framed.join([[UInt8(number)]] + (try await card.record(conversation).answers)))
                    }
                    return seeds
                },
                parse: { input in
                    let messages = Framed.split(input)
                    let ways = try waysOfPACE()
                    guard let way = messages.first?.first.map(Int.init), ways.indices.contains(way) else {
                        throw Failure(.cardProtocolError)
                    }
                    try await read(ways[way].0, ways[way].1, answers: Array(messages.dropFirst()))
                }),
            // A card that knows its keys and lies in its files, at one step of its answers, or in both.
            FuzzTarget(
                "hostile-card", testInputs: 1_000, proofInputs: 50_000,
                corpus: { (0..<16).map { Array("card \($0)".utf8) } }
            ) { try await lie($0) },
            // The virtual card hears whatever a reader says.
            FuzzTarget(
                "card-commands", shape: .frames,
                corpus: {
                    let card = try FuzzCard.shared(); return [Framed.join(try await card.record(card.text).commands)]
                }
            ) { try hear($0) },
        ]
    }

    private static func waysOfPACE() throws -> [(FuzzCard, FuzzCard.Conversation)] {
        let citizen = try FuzzCard.shared()
        let mapping = try FuzzCard.withMapping()
        let integrated = citizen.announcing(PACEInfo(mapping: .integrated, suite: .aes128, parameterID: 13))
        return [(citizen, citizen.whole), (integrated, integrated.small), (mapping, mapping.small)]
    }

    /// Reads with these answers and, when they are used up, only 6F00.
    private static func read(
        _ card: FuzzCard, _ conversation: FuzzCard.Conversation, answers: [[UInt8]]
    ) async throws {
        try await read(card, conversation) { _, number in
            answers.indices.contains(number) ? answers[number] : [0x6f, 0]
        }
    }

    /// Reads to the end, whatever it is. The channel's clock ticks with each command: the read's time is a count.
    private static func read(
        _ card: FuzzCard, _ conversation: FuzzCard.Conversation,
        answer: @escaping @Sendable ([UInt8], Int) -> [UInt8]
    ) async throws {
        let channel = TickingChannel(answer: answer)
        let outcome: Result<DocumentReading, Failure>
        do throws(Failure) {
            outcome = .success(try await card.read(conversation, through: channel))
        } catch { outcome = .failure(error) }
        let commands = channel.said.commands.count
        try Violation.unless(
            commands <= Int(Limits.Card.readDuration.milliseconds), "a read of \(commands) commands outlived its limit")
        try card.check(try outcome.get())
    }

    private static func lie(_ input: [UInt8]) async throws {
        let card = try FuzzCard.shared()
        var random = SeededGenerator(seed: Mutator.fingerprint(input))
        var files = card.image.files
        let inFiles = random.next(3) > 0
        for _ in 0...random.next(2) where inFiles {
            let names = files.keys.sorted { $0.rawValue < $1.rawValue }
            let name = names[random.next(names.count)]
            let mutator = Mutator(
                corpus: [try card.file(name)], target: name.rawValue, seed: random.next())
            files[name] = mutator.input(0)
        }
        let step = !inFiles || random.next(4) == 0 ? random.next(60) : nil
        let lies = random
        let applet = Mutex(card.applet(files: files))
        try await read(card, card.whole) { command, number in
            let answer = applet.withLock { $0.process(command) }
            guard number == step else { return answer }
            var lies = lies
            return lies.mutated(answer)
        }
    }

    private static func hear(_ input: [UInt8]) throws {
        let card = try FuzzCard.shared()
        let zone = Data(try card.zone().prefix(30))
        var applet = card.applet([.paceRefused])
        var isUnderstood = false
        for command in Framed.split(input).prefix(64) {
            let answer = applet.process(command)
            try Violation.unless(
                (2...Limits.Card.apduBytes).contains(answer.count), "an answer of \(answer.count) bytes")
            try Violation.unless(
                answer.count < zone.count || Data(answer).range(of: zone) == nil, "the chip gave the zone in the clear")
            isUnderstood = isUnderstood || answer.suffix(2) == [0x90, 0]
        }
        guard isUnderstood else { throw Failure(.cardProtocolError) }
    }
}
