import CanarySearch
import Foundation
import HeadlessBrowser
import StationBench
import StationCore
import Testing

/// The operator's page in a real browser, in front of the real console and daemon.
final class DeskPage {
    let browser: Browser
    let address: String
    /// Key presses of the operator, without those of the phone number.
    private(set) var presses = 0

    init(browser: Browser, address: String) {
        self.browser = browser
        self.address = address
    }

    /// Opens the page and signs Lan in.
    func begin() async throws {
        try await browser.open(address)
        try await signIn()
        try await shows("Phiên 1:")
    }

    func signIn(_ person: DeskPerson = .lan) async throws {
        try await focus(on: "operator")
        try await browser.type(person.name)
        try await browser.press("Tab")
        try await browser.type(person.secret)
        try await browser.press("Enter")
    }

    /// Waits until the keyboard is where the operator expects it.
    func focus(on id: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let isThere = try await eventually { try await browser.value("document.activeElement?.id ?? ''") == id }
        if !isThere {
            let found = try await browser.value("document.activeElement?.id || document.activeElement?.tagName")
            Issue.record(
                "the keyboard is at \(found), not at \(id): \(try await browser.text())", sourceLocation: sourceLocation
            )
        }
    }

    func shows(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let isShown = try await eventually { try await browser.text().contains(words) }
        if !isShown {
            Issue.record("«\(words)» is not on the page: \(try await browser.text())", sourceLocation: sourceLocation)
        }
    }

    func lacks(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let isGone = try await eventually { try await !browser.text().contains(words) }
        #expect(isGone, "«\(words)» is still on the page", sourceLocation: sourceLocation)
    }

    /// Digits, each a key of the upper row.
    func keys(_ digits: String, counted: Bool = true) async throws {
        for digit in digits { try await browser.strike("Digit\(digit)", String(digit)) }
        if counted { presses += digits.count }
    }

    func enter() async throws {
        try await browser.strike("Enter", "\r")
        presses += 1
    }

    func space() async throws {
        try await browser.press(" ")
        presses += 1
    }

    func click(_ id: String) async throws { try await browser.value("document.getElementById('\(id)').click()") }

    func set(_ id: String, _ text: String) async throws {
        try await browser.value(
            """
            (() => { const field = document.getElementById('\(id)'); field.focus(); field.value = '\(text)';
            field.dispatchEvent(new Event('change', { bubbles: true })); })()
            """)
    }

    /// Types where an input method or a touch keyboard would.
    func fill(_ id: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        // While the page waits for an answer its fields take nothing, and the answer may move the keyboard.
        let field = "document.getElementById('\(id)')"
        let takes = try await eventually {
            try await browser.value(
                "(\(field)?.focus(), document.activeElement === \(field) && !\(field).disabled ? 'yes' : 'no')")
                == "yes"
        }
        if !takes { Issue.record("\(id) takes nothing", sourceLocation: sourceLocation) }
        // Text that comes without keys counts once the last key is long past.
        try await browser.value("new Promise((done) => setTimeout(done, 1_100))")
        try await browser.type(text)
    }

    /// From the waiting card to the phone number.
    func openChip(_ citizen: Citizen) async throws {
        try await focus(on: "credential")
        try await keys(String(citizen.number.suffix(6)))
        try await enter()
        try await shows(citizen.name)
        try await focus(on: "phone")
    }

    /// From the phone number to the question to the citizen.
    func phone(_ number: String) async throws {
        try await keys(number, counted: false)
        try await enter()
        try await shows("Đọc lại số điện thoại cho công dân xác nhận")
    }

    /// The citizen agrees, in words, and looks at the data.
    func consent() async throws {
        #expect(try await browser.value("document.querySelector('[name=answer]:checked')?.value ?? 'none'") == "none")
        try await space()
        try await enter()
        try await shows("Mời công dân xem lại")
    }

    /// Saves; returns the number on the receipt.
    func save() async throws -> String {
        try await focus(on: "save")
        try await enter()
        try await focus(on: "print")
        return try await browser.value("document.getElementById('receipt-number').textContent")
    }

    /// Nothing of a person in the document, its fields, its pictures, the browser's storage, or what scripts can reach.
    func forgot(_ personal: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let script = """
            (async () => JSON.stringify([document.documentElement.outerHTML, location.href, document.title,
            {...localStorage}, {...sessionStorage}, (await caches.keys()).join(), document.cookie,
            [...document.querySelectorAll("input")].map((each) => each.value),
            [...document.images].map((each) => each.naturalWidth)]))()
            """
        let isGone = try await eventually {
            let everything = try await browser.value(script)
            return personal.allSatisfy { !everything.contains($0) } && !everything.contains("blob:")
        }
        #expect(isGone, "the page still has some of it", sourceLocation: sourceLocation)
        // What a task of the browser's own still held a moment ago is collected with the next look.
        var left = personal
        var heap = ""
        for _ in 0..<5 where !left.isEmpty {
            heap = try await browser.heap()
            left = personal.filter { heap.contains($0) || heap.contains(Self.escaped($0)) }
        }
        #expect(heap.count > 100_000, "no snapshot", sourceLocation: sourceLocation)
        #expect(left.isEmpty, "scripts can still reach \(left.count) of them", sourceLocation: sourceLocation)
        let kept = try await kept(of: personal)
        #expect(kept.isEmpty, "the browser keeps \(kept)", sourceLocation: sourceLocation)
    }

    /// What of a person stands in the browser's files: cache, storage, history, session. Six digits alone stand in many a file
    /// that has nothing to do with anybody.
    func kept(of personal: [String]) async throws -> Set<CanarySearch.Finding> {
        let search = CanarySearch(personal.filter { $0.count > 6 })
        var found: Set<CanarySearch.Finding>?
        // A file may go while they are being read.
        _ = await eventually {
            found = try? search.findings(below: browser.profile)
            return found != nil
        }
        return try #require(found)
    }

    /// As snapshots write it: letters beyond ASCII as escapes.
    private static func escaped(_ text: String) -> String {
        text.utf16.map { $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : "\\u" + hex($0) }.joined()
    }

    private static func hex(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// A whole station with its page at the desk; looks afterwards for script errors and policy violations.
func withDesk(
    card: [String] = [], settings: String = "", console: [String] = [], browser: [String] = [],
    _ body: @Sendable (BenchStation, DeskPage, Citizen) async throws -> Void
) async throws {
    try await withStation(card: card, settings: settings) { station, _, citizen in
        let address = try await station.startConsole(port: 0, console)
        try await Browser.run(browser) { browser in
            let page = DeskPage(browser: browser, address: address)
            try await page.begin()
            try await body(station, page, citizen)
            #expect(try await browser.value("troubles.join()") == "")
            await keep(browser, "last")
        }
    }
}

/// With `CONSOLE_PICTURES` set to a directory, what the operator sees is kept there.
func keep(_ browser: Browser, _ name: String) async {
    guard let directory = ProcessInfo.processInfo.environment["CONSOLE_PICTURES"],
        let picture = try? await browser.picture()
    else { return }
    try? picture.write(to: URL(fileURLWithPath: "\(directory)/\(name).png"))
}
