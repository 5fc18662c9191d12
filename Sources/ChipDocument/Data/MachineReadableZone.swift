public import StationCore

/// The machine-readable zone as DG1 holds it (ICAO 9303-4, -5, -6; 9303-10, 4.7.1): split by its layout, each check
/// digit judged. Values are as printed, fillers trimmed at the end. Personal: never logged.
public struct MachineReadableZone: Hashable, Sendable {
    /// The layouts, by length.
    public enum Layout: String, Codable, Sendable {
        /// Three lines of 30: cards.
        case td1
        /// Two lines of 36.
        case td2
        /// Two lines of 44: passports.
        case td3
    }

    /// Which layout.
    public let layout: Layout
    /// The lines.
    public let lines: [String]
    /// Document code, such as `ID`.
    public let documentCode: String
    /// Issuing state, such as `VNM`.
    public let issuer: String
    /// Document number, a long one put together (9303-5, 4.2.2).
    public let documentNumber: String
    /// Birth, YYMMDD with `<` for unknown digits.
    public let birth: String
    /// `M`, `F` or `<`.
    public let sex: String
    /// Expiry, YYMMDD.
    public let expiry: String
    /// Nationality.
    public let nationality: String
    /// Primary identifier (surname), words separated by spaces.
    public let primaryName: String
    /// Secondary identifier (given names), words separated by spaces; empty when there is none.
    public let secondaryName: String
    /// Optional data, first element of TD1 (line 1), without a long document number's rest.
    public let optionalData: String
    /// Optional data, second element of TD1 (line 2); empty elsewhere.
    public let optionalData2: String
    /// The check digits that do not hold: `documentNumber`, `birth`, `expiry`, `optionalData`, `composite`.
    public let wrongCheckDigits: [String]

    /// Parses the characters; throws `cardDataMalformed` for another length, for characters outside `A-Z 0-9 <`, and for a
    /// state, sex or name that is none (9303-3, 4.4 to 4.6 and section 5). A wrong check digit is a finding, not an error.
    public init(_ bytes: [UInt8]) throws(Failure) {
        guard let layout = Self.layout(bytes.count), bytes.allSatisfy(Self.isAllowed) else {
            throw Failure(.cardDataMalformed, "DG1: machine-readable zone of \(bytes.count) characters")
        }
        self.layout = layout
        let width = layout == .td1 ? 30 : bytes.count / 2
        let split = stride(from: 0, to: bytes.count, by: width).map { Array(bytes[$0..<$0 + width]) }
        lines = split.map { String(decoding: $0, as: UTF8.self) }
        func field(_ line: Int, _ range: Range<Int>) -> String { String(decoding: split[line][range], as: UTF8.self) }
        func digit(_ line: Int, _ position: Int) -> Character { Character(UnicodeScalar(split[line][position])) }
        documentCode = Self.trimmed(field(0, 0..<2))
        issuer = Self.trimmed(field(0, 2..<5))
        var wrong: [String] = []
        func judge(_ name: String, _ digit: Character, _ text: String, fillerAllowed: Bool = false) {
            if !CheckDigit.holds(digit, for: text, fillerAllowed: fillerAllowed) { wrong.append(name) }
        }
        // (line, first position) of number, its optional data, and of the block birth..expiry.
        let number = layout == .td1 ? field(0, 5..<14) : field(1, 0..<9)
        let numberDigit = layout == .td1 ? digit(0, 14) : digit(1, 9)
        let optional =
            switch layout {
            case .td1: field(0, 15..<30)
            case .td2: field(1, 28..<35)
            case .td3: field(1, 28..<42)
            }
        if let long = Self.longNumber(number, numberDigit, optional, layout: layout) {
            documentNumber = long.number
            optionalData = long.rest
            judge("documentNumber", long.digit, long.number)
        } else {
            documentNumber = Self.trimmed(number)
            optionalData = Self.trimmed(optional)
            judge("documentNumber", numberDigit, number)
        }
        let start = layout == .td1 ? 0 : 13
        birth = field(1, start..<start + 6)
        sex = field(1, start + 7..<start + 8)
        expiry = field(1, start + 8..<start + 14)
        judge("birth", digit(1, start + 6), birth)
        judge("expiry", digit(1, start + 14), expiry)
        nationality = Self.trimmed(layout == .td1 ? field(1, 15..<18) : field(1, 10..<13))
        optionalData2 = layout == .td1 ? Self.trimmed(field(1, 18..<29)) : ""
        switch layout {
        case .td1:
            let composite = field(0, 5..<30) + field(1, 0..<7) + field(1, 8..<15) + field(1, 18..<29)
            judge("composite", digit(1, 29), composite)
        case .td2: judge("composite", digit(1, 35), field(1, 0..<10) + field(1, 13..<20) + field(1, 21..<35))
        case .td3:
            judge("optionalData", digit(1, 42), field(1, 28..<42), fillerAllowed: true)
            judge("composite", digit(1, 43), field(1, 0..<10) + field(1, 13..<20) + field(1, 21..<43))
        }
        wrongCheckDigits = wrong
        (primaryName, secondaryName) = Self.names(layout == .td1 ? lines[2] : field(0, 5..<width))
        guard Self.isState(issuer), Self.isState(nationality), ["M", "F", "<"].contains(sex), !primaryName.isEmpty
        else {
            throw Failure(.cardDataMalformed, "DG1: state, sex or name of the machine-readable zone")
        }
    }

    /// Parses DG1.
    public init(dataGroup1 bytes: [UInt8]) throws(Failure) {
        let content = try TLV(parsing: bytes, tag: 0x61, rules: .ber).value
        try self.init(TLV(parsing: content, tag: 0x5f1f, rules: .ber).value)
    }

    private static func layout(_ count: Int) -> Layout? {
        switch count {
        case 90: .td1
        case 72: .td2
        case 88: .td3
        default: nil
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || byte == UInt8(ascii: "<")
    }

    /// One to three letters: codes shorter than three are filled up at the end.
    private static func isState(_ code: String) -> Bool {
        !code.isEmpty && code.utf8.allSatisfy { (0x41...0x5a).contains($0) }
    }

    /// A number longer than nine characters has `<` for its check digit and goes on in the optional data, which then
    /// starts with the number's rest, its check digit and a filler.
    private static func longNumber(
        _ number: String,
        _ digit: Character,
        _ optional: String,
        layout: Layout
    ) -> (number: String, digit: Character, rest: String)? {
        guard layout != .td3, digit == "<", !number.hasSuffix("<") else { return nil }
        let tail = optional.prefix { $0 != "<" }
        guard tail.count >= 2, let last = tail.last else { return nil }
        return (number + tail.dropLast(), last, trimmed(String(optional.dropFirst(tail.count + 1))))
    }

    private static func names(_ field: String) -> (String, String) {
        let parts = field.split(separator: "<<", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        func words(_ text: String) -> String { text.split(separator: "<").joined(separator: " ") }
        return (words(parts[0]), parts.count > 1 ? words(parts[1]) : "")
    }

    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop { $0 == "<" }.reversed())
    }
}
