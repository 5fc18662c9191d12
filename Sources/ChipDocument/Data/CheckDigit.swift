/// The check digit of machine-readable zones (ICAO 9303-3, 4.9): weights 7 3 1, modulo 10.
public enum CheckDigit {
    /// The check digit of a field, 0 to 9; nil when it holds a character outside `0-9 A-Z <`.
    public static func compute(_ field: some StringProtocol) -> Int? {
        var sum = 0
        for (position, character) in field.utf8.enumerated() {
            let value: Int
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = Int(character) - 0x30
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = Int(character) - 0x41 + 10
            case UInt8(ascii: "<"): value = 0
            default: return nil
            }
            sum += value * [7, 3, 1][position % 3]
        }
        return sum % 10
    }

    /// Whether a digit is the check digit of a field. With `fillerAllowed`, `<` counts for an empty field's digit.
    public static func holds(_ digit: Character, for field: some StringProtocol, fillerAllowed: Bool = false) -> Bool {
        if fillerAllowed, digit == "<" { return field.allSatisfy { $0 == "<" } }
        return compute(field).map { String($0) == String(digit) } ?? false
    }
}
