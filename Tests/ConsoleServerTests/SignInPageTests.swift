import FakeStation
import Foundation
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// Coming and going in a real browser.
@Suite(.enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(5)))
struct SignInPageTests {
    @Test func `Who signs in sees who they are and the desk; before that the page shows nothing personal`() async throws
    {
        try await onClosedPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            bench.station.tell(Scene.application(41, state: "saved", stateVi: "Đã lưu, chờ truyền"))
            try await forgot(browser, and: [Scene.receipt])
            try await browser.signIn("LAN")
            try await shows("Cán bộ: lan", browser)
            try await shows("Phiên 12: Tổ 1, Bộ phận Một cửa (Cố định)", browser)
            try await shows("Trạm đã mở khóa", browser)
            let cookie = try #require(try await browser.cookies(bench.address).first)
            #expect(cookie["httpOnly"] as? Bool == true)
            #expect(cookie["sameSite"] as? String == "Strict")
            #expect(try await browser.value("document.cookie") == "")
        }
    }

    @Test func `A wrong secret is told in words, the field is emptied, and the next try works`() async throws {
        try await onClosedPage { _, browser in
            try await browser.signIn("lan", "wrong")
            try await shows("Sai tên đăng nhập hoặc mật khẩu", browser)
            #expect(try await browser.focused() == "secret")
            #expect(try await browser.value("document.getElementById('secret').value") == "")
            try await browser.press("Enter")
            try await shows("Chưa nhập: Mật khẩu hoặc mã PIN.", browser)
            try await browser.type("right")
            try await browser.press("Enter")
            try await shows("Đặt thẻ lên đầu đọc", browser)
        }
    }

    @Test func `A temporary secret is changed first`() async throws {
        try await onClosedPage { bench, browser in
            bench.station.change { $0.mustChangeSecret = true }
            try await browser.signIn()
            try await shows("Đặt mật khẩu của riêng mình", browser)
            #expect(try await browser.focused() == "old-secret")
            for (first, second, words) in [
                ("a long new one", "another new one", "không giống nhau"), ("short", "short", "Mật khẩu quá yếu"),
                ("a long new one", "a long new one", "Đặt thẻ lên đầu đọc"),
            ] {
                try await browser.value(
                    "for (const id of ['old-secret', 'new-secret', 'new-again']) document.getElementById(id).value = ''"
                )
                try await browser.value("document.getElementById('old-secret').focus()")
                try await browser.type("right")
                try await browser.press("Tab")
                try await browser.type(first)
                try await browser.press("Tab")
                try await browser.type(second)
                try await browser.press("Enter")
                try await shows(words, browser)
            }
            try await forgot(browser, and: ["a long new one"])
        }
    }

    @Test func `A session is opened and closed, and its figures are shown`() async throws {
        try await onClosedPage { bench, browser in
            bench.station.change { $0.shift = nil }
            try await browser.signIn()
            try await shows("Mở phiên thu nhận", browser)
            #expect(await eventually { (try? await browser.focused()) == "team" })
            try await browser.type("Tổ 2 <b>")
            try await browser.press("Tab")
            try await browser.type("<script>troubles.push('run')</script>")
            try await browser.press("Enter")
            try await shows("Đặt thẻ lên đầu đọc", browser)
            try await shows("Phiên 12: Tổ 2 <b>, <script>troubles.push('run')</script> (Cố định)", browser)
            #expect(bench.station.desk.shift?.team == "Tổ 2 <b>")
            try await browser.value("document.getElementById('close-shift').click()")
            try await shows("Đóng phiên thu nhận?", browser)
            try await shows("còn có thể thay đổi", browser)
            try await browser.value("document.getElementById('close-yes').click()")
            try await shows("Đã đóng phiên thu nhận", browser)
            try await shows("23", browser)
            #expect(bench.station.desk.shift == nil)
            try await browser.value("document.getElementById('close-done').click()")
            try await shows("Ghi tổ và điểm thu nhận", browser)
        }
    }

    @Test func `A sign-out clears the page and the cookie`() async throws {
        try await onPage { bench, browser in
            bench.station.tell(Scene.application(41, state: "saved", stateVi: "Đã lưu, chờ truyền"))
            try await shows(Scene.receipt, browser)
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await shows(Scene.name, browser)
            try await browser.value("document.getElementById('sign-out').click()")
            try await shows("Đã đăng xuất", browser)
            try await forgot(browser, and: [Scene.receipt, "Cán bộ: lan"])
            #expect(await eventually { (try? await browser.cookies(bench.address).isEmpty) == true })
            #expect(bench.station.desk.signOuts == 1)
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            try await forgot(browser)
        }
    }

    @Test func `A session that the station ended locks the page at the next answer`() async throws {
        try await onPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await shows(Scene.name, browser)
            // What the page has asked is answered; else the answer and the stream would tell it at the same moment.
            #expect(await eventually { (try? await browser.focused()) == "phone" })
            bench.station.change { $0.expired = true }
            bench.station.hangUp()
            try await shows("Phiên làm việc đã hết hạn", browser)
            try await forgot(browser)
        }
    }

    @Test func `Without input the page locks, and says so before`() async throws {
        try await onClosedPage { bench, browser in
            bench.station.change { $0.idleSeconds = 4 }
            try await browser.signIn()
            try await shows("Phiên 12:", browser)
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await shows(Scene.name, browser)
            try await shows("Màn hình sẽ khóa sau", browser)
            // A key keeps the desk open.
            try await browser.press("Tab")
            try await shows(Scene.name, browser)
            try await shows("khóa vì không có thao tác", browser)
            try await forgot(browser)
            #expect(await eventually { bench.station.desk.signOuts == 1 })
        }
    }

    @Test func `Two tabs are one desk: who signs in or out in one does so in the other`() async throws {
        try await onPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.set(Scene.status(readers: Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await shows(Scene.name, browser)
            let first = try await browser.openTab(bench.address)
            try await shows(Scene.name, browser)
            try await browser.value("document.getElementById('sign-out').click()")
            try await forgot(browser)
            let second = browser.turn(toTab: first)
            try await shows("Tên đăng nhập", browser)
            try await forgot(browser)
            _ = browser.turn(toTab: second)
            try await browser.value("document.getElementById('operator').focus()")
            try await browser.signIn()
            try await shows("Cán bộ: lan", browser)
            _ = browser.turn(toTab: first)
            try await shows("Cán bộ: lan", browser)
        }
    }

    @Test func `A cookie set beforehand is not adopted`() async throws {
        try await onClosedPage { bench, browser in
            let planted = String(repeating: "ab", count: 32)
            try await browser.plant("intake-session", planted, bench.address)
            try await browser.signIn()
            try await shows("Cán bộ: lan", browser)
            let values = try await browser.cookies(bench.address).map { $0["value"] as? String ?? "" }
            #expect(values.count == 1)
            #expect(values != [planted])
        }
    }

    @Test(arguments: ["sign-in", "sign-out"])
    func `A form of another site does nothing`(path: String) async throws {
        try await onPage { bench, browser in
            let form = """
                <form method=post enctype=text/plain action="\(bench.address)api/\(path)">\
                <input name='{"operatorId":"lan","secret":"right","x":"' value='"}'></form>\
                <script>document.forms[0].submit()</script>
                """
            let page = "data:text/html;base64," + Data(form.utf8).base64EncodedString()
            let before = try await browser.cookies(bench.address).map { $0["value"] as? String }
            let desk = try await browser.openTab(page)
            try await shows("request-forbidden-origin", browser)
            #expect(try await browser.cookies(bench.address).map { $0["value"] as? String } == before)
            #expect(bench.station.desk.signOuts == 0)
            _ = browser.turn(toTab: desk)
            try await shows("Cán bộ: lan", browser)
        }
    }

    @Test func `What an earlier visit asked for does not end the next one`() async throws {
        try await onPage { _, browser in
            try await browser.value(
                """
                (async () => { const real = window.fetch; const { ask } = await import("/link.js");
                window.fetch = async (...each) => { window.fetch = real;
                await new Promise((go) => { window.go = go; });
                return new Response(JSON.stringify({ code: "session-expired" }), { status: 401 }); };
                window.late = ask("/api/shifts/current").catch(({ code }) => code); })()
                """)
            try await browser.value("document.getElementById('sign-out').click()")
            try await shows("Đã đăng xuất", browser)
            try await browser.signIn()
            try await shows("Cán bộ: lan", browser)
            #expect(try await browser.value("(() => { window.go(); return window.late; })()") == "session-expired")
            #expect(try await browser.text().contains("Cán bộ: lan"))
        }
    }

    @Test func `No other page frames this one`() async throws {
        try await onPage { bench, browser in
            let streams = bench.station.resumedAfter.count
            let frame = "<iframe src='\(bench.address)' onload=\"document.body.append('lure')\"></iframe>"
            let desk = try await browser.openTab("data:text/html;base64," + Data(frame.utf8).base64EncodedString())
            try await shows("lure", browser)
            // A page that ran in the frame would have asked for its events.
            #expect(bench.station.resumedAfter.count == streams)
            _ = browser.turn(toTab: desk)
        }
    }
}
