import FakeStation
import Foundation
import StationAPI
import StationCore
import Subprocess
import Testing

@testable import StationCLI

/// The built program for people: sign-in and where its token lies, accounts, sessions, problems, the drain.
struct PeopleProgramTests {
    @Test(arguments: [true, false])
    func `A sign-in takes the secret from a file or standard input and keeps the token for this user alone`(
        fromFile: Bool
    ) async throws {
        try await Bench.with(isSignedIn: false) { bench in
            // A file that stood there before, readable by all, does not lend its mode.
            _ = FileManager.default.createFile(
                atPath: bench.token, contents: Data("old".utf8), attributes: [.posixPermissions: 0o644])
            let path = try bench.file("secret", "right\nnot this\n")
            let arguments = ["sign-in", "lan"] + (fromFile ? ["--secret-file", path] : [])
            let result = try await bench.control(arguments, input: fromFile ? "" : "right\n")
            #expect(result.code == 0 && result.output == "lan (cán bộ thu nhận)\n", "\(result)")
            #expect(try String(contentsOfFile: bench.token, encoding: .utf8) == FakeToken.lan + "\n")
            let mode = try FileManager.default.attributesOfItem(atPath: bench.token)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let me = try await bench.control("whoami", "--language", "en")
            #expect(me.code == 0 && me.output == "lan (operator)\n")
            #expect(try await bench.control("queue").code == 2)
            #expect(try await bench.control("sign-out").code == 0)
            #expect(!FileManager.default.fileExists(atPath: bench.token))
            let nobody = try await bench.control("queue")
            #expect(nobody.code == 1 && nobody.error.contains("[sign-in-required]"))
        }
    }

