import Glibc
import SeededRandom
import StationCore
import Testing

@testable import PortraitDecoding

/// The decoding in this process, without walls, against files that are damaged where it hurts: every field of every
/// header at the bounds of its range, and files sewn together of two.
@Suite(.timeLimit(.minutes(10))) struct PortraitSweepTests {
    private static let portraits = [
        Portraits.jp2, Portraits.codestream, Portraits.greyCodestream, Portraits.jpeg,
    ]

    /// What came of many files; one that took longer than the decoding process may is a failure.
    private struct Tally {
        var decoded = 0
        var refused = 0
        var slowest = 0.0

        mutating func take(_ file: [UInt8]) {
            let start = Self.processorSeconds
            do throws(Failure) {
                let image = try PortraitTranscoder.pageImage(file)
                #expect(image.bytes.count <= Limits.Portrait.pageBytes)
                decoded += 1
            } catch {
                #expect(error.code == .portraitUndecodable)
                refused += 1
            }
            slowest = max(slowest, Self.processorSeconds - start)
        }

        /// Of this thread only: other tests may keep the processor busy.
        private static var processorSeconds: Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }

        func expectBounded() { #expect(slowest < Double(Limits.Portrait.processSeconds), "slowest \(slowest) s") }
    }

    /// Everything before the entropy-coded data: SOD of JPEG 2000 (A.4.2), or the end of SOS of JPEG.
    private static func headerBytes(_ file: [UInt8]) -> Int {
        let mark: [UInt8] = file.starts(with: [0xff, 0xd8]) ? [0xff, 0xda] : [0xff, 0x93]
        return (file.indices.first { file[$0...].starts(with: mark) } ?? file.count) + 12
    }

    @Test(arguments: portraits)
    func `Every field of a header at the bounds of its range fails or decodes, and nothing else`(original: [UInt8]) {
        var tally = Tally()
        let header = Self.headerBytes(original)
        for width in [1, 2, 4] {
            let largest = UInt64(1) << (8 * width) - 1
            let bounds = [0, 1, largest / 2, largest / 2 + 1, largest - 1, largest]
            for offset in 2..<(header - width) {
                for value in bounds {
                    var file = original
                    for index in 0..<width {
                        file[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * (width - 1 - index)))
                    }
                    tally.take(file)
                }
            }
        }
        tally.expectBounded()
        #expect(tally.decoded > 100 && tally.refused > 500, "\(tally)")
    }

    @Test func `Files sewn together of two fail or decode, and nothing else`() {
        var tally = Tally()
        for head in Self.portraits {
            for tail in Self.portraits {
                for cut in stride(from: 4, to: min(head.count, tail.count), by: 3) {
                    tally.take(Array(head[..<cut] + tail[cut...]))
                }
            }
        }
        tally.expectBounded()
        #expect(tally.refused > 500 && tally.decoded > 100, "\(tally)")
    }

    @Test(arguments: portraits)
    func `Damaged image data behind a whole header fails or decodes, and nothing else`(original: [UInt8]) {
        var random = SeededGenerator(seed: 0x4f50_4a32)
        var tally = Tally()
        let header = Self.headerBytes(original)
        for _ in 0..<3_000 {
            var file = original
            switch random.next(3) {
            case 0:
                // Noise from some place on, the end marker kept.
                for index in (header + random.next(original.count - header - 2))..<(original.count - 2) {
                    file[index] = UInt8(random.next(256))
                }
            case 1:
                // A marker where there was none.
                let place = header + random.next(original.count - header - 2)
                file.replaceSubrange(place..<place + 2, with: [0xff, UInt8(0x4f + random.next(0xb0))])
            default:
                // A piece repeated or taken out.
                let place = header + random.next(original.count - header - 2)
                let piece = file[place...].prefix(random.next(64))
                if random.next(2) == 0 {
                    file.insert(contentsOf: piece, at: place)
                } else {
                    file.removeSubrange(piece.indices)
                }
            }
            tally.take(file)
        }
        tally.expectBounded()
        #expect(tally.decoded > 10, "\(tally)")
    }

    /// A facial record that is wrong about its length leaves this much behind an image.
    @Test(arguments: portraits)
    func `A few bytes behind an image change nothing`(original: [UInt8]) throws {
        let picture = try PortraitTranscoder.pageImage(original)
        for count in [1, Limits.Portrait.lengthDeviationBytes] {
            for filler: UInt8 in [0, 0xff] {
                let file = original + [UInt8](repeating: filler, count: count)
                #expect(try PortraitTranscoder.pageImage(file) == picture)
            }
        }
    }
}
