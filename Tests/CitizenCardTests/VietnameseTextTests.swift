import CitizenCard
import Foundation
import StationCore
import Testing

@Suite struct VietnameseTextTests {
    @Test(arguments: [
        ("Nguyễn Văn Đạt", "nguyen van dat"), ("ĐIỂU  THỊ\tƯỞNG ", "dieu thi uong"), ("hòa", "hoa"), ("hoà", "hoa"),
        ("S\u{2019}tiêng", "s'tieng"), ("S'tiêng", "s'tieng"), ("  ", ""), ("Ý", "y"),
    ])
    func `the search key drops marks and folds case`(text: String, key: String) {
        #expect(VietnameseText.searchKey(text) == key)
        #expect(VietnameseText.searchKey(text.decomposedStringWithCanonicalMapping) == key)
        #expect(VietnameseText.searchKey(key) == key)
    }

    @Test func `normalization composes and keeps every mark`() {
        let decomposed = "Nguyễn Thị Hường".decomposedStringWithCanonicalMapping
        #expect(
            Array(VietnameseText.normalized(decomposed).utf8)
                == Array("Nguyễn Thị Hường".precomposedStringWithCanonicalMapping.utf8))
        #expect(VietnameseText.normalized("hòa") != VietnameseText.normalized("hoà"))
    }

    @Test(arguments: [
        ("Nguyễn Văn Á", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"), ("Điểu", "DIEU<<<<<<<<<<<<<<<<<<<<<<<<<<"),
        ("Trần Thị Ngọc Phương Khánh Huyền Trân", "TRAN<<THI<NGOC<PHUONG<KHANH<HU"),
    ])
    func `the name field of the machine readable zone`(name: String, field: String) {
        #expect(VietnameseText.mrzName(name) == field)
    }

    @Test func `dates may be partial`() throws {
        let year = try #require(PartialDate(vietnameseText: "1950"))
        #expect(year.text == "1950" && year.exact == nil && year.vietnameseText == "1950")
        let month = try #require(PartialDate(vietnameseText: "07/1950"))
        #expect(month.text == "1950-07" && month.vietnameseText == "07/1950")
        #expect(PartialDate(vietnameseText: "00/00/1950") == year)
        #expect(PartialDate(compactText: "00001950") == year)
        let day = try #require(PartialDate(vietnameseText: "12/07/1950"))
        #expect(day.text == "1950-07-12" && day.exact?.text == "1950-07-12")
        #expect(PartialDate(compactText: "12071950") == day)
        #expect(year.agrees(with: day) && day.agrees(with: month) && month.agrees(with: year))
        #expect(!year.agrees(with: try #require(PartialDate(year: 1951))))
        #expect(!day.agrees(with: try #require(PartialDate(year: 1950, month: 7, day: 13))))
        #expect(!day.agrees(with: try #require(PartialDate(year: 1950, month: 8))))
    }

    @Test(arguments: [
        "", "50", "31/02/2000", "12/13/2000", "1/2/2000", "12-07-1950", "12/07/1950/1", "/1950", "12//1950", "0000",
        "01/00/1950", "１２/07/1950",
    ])
    func `what is no date stays none`(text: String) {
        #expect(PartialDate(vietnameseText: text) == nil)
    }

    @Test func `no expiry is words, not a date`() throws {
        let decomposed = "không thời hạn".decomposedStringWithCanonicalMapping
        for text in ["Không thời hạn", "KHÔNG THỜI HẠN", decomposed] {
            #expect(CardExpiry(vietnameseText: text) == .unlimited)
        }
        let day = try #require(CivilDate(text: "2039-01-01"))
        #expect(CardExpiry(vietnameseText: "01/01/2039") == .day(day))
        #expect(CardExpiry(vietnameseText: "vô hạn") == nil)
        let next = try #require(CivilDate(text: "2039-01-02"))
        #expect(!CardExpiry.day(day).isOver(on: day) && CardExpiry.day(day).isOver(on: next))
        #expect(!CardExpiry.unlimited.isOver(on: next))
    }
}