    @Test func `A wrong secret, none, and one among the arguments sign nobody in`() async throws {
        try await Bench.with(isSignedIn: false) { bench in
            let wrong = try await bench.control(["sign-in", "lan"], input: "not-it-4711\n")
            #expect(
                wrong.code == 1 && wrong.error.contains("[sign-in-refused]") && !wrong.error.contains("not-it-4711"))
            #expect(try await bench.control("sign-in", "lan").error.contains("[credential-missing]"))
            #expect(try await bench.control(["sign-in", "lan", "right"], input: "right\n").code == 64)
            // A token that cannot be kept: the place is named, not the disk.
            let nowhere = try await Bench.run(
                ["sign-in", "lan", "--socket", bench.socket], input: "right\n",
                environment: ["INTAKECTL_TOKEN": "/nowhere/token"])
            #expect(nowhere.code == 1 && nowhere.error.contains("[permission-denied]"))
            #expect(nowhere.error.contains("/nowhere/token: errno 2"))
            #expect(try await bench.control(["sign-in", "lan", "--secret", "right"], input: "right\n").code == 64)
            #expect(!FileManager.default.fileExists(atPath: bench.token))
        }
    }

    @Test func `Two secrets of one command stand on two lines of standard input`() async throws {
        try await Bench.with { bench in
            let result = try await bench.control(["secret"], input: "right\na secret of my own\n")
            #expect(result.code == 0, "\(result)")
            let weak = try await bench.control(["secret"], input: "right\nshort\n")
            #expect(weak.code == 1 && weak.error.contains("[secret-too-weak]"))
            #expect(try await bench.control(["secret"], input: "old one\n").error.contains("[credential-missing]"))
        }
    }

    @Test func `An operator is entered, shut, opened and listed, and an unknown one is exit 3`() async throws {
        try await Bench.with { bench in
            #expect(try await bench.administer("operator", "list").code == 2)
            let path = try bench.file("temporary", "temporary-1\n")
            let added = try await bench.administer(
                "operator", "add", "hoa", "--role", "supervisor", "--secret-file", path, "--language", "en")
            #expect(added.code == 0, "\(added)")
            #expect(
                added.output == """
                    NAME  ROLE        ACCOUNT           OPENS STATION  WRONG
                    hoa   supervisor  temporary secret  yes            0

                    """)
            let again = try await bench.administer(["operator", "add", "hoa"], input: "temporary-1\n")
            #expect(again.code == 1 && again.error.contains("[operator-exists]"))
            #expect(try await bench.administer("operator", "lock", "hoa", "--json").decoded(Entry.self).suspended)
            #expect(try await bench.administer("operator", "list").output.contains("bị khóa"))
            #expect(try await !bench.administer("operator", "unlock", "hoa", "--json").decoded(Entry.self).suspended)
            #expect(try await bench.administer(["operator", "reset", "hoa"], input: "temporary-2\n").code == 0)
            #expect(try await bench.administer("operator", "lock", "nobody").code == 3)
            #expect(try await bench.administer(["operator", "reset", "nobody"], input: "temporary-2\n").code == 3)
        }
    }

    private typealias Entry = OperatorList.Entry

    @Test func `A session is opened, handed over by the successor's secret, and closed with its figures`() async throws
    {
        try await Bench.with { bench in
            #expect(try await bench.control("shift", "show").code == 2)
            #expect(try await bench.control("shift", "close").error.contains("[shift-none]"))
            let opened = try await bench.control(
                "shift", "open", "--team", "Tổ 1", "--point", "Nhà văn hóa", "--mobile", "--with", "hoa", "--json")
            #expect(opened.code == 0, "\(opened)")
            let shift = try opened.decoded(ShiftReport.self)
            #expect(shift.kind == "mobile" && shift.operators == ["lan", "hoa"])
            #expect(try await bench.control("shift", "open", "--team", "2", "--point", "2").code == 1)
            #expect(try await bench.control("shift", "show").output.contains("Điểm thu nhận: Nhà văn hóa"))
            let path = try bench.file("second", "a:b\n")
            let hand = ["shift", "hand-over", "--co-signer"]
            #expect(try await bench.control(["shift", "hand-over"]).error.contains("[co-signature-missing]"))
            #expect(try await bench.control(hand + ["hoa"], input: "x\n").error.contains("[co-signature-refused]"))
            let handed = try await bench.control(hand + ["hoa", "--co-signer-secret-file", path])
            #expect(handed.code == 0 && handed.output.contains("Phụ trách: hoa"))
            // Administrators see sessions without a sign-in.
            #expect(try await bench.administer("shift", "list").output.contains(shift.shiftId))
            #expect(try await bench.administer("shift", "summary", shift.shiftId).output.contains("Đã thu nhận"))
            #expect(try await bench.administer("shift", "summary", "no-such").code == 3)
            let closed = try await bench.control("shift", "close", "--language", "en")
            #expect(closed.code == 0 && closed.output.contains("Taken in     23"))
            #expect(try await bench.administer("shift", "list").code == 2)
        }
    }

    @Test func `A problem is noted from standard input, listed, and exported page by page`() async throws {
        try await Bench.with { bench in
            #expect(try await bench.control("issue-log", "list").code == 2)
            #expect(try await bench.control("issue-log", "export", "--format", "csv").output.isEmpty)
            for text in ["Mạng \"chậm\", từ sáng", "=1+1", "Mất điện"] {
                let added = try await bench.control(["issue-log", "add", "--category", "network"], input: text)
                #expect(added.code == 0, "\(added)")
            }
            let wrong = try await bench.control(["issue-log", "add", "--category", "nothing"], input: "x")
            #expect(wrong.code == 64 && wrong.error.contains("no such category: nothing"))
            let long = try await bench.control(
                ["issue-log", "add", "--category", "other"], input: String(repeating: "x", count: 2_001))
            #expect(long.code == 1 && long.error.contains("[field-too-long]"))
            let list = try await bench.administer("issue-log", "list", "--language", "en")
            #expect(list.code == 0 && list.output.contains("Next page: --after 2"), "\(list)")
            let lines = try await bench.administer("issue-log", "export").output.split(separator: "\n")
            let issues = try lines.map { try StrictJSON.decode(IssueReport.self, from: Array($0.utf8)) }
            #expect(issues.map(\.number) == [1, 2, 3] && issues[1].text == "=1+1")
            let csv = try await bench.control("issue-log", "export", "--format", "csv").output
            #expect(csv.hasPrefix("\u{FEFF}number,at,"))
            #expect(csv.contains(",network,Mạng,,\"Mạng \"\"chậm\"\", từ sáng\"\r\n"))
            #expect(csv.contains(",,'=1+1\r\n"))
        }
    }

    @Test func `The wait ends by an event, and with exit 5 when the time is over`() async throws {
        try await Bench.with { bench in
            bench.station.set(Scene.status(counts: ["held": 2, "exported": 1, "accepted": 9]))
            let drained = try await bench.administer("wait", "--drained", "--language", "en")
            #expect(drained.code == 0)
            #expect(drained.output == "Nothing waits to be sent\nHeld: 2\nExported, receipt awaited: 1\n")
            bench.station.set(Scene.status(counts: ["saved": 1, "deferred": 2, "unknown": 1]))
            let late = try await bench.control("wait", "--drained", "--timeout", "0", "--json")
            #expect(late.code == 5)
            let report = try late.decoded(WaitReport.self)
            #expect(!report.drained && report.remaining == 4)
            #expect(try await bench.control("wait").code == 64)
            #expect(try await bench.control("events", "--after", "3").code == 64)
            #expect(try await bench.administer("audit", "verify", "--key", "AAAA").code == 64)
            let before = bench.station.resumedAfter.count
            async let waiting = bench.control("wait", "--drained", "--json")
            await bench.station.waitForListener(after: before)
            bench.station.tell(.status(Scene.status(counts: ["sent": 1])))
            // A daemon that starts again is come back to.
            bench.station.hangUp()
            await bench.station.waitForListener(after: before + 1)
            bench.station.tell(.status(Scene.status(counts: ["accepted": 4])))
            let ended = try await waiting
            #expect(ended.code == 0, "\(ended)")
            #expect(try ended.decoded(WaitReport.self).drained)
        }
    }

    @Test func `Followed events come back behind the last one, as one document a line, and a hole is told`()
        async throws
    {
        try await Bench.with { bench in
            async let following = bench.control("events", "--follow", "--json", "--after", "5")
            await bench.station.waitForListener(after: 0)
            bench.station.tell(Scene.application(8, state: "saved", stateVi: "Đã lưu"))
            bench.station.tell(Scene.read(state: .finished))
            bench.station.hangUp()
            await bench.station.waitForListener(after: 1)
            bench.station.refuseEvents()
            bench.station.hangUp()
            let result = try await following
            #expect(result.code == 1 && result.error.contains("[request-malformed]"))
            #expect(bench.station.resumedAfter.prefix(2) == [5, 8])
            #expect(result.error.contains("sự kiện 6 đến 7 không còn được lưu"), "\(result.error)")
            let events = try result.output.split(separator: "\n").map {
                try StrictJSON.decode(StationEvent.self, from: Array($0.utf8))
            }
            #expect(events.map(\.kind) == [.snapshot, .application, .read, .snapshot])
            for personal in [Scene.name, Scene.number, Scene.residence] { #expect(!result.output.contains(personal)) }
        }
    }

    @Test func `A token that has run out leaves events to what anybody may hear`() async throws {
        try await Bench.with(isSignedIn: false) { bench in
            _ = try bench.file("token", "forged")
            let events = try await bench.control("events")
            #expect(events.code == 0 && events.output.hasPrefix("#7  snapshot"))
            #expect(events.error.contains("[session-expired]"))
        }
    }

    @Test func `Administrators need no sign-in for what is nobody's person`() async throws {
        try await Bench.with(isSignedIn: false) { bench in
            bench.station.keep(Samples.detail)
            for command in [["status"], ["queue"], ["show", Samples.item.text], ["readers"], ["events"]] {
                let result = try await bench.administer(command)
                #expect(result.code == 0, "\(command): \(result)")
            }
            #expect(try await bench.control("queue").error.contains("[sign-in-required]"))
            let both = try await bench.run(["queue", "--socket", bench.socket, "--admin-socket", bench.adminSocket])
            #expect(both.code == 64)
        }
    }

    @Test(
        arguments: [
            ("/o", "/a", true, true, "/o", true), ("/o", nil, false, true, "/o", true),
            (nil, "/a", true, false, "/a", false), (nil, nil, true, true, SocketChoice.operators, true),
            (nil, nil, false, true, SocketChoice.administrators, false),
            (nil, nil, false, false, SocketChoice.operators, true),
        ] as [(String?, String?, Bool, Bool, String, Bool)])
    func `The socket is the one named, else that of who signed in, else what this user may use`(
        operators: String?, administrators: String?, hasToken: Bool, mayAdminister: Bool, path: String,
        namesPerson: Bool
    ) {
        let choice = SocketChoice(operators: operators, administrators: administrators, hasToken: hasToken) {
            $0 == SocketChoice.administrators && mayAdminister
        }
        #expect(choice.path == path && choice.namesPerson == namesPerson)
    }
}
