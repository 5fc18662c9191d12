/// A deterministic generator (SplitMix64), so that a failure can be repeated from its seed.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// One seed, one run.
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// A number from 0 to one below the bound; 0 for a bound below 1.
    package mutating func next(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

    /// Well-formed bytes with up to four changes: flips, cuts, repeats, insertions, removals.
    package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0...next(4) {
            let place = next(result.count)
            switch next(6) {
            case 0 where !result.isEmpty: result[place] ^= UInt8(1 << next(8))
            case 1 where !result.isEmpty: result[place] = UInt8(next(256))
            case 2: result.removeLast(min(result.count, next(9)))
            case 3: result.insert(contentsOf: (0...next(4)).map { _ in UInt8(next(256)) }, at: place)
            case 4: result += result.suffix(next(8))
            default: if !result.isEmpty { result.remove(at: place) }
            }
        }
        return result
    }
}
