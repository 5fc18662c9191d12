/// Seeded changes to well-formed bytes: flips, cuts, repeats, insertions, lengths bent.
struct Mutator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(max(bound, 1)))
    }

    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0...next(3) {
            let place = next(result.count)
            switch next(6) {
            case 0 where !result.isEmpty: result[place] ^= UInt8(1 << next(8))
            case 1 where !result.isEmpty: result[place] = UInt8(next(256))
            case 2: result = Array(result.prefix(place))
            case 3: result.insert(contentsOf: (0...next(4)).map { _ in UInt8(next(256)) }, at: place)
            case 4: result += result.suffix(next(8))
            default: if !result.isEmpty { result.remove(at: place) }
            }
        }
        return result
    }
}
