import FakeStation
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// The station's view in a real browser: every part with its remedy, the session handed over, one's own password.
@Suite(.enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(5)))
struct StationPageTests {
    @Test func `Every part says how it stands, and what is wrong comes with its remedy`() async throws {
        try await onPage { bench, browser in
            let problems: [FailureCode] = [
                .diskLow, .networkUnreachable, .clockSuspect, .sealingKeyExpiring, .readerNone,
            ]
            bench.station.set(
                Scene.status(readers: Scene.readers(nil), problems: problems.map { Problem($0) }, uplink: .waiting))
            bench.station.hangUp()
            try await browser.visit("station")
            for (part, code) in [
                ("Đầu đọc và thẻ", FailureCode.readerNone), ("Mạng", .networkUnreachable), ("Đĩa", .diskLow),
                ("Đồng hồ", .clockSuspect), ("Khóa và chứng thư", .sealingKeyExpiring),
            ] {
                let found = """
                    [...document.querySelectorAll('#parts li')].find((each) => each.querySelector('h3').textContent === '\(part)')
                    ?.innerText ?? ''
                    """
                #expect(
                    await eventually { (try? await browser.value(found).contains(code.rawValue)) == true }, "\(part)")
                #expect(try await browser.value(found).contains(code.text.remedyVi))
            }
            try await shows("còn 12.345 hồ sơ", browser)
            bench.station.set(Scene.status())
            bench.station.hangUp()
            #expect(
                try await eventually {
                    try await browser.value("document.querySelectorAll('#parts .remedy').length") == "0"
                })
            #expect(try await browser.value("document.querySelectorAll('#parts [data-tone=good]').length") == "6")
        }
    }

    @Test func `A session is handed over to who signs, and its figures stand by it`() async throws {
        try await onPage { bench, browser in
            try await browser.visit("station")
            for words in ["Tổ 1, Bộ phận Một cửa", "Đã thu nhận", "23", "lan thu nhận", "còn có thể thay đổi"] {
                try await shows(words, browser)
            }
            try await browser.click("#hand-over")
            try await shows("Người nhận ca nhập tên", browser)
            #expect(await eventually { (try? await browser.focused()) == "successor" })
            try await browser.type("hoa")
            try await browser.press("Tab")
            try await browser.type("wrong")
            try await browser.press("Enter")
            try await shows(FailureCode.coSignatureRefused.text.titleVi, browser)
            #expect(try await browser.value("document.getElementById('successor-secret').value") == "")
            try await browser.type("a:b")
            try await browser.press("Enter")
            try await shows("Đã giao ca cho hoa", browser)
            #expect(bench.station.desk.orders == ["hand-over shift-1 hoa"])
            try await shows("hoa", browser)
            try await browser.click("#hand-over")
            try await browser.click("#hand-over-cancel")
            #expect(await eventually { (try? await browser.focused()) == "station-title" })
            try await browser.click("#close-shift")
            try await shows("Đóng phiên thu nhận?", browser)
            try await browser.click("#close-yes")
            try await shows("Đã đóng phiên thu nhận", browser)
            try await browser.click("#close-done")
            try await shows("Chưa mở phiên", browser)
            try await browser.click("#station-open")
            try await shows("Ghi tổ và điểm thu nhận", browser)
        }
    }

    @Test func `One's own password is changed by who knows the present one`() async throws {
        try await onPage { _, browser in
            try await browser.visit("station")
            try await browser.click("#change-secret")
            try await shows("Mật khẩu đang dùng", browser)
            for (present, words) in [("wrong", "Sai tên đăng nhập hoặc mật khẩu"), ("right", "Đã đổi mật khẩu.")] {
                try await browser.fill("old-secret", present)
                try await browser.fill("new-secret", "a long new one")
                try await browser.fill("new-again", "a long new one")
                try await browser.press("Enter")
                try await shows(words, browser)
            }
            try await forgot(browser, and: ["a long new one"])
            // It was a choice: leaving it undone leaves everything as it was.
            try await browser.click("#change-secret")
            try await browser.fill("old-secret", "half")
            try await browser.click("#secret-cancel")
            try await forgot(browser, and: ["half"])
        }
    }

    @Test func `Another view does not lose what the desk has begun`() async throws {
        try await onPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await shows(Scene.name, browser)
            #expect(await eventually { (try? await browser.focused()) == "phone" })
            try await browser.type("09123")
            try await browser.visit("station")
            #expect(try await !browser.text().contains(Scene.name))
            try await browser.visit("desk")
            try await shows(Scene.name, browser)
            #expect(try await browser.value("document.getElementById('phone').value") == "09123")
        }
    }
}
