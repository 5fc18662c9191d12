import FakeStation
import Foundation
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// How the page looks to whoever sees badly, in the smallest window, light and dark. With `CONSOLE_PICTURES` set to a
/// directory the views are kept there.
@Suite(.enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(5)))
struct LookTests {
    @Test(arguments: ["light", "dark"])
    func `Every view fits, has names for its fields, contrast, and a keyboard's way through`(scheme: String)
        async throws
    {
        try await onClosedPage(Browser.camera) { bench, browser in
            try await browser.prefer(scheme)
            bench.station.change {
                $0.shift = nil
                $0.mustChangeSecret = true
            }
            bench.station.set(Scene.status(locked: true))
            bench.station.hangUp()
            try await shows("Trạm đang khóa.", browser)
            try await look("1-sign-in", scheme, browser)
            try await browser.signIn("lan", "wrong")
            try await shows("Sai tên đăng nhập", browser)
            try await look("2-wrong-secret", scheme, browser)
            try await browser.type("right")
            try await browser.press("Enter")
            try await shows("Đặt mật khẩu của riêng mình", browser)
            try await look("3-own-secret", scheme, browser)
            bench.station.change { $0.mustChangeSecret = false }
            try await browser.value("document.getElementById('sign-out').click()")
            try await shows("Đã đăng xuất", browser)
            bench.station.set(Scene.status())
            try await browser.signIn()
            try await shows("Ghi tổ và điểm thu nhận", browser)
            try await look("4-open-shift", scheme, browser)
            #expect(await eventually { (try? await browser.focused()) == "team" })
            try await browser.type("Tổ 1")
            try await browser.press("Tab")
            try await browser.type("Bộ phận Một cửa xã Tân Quan")
            try await browser.press("Enter")
            try await shows("Đặt thẻ lên đầu đọc", browser)
            try await look("5-desk", scheme, browser)
            try await browser.value("document.getElementById('by-document').click()")
            try await look("5a-document", scheme, browser)
            try await browser.value("document.getElementById('document-back').click()")
            try await browser.value("document.getElementById('by-hand').click()")
            try await look("5b-by-hand", scheme, browser)
            bench.station.tell(.readers(Scene.readers(.reading, read: "read-0")))
            bench.station.tell(Scene.read("read-0", state: .reading))
            try await shows("Đầu đọc đang có thẻ được đọc", browser)
            try await look("5c-beside", scheme, browser)
            bench.station.tell(Scene.read("read-0", state: .discarded))
            bench.station.tell(.readers(Scene.readers(.card)))
            try await browser.value("document.querySelector('[name=manual-sex][value=female]').click()")
            try await browser.value("document.getElementById('step-manual').requestSubmit()")
            try await shows("Số điện thoại chính chủ", browser)
            try await browser.value("document.getElementById('step-phone').requestSubmit()")
            try await shows("Chưa nhập", browser)
            try await look("5d-by-hand-phone", scheme, browser)
            try await browser.value("document.querySelector('#step-manual [data-drop]').click()")
            bench.station.change {
                $0.saved = Scene.saved()
                $0.findings = [FieldProblem(field: "citizen.personalNumber", code: .duplicateToday)]
            }
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.application(41, state: "accepted", stateVi: "Cấp trên đã tiếp nhận"))
            bench.station.tell(
                Scene.read(
                    state: .finished, findings: [Finding(check: "passiveAuthentication", verdict: .passed)],
                    verdict: .passed))
            try await shows(Scene.name, browser)
            try await takeIn(browser, until: "phone")
            try await browser.value("document.getElementById('special').open = true")
            try await browser.value("document.getElementById('has-representative').click()")
            try await browser.value(
                """
                for (const id of ["face", "finger"]) { const field = document.getElementById(id); field.value = "notObtainable";
                field.dispatchEvent(new Event("change", { bubbles: true })); }
                """)
            try await look("6-card", scheme, browser)
            for id in ["face", "finger"] {
                try await browser.value(
                    "(() => { const field = document.getElementById('\(id)'); field.value = ''; "
                        + "field.dispatchEvent(new Event('change', { bubbles: true })); })()")
            }
            try await browser.value("document.getElementById('has-representative').click()")
            try await browser.value("document.getElementById('step-phone').requestSubmit()")
            try await shows("Đọc lại số điện thoại", browser)
            try await browser.value("document.querySelector('[name=answer][value=witnessed]').click()")
            try await look("6a-consent", scheme, browser)
            try await browser.value("document.querySelector('[name=answer][value=spoken]').click()")
            try await browser.value("document.getElementById('step-consent').requestSubmit()")
            try await shows("Người thứ hai ký", browser)
            try await look("6b-review", scheme, browser)
            try await browser.click("#camera-start")
            #expect(await eventually { (try? await browser.focused()) == "camera-take" })
            try await look("6b-camera", scheme, browser)
            try await browser.click("#camera-take")
            try await shows("Ảnh sẽ gửi kèm hồ sơ.", browser)
            try await look("6b-camera-taken", scheme, browser)
            try await browser.value("document.getElementById('step-review').requestSubmit()")
            try await shows("Người thứ hai chưa ký", browser)
            try await look("6b-unsigned", scheme, browser)
            bench.station.change { $0.findings = [] }
            for (id, text) in [("override-duplicateToday", "khai sai"), ("second-name", "hoa"), ("second-secret", "a:b")] {
                try await browser.value("document.getElementById('\(id)').value = '\(text)'")
            }
            try await browser.value("document.getElementById('step-review').requestSubmit()")
            try await shows("BIÊN NHẬN", browser)
            try await look("6c-receipt", scheme, browser)
            try await browser.value("document.getElementById('close-shift').click()")
            try await shows("Đóng phiên thu nhận?", browser)
            try await look("7-close", scheme, browser)
            try await browser.value("document.getElementById('close-yes').click()")
            try await shows("Đã đóng phiên thu nhận", browser)
            try await look("8-closed", scheme, browser)
        }
    }

    private func look(_ name: String, _ scheme: String, _ browser: Browser) async throws {
        let faults = try await browser.value(Self.faults)
        #expect(faults == "", "\(name) \(scheme)")
        let violations = try await Axe.violations(browser)
        #expect(violations == "", "\(name) \(scheme)")
        // Twice as large in the same window: WCAG 1.4.4.
        try await browser.resize(512, 300)
        #expect(try await browser.value("document.documentElement.scrollWidth") == "512", "\(name) at 200 %")
        let larger = try await Axe.violations(browser)
        #expect(larger == "", "\(name) \(scheme) at 200 %")
        try await browser.resize(1_024, 600)
        guard let directory = ProcessInfo.processInfo.environment["CONSOLE_PICTURES"] else { return }
        try await browser.picture().write(to: URL(fileURLWithPath: "\(directory)/\(name)-\(scheme).png"))
    }

    /// WCAG 2.2: 1.4.3 contrast of text, 1.4.11 of field borders, 1.3.1 and 4.1.2 names of fields, 2.1.1 keyboard, 2.5.8
    /// size of targets, 1.4.10 no sideways scrolling. Every fault is named.
    static let faults = """
        (() => {
          const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map((each) => each / 255)
            .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
            .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0);
          const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
          const ground = (element) => {
            for (let each = element; each; each = each.parentElement) {
              const color = numbers(getComputedStyle(each).backgroundColor);
              if (color.length < 4 || color[3] === 1) return color;
            }
            return [255, 255, 255];
          };
          const seen = (element) => element.checkVisibility() && !element.closest(".unseen, svg");
          const faults = [];
          for (const element of document.querySelectorAll("body *")) {
            if (!seen(element)) continue;
            const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            const contrast = ratio(numbers(getComputedStyle(element).color), ground(element));
            if (text && contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)} ${element.textContent.trim().slice(0, 30)}`);
            if (!element.matches("input, button, summary, a")) continue;
            const name = element.labels?.[0]?.textContent || element.ariaLabel || element.textContent;
            if (!name.trim()) faults.push(`no name: ${element.id}`);
            if (element.tabIndex < 0) faults.push(`no keyboard: ${element.id}`);
            const box = (element.closest("label") ?? element).getBoundingClientRect();
            if (box.width < 24 || box.height < 24) faults.push(`small: ${element.id} ${box.width}x${box.height}`);
            if (element.matches("[type=text], [type=password]")) {
              const edge = ratio(numbers(getComputedStyle(element).borderTopColor), ground(element.parentElement));
              if (edge < 3) faults.push(`edge ${edge.toFixed(2)} ${element.id}`);
            }
          }
          if (document.documentElement.scrollWidth > innerWidth) faults.push(`wide ${document.documentElement.scrollWidth}`);
          return faults.join("; ");
        })()
        """
}
