import Crypto
import Logging
import StationCore
import Synchronization

/// What reads have proven of a model of reader and a kind of card together, so that the next read does not try again what
/// failed. Nothing of a holder: a card is known by its answer to reset, which all cards of a batch share.
final class LearnedLimits: Sendable {
    /// A model of reader with a kind of card.
    struct Pair: Codable, Hashable, Sendable {
        /// The reader's name without what tells two of a kind apart.
        let reader: String
        /// First half of the SHA-256 of the answer to reset, in hexadecimal digits.
        let card: String

        /// - Parameter reader: the card service's name.
        init(reader: String, answerToReset: [UInt8]) {
            self.reader = ReaderKey.model(reader)
            card = String(Hex.text(SHA256.hash(data: answerToReset)).prefix(32))
        }
    }

    /// What is known of one pair.
    struct Entry: Codable, Hashable, Sendable {
        let pair: Pair
        /// Whether extended length works.
        let extendedLength: Bool
        /// Reads since it was learned that did not try.
        var untriedReads: Int
    }

    private let file: StateFile<[Entry]>
    private let logger: Logger
    private let entries: Mutex<[Entry]>

    /// - Parameter stateDirectory: where it is remembered.
    init(stateDirectory: String, logger: Logger) {
        file = StateFile(path: stateDirectory + "/learned-limits.json")
        self.logger = logger
        entries = Mutex(Array((file.read() ?? []).prefix(Limits.Card.learnedPairs)))
    }

    /// What is known of a pair; nil when nothing is.
    func entry(of pair: Pair) -> Entry? { entries.withLock { $0.first { $0.pair == pair } } }

    /// What a read is to believe instead of the reader: false where extended length was refused, else nil, which leaves
    /// it to what the reader says and to the trial.
    func extendedLength(of pair: Pair) -> Bool? { entry(of: pair)?.extendedLength == false ? false : nil }

    /// Takes the end of a read: what was proven replaces what was known. A refusal is forgotten after some reads that
    /// had no chance to contradict it.
    func learn(_ evidence: LengthTrial.Evidence?, of pair: Pair) {
        let changed = entries.withLock { entries -> [Entry]? in
            let before = entries
            let known = entries.first { $0.pair == pair }
            entries.removeAll { $0.pair == pair }
            if let entry = Self.entry(pair, known, evidence) { entries.append(entry) }
            entries.removeFirst(max(0, entries.count - Limits.Card.learnedPairs))
            return entries.sorted(by: Self.order) == before.sorted(by: Self.order) ? nil : entries
        }
        guard let changed else { return }
        do { try file.write(changed) } catch {
            logger.warning("learned limits are not remembered", metadata: ["code": "\(error.code.rawValue)"])
        }
    }

    private static func entry(_ pair: Pair, _ known: Entry?, _ evidence: LengthTrial.Evidence?) -> Entry? {
        switch evidence {
        case .works:
            return Entry(pair: pair, extendedLength: true, untriedReads: 0)
        case .refused:
            return Entry(pair: pair, extendedLength: false, untriedReads: 0)
        case nil:
            guard var known, !known.extendedLength else { return known }
            known.untriedReads += 1
            return known.untriedReads < Limits.Card.untriedReads ? known : nil
        }
    }

    private static func order(_ one: Entry, _ other: Entry) -> Bool {
        (one.pair.reader, one.pair.card) < (other.pair.reader, other.pair.card)
    }
}
