import FakeStation
import Foundation
import LocalServer
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// The page in a real browser, in front of a station that says what the test says.
@Suite(.enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(5)))
struct PageTests {
    private static let picture = PageImage(
        bytes: Array(
            Data(
                base64Encoded:
                    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")!
        ),
        mediaType: "image/png")

    @Test func `A card comes, is read, judged, and leaves: each step is shown, and nothing personal stays`()
        async throws
    {
        try await onPage { bench, browser in
            try await shows("Đặt thẻ lên đầu đọc", browser)

            bench.station.tell(.readers(Scene.readers(.reading, read: "read-1")))
            bench.station.tell(
                Scene.read(
                    state: .reading, phase: "readingPortrait",
                    findings: [
                        Finding(check: "passiveAuthentication", verdict: .passed)
                    ]))
            try await shows("Giữ yên thẻ, đang đọc...", browser)
            try await shows("Đang đọc ảnh", browser)
            try await shows(Scene.name, browser)
            try await shows("070 187 001 234", browser)
            try await shows("12/03/1987", browser)
            try await shows("Nữ", browser)
            try await shows("Thẻ không thời hạn", browser)

            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(
                Scene.read(
                    state: .finished,
                    findings: [
                        Finding(check: "passiveAuthentication", verdict: .passed),
                        Finding(check: "numberProvince", verdict: .passed),
                    ], verdict: .passed, portrait: true), portrait: Self.picture)
            try await shows("Đọc thẻ thành công", browser)
            // While somebody is taken in, only what did not pass stands open.
            try await shows("3 mục kiểm tra đều đạt", browser)
            try await browser.value("document.getElementById('more-checks').open = true")
            try await shows("Mở chip bằng PACE, AES-128", browser)
            #expect(
                try await eventually {
                    try await browser.value("document.getElementById('portrait').naturalWidth") == "1"
                })

            bench.station.tell(.readers(Scene.readers(.empty)))
            try await shows("Đặt thẻ lên đầu đọc", browser)
            try await forgot(browser)
        }
    }

    @Test func `An answer that is older than what was told since changes nothing`() async throws {
        try await onPage { bench, browser in
            try await browser.value(
                """
                (() => { const real = window.fetch; window.fetch = async (...each) => { const answer = await real(...each);
                if (!String(each[0]).startsWith("/api/reads/")) return answer;
                const json = await answer.json();
                await new Promise((go) => { window.tellOld = go; });
                return { ok: true, status: 200, json: async () => json }; } })()
                """)
            bench.station.keep(Scene.read(state: .reading, phase: "readingText"))
            bench.station.tell(.readers(Scene.readers(.reading, read: "read-1")))
            #expect(try await eventually { try await browser.value("typeof window.tellOld") == "function" })
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await shows("Đọc thẻ thành công", browser)
            try await browser.value("window.tellOld(); new Promise((done) => setTimeout(done, 50))")
            #expect(try await browser.text().contains("Đọc thẻ thành công"))
        }
    }

