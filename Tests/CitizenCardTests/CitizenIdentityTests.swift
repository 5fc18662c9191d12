import ChipDocument
import CitizenCard
import SeededRandom
import StationCore
import Testing

@Suite struct CitizenIdentityTests {
    private typealias Entry = DataGroup13Encoder.Entry
    /// A synthetic zone whose check digits were computed apart from this program.
    static let lines = [
        "IDVNM0990000017001099000001<<8", "9901018M3901016VNM<<<<<<<<<<<4", "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<",
    ]
    static let fields: [DataGroup13.Field: String] = [
        .number: "001099000001", .fullName: "Nguyễn Văn Á", .birthDate: "01/01/1999", .sex: "Nam",
        .nationality: "Việt Nam", .ethnicity: "Kinh", .religion: "Không", .origin: "Hớn Quản, Bình Phước",
        .residence: "Ấp 1, Tân Khai", .issueDate: "05/06/2024", .expiry: "01/01/2039",
    ]
    static let checks = [
        "numberProvince", "mrzCheckDigits", "mrzNumberDigit", "mrzDocumentNumber", "numberInDG13", "sexInNumber",
        "sexInDG13", "birthYearInNumber", "birthDateInDG13", "expiryInDG13", "nameInDG13", "dateOrder",
        "citizenDataSchema",
    ]

    private static func record(
        _ lines: [String] = lines, _ changes: [DataGroup13.Field: String?] = [:]
    ) throws(Failure) -> CitizenIdentity {
        let all = fields.merging(changes.compactMapValues { $0 }) { $1 }
        let entries = all.filter { changes[$0.key] != .some(nil) }.map { Entry($0.key, $0.value) }
        let zone = Array(lines.joined().utf8)
        return try CitizenIdentity(
            dataGroup1: TLV(0x61, [TLV(0x5F1F, zone)]).encoded, dataGroup13: DataGroup13Encoder.encode(entries))
    }

    private func failed(_ record: CitizenIdentity) -> [String: String] {
        let pairs = record.findings.filter { $0.verdict == .failed }.map { ($0.check, $0.reason ?? "") }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    @Test func `a card in agreement with itself`() throws {
        let record = try Self.record()
        #expect(record.findings.map(\.check) == Self.checks)
        #expect(record.findings.allSatisfy { $0.verdict == .passed && $0.reason == nil })
        #expect(record.findings.combined == .passed && record.drift.isEmpty)
        let identity = record
        #expect(identity.number.digits == "001099000001" && identity.fullName == "Nguyễn Văn Á")
        #expect(identity.birthDate.text == "1999-01-01" && identity.sex == .male)
        #expect(
            identity.nationality == "Việt Nam" && identity.nationalityCode == "VNM"
                && identity.residence == "Ấp 1, Tân Khai")
        #expect(identity.origin == "Hớn Quản, Bình Phước" && identity.issueDate?.text == "2024-06-05")
        #expect(identity.expiry == .day(try #require(CivilDate(text: "2039-01-01"))))
    }

    @Test(arguments: [
        (0, "IDVNM0990000017001099000001<<9", ["mrzNumberDigit", "mrzCheckDigits"]),
        (0, "IDVNM0990000027001099000001<<8", ["mrzDocumentNumber", "mrzCheckDigits"]),
        (0, "IDVNM0990000017001099000001<<<", ["mrzNumberDigit", "mrzCheckDigits"]),
        (1, "9901018F3901016VNM<<<<<<<<<<<4", ["sexInNumber", "sexInDG13"]),
        (1, "9801018M3901016VNM<<<<<<<<<<<4", ["birthYearInNumber", "birthDateInDG13", "mrzCheckDigits"]),
        (1, "9901028M3901016VNM<<<<<<<<<<<4", ["birthDateInDG13", "mrzCheckDigits"]),
        (1, "9901018M4001016VNM<<<<<<<<<<<4", ["expiryInDG13", "mrzCheckDigits"]),
        (1, "9901018M3901016VNM<<<<<<<<<<<5", ["mrzCheckDigits"]),
        (2, "NGUYEN<<VAN<B<<<<<<<<<<<<<<<<<", ["nameInDG13"]),
    ])
    func `each contradiction of the zone has its name`(line: Int, text: String, expected: [String]) throws {
        var lines = Self.lines
        lines[line] = text
        #expect(Set(failed(try Self.record(lines)).keys) == Set(expected))
    }

