import FakeStation
import Foundation
import HeadlessBrowser
import Testing

/// Runs the body on the page of a desk where Lan is signed in and a session is open, and looks afterwards for script errors
/// and policy violations.
func onPage(_ body: @Sendable (Bench, Browser) async throws -> Void) async throws {
    try await onClosedPage { bench, browser in
        try await browser.signIn()
        // The session is known from the person's own event stream on.
        try await shows("Phiên 12:", browser)
        try await body(bench, browser)
    }
}

/// The same, before anybody has signed in.
func onClosedPage(
    _ options: [String] = [], _ body: @Sendable (Bench, Browser) async throws -> Void
) async throws {
    try await Bench.run { bench in
        try await Browser.run(options) { browser in
            try await browser.open(bench.address)
            try await shows("Tên đăng nhập", browser)
            try await body(bench, browser)
            #expect(try await browser.value("troubles.join()") == "")
        }
    }
}

extension Bench {
    var address: String { "http://127.0.0.1:\(port)/" }
}

extension Browser {
    /// Signs Lan in, with the keyboard alone.
    func signIn(_ name: String = "lan", _ secret: String = "right") async throws {
        try await shows("Tên đăng nhập", self)
        #expect(await eventually { (try? await self.focused()) == "operator" })
        try await type(name)
        try await press("Tab")
        try await type(secret)
        try await press("Enter")
    }

    /// The id of what has the keyboard.
    func focused() async throws -> String { try await value("document.activeElement.id") }
}

func shows(_ words: String, _ browser: Browser, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let shown = try await eventually { try await browser.text().contains(words) }
    if !shown {
        Issue.record("«\(words)» is not on the page: \(try await browser.text())", sourceLocation: sourceLocation)
    }
}

/// Nothing of the person in the document, its attributes, its fields, its pictures or the browser's storage.
func forgot(_ browser: Browser, and more: [String] = [], sourceLocation: SourceLocation = #_sourceLocation) async throws
{
    let script = """
        JSON.stringify([document.documentElement.outerHTML, location.href, document.title, {...localStorage},
        {...sessionStorage}, [...document.querySelectorAll("input")].map((each) => each.value)])
        + (await caches.keys()).join() + document.cookie
        """
    let personal = [Scene.name, Scene.number, "070 187 001 234", Scene.residence, "1987", "blob:"] + more
    var left: [String] = []
    let gone = try await eventually {
        let everything = try await browser.value("(async () => \(script))()")
        left = personal.filter(everything.contains)
        return left.isEmpty
    }
    #expect(gone, "\(left) is still there", sourceLocation: sourceLocation)
    #expect(
        try await browser.value("document.getElementById('portrait').naturalWidth") == "0",
        sourceLocation: sourceLocation)
}
