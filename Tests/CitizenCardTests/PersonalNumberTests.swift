import CitizenCard
import SeededRandom
import Testing

@Suite struct PersonalNumberTests {
    @Test(arguments: [
        ("099000000001", Sex.male, 1900), ("001099012345", .male, 1999), ("001199012345", .female, 1999),
        ("070205123456", .male, 2005), ("096315123456", .female, 2015), ("079400000001", .male, 2100),
        ("079999000001", .female, 2399),
    ])
    func `sex and century come from the fourth digit`(text: String, sex: Sex, year: Int) throws {
        let number = try #require(PersonalNumber(text))
        #expect(number.sex == sex)
        #expect(number.birthYear == year)
        #expect(number.digits == text)
    }

    @Test func `the card's keys are the number's last digits`() throws {
        let number = try #require(PersonalNumber("099000000001"))
        #expect(number.cardAccessNumber == "000001")
        #expect(number.mrzDocumentNumber == "000000001")
        #expect(number.provinceCode == "099")
    }

    @Test(arguments: [
        "", "07020512345", "0702051234567", "07020512345a", " 070205123456", "070205123456 ", "０７０２０５１２３４５６",
        "+70205123456", "-70205123456", "070 05123456", "070205123٤56",
    ])
    func `anything but twelve ASCII digits is no number`(text: String) {
        #expect(PersonalNumber(text) == nil)
    }

    @Test func `all 63 provinces are known, countries are not`() throws {
        #expect(PersonalNumber.provinceCodes.count == 63)
        #expect(try #require(PersonalNumber("070205123456")).hasKnownProvince)
        #expect(try #require(PersonalNumber("001205123456")).hasKnownProvince)
        // Codes in the gaps of the list, and beyond it.
        for code in ["003", "005", "007", "009", "013", "071", "097", "099", "119", "000"] {
            #expect(try #require(PersonalNumber(code + "205123456")).hasKnownProvince == false)
        }
    }

    @Test func `a number is made of a birth and states it`() throws {
        for year in [1900, 1955, 1999, 2000, 2015, 2099, 2399] {
            for sex in Sex.allCases {
                let number = try #require(
                    PersonalNumber(province: "070", sex: sex, birthYear: year, serial: "000123"))
                #expect(number.birthYear == year)
                #expect(number.sex == sex)
                #expect(number.digits.hasPrefix("070") && number.digits.hasSuffix("000123"))
            }
        }
        #expect(PersonalNumber(province: "070", sex: .male, birthYear: 1899, serial: "000123") == nil)
        #expect(PersonalNumber(province: "70", sex: .male, birthYear: 1999, serial: "0000123") == nil)
    }

    @Test func `a number never prints in full`() throws {
        let number = try #require(PersonalNumber("070205123456"))
        var dumped = ""
        dump(number, to: &dumped)
        for text in ["\(number)", String(reflecting: number), "\([number])", dumped] {
            #expect(!text.contains("205123"), "\(text)")
        }
        #expect("\(number)" == "070*****3456")
    }

    @Test func `a random text becomes a number only when it is twelve digits`() {
        var generator = SeededGenerator(seed: 20_210_101)
        let alphabet = Array("0123456789 ٣a-")
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 10...14, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! }
            )
            let isNumber = text.count == 12 && text.allSatisfy { $0.isASCII && $0.isNumber }
            #expect((PersonalNumber(text) != nil) == isNumber)
        }
    }
}
