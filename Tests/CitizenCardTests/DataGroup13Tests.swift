import ChipDocument
import CitizenCard
import Foundation
import SeededRandom
import StationCore
import Testing

@Suite struct DataGroup13Tests {
    private typealias Entry = DataGroup13Encoder.Entry
    private static let residence = String(repeating: "ấp Xa Trạch, xã Phước An, ", count: 8)

    private static func entries(_ layout: DataGroup13Encoder.ParentLayout = .siblings) -> [Entry] {
        [
            Entry(.number, "070205123456"), Entry(.fullName, "Điểu Thị Ưởng"), Entry(.birthDate, "1950"),
            Entry(.sex, "Nữ"), Entry(.nationality, "Việt Nam"), Entry(.ethnicity, "X'tiêng"), Entry(.religion, "Không"),
            Entry(.origin, "Hớn Quản, Bình Phước"), Entry(.residence, residence), Entry(.identifyingMarks, "Sẹo chấm"),
            Entry(.issueDate, "01/02/2022"), Entry(.expiry, "Không thời hạn"),
            Entry(father: "Điểu Văn Á", mother: "Thị Bé", layout: layout), Entry(14, []), Entry(15, []),
            Entry(.serial, "0123456789ABCDEF"),
        ]
    }

    @Test(arguments: DataGroup13Encoder.ParentLayout.allCases)
    func `all sixteen fields, in both layouts of the parents`(layout: DataGroup13Encoder.ParentLayout) throws {
        let group = try DataGroup13(parsing: DataGroup13Encoder.encode(Self.entries(layout)))
        #expect(group.text(.number) == "070205123456")
        #expect(group.text(.fullName) == "Điểu Thị Ưởng")
        #expect(group.text(.birthDate) == "1950")
        #expect(group.text(.residence) == Self.residence.trimmingCharacters(in: .whitespaces))
        #expect(group.text(.expiry) == "Không thời hạn")
        #expect(group.list(.parents) == ["Điểu Văn Á", "Thị Bé"])
        #expect(group.text(.serial) == "0123456789ABCDEF")
        #expect(group.has(.spouse) && group.text(.spouse) == nil)
        #expect(group.has(.oldNumber) && group.text(.oldNumber) == nil)
        #expect(group.drift.isEmpty && group.unknownFields.isEmpty)
    }

    /// The bytes by hand: version 1, 1.0.10646.1.0.8, one field; the parser must not agree with our encoder only.
    @Test func `the structure byte by byte`() throws {
        let file = try #require(Hex.bytes("6d193017020101060628d316010008310a30080201020c03c49041"))
        let group = try DataGroup13(parsing: file)
        #expect(group.text(.fullName) == "ĐA")
        #expect(DataGroup13Encoder.encode([.init(.fullName, "ĐA")]) == file)
    }

    @Test func `order does not matter and absent fields are absent`() throws {
        let group = try DataGroup13(
            parsing: DataGroup13Encoder.encode(Self.entries().reversed().filter { $0.number != 7 }))
        #expect(group.text(.fullName) == "Điểu Thị Ưởng")
        #expect(!group.has(.religion) && group.text(.religion) == nil)
    }

