import ChipDocument
import DocumentCrypto
import SeededRandom
import StationCore
import Testing

@Suite struct CheckDigitTests {
    /// ICAO 9303-3, 4.9, and the specimens of parts 4 and 5.
    @Test(arguments: [
        ("520727", 3), ("AB2134<<<", 5), ("HA672242<", 6), ("D23145890", 7), ("740812", 2), ("120415", 9),
        ("L898902C3", 6), ("ZE184226B<<<<<", 1),
    ])
    func `examples`(field: String, digit: Int) {
        #expect(CheckDigit.compute(field) == digit)
        #expect(CheckDigit.holds(Character("\(digit)"), for: field))
        #expect(!CheckDigit.holds(Character("\((digit + 1) % 10)"), for: field))
    }

    @Test func `other characters have none`() {
        for bad in ["a", "Ă", " ", "1-2"] { #expect(CheckDigit.compute(bad) == nil) }
        #expect(CheckDigit.holds("<", for: "<<<<", fillerAllowed: true) && !CheckDigit.holds("<", for: "<<<<"))
    }
}

@Suite struct MachineReadableZoneTests {
    static let td1 = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
    static let td2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6"
    static let td3 =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"

    /// The specimens of ICAO 9303-5, -6 and -4.
    @Test(arguments: [
        (td1, MachineReadableZone.Layout.td1, "I", "D23145890", ""), (td2, .td2, "I", "D23145890", ""),
        (td3, .td3, "P", "L898902C3", "ZE184226B"),
    ])
    func `specimens`(
        text: String,
        layout: MachineReadableZone.Layout,
        code: String,
        number: String,
        optional: String
    ) throws {
        let zone = try MachineReadableZone(Array(text.utf8))
        #expect(zone.layout == layout && zone.documentCode == code && zone.documentNumber == number)
        #expect(zone.issuer == "UTO" && zone.nationality == "UTO" && zone.sex == "F")
        #expect(zone.birth == "740812" && zone.expiry == "120415")
        #expect(zone.primaryName == "ERIKSSON" && zone.secondaryName == "ANNA MARIA")
        #expect(zone.optionalData == optional)
        #expect(zone.wrongCheckDigits == [])
    }

    @Test func `the citizen card's layout`() throws {
        let text =
            "IDVNM0990000017001099000001<<8" + "9901018M3901016VNM<<<<<<<<<<<4"
            + "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
        let zone = try MachineReadableZone(Array(text.utf8))
        #expect(zone.documentNumber == "099000001" && zone.optionalData == "001099000001<<8")
        #expect(zone.wrongCheckDigits == [])
        #expect(zone.primaryName == "NGUYEN" && zone.secondaryName == "VAN A")
        let file = TLV(0x61, [TLV(0x5f1f, Array(text.utf8))]).encoded
        #expect(try MachineReadableZone(dataGroup1: file) == zone)
    }

    /// ICAO 9303-5, appendix B: a document number longer than nine characters.
    @Test func `long document number`() throws {
        let text =
            "I<UTOD23145890<7349<<<<<<<<<<<" + "3407127M9507122UTO<<<<<<<<<<<2"
            + "STEVENSON<<PETER<JOHN<<<<<<<<<"
        let zone = try MachineReadableZone(Array(text.utf8))
        #expect(zone.documentNumber == "D23145890734" && zone.optionalData == "")
        #expect(zone.wrongCheckDigits == [])
    }

    @Test(arguments: [
        (14, "documentNumber"), (36, "birth"), (44, "expiry"), (59, "composite"), (5, "documentNumber"),
        (30, "birth"), (20, "composite"),
    ])
    func `a changed character is found`(position: Int, name: String) throws {
        var bytes = Array(Self.td1.utf8)
        bytes[position] = bytes[position] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
        #expect(try MachineReadableZone(bytes).wrongCheckDigits.contains(name))
    }

