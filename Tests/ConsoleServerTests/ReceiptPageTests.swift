import FakeStation
import Foundation
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// What the citizen takes home.
@Suite(.enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(5)))
struct ReceiptPageTests {
    @Test func `The receipt comes after the save only, and a second copy says that it is one`() async throws {
        try await onPage { bench, browser in
            try await browser.value("window.print = () => { window.prints = (window.prints ?? 0) + 1 }")
            try await browser.showPrint(true)
            #expect(try await browser.text().trimmingCharacters(in: .whitespacesAndNewlines) == "")
            try await browser.showPrint(false)
            try await saveOne(bench, browser)
            for words in [
                "000-017", "070*****1234", "Dự kiến trả kết quả", "Thứ Tư, 02/12/2026", "kích hoạt", "1900 0000",
                "Bộ phận Một cửa",
            ] { try await shows(words, browser) }
            #expect(try await !browser.text().contains(Scene.number))
            let print = "document.getElementById('print').click()"
            try await browser.value(print)
            #expect(try await !browser.text().contains("BẢN IN LẠI"))
            try await shows("In lại biên nhận", browser)
            try await browser.value(print)
            try await shows("BẢN IN LẠI", browser)
            #expect(try await browser.value("window.prints") == "2")
            try await browser.showPrint(true)
            let paper = try await browser.text()
            #expect(paper.contains("000-017") && paper.contains("BẢN IN LẠI") && !paper.contains("Cán bộ"))
            #expect(!paper.contains("In lại biên nhận"))
        }
    }

    @Test(arguments: [("roll", 227, 482), ("a5", 420, 595)])
    func `It fits the paper`(paper: String, width: Int, height: Int) async throws {
        try await onPage { bench, browser in
            try await saveOne(bench, browser)
            try await browser.value("document.querySelector('[name=paper][value=\(paper)]').click()")
            let sheet = try await browser.paper()
            if let directory = ProcessInfo.processInfo.environment["CONSOLE_PICTURES"] {
                try sheet.write(to: URL(fileURLWithPath: "\(directory)/receipt-\(paper).pdf"))
            }
            let document = String(decoding: sheet, as: UTF8.self)
            let boxes = document.matches(of: /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/)
            #expect(boxes.count == 1, "one page")
            let box = try #require(boxes.first)
            #expect(abs((Double(box.1) ?? 0) - Double(width)) < 2 && abs((Double(box.2) ?? 0) - Double(height)) < 2)
        }
    }

    @Test func `The answer is due so many working days after the intake`() async throws {
        try await onPage { _, browser in
            let terms = #"{ workingDays: 3, holidays: ["2026-09-01", "2026-09-02"], extraWorkingDays: ["2026-08-22"] }"#
            for (day, due) in [
                ("2026-08-31", "2026-09-07"),  // Monday; two holidays and a week-end
                ("2026-08-26", "2026-08-31"), ("2026-08-19", "2026-08-22"), ("2026-08-22", "2026-08-26"),
                ("2026-12-30", "2027-01-04"),
            ] {
                let answer = try await browser.value(
                    "import('/receipt.js').then(({ expectedDay }) => expectedDay('\(day)', \(terms)))")
                #expect(answer == due, "\(day)")
            }
        }
    }

    @Test(arguments: ["000-017", "1", "123456-789", "12345678901234", "123456789012345", "12345678901234567890123456-27"])
    func `A scanner reads the number from the code`(text: String) async throws {
        try await onPage { _, browser in
            let rows = try await browser.value(
                """
                import('/qr.js').then(({ matrix }) =>
                  matrix('\(text)').map((row) => row.map((dark) => dark ? '1' : '0').join('')).join(' '))
                """)
            let code = ScannedCode(rows.split(separator: " ").map { $0.map { $0 == "1" } })
            #expect(code.formatCopiesAgree)
            #expect(code.syndromesAreZero)
            #expect(code.text == text)
        }
    }

    private func saveOne(_ bench: Bench, _ browser: Browser) async throws {
        let saved = Scene.saved(at: try #require(Timestamp(text: "2026-11-27T08:15:00.000Z")))
        bench.station.change { $0.saved = saved }
        bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
        bench.station.tell(Scene.read(state: .finished, verdict: .passed))
        try await takeIn(browser)
        #expect(bench.station.submissions.count == 1)
        #expect(bench.station.submissions.first?.submission.declared.phone == Scene.phone)
    }
}

/// From the phone number to the receipt.
func takeIn(_ browser: Browser, until step: String = "receipt") async throws {
    #expect(await eventually { (try? await browser.focused()) == "phone" })
    for digit in Scene.phone { try await browser.strike("Digit\(digit)", String(digit)) }
    guard step != "phone" else { return }
    try await browser.strike("Enter", "\r")
    try await shows("Đọc lại số điện thoại cho công dân", browser)
    try await shows("0912 345 678", browser)
    guard step != "consent" else { return }
    try await browser.press(" ")
    try await browser.strike("Enter", "\r")
    #expect(await eventually { (try? await browser.focused()) == "save" })
    guard step != "review" else { return }
    try await browser.strike("Enter", "\r")
    #expect(await eventually { (try? await browser.focused()) == "print" })
}
