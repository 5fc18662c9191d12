import FakeStation
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// A page in the hands of somebody who does not wait: scans anywhere, goes on before the answer is there.
@Suite(.enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(5)))
struct HastePageTests {
    /// Answers to addresses that end so are kept back until `window.letGo()`, which gives the status instead, where one is
    /// given.
    private func keepBack(_ ending: String, _ browser: Browser) async throws {
        try await browser.value(
            """
            (() => { const real = window.fetch; window.fetch = async (...each) => { const answer = await real(...each);
            if (!String(each[0]).endsWith("\(ending)") || window.letGo) return answer;
            const status = await new Promise((go) => { window.letGo = go; });
            return status ? new Response("{}", { status, headers: { "Content-Type": "application/json" } }) : answer; } })()
            """)
    }

    private func isKeptBack(_ browser: Browser) async throws -> Bool {
        try await eventually { try await browser.value("String(Boolean(window.letGo))") == "true" }
    }

    @Test func `A date is read by its strokes`() async throws {
        try await onClosedPage { _, browser in
            for (typed, iso) in [
                ("1/1/1955", "1955-01-01"), ("1/2/1990", "1990-02-01"), ("05/3/1990", "1990-03-05"), ("3/1990", "1990-03"),
                ("01011955", "1955-01-01"), ("111955", "1955-11"), ("1955", "1955"), ("31/2/1990", "null"),
                ("1/13/1990", "null"), ("1/1/55", "null"), ("1/1/1/1955", "null"), ("", "null"),
            ] {
                let read = try await browser.value("import('/strings.js').then(({ isoDate }) => String(isoDate('\(typed)')))")
                #expect(read == iso, "\(typed)")
            }
        }
    }

    @Test func `A scan or a held key presses no button; a person's key does`() async throws {
        try await onClosedPage { _, browser in
            let outcomes = try await browser.value(
                """
                (() => { const button = document.getElementById("language");
                const key = (code, repeat = false) => button.dispatchEvent(
                  new KeyboardEvent("keydown", { code, repeat, bubbles: true, cancelable: true }));
                const other = document.querySelector("input");
                other.focus(); button.focus();
                const byHand = [key("Space"), key("Enter")];
                for (let n = 0; n < 12; n += 1) key("Digit0");
                const scanned = [key("Space"), key("Enter")];
                other.focus(); button.focus();
                return JSON.stringify([byHand, scanned, [key("Enter", true), key("Space")]]); })()
                """)
            #expect(outcomes == "[[true,true],[false,false],[false,true]]")
        }
    }

    @Test func `An order that fails after its application was left is told, until it is opened again`() async throws {
        try await onList { bench, browser in
            try await keepBack("/cancel", browser)
            try await browser.visit("queue", "000-045")
            try await browser.click("#item-verbs [data-verb=cancel]")
            try await browser.choose("act-reason", "citizen-request")
            try await browser.value("document.getElementById('item-form').requestSubmit()")
            #expect(try await isKeptBack(browser))
            try await browser.visit("desk")
            try await browser.value("window.letGo(500)")
            try await shows("Hồ sơ 000-045, Hủy hồ sơ: chưa làm được.", browser)
            try await browser.visit("queue", "000-045")
            #expect(try await eventually { try await !browser.text().contains("chưa làm được") })
        }
    }

    @Test func `One answer that fails beside a stream that goes on: what the page forgot comes back`() async throws {
        try await onPage { bench, browser in
            let read = Scene.read(state: .finished, verdict: .passed)
            bench.station.set(Scene.status(readers: Scene.readers(.card, read: "read-1")))
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(read)
            try await shows("Số điện thoại", browser)
            try await browser.value(
                """
                (() => { const real = window.fetch; window.fetch = async (...each) => {
                if (window.failed || each[0] !== "/api/status") return real(...each);
                window.failed = true; throw new TypeError("cut"); } })()
                """)
            #expect(try await eventually { try await browser.value("String(window.failed)") == "true" })
            try await shows("Số điện thoại", browser)
        }
    }

    @Test func `A look that fails writes nothing over the word that a stick may be pulled`() async throws {
        try await onList { bench, browser in
            bench.station.change {
                $0.media = MediaList(
                    media: [.init(directory: "/media/KINGSTON", freeBytes: 8 << 30, problem: nil)], work: nil)
            }
            try await browser.click("#stick-open")
            try await shows("/media/KINGSTON", browser)
            try await browser.value(
                """
                (() => { const real = window.fetch; window.fetch = async (...each) => {
                if (each[0] !== "/api/media") return real(...each);
                window.looks = (window.looks ?? 0) + 1; throw new TypeError("cut"); } })()
                """)
            try await browser.fill("stick-name", "hoa")
            try await browser.fill("stick-secret", "a:b")
            try await browser.click("#stick-export")
            #expect(try await eventually { try await browser.value("String(window.looks > 0)") == "true" })
            try await shows("Có thể rút USB", browser)
            try await browser.click("#stick-again")
            try await shows("Trạm chưa trả lời.", browser)
        }
    }

    @Test func `A search that was overtaken shows nobody and opens nothing`() async throws {
        try await onList { _, browser in
            try await keepBack("ending=044", browser)
            try await browser.fill("digits", "044")
            try await browser.value("document.getElementById('search').requestSubmit()")
            #expect(try await isKeptBack(browser))
            try await browser.visit("queue", "000-042")
            try await browser.value("window.letGo()")
            // What the page does with the answer is done when the next search's answer is there.
            try await browser.fill("digits", "999")
            try await browser.value("document.getElementById('search').requestSubmit()")
            try await shows("Kết quả tìm (0)", browser)
            #expect(try await browser.value("document.getElementById('item-title').textContent").contains("000-042"))
        }
    }

    @Test func `A form keeps what it replaces while another view is looked at`() async throws {
        try await onList { bench, browser in
            try await browser.visit("queue", "000-042")
            try await browser.click("#item-verbs [data-verb=again]")
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await shows("Số điện thoại", browser)
            try await browser.visit("queue")
            try await browser.visit("desk")
            try await shows("Hồ sơ lập tới đây thay hồ sơ 000-042", browser)
        }
    }

    @Test func `A session that cannot be closed now says so`() async throws {
        try await onList { _, browser in
            try await keepBack("/summary", browser)
            try await browser.visit("station")
            #expect(try await isKeptBack(browser))
            try await browser.value(
                """
                (() => { window.letGo(); window.fetch = async () => { throw new TypeError("cut"); }; })()
                """)
            try await browser.click("#close-shift")
            try await shows("Trạm chưa trả lời.", browser)
        }
    }

    @Test func `A portrait that cannot be had is not waited for`() async throws {
        try await onPage { bench, browser in
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed, portrait: true))
            try await shows("Không hiển thị được ảnh", browser)
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            try await browser.click("#language")
            try await shows("The portrait cannot be shown", browser)
        }
    }

    @Test func `An application that is opened by keyboard has the keyboard`() async throws {
        try await onList { _, browser in
            try await browser.value("document.querySelector('#rows [data-id]').focus()")
            try await browser.press("Enter")
            #expect(try await eventually { try await browser.focused() == "item-title" })
            // The row's own turn is over with the next timer.
            try await browser.value("new Promise((go) => setTimeout(go))")
            #expect(try await browser.focused() == "item-title")
        }
    }
}
