import SeededRandom
import StationCore
import Synchronization

/// Bytes from one seed.
final class SeededBytes: RandomSource {
    private let generator = Mutex(SeededGenerator(seed: 1))

    func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) } }
    }
}
