package import ChipDocument
import CitizenCard
package import StationCore
import Synchronization

/// Asks a virtual card what a recorded read asked of its card, and holds the answers' headers, lengths and status words
/// against the record.
package enum RecordReplay {
    /// What came of it.
    package enum Outcome: Hashable, Sendable {
        /// Every recorded command was sent again and answered alike.
        case equal(commands: Int)
        /// The first command at which the two reads part, and its attempt, both counted from 1; nil where one has none.
        case differs(attempt: Int, command: Int, recorded: FlightEntry?, fresh: FlightEntry?)
    }

    private struct Recorded: Decodable {
        let attempts: [FlightRecord]
    }

    /// Takes the attempts of a record as `GET /v1/reads/{id}/record` gives it. Throws `requestMalformed` for anything else,
    /// and for a read that sent no command.
    package static func attempts(_ json: [UInt8]) throws(Failure) -> [FlightRecord] {
        let recorded: Recorded
        do { recorded = try StrictJSON.decode(Recorded.self, from: json) } catch {
            throw Failure(.requestMalformed, "record: \(error)")
        }
        guard !recorded.attempts.isEmpty else { throw Failure(.requestMalformed, "record without an attempt") }
        return recorded.attempts
    }

    /// Goes through the attempts under their conditions, one after the other: the card leaves where it left, and the next
    /// attempt goes on from there.
    package static func run(
        _ attempts: [FlightRecord], on image: CardImage, clock: any StationClock
    ) async throws(Failure) -> Outcome {
        let continuation = ReadContinuation()
        var commands = 0
        for (number, recorded) in attempts.enumerated() {
            let fresh = try await fresh(recorded, image, continuation, clock).entries
            for (index, entry) in recorded.entries.enumerated() {
                let other = fresh.indices.contains(index) ? fresh[index] : nil
                guard let other, entry.agrees(with: other) else {
                    return .differs(attempt: number + 1, command: index + 1, recorded: entry, fresh: other)
                }
            }
            let count = recorded.entries.count
            if recorded.omitted == 0, fresh.count > count {
                return .differs(attempt: number + 1, command: count + 1, recorded: nil, fresh: fresh[count])
            }
            commands += count
        }
        return .equal(commands: commands)
    }

    private static func fresh(
        _ recorded: FlightRecord, _ image: CardImage, _ continuation: ReadContinuation, _ clock: any StationClock
    ) async throws(Failure) -> FlightRecord {
        let conditions = recorded.conditions
        let known = CardProfile.vnm2021
        let plan = ReadPlan(
            files: Set(conditions.files), allowsBasicAccessControl: conditions.allowsBasicAccessControl,
            profile: DocumentProfile(
                name: conditions.profile, cardAccess: conditions.profile == known.name ? known.cardAccess : nil))
        let channel = InMemoryCardChannel(
            CardApplet(image: image),
            capabilities: ChannelCapabilities(
                extendedLength: conditions.extendedLength, maximumCommandBytes: conditions.maximumCommandBytes,
                maximumResponseBytes: conditions.maximumResponseBytes),
            removedAfter: recorded.entries.firstIndex { $0.failure != nil })
        let kept = Mutex<FlightRecord?>(nil)
        do throws(Failure) {
            _ = try await DocumentReader(plan: plan, anchors: .none, clock: clock).read(
                from: channel, credential: credential(recorded, image), continuing: continuation
            ) { event in if case .record(let record) = event { kept.withLock { $0 = record } } }
        } catch {
            // A read may end in a failure and still be the same read.
            guard kept.withLock({ $0 != nil }) else { throw error }
        }
        guard let record = kept.withLock({ $0 }) else { throw Failure(.internalFault, "a read without a record") }
        return record
    }

    /// The card's own credential. A card access number that was refused is not in the record: any wrong one is refused
    /// alike.
    private static func credential(_ recorded: FlightRecord, _ image: CardImage) throws(Failure) -> AccessCredential {
        guard recorded.conditions.credential == .can else { return .mrz(image.mrzInformation) }
        let isRefused = recorded.entries.last.map { $0.command == "00860000" && $0.status?.hasPrefix("63") == true }
        guard isRefused == true else { return .can(image.cardAccessNumber) }
        return try .can(digits: image.cardAccessNumber.unredacted == "000000" ? "000001" : "000000")
    }
}

extension RecordReplay.Outcome {
    /// One line, or three for a difference.
    package var text: String {
        switch self {
        case .equal(let commands): "equal: \(commands) commands"
        case .differs(let attempt, let command, let recorded, let fresh):
            "different at command \(command) of attempt \(attempt)\n  recorded  \(Self.text(recorded))\n"
                + "  card      \(Self.text(fresh))"
        }
    }

    private static func text(_ entry: FlightEntry?) -> String {
        guard let entry else { return "nothing more" }
        return "\(entry.phase.rawValue) \(entry.command) (\(entry.wire)) Lc \(entry.lc) Le "
            + "\(entry.le.map(String.init) ?? "-"), sent \(entry.sent), received \(entry.received), "
            + "SW \(entry.status ?? "-")"
    }
}
