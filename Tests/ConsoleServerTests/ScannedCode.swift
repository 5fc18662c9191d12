/// A QR code as a scanner takes it: an independent reading of ISO/IEC 18004, versions 1 to 3 and error correction M, where
/// the data is one block.
struct ScannedCode {
    private let rows: [[Bool]]
    private var size: Int { rows.count }
    private var version: Int { (size - 17) / 4 }

    init(_ rows: [[Bool]]) { self.rows = rows }

    /// Both copies of the format are the same.
    var formatCopiesAgree: Bool { format == secondFormat }

    /// Every codeword is as it was written: the polynomial has all its roots.
    var syndromesAreZero: Bool {
        guard let degree = [1: 10, 2: 16, 3: 26][version] else { return false }
        return (0..<degree).allSatisfy { root in
            codewords.reduce(UInt8(0)) { sum, word in Self.times(sum, Self.power(root)) ^ word } == 0
        }
    }

    /// The text; nil when it is not one in byte mode.
    var text: String? {
        guard (format ^ 0b101_0100_0001_0010) >> 13 == 0b00 else { return nil }
        let bits = codewords.flatMap { word in (0..<8).map { word >> (7 - $0) & 1 } }
        func value(_ range: Range<Int>) -> Int { bits[range].reduce(0) { $0 << 1 | Int($1) } }
        guard value(0..<4) == 0b0100 else { return nil }
        let bytes = (0..<value(4..<12)).map { UInt8(value((12 + 8 * $0)..<(20 + 8 * $0))) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fifteen bits around the upper left finder, most significant first.
    private var format: Int {
        let places = (0...5).map { (8, $0) } + [(8, 7), (8, 8), (7, 8)] + (0...5).reversed().map { ($0, 8) }
        return places.enumerated().reduce(0) { $0 | (rows[$1.element.1][$1.element.0] ? 1 << $1.offset : 0) }
    }

    private var secondFormat: Int {
        let places = (0..<8).map { (size - 1 - $0, 8) } + (0..<7).map { (8, size - 7 + $0) }
        return places.enumerated().reduce(0) { $0 | (rows[$1.element.1][$1.element.0] ? 1 << $1.offset : 0) }
    }

    private func flips(_ x: Int, _ y: Int) -> Bool {
        switch (format ^ 0b101_0100_0001_0010) >> 10 & 7 {
        case 0: (y + x) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (y + x) % 3 == 0
        case 4: (y / 2 + x / 3) % 2 == 0
        case 5: y * x % 2 + y * x % 3 == 0
        case 6: (y * x % 2 + y * x % 3) % 2 == 0
        default: ((y + x) % 2 + y * x % 3) % 2 == 0
        }
    }

    private func isFunction(_ x: Int, _ y: Int) -> Bool {
        let inFinder = (x < 9 && y < 9) || (x >= size - 8 && y < 9) || (x < 9 && y >= size - 8)
        let inAlignment = version > 1 && (size - 9...size - 5).contains(x) && (size - 9...size - 5).contains(y)
        return inFinder || inAlignment || x == 6 || y == 6
    }

    private var codewords: [UInt8] {
        var bits: [UInt8] = []
        var columns = Array(stride(from: size - 1, to: 6, by: -2)) + [5, 3, 1]
        var goesUp = true
        while !columns.isEmpty {
            let right = columns.removeFirst()
            for step in 0..<size {
                let y = goesUp ? size - 1 - step : step
                for x in [right, right - 1] where !isFunction(x, y) { bits.append(rows[y][x] != flips(x, y) ? 1 : 0) }
            }
            goesUp.toggle()
        }
        return stride(from: 0, to: bits.count - 7, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | $1 }
        }
    }

    private static func power(_ exponent: Int) -> UInt8 { (0..<exponent).reduce(UInt8(1)) { value, _ in times(value, 2) } }

    private static func times(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var (result, a, b) = (UInt8(0), a, b)
        while b > 0 {
            if b & 1 == 1 { result ^= a }
            a = a & 0x80 == 0 ? a << 1 : (a << 1) ^ 0x1d
            b >>= 1
        }
        return result
    }
}
