import ChipDocument

/// The machine-readable zone of a TD1 card as text to be edited (ICAO 9303-5, 4.2.2). Lines and positions count from 0.
struct ZoneEditor {
    enum Digit {
        case documentNumber, personalNumber, birth, expiry, composite
    }

    private(set) var characters: [UInt8]

    init(_ characters: [UInt8]) { self.characters = characters }

    mutating func put(_ text: String, _ line: Int, _ position: Int) {
        let start = line * 30 + position
        characters.replaceSubrange(start..<start + text.utf8.count, with: text.utf8)
    }

    private func field(_ digit: Digit) -> (text: String, position: Int) {
        func text(_ ranges: Range<Int>...) -> String {
            ranges.map { String(decoding: characters[$0], as: UTF8.self) }.joined()
        }
        switch digit {
        case .documentNumber: return (text(5..<14), 14)
        case .personalNumber: return (text(15..<27), 29)
        case .birth: return (text(30..<36), 36)
        case .expiry: return (text(38..<44), 44)
        case .composite: return (text(5..<30, 30..<37, 38..<45, 48..<59), 59)
        }
    }

    /// Makes a check digit right.
    mutating func fix(_ digit: Digit) {
        let (text, position) = field(digit)
        characters[position] = UInt8(ascii: "0") + UInt8(CheckDigit.compute(text) ?? 0)
    }

    /// Makes a check digit wrong.
    mutating func spoil(_ digit: Digit) {
        fix(digit)
        let position = field(digit).position
        characters[position] = UInt8(ascii: "0") + (characters[position] - UInt8(ascii: "0") + 1) % 10
    }
}

extension PersonalisationEditor {
    /// Edits the zone of DG1; the composite check digit follows unless told otherwise.
    mutating func editZone(fixingComposite: Bool = true, _ edit: (inout ZoneEditor) -> Void) throws {
        let zone = try TLV(parsing: TLV(parsing: self[.dg1]).value)
        var editor = ZoneEditor(zone.value)
        edit(&editor)
        if fixingComposite { editor.fix(.composite) }
        self[.dg1] = TLV(0x61, [TLV(zone.tag, editor.characters)]).encoded
    }
}