    @Test func `The next code does not wait for the answer of a question whose read has ended already`() async throws {
        try await onPage { bench, browser in
            try await browser.value(
                """
                (() => { const real = window.fetch; window.fetch = async (...each) => { const answer = await real(...each);
                if (!String(each[0]).endsWith("/reads")) return answer;
                await new Promise((go) => { window.tellLate = go; }); return answer; } })()
                """)
            bench.station.open(with: Scene.read(state: .reading))
            bench.station.tell(.readers(Scene.readers(.card)))
            try await shows("Đã nhận thẻ", browser)
            try await type(code: "123456", browser)
            #expect(try await eventually { try await browser.value("typeof window.tellLate") == "function" })
            bench.station.tell(Scene.read(state: .failed))
            #expect(
                try await eventually {
                    try await browser.value("document.getElementById('stage-title').textContent") == "Không đọc được chip"
                })
            try await type(code: "654321", browser)
            #expect(await eventually { bench.station.credentials.map(\.can) == ["123456", "654321"] })
            #expect(try await browser.value("document.getElementById('credential').value") == "")
        }
    }

    private func type(code: String, _ browser: Browser) async throws {
        try await browser.value("document.getElementById('credential').focus()")
        for digit in code { try await browser.strike("Digit\(digit)", String(digit)) }
        try await browser.strike("Enter", "\r")
    }

    @Test(arguments: ["next card", "discarded", "saved", "failed", "station away", "reader unplugged"])
    func `The citizen is forgotten, whatever ends the read`(end: String) async throws {
        try await onPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed, portrait: true), portrait: Self.picture)
            try await shows(Scene.name, browser)
            #expect(
                try await eventually {
                    try await browser.value("document.getElementById('portrait').naturalWidth") == "1"
                })
            switch end {
            case "next card":
                bench.station.tell(Scene.read("read-2", state: .reading, phase: "openingChip", citizen: false))
                try await shows("Giữ yên thẻ, đang đọc...", browser)
            case "discarded": bench.station.tell(Scene.read(state: .discarded, citizen: false))
            case "saved":
                bench.station.tell(Scene.read(state: .saved))
                try await shows("Lấy thẻ ra và trả lại công dân", browser)
            case "failed":
                bench.station.tell(Scene.read(state: .failed))
                try await shows("Không đọc được chip", browser)
            case "station away": bench.station.hangUp()
            default:
                bench.station.tell(.readers(Scene.readers(nil)))
                try await shows("Không tìm thấy đầu đọc thẻ", browser)
            }
            try await forgot(browser)
        }
    }

    @Test func `A card torn off in the middle of a read is named, and its data is gone`() async throws {
        try await onPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.reading, read: "read-1")))
            bench.station.tell(Scene.read(state: .reading, phase: "readingText"))
            try await shows(Scene.name, browser)
            bench.station.tell(.readers(Scene.readers(.empty)))
            try await shows("Thẻ bị rút ra khi đang đọc", browser)
            try await forgot(browser)
        }
    }

    @Test func `A page opened while a card lies there shows it`() async throws {
        try await Bench.run { bench in
            bench.station.set(Scene.status(readers: Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await Browser.run { browser in
                try await browser.open("http://127.0.0.1:\(bench.port)/")
                try await browser.signIn()
                try await shows(Scene.name, browser)
            }
        }
    }

    @Test func `A forged card, a missing root and a weaker protocol are told in words`() async throws {
        try await onPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(
                Scene.read(
                    state: .finished,
                    findings: [
                        Finding(check: "certificateChain", verdict: .notDetermined, reason: "issuerNotAnchored")
                    ], downgrade: "paceRefused"))
            try await shows("Đã đọc thẻ, chưa xác thực đầy đủ", browser)
            try await shows("Chưa kiểm tra được chữ ký (thiếu chứng thư gốc)", browser)
            try await shows("Dùng giao thức yếu hơn thẻ hỗ trợ: thẻ từ chối PACE", browser)
            bench.station.tell(
                Scene.read(
                    "read-2", state: .finished,
                    findings: [
                        Finding(check: "securityObjectSignature", verdict: .failed, reason: "signatureInvalid")
                    ], verdict: .failed))
            try await shows("Thẻ không đạt kiểm tra", browser)
            try await shows("Thẻ giả hoặc chữ ký số không hợp lệ", browser)
        }
    }

    @Test func `The queue says what each application waits for, and problems come with their remedy`() async throws {
        try await Bench.run { bench in
            let network = Problem(.networkUnreachable)
            bench.station.set(Scene.status(counts: ["deferred": 1], problems: [network], uplink: .waiting))
            bench.station.tell(Scene.application(41, state: "deferred", stateVi: "Chờ truyền lại", problem: network))
            try await Browser.run { browser in
                try await browser.open("http://127.0.0.1:\(bench.port)/")
                try await shows("Mất kết nối với cơ quan cấp trên", browser)
                try await browser.signIn()
                try await shows("Phiên 12:", browser)
                for words in [
                    Scene.receipt, "Chờ truyền lại", "1 hồ sơ chờ truyền", "Mất kết nối với cơ quan cấp trên",
                    "kiểm tra mạng", "network-unreachable", "Cấp trên chưa trả lời lần nào", "còn 12.345 hồ sơ",
                ] {
                    try await shows(words, browser)
                }
                bench.station.tell(Scene.application(42, state: "accepted", stateVi: "Cấp trên đã tiếp nhận"))
                try await shows("Cấp trên đã tiếp nhận", browser)
                _ = try await browser.value("document.getElementById('language').click()")
                try await shows("Waiting to retry", browser)
                try await shows("Connection to upstream lost", browser)
                #expect(try await browser.value("document.documentElement.lang") == "en")
            }
        }
    }

    @Test func `A station that is away is named with its remedy, and the page recovers by itself`() async throws {
        try await Bench.run(daemon: false) { bench in
            try await Browser.run { browser in
                try await browser.open("http://127.0.0.1:\(bench.port)/")
                try await shows("Không kết nối được dịch vụ của trạm", browser)
                try await shows("systemctl status intaked", browser)
                try await bench.station.serve(at: bench.socketPath) {
                    try await browser.signIn()
                    try await shows("Phiên 12:", browser)
                    try await shows("Đặt thẻ lên đầu đọc", browser)
                    bench.station.tell(Scene.application(9, state: "saved", stateVi: "Đã lưu, chờ truyền"))
                    try await shows(Scene.receipt, browser)
                    bench.station.hangUp()
                    #expect(await eventually { bench.station.resumedAfter.last == 9 })
                    try await shows("Đặt thẻ lên đầu đọc", browser)
                }
                try await shows("Không kết nối được dịch vụ của trạm", browser)
            }
        }
    }

    @Test func `A look at the list loses nothing of a form, and the receipt of an earlier one waits for its end`()
        async throws
    {
        try await onPage { bench, browser in
            bench.station.change { $0.saved = Scene.saved() }
            bench.station.tell(Scene.application(41, state: "accepted", stateVi: "Cấp trên đã tiếp nhận"))
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await takeIn(browser, until: "consent")
            try await browser.visit("queue", Scene.receipt)
            #expect(try await browser.value("document.getElementById('item-receipt').hidden") == "1")
            try await browser.visit("desk")
            try await shows("0912 345 678", browser)
            try await browser.value("document.querySelector('[name=answer][value=spoken]').click()")
            try await browser.value("document.getElementById('step-consent').requestSubmit()")
            try await shows("Mời công dân xem lại", browser)
            try await browser.value("document.getElementById('step-review').requestSubmit()")
            try await shows("000-017", browser)
            #expect(bench.station.submissions.first?.submission.declared.phone == Scene.phone)

            try await browser.visit("queue", Scene.receipt)
            try await browser.value("document.getElementById('item-receipt').click()")
            try await shows("BẢN IN LẠI", browser)
            #expect(try await browser.value("document.getElementById('slip').textContent").contains(Scene.receipt))
            #expect(try await !browser.value("document.getElementById('slip').textContent").contains("070*****"))
        }
    }

    @Test func `Markup in a name stays text`() async throws {
        try await onPage { bench, browser in
            let hostile = "<img src=x onerror=\"troubles.push('run')\"><script>troubles.push('run')</script>"
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed, name: hostile))
            try await shows("<script>", browser)
            #expect(try await browser.value("document.querySelectorAll('img, script').length") == "3")
        }
    }

    @Test
    func `At 1024 by 600 nothing needs sideways scrolling, and everything that can be used is reached by keyboard`()
        async throws
    {
        try await onPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(
                Scene.read(
                    state: .finished, findings: [Finding(check: "dateOrder", verdict: .passed)], verdict: .passed))
            try await shows(Scene.name, browser)
            try await shows("Bước 1/3: Số điện thoại", browser)
            #expect(try await browser.value("document.documentElement.scrollWidth <= 1024") == "1")
            let unreachable = try await browser.value(
                "[...document.querySelectorAll('button, summary, a')].filter((each) => each.tabIndex < 0).length")
            #expect(unreachable == "0")
            let unnamed = try await browser.value(
                "[...document.querySelectorAll('button, img:not([hidden]), progress, section')]"
                    + ".filter((each) => !(each.ariaLabel || each.alt || each.textContent.trim())).length")
            #expect(unnamed == "0")
            #expect(
                try await browser.value("document.querySelector('[aria-live]').textContent")
                    == "Đọc thẻ thành công. Bước 1/3: Số điện thoại")
            #expect(try await browser.picture().count > 10_000)
        }
    }
}