    @Test func `text is composed for use whatever the card holds`() throws {
        let decomposed = "Nguyễn Thị Hường".decomposedStringWithCanonicalMapping
        let group = try DataGroup13(parsing: DataGroup13Encoder.encode([Entry(.fullName, " \(decomposed) ")]))
        #expect(
            Array(group.text(.fullName)!.utf8) == Array("Nguyễn Thị Hường".precomposedStringWithCanonicalMapping.utf8))
    }

    @Test func `a blank mother keeps her place`() throws {
        let group = try DataGroup13(
            parsing: DataGroup13Encoder.encode([Entry(father: "", mother: "Thị Bé", layout: .siblings)]))
        #expect(group.list(.parents) == ["", "Thị Bé"])
    }

    @Test func `what is new is kept and reported, not refused`() throws {
        let entries = Self.entries() + [Entry(17, [TLV(.utf8String, Array("mới".utf8))]), Entry(300, [])]
        let group = try DataGroup13(parsing: DataGroup13Encoder.encode(entries, version: 2))
        #expect(group.drift == [.version(2), .unknownField(17), .unknownField(300)])
        #expect(group.unknownFields[17] == TLV(.utf8String, Array("mới".utf8)).encoded)
        #expect(group.text(.number) == "070205123456")
        let typed = try DataGroup13(parsing: DataGroup13Encoder.encode([Entry(4, [TLV(0x02, [1])])]))
        #expect(typed.drift == [.unexpectedType(field: 4, tag: 2)] && typed.text(.sex) == nil)
    }

    @Test func `lengths longer than needed are read, as cards were seen to write them`() throws {
        let file = try #require(Hex.bytes("6d811c30820018020101060628d31601000831810a30080201020c03c49041"))
        #expect(try DataGroup13(parsing: file).text(.fullName) == "ĐA")
    }

    @Test(arguments: [
        "", "6d00", "6d8000", "6d02 3000", "6e193017020101060628d316010008310a30080201020c03c49041",
        "6d193017020101060628d316010008310a30080201020c03c490",
        "6d193017020101060628d316010008310a30080201020c03c4904100",
        "6d193017020101060628d316010008310a30080201020c03c4c341",
        "6d193017020101060628d316010008310a30080201820c03c49041",
        "6d223020020101060628d316010008313030080201020c03c4904130080201020c03c49041",
    ])
    func `damage is malformed data`(hex: String) throws {
        let file = try #require(Hex.bytes(hex.filter { $0 != " " }))
        #expect { try DataGroup13(parsing: file) } throws: { ($0 as? Failure)?.code == .cardDataMalformed }
    }

    @Test func `a field twice, another encoding, too many, too long`() throws {
        func code(_ file: [UInt8]) -> FailureCode? {
            do { _ = try DataGroup13(parsing: file) } catch { return error.code }
            return nil
        }
        #expect(code(DataGroup13Encoder.encode([Entry(.sex, "Nam"), Entry(.sex, "Nữ")])) == .cardDataMalformed)
        #expect(code(DataGroup13Encoder.encode([Entry(40, []), Entry(40, [])])) == .cardDataMalformed)
        var other = DataGroup13Encoder.encode(Self.entries())
        let position = try #require(other.firstIndex(of: 0xD3))
        other[position] = 0xD4
        #expect(code(other) == .cardUnsupported)
        let many = (1...Limits.Citizen.dataGroup13Fields + 1).map { Entry($0, []) }
        #expect(code(DataGroup13Encoder.encode(many)) == .cardDataTooLarge)
        let long = String(repeating: "a", count: Limits.Citizen.dataGroup13TextBytes + 1)
        #expect(code(DataGroup13Encoder.encode([Entry(.residence, long)])) == .cardDataTooLarge)
        var nested = TLV(.utf8String, Array("x".utf8))
        for _ in 0..<12 { nested = TLV(.sequence, [nested]) }
        #expect(try DataGroup13(parsing: DataGroup13Encoder.encode([Entry(13, [nested])])).drift.count == 1)
    }

    @Test func `it never prints what it holds`() throws {
        let group = try DataGroup13(parsing: DataGroup13Encoder.encode(Self.entries()))
        var dumped = ""
        dump(group, to: &dumped)
        for text in ["\(group)", String(reflecting: group), dumped] {
            #expect(!text.contains("Điểu") && !text.contains("070205"))
        }
    }

    @Test func `mutated files give a value or a named failure`() {
        var generator = SeededGenerator(seed: 13)
        let original = DataGroup13Encoder.encode(Self.entries(.nested))
        var refused = 0
        for _ in 0..<20_000 {
            do {
                let group = try DataGroup13(parsing: generator.mutated(original))
                #expect(group.unknownFields.count <= Limits.Citizen.dataGroup13Fields)
            } catch {
                refused += 1
                #expect([.cardDataMalformed, .cardDataTooLarge, .cardUnsupported].contains(error.code))
            }
        }
        #expect(refused > 5_000 && refused < 20_000)
    }
}
