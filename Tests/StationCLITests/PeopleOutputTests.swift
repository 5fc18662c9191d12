import StationAPI
import StationCore
import Testing

@testable import StationCLI

/// Accounts, intake sessions and problems reported upward as people see them, word by word.
struct PeopleOutputTests {
    private static let operators = [
        OperatorList.Entry(
            operatorId: "hoa", role: .supervisor, mustChangeSecret: false, suspended: false, wrongSecrets: 0,
            opensStation: true),
        OperatorList.Entry(
            operatorId: "lan", role: .operator, mustChangeSecret: true, suspended: false, wrongSecrets: 2,
            opensStation: false),
        OperatorList.Entry(
            operatorId: "minh", role: .operator, mustChangeSecret: true, suspended: true, wrongSecrets: 5,
            opensStation: true),
    ]

    private static func shift(closed: Bool) -> ShiftReport {
        ShiftReport(
            shiftId: "s-7", number: 7, team: "Tổ 2", point: "Nhà văn hóa ấp Sóc", kind: closed ? "fixed" : "mobile",
            responsible: "hoa", operators: ["hoa", "lan"], openedAt: Samples.noon, openedQuality: .synchronized,
            openedBy: "lan", closedAt: closed ? Samples.noon.adding(.seconds(28_800)) : nil,
            closedBy: closed ? "hoa" : nil)
    }

    private static func summary(provisional: Bool) -> ShiftSummaryReport {
        ShiftSummaryReport(
            shift: shift(closed: !provisional), asOf: Samples.noon, taken: 41, transmitted: 40, accepted: 38,
            rejected: 1, waiting: provisional ? 2 : 0, setAside: 1, byState: [:],
            byOperator: [.init(operatorId: "hoa", taken: 1), .init(operatorId: "lan", taken: 40)],
            provisional: provisional)
    }

    private static let issues = [
        IssueReport(
            number: 1, at: Samples.noon, clockQuality: .synchronized, operatorId: "lan", category: .network,
            itemId: nil,
            since: Samples.noon.adding(.seconds(-3_600)), text: "Mất mạng từ sáng"),
        IssueReport(
            number: 2, at: Samples.noon, clockQuality: .suspect, operatorId: "hoa", category: .populationData,
            itemId: Samples.item, since: Samples.noon, text: "Sai nơi cư trú"),
    ]

