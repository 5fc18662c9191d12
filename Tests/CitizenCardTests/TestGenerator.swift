import Foundation

/// A deterministic generator, so that a failure can be repeated from its seed (SplitMix64).
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Some bytes with a few of them changed, removed, inserted or cut off.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let position = result.isEmpty ? 0 : Int.random(in: 0..<result.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0 where !result.isEmpty: result[position] = UInt8.random(in: 0...255, using: &self)
            case 1 where !result.isEmpty: result[position] ^= 1 << UInt8.random(in: 0...7, using: &self)
            case 2 where !result.isEmpty: result.remove(at: position)
            case 3: result.insert(UInt8.random(in: 0...255, using: &self), at: position)
            default: result.removeLast(min(result.count, Int.random(in: 0...8, using: &self)))
            }
        }
        return result
    }
}
