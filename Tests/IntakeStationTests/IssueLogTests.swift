import StationCore
import Testing

@testable import IntakeStation

/// What may stand in a problem that travels upward: no number of a person.
struct IssueLogTests {
    @Test(arguments: [
        ("  Máy đọc thẻ\n treo  ", "Máy đọc thẻ treo"), ("Từ 14:30 ngày 03/08/2026 mất điện", nil),
        ("2026-08-03 14:30, 12 hồ sơ", nil), ("Lỗi 12345678", nil), ("1 2 3 4 5 6 7 8 9 10", nil),
        ("Phòng 101, 102, 103", nil), ("02.09.2026 08:30 mất mạng", nil), ("từ 07-11-2026 đến 09-11-2026", nil),
    ])
    func `What people write is kept on one line`(text: String, kept: String?) throws {
        #expect(try IssueLog.kept(text) == kept ?? text)
    }

    @Test(arguments: [
        "gọi 0912345678", "0912 345 678", "0912.345.678", "+84 912-345-678", "070187001234 không khớp", "số 123456789",
        "070 187 001 234", "0912.34.56.78", "0912 34 56 78", "09 1234 5678", "+84 91 234 56 78",
    ])
    func `Somebody's number is refused`(text: String) {
        #expect(throws: Failure(.fieldInvalid, "text: 9 digits are somebody's number")) { try IssueLog.kept(text) }
    }

    @Test func `Nothing, too much and control characters are refused`() {
        for (text, code) in [
            (" \n ", FailureCode.fieldMissing), (String(repeating: "ạ", count: 501), .fieldTooLong),
            (String(repeating: "👨‍👩‍👧‍👦", count: 100), .fieldTooLong), ("a\u{7}b", .fieldInvalid),
        ] {
            let failure = #expect(throws: Failure.self) { try IssueLog.kept(text) }
            #expect(failure?.code == code)
        }
        #expect((try? IssueLog.kept(String(repeating: "ạ", count: 500))) != nil)
    }
}
