import SeededRandom

/// Makes the inputs of one target: the same seed and number give the same bytes on every machine.
package struct Mutator: Sendable {
    /// How the inputs of a target are built, so that changes reach what is inside.
    package enum Shape: Hashable, Sendable {
        /// Data objects behind so many other bytes, or any bytes.
        case objects(after: Int)
        /// Messages, each behind two bytes of length.
        case frames
    }

    /// A well-formed message, and what it is made of where it is data objects.
    private struct Member: Sendable {
        let bytes: [UInt8]
        let front: Int
        let tree: [DataObjectTree]?

        init(_ bytes: [UInt8], front: Int) {
            self.bytes = bytes
            self.front = min(front, bytes.count)
            tree = DataObjectTree.row(bytes[self.front...])
        }
    }

    /// The messages of each member of the corpus; one unless they are frames.
    private let corpus: [[Member]]
    private let shape: Shape
    private let tokens: [[UInt8]]
    private let seed: UInt64

    /// Most bytes that an input grows to: what a card can send at once, and a little more.
    private static let largest = 70_000
    private static let interesting: [UInt8] = [
        0x00, 0x01, 0x20, 0x30, 0x3c, 0x7c, 0x7f, 0x80, 0x81, 0x84, 0x87, 0x90, 0xff,
    ]
    private static let numbers: [[UInt8]] = [
        [0, 0], [0, 1], [0x7f, 0xff], [0x80, 0], [0xff, 0xff], [0, 0, 0, 0], [0x7f, 0xff, 0xff, 0xff],
        [0x80, 0, 0, 0], [0xff, 0xff, 0xff, 0xff],
    ]
    private static let lengths: [[UInt8]] = [
        [0x00], [0x7f], [0x80], [0x81, 0x00], [0x81, 0xff], [0x82, 0x00, 0x10], [0x82, 0xff, 0xff],
        [0x83, 0xff, 0xff, 0xff], [0x84, 0xff, 0xff, 0xff, 0xff], [0x85, 1, 0, 0, 0, 0], [0xff],
    ]

    /// - Parameters:
    ///   - corpus: well-formed inputs; at least one, none empty.
    ///   - tokens: what means something to the parser.
    ///   - target: its name, so that no two targets get the same row.
    package init(
        corpus: [[UInt8]], tokens: [[UInt8]] = [], shape: Shape = .objects(after: 0), target: String, seed: UInt64
    ) {
        precondition(!corpus.isEmpty, "a target without corpus")
        self.shape = shape
        self.tokens = tokens
        self.corpus = corpus.map { member in
            switch shape {
            case .objects(let front): [Member(member, front: front)]
            case .frames: Framed.split(member).map { Member($0, front: 0) }
            }
        }
        self.seed = seed ^ Self.fingerprint(Array(target.utf8))
    }

    /// The input of this number.
    package func input(_ number: Int) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var mixed = SeededGenerator(seed: random.next() ^ UInt64(truncatingIfNeeded: number))
        let bytes = input(&mixed)
        return bytes.count > Self.largest ? Array(bytes.prefix(Self.largest)) : bytes
    }

    private func input(_ random: inout SeededGenerator) -> [UInt8] {
        let chosen = corpus[random.next(corpus.count)]
        if random.next(64) == 0 { return shape == .frames ? Framed.join(chosen.map(\.bytes)) : chosen[0].bytes }
        guard shape == .frames else { return changed(chosen[0], &random) }
        var messages = chosen.map(\.bytes)
        for _ in 0...random.next(2) where !messages.isEmpty {
            let place = random.next(messages.count)
            switch random.next(8) {
            case 0: messages.remove(at: place)
            case 1: messages.insert(messages[random.next(messages.count)], at: place)
            case 2: messages.swapAt(place, random.next(messages.count))
            default: messages[place] = changed(chosen[min(place, chosen.count - 1)], &random)
            }
        }
        var bytes = Framed.join(messages.map { Array($0.prefix(0xffff)) })
        if random.next(16) == 0 { change(&bytes, &random) }
        return bytes
    }

    private func changed(_ member: Member, _ random: inout SeededGenerator) -> [UInt8] {
        if random.next(64) == 0 { return (0..<random.next(80)).map { _ in UInt8(random.next(256)) } }
        var bytes = member.bytes
        if let tree = member.tree, random.next(2) == 0 {
            bytes = bytes[..<member.front] + edited(tree, &random)
            if random.next(2) == 0 { return bytes }
        }
        for _ in 0...random.next(3) { change(&bytes, &random) }
        return bytes
    }

    /// FNV-1a of some bytes: names files and tells rows apart, and keeps no secret.
    package static func fingerprint(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    // MARK: Inside the structure

    private func edited(_ row: [DataObjectTree], _ random: inout SeededGenerator) -> [UInt8] {
        var row = row
        let top = random.next(row.count)
        let position = random.next(row[top].count)
        let object = row[top].object(at: position)
        row.replaceSubrange(top...top, with: row[top].replacing(at: position, with: instead(of: object, &random)))
        return row.flatMap(\.encoded)
    }

    private func instead(of object: DataObjectTree, _ random: inout SeededGenerator) -> [DataObjectTree] {
        switch random.next(8) {
        case 0: return []
        case 1: return [object, object]
        case 2: return [object.tagged([Self.interesting[random.next(Self.interesting.count)] | 1])]
        case 3: return [object.holding([])]
        case 4:
            guard let other = other(&random).tree?.first else { return [object, object] }
            return [other.object(at: random.next(other.count))]
        case 5: return [object.holding(object.encoded)]
        default:
            var value = object.value
            change(&value, &random)
            return [object.holding(value)]
        }
    }

    // MARK: Anywhere

    private func change(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let place = random.next(bytes.count + 1)
        let rest = bytes.count - place
        switch random.next(12) {
        case 0 where rest > 0: bytes[place] ^= 1 << UInt8(random.next(8))
        case 1 where rest > 0: bytes[place] = UInt8(random.next(256))
        case 2 where rest > 0: bytes[place] = Self.interesting[random.next(Self.interesting.count)]
        case 3 where rest > 0: bytes[place] = random.next(2) == 0 ? bytes[place] &+ 1 : bytes[place] &- 1
        case 4 where rest > 0: bytes.removeSubrange(place..<place + 1 + random.next(min(rest, 16)))
        case 5: bytes.insert(contentsOf: (0...random.next(4)).map { _ in UInt8(random.next(256)) }, at: place)
        case 6: bytes.removeSubrange(place...)
        case 7 where rest > 0:
            let block = bytes[place..<place + 1 + random.next(min(rest, 64))]
            bytes.insert(contentsOf: (0...random.next(3)).flatMap { _ in block }, at: place)
        case 8: overwrite(&bytes, at: place, with: Self.numbers[random.next(Self.numbers.count)])
        case 9: overwrite(&bytes, at: place, with: Self.lengths[random.next(Self.lengths.count)])
        case 10 where !tokens.isEmpty: bytes.insert(contentsOf: tokens[random.next(tokens.count)], at: place)
        case 11 where !tokens.isEmpty: overwrite(&bytes, at: place, with: tokens[random.next(tokens.count)])
        default:
            let other = other(&random).bytes
            bytes = Array(bytes[..<place]) + other[random.next(other.count + 1)...]
        }
    }

    /// Any message of the corpus.
    private func other(_ random: inout SeededGenerator) -> Member {
        let messages = corpus[random.next(corpus.count)]
        return messages.isEmpty ? Member([], front: 0) : messages[random.next(messages.count)]
    }

    private func overwrite(_ bytes: inout [UInt8], at place: Int, with new: [UInt8]) {
        bytes.replaceSubrange(place..<min(bytes.count, place + new.count), with: new)
    }
}
