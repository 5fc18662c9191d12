import Foundation
import HeadlessBrowser
import StationBench
import StationCore

/// The operator's page in headless Chromium: how long a citizen waits for us, and how long the operator for the page.
struct PageBenchmark {
    /// What the ordinary case may take of our own time, in milliseconds.
    static let citizenLimit = 1_500.0
    /// What the first paint may take, in milliseconds.
    static let paintLimit = 200.0

    let station: BenchStation
    let rounds: Int

    /// Each citizen is another one: a second application of the same day is not the ordinary case.
    func figures() async throws -> [Figure] {
        let address = try await station.startConsole(port: 0)
        var paints: [Double] = []
        for _ in 0..<rounds { paints.append(try await firstPaint(of: address)) }
        var cards: [String] = []
        for round in 0..<rounds {
            cards.append(try await station.issueCard("page-\(round)", ["--seed", "\(1_000 + round)"]))
        }
        let times = try await citizens(cards, at: address)
        return [
            Figure(
                "page.citizen.ownMilliseconds", Sample(times).percentile(50), "ms", peer: ("limit", Self.citizenLimit)),
            Figure("page.firstPaint", Sample(paints).percentile(50), "ms", peer: ("limit", Self.paintLimit)),
        ]
    }

    /// A new browser each time: nothing is cached, nothing compiled.
    private func firstPaint(of address: String) async throws -> Double {
        let time = Value("")
        try await Browser.run { browser in
            try await browser.open(address)
            time.text = try await browser.value(
                """
                new Promise((done) => new PerformanceObserver((list) => {
                  for (const one of list.getEntriesByName("first-contentful-paint")) done(one.startTime);
                }).observe({ type: "paint", buffered: true }))
                """)
        }
        guard let milliseconds = Double(time.text) else { throw Failure(.internalFault, "no first paint") }
        return milliseconds
    }

    private func citizens(_ cards: [String], at address: String) async throws -> [Double] {
        let times = Times()
        try await Browser.run { browser in
            try await browser.open(address)
            try await self.waitUntil("document.activeElement?.id === 'operator'", browser)
            try await browser.type(DeskPerson.lan.name)
            try await browser.press("Tab")
            try await browser.type(DeskPerson.lan.secret)
            try await browser.press("Enter")
            // The first finds everything cold, as no other of the day does.
            for (round, card) in cards.enumerated() {
                try await self.waitUntil("document.activeElement?.id === 'credential'", browser)
                let number = try PersonNumber(card: card).number
                let start = ContinuousClock.now
                try await self.station.insertCard(card)
                try await self.takeIn(number, phone: "0912345\(600 + round)", browser)
                times.list.append((ContinuousClock.now - start).milliseconds)
                await self.station.removeCard()
                try await browser.value("document.getElementById('receipt-done').click()")
                // The next card must not be taken for this one.
                try await self.waitUntil(
                    "document.getElementById('stage-title').textContent === 'Đặt thẻ lên đầu đọc'", browser)
            }
        }
        return times.list
    }

    /// From the card that lies there to the receipt on the screen, the keys as fast as the page takes them.
    private func takeIn(_ number: String, phone: String, _ browser: Browser) async throws {
        try await waitUntil("document.getElementById('stage-title').textContent === 'Đã nhận thẻ'", browser)
        for digit in number.suffix(6) { try await browser.strike("Digit\(digit)", String(digit)) }
        try await browser.strike("Enter", "\r")
        try await waitUntil("document.activeElement?.id === 'phone'", browser)
        for digit in phone { try await browser.strike("Digit\(digit)", String(digit)) }
        try await browser.strike("Enter", "\r")
        try await waitUntil("document.activeElement?.name === 'answer'", browser)
        try await browser.press(" ")
        try await browser.strike("Enter", "\r")
        try await waitUntil("document.activeElement?.id === 'save'", browser)
        try await browser.strike("Enter", "\r")
        // Shown means painted: two frames later.
        try await waitUntil("document.getElementById('receipt-number').checkVisibility()", browser)
        try await browser.value(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    }

    /// Asked inside the page, so that waiting costs no round trip.
    private func waitUntil(_ condition: String, _ browser: Browser) async throws {
        let came = try await browser.value(
            """
            new Promise((done) => { const limit = performance.now() + 20000; const look = () => {
            if (\(condition)) done(""); else if (performance.now() > limit) done(document.body.innerText); else setTimeout(look, 1);
            }; look(); })
            """)
        guard came.isEmpty else { throw Failure(.internalFault, "\(condition): \(came)") }
    }

    private final class Value {
        var text: String
        init(_ text: String) { self.text = text }
    }

    private final class Times { var list: [Double] = [] }
}