    @Test(arguments: [
        (DataGroup13.Field.number, "001099000002", "numberInDG13", "differs"),
        (.number, "00109900000", "numberInDG13", "unreadable"), (.sex, "Nữ", "sexInDG13", "differs"),
        (.sex, "?", "sexInDG13", "unreadable"), (.birthDate, "01/01/1899", "birthDateInDG13", "differs"),
        (.birthDate, "1998", "birthDateInDG13", "differs"), (.birthDate, "99", "birthDateInDG13", "unreadable"),
        (.expiry, "02/01/2039", "expiryInDG13", "differs"), (.expiry, "Không thời hạn", "expiryInDG13", "differs"),
        (.fullName, "Nguyễn Văn Anh", "nameInDG13", "differs"),
        (.issueDate, "01/01/1998", "dateOrder", "impossibleOrder"),
        (.issueDate, "01/01/2040", "dateOrder", "impossibleOrder"), (.issueDate, "2024", "dateOrder", "unreadable"),
    ])
    func `each contradiction of DG13 has its name`(
        field: DataGroup13.Field, text: String, check: String, reason: String
    ) throws {
        #expect(failed(try Self.record(Self.lines, [field: text])) == [check: reason])
    }

    @Test func `what DG13 leaves out is not determined, and the zone stands in`() throws {
        let record = try Self.record(
            Self.lines,
            [
                .number: nil, .birthDate: nil, .sex: nil, .expiry: nil, .issueDate: nil, .residence: nil,
                .nationality: "",
            ])
        let open = record.findings.filter { $0.verdict == .notDetermined }
        #expect(open.map(\.check) == ["numberInDG13", "sexInDG13", "birthDateInDG13", "expiryInDG13", "dateOrder"])
        #expect(open.allSatisfy { $0.reason == "absent" } && record.findings.combined == .notDetermined)
        #expect(record.birthDate.text == "1999-01-01" && record.sex == .male)
        #expect(record.residence == nil && record.nationality == "VNM")
        #expect(record.issueDate == nil)
    }

    @Test func `a partial birth date agrees with what is known`() throws {
        var lines = Self.lines
        lines[1] = "99<<<<0M3901016VNM<<<<<<<<<<<0"
        let record = try Self.record(lines, [.birthDate: "1999"])
        #expect(failed(record).isEmpty && record.birthDate.text == "1999")
        let other = try Self.record(Self.lines, [.birthDate: "1999"])
        #expect(failed(other).isEmpty)
    }

    @Test func `no expiry is a sentinel in the zone and words in DG13`() throws {
        var lines = Self.lines
        lines[1] = "9901018M9912315VNM<<<<<<<<<<<4"
        let record = try Self.record(lines, [.expiry: "Không thời hạn"])
        #expect(record.expiry == .unlimited)
        #expect(failed(record).isEmpty)
        #expect(failed(try Self.record(lines))["expiryInDG13"] == "differs")
    }

    @Test(arguments: [
        ("05/06/2024", "VNM-2021" as String?), ("01/07/2024", "VNM-2024"), ("01/01/2020", nil), ("", nil),
        ("không rõ", nil),
    ])
    func `the series follows from the issue date, or is not known`(issue: String, series: String?) throws {
        #expect(try Self.record(Self.lines, [.issueDate: issue]).series == series)
    }

    @Test func `a chip's files give the identity, or say whose document it is`() throws {
        func identity(_ first: String?, _ hasText: Bool) throws(Failure) -> CitizenIdentity {
            var files: [FileIdentifier: [UInt8]] = [:]
            let lines = [first ?? "", Self.lines[1], Self.lines[2]]
            if first != nil { files[.dg1] = TLV(0x61, [TLV(0x5F1F, Array(lines.joined().utf8))]).encoded }
            if hasText { files[.dg13] = DataGroup13Encoder.encode(Self.fields.map { Entry($0.key, $0.value) }) }
            return try CitizenIdentity(files: files)
        }
        let citizen = Self.lines[0]
        #expect(try identity(citizen, true).number.digits == "001099000001")
        for (first, hasText, code) in [
            ("IDTHA0990000017001099000001<<8", false, FailureCode.cardForeign),
            ("IDTHA0990000017001099000001<<8", true, .cardForeign),
            ("P<VNM0990000017001099000001<<8", false, .cardUnsupported), (citizen, false, .cardNotDocument),
            (nil, true, .cardDataMalformed), (nil, false, .cardDataMalformed),
        ] {
            #expect { try identity(first, hasText) } throws: { ($0 as? Failure)?.code == code }
        }
    }