    @Test func `Operators in Vietnamese`() {
        #expect(
            PeopleText(.vi).text(Self.operators) == """
                TÊN   VAI TRÒ          TÀI KHOẢN     MỞ KHÓA TRẠM  SAI
                hoa   người phụ trách  mở            có            0
                lan   cán bộ thu nhận  mật khẩu tạm  không         2
                minh  cán bộ thu nhận  bị khóa       có            5
                """)
    }

    @Test func `Operators in English`() {
        #expect(
            PeopleText(.en).text(Self.operators) == """
                NAME  ROLE        ACCOUNT           OPENS STATION  WRONG
                hoa   supervisor  open              yes            0
                lan   operator    temporary secret  no             2
                minh  operator    locked            yes            5
                """)
    }

    @Test func `An open session in Vietnamese, a closed one in English`() {
        #expect(
            PeopleText(.vi).text(Self.shift(closed: false)) == """
                Phiên 7 s-7
                Tổ thu nhận lưu động: Tổ 2
                Điểm thu nhận: Nhà văn hóa ấp Sóc
                Phụ trách: hoa
                Cán bộ: hoa, lan
                Mở lúc: 2026-08-03T05:00:00.000Z (lan)
                """)
        #expect(
            PeopleText(.en).text(Self.shift(closed: true)) == """
                Session 7 s-7
                Team (fixed): Tổ 2
                Intake point: Nhà văn hóa ấp Sóc
                Responsible: hoa
                Operators: hoa, lan
                Opened: 2026-08-03T05:00:00.000Z (lan)
                Closed: 2026-08-03T13:00:00.000Z (hoa)
                """)
    }

    @Test func `Sessions in a table`() {
        let list = ShiftList(shifts: [Self.shift(closed: false), Self.shift(closed: true)], next: nil)
        #expect(
            PeopleText(.vi).text(list) == """
                SỐ  MỞ LÚC                    ĐÓNG LÚC                  TỔ    ĐIỂM                ID
                7   2026-08-03T05:00:00.000Z  -                         Tổ 2  Nhà văn hóa ấp Sóc  s-7
                7   2026-08-03T05:00:00.000Z  2026-08-03T13:00:00.000Z  Tổ 2  Nhà văn hóa ấp Sóc  s-7
                """)
        #expect(
            PeopleText(.en).text(list).hasPrefix("NO  OPENED                    CLOSED                    TEAM  POINT"))
        #expect(PeopleText(.en).text(ShiftList(shifts: [], next: nil)) == "No sessions")
    }

    @Test func `The day's figures say whether they may still change, and claim nothing of activation`() {
        #expect(
            PeopleText(.vi).text(Self.summary(provisional: true)).hasSuffix(
                """
                Mở lúc: 2026-08-03T05:00:00.000Z (lan)

                CHỈ SỐ              HỒ SƠ
                Đã thu nhận         41
                Đã truyền           40
                Được tiếp nhận      38
                Bị từ chối          1
                Còn chờ             2
                Hủy, đóng, cách ly  1
                  hoa               1
                  lan               40

                Số liệu tạm thời, tính đến 2026-08-03T05:00:00.000Z
                Chưa có số liệu kích hoạt
                """))
        #expect(
            PeopleText(.en).text(Self.summary(provisional: false)).hasSuffix(
                """
                Closed: 2026-08-03T13:00:00.000Z (hoa)

                FIGURE       APPLICATIONS
                Taken in     41
                Transmitted  40
                Accepted     38
                Rejected     1
                Waiting      0
                Set aside    1
                  hoa        1
                  lan        40

                Figures as of 2026-08-03T05:00:00.000Z
                No activation figures yet
                """))
    }

    @Test func `Who has to set a secret is told so`() {
        let person = SignedIn(operatorId: "lan", role: .operator, mustChangeSecret: true, idleSeconds: 600)
        #expect(PeopleText(.vi).line(person) == "lan (cán bộ thu nhận): phải đổi mật khẩu, intakectl secret")
        #expect(PeopleText(.en).line(person) == "lan (operator): has to set a secret, intakectl secret")
    }

    @Test func `Problems in both languages`() {
        #expect(
            IssueText(.vi).text(IssueList(issues: Self.issues, next: 2)) == """
                SỐ  GHI LÚC                   TỪ LÚC                    AI   LOẠI            HỒ SƠ                                 NỘI DUNG
                1   2026-08-03T05:00:00.000Z  2026-08-03T04:00:00.000Z  lan  Mạng            -                                     Mất mạng từ sáng
                2   2026-08-03T05:00:00.000Z  2026-08-03T05:00:00.000Z  hoa  Dữ liệu dân cư  01987abc-0000-7000-8000-000000000001  Sai nơi cư trú
                Trang sau: --after 2
                """)
        let english = IssueText(.en).text(IssueList(issues: Self.issues, next: nil))
        #expect(english.contains("hoa  Population data  01987abc") && !english.contains("--after"))
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+84", "'+84"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("=cmd|' /C calc'!A0, x", "\"'=cmd|' /C calc'!A0, x\""), ("a=1", "a=1"), ("", ""), ("a,b", "\"a,b\""),
        ("nói \"không\"", "\"nói \"\"không\"\"\""), ("a\r\nb", "\"a\r\nb\""), ("\r\n=1", "\"'\r\n=1\""),
    ])
    func `A cell is one cell, and no spreadsheet computes it`(text: String, cell: String) {
        #expect(IssueText.cell(text) == cell)
    }

    @Test func `One problem as a record for spreadsheets`() {
        #expect(
            IssueText.csvLine(Self.issues[1])
                == "2,2026-08-03T05:00:00.000Z,suspect,2026-08-03T05:00:00.000Z,hoa,population-data,Dữ liệu dân cư,"
                + "01987abc-0000-7000-8000-000000000001,Sai nơi cư trú\r\n")
    }

    @Test func `What is waited for is what the transmission ends by itself`() {
        func report(_ counts: [String: Int], forwarded: [String: Int]? = nil) -> WaitReport {
            let status = Samples.status()
            return WaitReport(
                StationStatus(
                    stationId: "t", software: "0", health: .ok, startedAt: Samples.noon, clock: status.clock,
                    intake: status.intake, readers: status.readers,
                    queue: .init(counts: counts, waiting: 9, oldestWaiting: nil, forwarded: forwarded),
                    uplink: status.uplink, problems: []))
        }
        for state in ["saved", "batched", "sent", "deferred", "unknown"] {
            #expect(!report([state: 1]).drained && report([state: 3]).remaining == 3)
        }
        for state in ["accepted", "rejected", "held", "exported", "quarantined", "cancelled", "closed", "purged"] {
            #expect(report([state: 1]).drained)
        }
        #expect(report([:], forwarded: ["saved": 2, "accepted": 1]).remaining == 2)
    }
}