    /// Positions in TD1: issuing state 2, sex 37, nationality 45, name 60.
    @Test(arguments: [
        (2, "D1<"), (2, "<<<"), (2, "D<D"), (37, "X"), (37, "1"), (45, "D1<"), (45, "<<<"),
        (60, String(repeating: "<", count: 30)), (60, "<<ANNA<MARIA<<<<<<<<<<<<<<<<<<"),
    ])
    func `a state, a sex or a name that is none is refused`(position: Int, text: String) async throws {
        var bytes = Array(Self.td1.utf8)
        _ = try MachineReadableZone(bytes)
        bytes.replaceSubrange(position..<position + text.utf8.count, with: text.utf8)
        let changed = bytes
        await expectFailure(.cardDataMalformed) { _ = try MachineReadableZone(changed) }
    }

    @Test(arguments: [(2, "D<<"), (37, "<"), (37, "F"), (45, "D<<")])
    func `short states and an open sex are taken`(position: Int, text: String) throws {
        var bytes = Array(Self.td1.utf8)
        bytes.replaceSubrange(position..<position + text.utf8.count, with: text.utf8)
        _ = try MachineReadableZone(bytes)
    }

    @Test func `other lengths and characters are refused`() async throws {
        for bad in ["", String(Self.td1.dropLast()), Self.td1.lowercased(), Self.td1.replacing("ANNA", with: "ANN ")] {
            await expectFailure(.cardDataMalformed) { _ = try MachineReadableZone(Array(bad.utf8)) }
        }
    }

    @Test func `mutations never crash`() {
        let seed = TLV(0x61, [TLV(0x5f1f, Array(Self.td1.utf8))]).encoded
        var mutator = SeededGenerator(seed: 21)
        for round in 0..<20_000 {
            let mutated = mutator.mutated(seed)
            _ = try? MachineReadableZone(dataGroup1: mutated)
            // Past the length check more is reached.
            let text = round.isMultiple(of: 2) ? Self.td2 : Self.td3
            var bytes = Array(text.utf8)
            for _ in 0..<4 { bytes[mutator.next(bytes.count)] = Array("<<A09Z".utf8)[mutator.next(6)] }
            _ = try? MachineReadableZone(bytes)
        }
    }
}

@Suite struct CommonDataTests {
    static let example = "60165F0104303130375F36063034303030305C04617563 6E"

    @Test func `versions and list`() throws {
        let com = try CommonData(hex(Self.example))
        #expect(com.ldsVersion == "0107" && com.unicodeVersion == "040000")
        #expect(com.dataGroups == [.dg1, .dg2, .dg3, .dg14])
    }

    @Test(arguments: [
        "", "60165F0104303130375F36063034303030305C0461756100", "60165F0104303130375F36063034303030305C0461757561",
        "60165F01043031FF375F36063034303030305C0461756E63", "60125F36063034303030305C0461756E63",
    ])
    func `ill-formed lists are refused`(text: String) async throws {
        await expectFailure(.cardDataMalformed) { _ = try CommonData(hex(text)) }
    }

    @Test func `mutations never crash`() throws {
        let seed = try hex(Self.example)
        var mutator = SeededGenerator(seed: 8)
        for _ in 0..<20_000 { _ = try? CommonData(mutator.mutated(seed)) }
    }

    @Test func `file names, tags and identifiers agree`() {
        for file in FileIdentifier.allCases {
            if let number = file.dataGroup {
                #expect(FileIdentifier(dataGroup: number) == file && FileIdentifier(tag: file.tag) == file)
                #expect(file.fileID == 0x0100 + UInt16(number) && Int(file.shortIdentifier) == number)
            }
        }
        #expect(FileIdentifier.cardAccess.fileID == 0x011c && FileIdentifier.com.fileID == 0x011e)
        #expect(FileIdentifier.sod.fileID == 0x011d && FileIdentifier(dataGroup: 17) == nil)
        #expect(FileIdentifier(tag: 0x75) == .dg2 && FileIdentifier(tag: 0x6d) == .dg13)
    }
}
