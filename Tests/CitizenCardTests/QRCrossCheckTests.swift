import ChipDocument
import CitizenCard
import StationCore
import Testing

/// The printed code against the chip.
@Suite struct QRCrossCheckTests {
    private static let checks = ["qrNumber", "qrName", "qrBirthDate", "qrSex", "qrIssueDate"]
    private static let agreeing = "001099000001||Nguyễn Văn Á|01011999|Nam|Ấp 1|05062024"

    private func findings(_ text: String, without: DataGroup13.Field? = nil) throws -> [Finding] {
        let fields = CitizenIdentityTests.fields.filter { $0.key != without }
        let zone = TLV(0x61, [TLV(0x5F1F, Array(CitizenIdentityTests.lines.joined().utf8))]).encoded
        let identity = try CitizenIdentity(
            dataGroup1: zone,
            dataGroup13: DataGroup13Encoder.encode(fields.map { DataGroup13Encoder.Entry($0.key, $0.value) }))
        return try CitizenQRCode(parsing: text).findings(against: identity)
    }

    @Test(arguments: [
        agreeing, "001099000001|NGUYỄN  VĂN Á|Nam|01011999|Ấp 2|05062024|285123456|",
        "001099000001||Nguyễn Văn Á|00001999|Nam||05062024", "001099000001||Nguyễn Văn Á|1999|Nam||05062024",
    ])
    func `an agreeing code passes every check`(text: String) throws {
        let findings = try findings(text)
        #expect(findings.map(\.check) == Self.checks)
        #expect(findings.allSatisfy { $0.verdict == .passed && $0.reason == nil })
    }

    @Test(arguments: [
        ("001099000002||Nguyễn Văn Á|01011999|Nam|Ấp 1|05062024", "qrNumber", Verdict.failed, "differs"),
        ("001099000001||Nguyễn Văn Anh|01011999|Nam|Ấp 1|05062024", "qrName", .failed, "differs"),
        ("001099000001||Nguyễn Văn Ả|01011999|Nam|Ấp 1|05062024", "qrName", .notDetermined, "marksDiffer"),
        ("001099000001||Nguyễn Văn Á|02011999|Nam|Ấp 1|05062024", "qrBirthDate", .failed, "differs"),
        ("001099000001||Nguyễn Văn Á|1998|Nam|Ấp 1|05062024", "qrBirthDate", .failed, "differs"),
        ("001099000001||Nguyễn Văn Á|01011999|Nữ|Ấp 1|05062024", "qrSex", .failed, "differs"),
        ("001099000001||Nguyễn Văn Á|01011999|Nam|Ấp 1|05062021", "qrIssueDate", .notDetermined, "otherCard"),
        ("001099000001||Nguyễn Văn Á|01011999|Nam|Ấp 1|", "qrIssueDate", .notDetermined, "notInQR"),
    ])
    func `each contradiction has its name`(text: String, check: String, verdict: Verdict, reason: String) throws {
        let open = try findings(text).filter { $0.verdict != .passed }
        #expect(open == [Finding(check: check, verdict: verdict, reason: reason)])
    }

    @Test func `an issue date that the chip leaves out is not determined`() throws {
        let last = try #require(try findings(Self.agreeing, without: .issueDate).last)
        #expect(last == Finding(check: "qrIssueDate", verdict: .notDetermined, reason: "absent"))
    }
}
