import SeededRandom
import StationCore
import Synchronization

/// The seed's chance. Each part of a run has dice of its own, so that a change in one part moves nothing in the others.
package final class Dice: RandomSource, Sendable {
    private let generator: Mutex<SeededGenerator>

    /// The dice of one part of the run with this seed.
    package init(seed: UInt64, part: String) {
        var mixed = seed &* 0x9e37_79b9_7f4a_7c15
        for byte in part.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        generator = Mutex(SeededGenerator(seed: mixed))
    }

    /// The next 64 bits.
    package func next() -> UInt64 { generator.withLock { $0.next() } }

    /// 0 to one below the bound.
    package func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    /// Whether something happens that happens so often in a thousand.
    package func happens(_ perMille: Int) -> Bool { below(1_000) < perMille }

    /// A duration between two.
    package func between(_ least: Duration, _ most: Duration) -> Duration {
        least + .milliseconds(below(max(1, Int((most - least).wholeMilliseconds))))
    }

    /// One of them.
    package func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Random bytes.
    package func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 8)
            while bytes.count < count {
                withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
            }
            bytes.removeLast(bytes.count - count)
            return bytes
        }
    }
}
