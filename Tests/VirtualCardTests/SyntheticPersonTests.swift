import ChipDocument
import CitizenCard
import DocumentCrypto
import StationCore
import Testing

@testable import VirtualCard

@Suite struct SyntheticPersonTests {
    @Test func `the same seed makes the same person, other seeds others`() throws {
        let people = try (0..<200).map { try SyntheticPerson(seed: $0, today: TestCards.today) }
        let again = try (0..<200).map { try SyntheticPerson(seed: $0, today: TestCards.today) }
        #expect(people.map { PersonRecord($0) } == again.map { PersonRecord($0) })
        #expect(Set(people.map(\.number)).count > 190)
        for person in people {
            #expect(person.number.sex == person.sex && person.number.birthYear == person.birthDate.year)
            #expect(person.number.hasKnownProvince)
            #expect(person.residence.utf8.count > 127)
            #expect(!person.expiry.isOver(on: TestCards.today))
            #expect(person.issueDate <= TestCards.today && person.issueDate >= person.birthDate)
        }
        #expect(people.contains { $0.expiry == .unlimited } && people.contains { $0.sex == .female })
        #expect(people.contains { $0.fullName.contains("Đ") })
    }

    @Test func `wishes: a minor, an expired card, a number, and contradictions`() throws {
        let birth = try #require(CivilDate(text: "2016-03-01"))
        let minor = try SyntheticPerson(seed: 1, today: TestCards.today, wishes: .init(birthDate: birth))
        #expect(TestCards.today.fullYears(since: minor.birthDate) == 10)
        #expect(minor.number.birthYear == 2016 && minor.spouse == nil && minor.oldNumber == nil)
        #expect(minor.expiry == .day(try #require(CivilDate(text: "2030-03-01"))))
        let past = try #require(CivilDate(text: "2020-01-01"))
        let expired = try SyntheticPerson(seed: 1, today: TestCards.today, wishes: .init(expiry: .day(past)))
        #expect(expired.expiry.isOver(on: TestCards.today))
        let number = try #require(PersonalNumber("070304123456"))
        let wished = try SyntheticPerson(seed: 1, today: TestCards.today, wishes: .init(number: number))
        #expect(wished.sex == .female && wished.birthDate.year == 2004)
        #expect(throws: Failure.self) {
            try SyntheticPerson(seed: 1, today: TestCards.today, wishes: .init(number: number, birthDate: birth))
        }
    }

    @Test(arguments: [
        ("2000-02-29", "2022-05-01", "2025-02-28"), ("2000-06-01", "2023-07-01", "2040-06-01"),
        ("1966-01-01", "2022-01-01", "2026-01-01"), ("2016-03-01", "2020-01-01", "2030-03-01"),
    ])
    func `validity runs to the next birthday of the law, one within two years is skipped`(
        birth: String, issued: String, end: String
    ) throws {
        let expiry = SyntheticPerson.legalExpiry(
            birth: try #require(CivilDate(text: birth)), issued: try #require(CivilDate(text: issued)))
        #expect(expiry == .day(try #require(CivilDate(text: end))))
    }

    @Test func `past the last birthday there is no expiry`() throws {
        let birth = try #require(CivilDate(text: "1965-01-01"))
        let issued = try #require(CivilDate(text: "2024-01-01"))
        #expect(SyntheticPerson.legalExpiry(birth: birth, issued: issued) == .unlimited)
    }

    /// A synthetic zone and the keys that follow from it, computed apart from this program (ICAO 9303-11, 9.7).
    @Test func `the machine readable zone and both keys of a known vector`() throws {
        var person = TestCards.person
        person.number = try #require(PersonalNumber("001099000001"))
        person.fullName = "Nguyễn Văn A"
        person.birthDate = try #require(CivilDate(text: "1999-01-01"))
        person.sex = .male
        person.expiry = .day(try #require(CivilDate(text: "2039-01-01")))
        #expect(
            PersonRecord(person).mrz == [
                "IDVNM0990000017001099000001<<8", "9901018M3901016VNM<<<<<<<<<<<4", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
            ])
        #expect(DataGroupWriter.mrzInformation(person) == "099000001799010183901016")
        let seed = KeyDerivation.mrzSeed(DataGroupWriter.mrzInformation(person)).prefix(16)
        #expect(Hex.text(seed) == "5018ef56cf945ed970d0e2c16b14ba2b")
        let can = Array(person.number.cardAccessNumber.utf8)
        #expect(
            Hex.text(KeyDerivation.key(from: can, purpose: .password, cipher: .aes128))
                == "66f0ef4fba597afa5aeebeff94b8a752")
    }

    @Test func `no expiry is 991231 in the zone`() {
        var person = TestCards.person
        person.expiry = .unlimited
        #expect(DataGroupWriter.mrz(person).dropFirst(38).hasPrefix("9912315VNM"))
        #expect(DataGroupWriter.mrzInformation(person).hasSuffix("9912315"))
    }

    @Test func `DG13 has all sixteen fields and the residence needs a long length`() throws {
        let file = DataGroupWriter.dataGroup13(TestCards.person)
        let group = try DataGroup13(parsing: file)
        for field in DataGroup13.Field.allCases { #expect(group.has(field), "\(field)") }
        #expect(group.drift.isEmpty)
        #expect(group.text(.fullName) == TestCards.person.fullName)
        #expect(group.list(.parents) == [TestCards.person.father, TestCards.person.mother])
        let text = Array(TestCards.person.residence.utf8)
        let encoded = [0x0C, 0x81, UInt8(text.count)] + text
        #expect(file.indices.contains { file[$0...].starts(with: encoded) })
    }
}
