import CitizenCard
import Foundation
import SeededRandom
import StationCore
import Testing

@Suite struct CitizenQRCodeTests {
    static let old =
        "070205123456|285123456|Nguyễn Thị Hường|01022005|Nữ|Ấp 1, An Khương, Hớn Quản, Bình Phước|05062022"

    @Test func `the seven fields of 2021`() throws {
        let code = try CitizenQRCode(parsing: Self.old)
        #expect(code.layout == .citizenCard2021)
        #expect(code.number.digits == "070205123456")
        #expect(code.oldNumber == "285123456")
        #expect(code.fullName == "Nguyễn Thị Hường")
        #expect(code.birthDate.text == "2005-02-01")
        #expect(code.sex == .female)
        #expect(code.residence.hasPrefix("Ấp 1"))
        #expect(code.issueDate?.text == "2022-06-05")
    }

    @Test(arguments: [
        "070205123456||Nguyễn Thị Hường|01022005|Nữ|Ấp 1|05062022\r\n",
        "070205123456||Nguyễn Thị Hường|00002005|Nữ|Ấp 1|05062022",
        "070205123456||Nguyễn Thị Hường|01022005|Nữ||05062022|thêm|nữa", "070205123456||Nguyễn Thị Hường|01022005|Nữ||",
    ])
    func `no old number, a year only, more fields, no residence, a line end`(text: String) throws {
        let code = try CitizenQRCode(parsing: text)
        #expect(code.layout == .citizenCard2021 && code.oldNumber == nil && code.birthDate.year == 2005)
    }

    @Test(arguments: [
        "070205123456|Nguyễn Thị Hường|01022005|Nữ|Ấp 1|05062024|285123456|",
        "070205123456|Nguyễn Thị Hường|Nữ|01022005|Ấp 1|05062024|285123456|070205999999",
        "070205123456|Nguyễn Thị Hường|Nữ|01022005|Ấp 1|05062024||285123456",
    ])
    func `the order of 2024, by type and not by place`(text: String) throws {
        let code = try CitizenQRCode(parsing: text)
        #expect(code.layout == .identityCard2024 && code.sex == .female && code.birthDate.text == "2005-02-01")
        #expect(code.oldNumber == "285123456" && code.issueDate?.text == "2024-06-05")
    }

    @Test(arguments: [("2005", "2005"), ("022005", "2005-02"), ("00022005", "2005-02"), ("00002005", "2005")])
    func `a birth date as far as it is known`(field: String, text: String) throws {
        for order in ["\(field)|Nữ", "Nữ|\(field)"] {
            let code = try CitizenQRCode(parsing: "070205123456|Nguyễn Thị Hường|\(order)|Ấp 1|05062024")
            #expect(code.birthDate.text == text && code.sex == .female)
        }
    }

    @Test func `scanners that deliver hexadecimal, or decomposed text`() throws {
        func hex(_ text: String) -> String { Hex.text(Array(text.utf8)) }
        let all = "070205123456|\(hex("Nguyễn Thị Hường"))|\(hex("Nữ"))|01022005|\(hex("Ấp 1, An Khương"))|05062024"
        let code = try CitizenQRCode(parsing: all)
        #expect(code.sex == .female && code.fullName == "Nguyễn Thị Hường" && code.residence == "Ấp 1, An Khương")
        #expect(try CitizenQRCode(parsing: all.replacing(hex("Nữ"), with: hex("Nam"))).sex == .male)
        #expect(try CitizenQRCode(parsing: hex(Self.old)) == CitizenQRCode(parsing: Self.old))
        #expect(try CitizenQRCode(parsing: "]Q1\(Self.old)") == CitizenQRCode(parsing: Self.old))
        // A short name that happens to look like hexadecimal is a name.
        #expect(try CitizenQRCode(parsing: "070205123456||Ba Da|01022005|Nữ|Ấp|05062022").fullName == "Ba Da")
        #expect(try CitizenQRCode(parsing: "070205123456||Dada|01022005|Nữ|Ấp|05062022").fullName == "Dada")
        let name = Hex.text(Array("Nguyễn Thị Hường".utf8))
        #expect(
            try CitizenQRCode(parsing: "070205123456||\(name)|01022005|Nữ|Ấp 1|05062022").fullName == "Nguyễn Thị Hường"
        )
        let decomposed = try CitizenQRCode(parsing: Self.old.decomposedStringWithCanonicalMapping)
        #expect(Array(decomposed.fullName.utf8) == Array("Nguyễn Thị Hường".precomposedStringWithCanonicalMapping.utf8))
    }

    @Test(arguments: [
        "", "|", "070205123456", "HS4010123456789|Nguyễn", "HS401012345678|Nguyễn|01/02/2005|2|Xã|",
        "285123456||Nguyễn Thị Hường|01022005|Nữ|Ấp 1|05062022",
        "070205123456||Nguyễn Thị Hường|31022005|Nữ|Ấp 1|05062022",
        "070205123456||Nguyễn Thị Hường|01022005|khác|Ấp 1|05062022",
        "070205123456|||01022005|Nữ|Ấp 1|05062022", "070205123456||Nguyễn Thị Hường|01022005|Nữ|Ấp 1|5/6/2022",
        "070205123456||Nguyễn Thị Hường|01022005|Nữ|Ấp 1",
    ])
    func `other codes are refused`(text: String) {
        #expect { try CitizenQRCode(parsing: text) } throws: { ($0 as? Failure)?.code == .credentialInvalid }
    }

    @Test(arguments: ["HS4010123456789|Nguyễn|01/02/2005|2|Xã|", "0123456789|4e677579|01/02/2005|2|Xã|-|$"])
    func `the code of a health insurance card has its own answer`(text: String) {
        #expect(throws: Failure(.healthInsuranceCard)) { try CitizenQRCode(parsing: text) }
    }

    @Test func `too long and too many fields`() {
        for text in [Self.old + String(repeating: "a", count: 3_000), Self.old + String(repeating: "|", count: 40)] {
            #expect { try CitizenQRCode(parsing: text) } throws: { ($0 as? Failure)?.code == .credentialInvalid }
        }
    }

    @Test func `mutated codes give a value or a named refusal`() {
        var generator = SeededGenerator(seed: 7)
        var refused = 0
        for _ in 0..<20_000 {
            let text = String(decoding: generator.mutated(Array(Self.old.utf8)), as: UTF8.self)
            do {
                #expect(try CitizenQRCode(parsing: text).number.digits.count == 12)
            } catch {
                refused += 1
                #expect([.credentialInvalid, .healthInsuranceCard].contains(error.code))
            }
        }
        #expect(refused > 1_000 && refused < 20_000)
    }
}