    @Test func `a person of the 2000s has the century of the fourth digit`() throws {
        let lines = ["IDVNM0990000017070305000001<<8", "0501018F3901016VNM<<<<<<<<<<<4", Self.lines[2]]
        let record = try Self.record(lines, [.birthDate: nil])
        #expect(record.birthDate.text == "2005-01-01" && record.sex == .female)
    }

    @Test func `schema drift is a remark, not a failure`() throws {
        let zone = TLV(0x61, [TLV(0x5F1F, Array(Self.lines.joined().utf8))]).encoded
        let entries = Self.fields.map { Entry($0.key, $0.value) } + [Entry(21, [])]
        let record = try CitizenIdentity(dataGroup1: zone, dataGroup13: DataGroup13Encoder.encode(entries))
        #expect(record.drift == [.unknownField(21)])
        let finding = try #require(record.findings.last)
        #expect(finding == Finding(check: "citizenDataSchema", verdict: .notDetermined, reason: "schemaDrift"))
    }

    @Test func `an unknown province is a warning`() throws {
        let lines = ["IDVNM0990000017119099000001<<8", Self.lines[1], Self.lines[2]]
        let finding = try #require(try Self.record(lines).findings.first { $0.check == "numberProvince" })
        #expect(finding.verdict == .notDetermined && finding.reason == "unknownProvince")
    }

    @Test(arguments: [
        ("IDTHA0990000017001099000001<<8", FailureCode.cardForeign),
        ("P<VNM0990000017001099000001<<8", .cardUnsupported),
        ("IDVNM09900000170010990<<<<<<<8", .cardDataMalformed),
    ])
    func `another document has its own answer`(line: String, code: FailureCode) {
        let lines = [line, Self.lines[1], Self.lines[2]]
        #expect { try Self.record(lines) } throws: { ($0 as? Failure)?.code == code }
    }

    @Test(arguments: ["99AB01", "<<0101", "993101", "990132"])
    func `dates of the zone are dates`(birth: String) {
        let lines = [Self.lines[0], birth + "8M3901016VNM<<<<<<<<<<<4", Self.lines[2]]
        #expect { try Self.record(lines) } throws: { ($0 as? Failure)?.code == .cardDataMalformed }
    }

    @Test(arguments: [
        // Cut at the end of the line, initials instead of words, words left out.
        ("NGUYEN<<THI<HOANG<PHUONG<QUYNH", Verdict.passed, nil as String?),
        ("NGUYEN<<T<H<PHUONG<QUYNH<NHU<<", .notDetermined, "nameShortened"),
        ("NGUYEN<<THI<QUYNH<NHU<<<<<<<<<", .notDetermined, "nameShortened"),
        ("TRAN<<THI<HOANG<PHUONG<QUYNH<N", .failed, "differs"), ("NGUYENX<<THI<QUYNH<NHU<<<<<<<<", .failed, "differs"),
    ])
    func `a name longer than its line may be shortened as the issuer likes`(
        line: String, verdict: Verdict, reason: String?
    ) throws {
        let record = try Self.record(
            [Self.lines[0], Self.lines[1], line], [.fullName: "Nguyễn Thị Hoàng-Phượng Quỳnh Như"])
        #expect(
            record.findings.first { $0.check == "nameInDG13" }
                == Finding(check: "nameInDG13", verdict: verdict, reason: reason))
    }

    @Test func `without a name with its marks there is no identity`() {
        #expect { try Self.record(Self.lines, [.fullName: " "]) } throws: { ($0 as? Failure)?.code == .cardUnsupported }
    }

    @Test func `neither identity nor zone ever prints`() throws {
        let identity = try Self.record()
        var dumped = ""
        dump(identity, to: &dumped)
        for text in ["\(identity)", String(reflecting: identity), dumped] {
            #expect(!text.contains("Nguyễn") && !text.contains("099000001"))
        }
    }

    @Test func `mutated files give a record or a named failure`() {
        var generator = SeededGenerator(seed: 1)
        let zone = TLV(0x61, [TLV(0x5F1F, Array(Self.lines.joined().utf8))]).encoded
        let group = DataGroup13Encoder.encode(Self.fields.map { Entry($0.key, $0.value) })
        for round in 0..<20_000 {
            let first = round.isMultiple(of: 2) ? generator.mutated(zone) : zone
            let second = round.isMultiple(of: 2) ? group : generator.mutated(group)
            do {
                #expect(
                    try CitizenIdentity(dataGroup1: first, dataGroup13: second).findings.map(\.check) == Self.checks)
            } catch {
                let expected: [FailureCode] = [.cardDataMalformed, .cardDataTooLarge, .cardUnsupported, .cardForeign]
                #expect(expected.contains(error.code))
            }
        }
    }
}
