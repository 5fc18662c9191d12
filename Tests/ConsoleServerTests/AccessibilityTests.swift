import FakeStation
import Foundation
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// Every view given to axe, light and dark, in the smallest window. With `CONSOLE_PICTURES` set to a directory the views are
/// kept there.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"),
    .enabled(if: Axe.script != nil, "there is no .build/axe: `scripts/install-packages test` prepares it"), .serialized,
    .timeLimit(.minutes(10)))
struct AccessibilityTests {
    @Test(arguments: ["light", "dark"])
    func `Coming and going, the desk, the list and the station violate nothing`(scheme: String) async throws {
        try await onClosedPage { bench, browser in
            try await browser.prefer(scheme)
            bench.station.change {
                $0.shift = nil
                $0.mustChangeSecret = true
                $0.role = .supervisor
                $0.media = MediaList(
                    media: [.init(directory: "/media/KINGSTON", freeBytes: 8 << 30, problem: nil)], work: nil)
            }
            QueueScene.fill(bench.station, problems: [Problem(.networkUnreachable)])
            try await look("sign-in", scheme, browser)
            try await browser.signIn("lan", "wrong")
            try await shows("Sai tên đăng nhập", browser)
            try await look("wrong-secret", scheme, browser)
            try await browser.type("right")
            try await browser.press("Enter")
            try await shows("Đặt mật khẩu của riêng mình", browser)
            try await look("own-secret", scheme, browser)
            bench.station.change { $0.mustChangeSecret = false }
            try await browser.click("#sign-out")
            try await shows("Đã đăng xuất", browser)
            try await browser.signIn()
            try await shows("Ghi tổ và điểm thu nhận", browser)
            try await look("open-shift", scheme, browser)
            bench.station.change { $0.shift = Scene.shift() }
            bench.station.hangUp()
            try await shows("Đặt thẻ lên đầu đọc", browser)
            try await look("desk", scheme, browser)
            try await lookAtList(scheme, browser)
            try await browser.visit("station")
            try await shows("lan thu nhận", browser)
            try await look("station", scheme, browser)
            for (button, words) in [
                ("hand-over", "Người nhận ca nhập tên"), ("change-secret", "Mật khẩu đang dùng"),
                ("reset-open", "Cho người quên mật khẩu"),
                ("close-shift", "Đóng phiên thu nhận?"),
            ] {
                try await browser.click("#\(button)")
                try await shows(words, browser)
                try await look(button, scheme, browser)
                if button != "close-shift" { try await browser.visit("station") }
            }
            try await browser.click("#close-yes")
            try await shows("Đã đóng phiên thu nhận", browser)
            try await look("closed", scheme, browser)
        }
    }

    private func lookAtList(_ scheme: String, _ browser: Browser) async throws {
        try await browser.visit("queue")
        try await shows("Hôm nay (7)", browser)
        try await look("list", scheme, browser)
        for (number, verb) in [("042", "amend"), ("043", "release"), ("045", "cancel"), ("041", "withdraw")] {
            try await browser.visit("queue", "000-\(number)")
            try await browser.value(
                "document.querySelectorAll('#item details').forEach((each) => { each.open = true })")
            try await look("item-\(number)", scheme, browser)
            try await browser.click("#item-verbs [data-verb=\(verb)]")
            try await browser.value(
                "document.querySelectorAll('#item details').forEach((each) => { each.open = true })")
            try await look("item-\(verb)", scheme, browser)
        }
        try await browser.fill("digits", "0912345678")
        try await browser.press("Enter")
        try await shows(Scene.name, browser)
        try await look("found", scheme, browser)
        try await browser.click("#stick-open")
        try await shows("/media/KINGSTON", browser)
        try await look("stick", scheme, browser)
    }

    private func look(_ name: String, _ scheme: String, _ browser: Browser) async throws {
        let violations = try await Axe.violations(browser)
        #expect(violations == "", "\(name) \(scheme)")
        #expect(try await browser.value(LookTests.faults) == "", "\(name) \(scheme)")
        // Twice as large in the same window: WCAG 1.4.4.
        try await browser.resize(512, 300)
        #expect(try await browser.value("document.documentElement.scrollWidth") == "512", "\(name) at 200 %")
        let larger = try await Axe.violations(browser)
        #expect(larger == "", "\(name) \(scheme) at 200 %")
        try await browser.resize(1_024, 600)
        guard let directory = ProcessInfo.processInfo.environment["CONSOLE_PICTURES"] else { return }
        try await browser.picture().write(to: URL(fileURLWithPath: "\(directory)/\(name)-\(scheme).png"))
    }

    @Test func `What is wrong is found`() async throws {
        try await onClosedPage { _, browser in
            try await browser.value(
                "document.getElementById('main').append(document.createElement('button'), document.createElement('input'))"
            )
            let found = try await Axe.violations(browser)
            #expect(found.contains("button-name") && found.contains("label"))
        }
    }
}
