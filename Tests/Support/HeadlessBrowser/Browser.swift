package import Foundation
import Subprocess
import SystemPackage

/// Headless Chromium, driven over its debugging pipe: JSON messages that end in NUL, descriptor 3 in, descriptor 4 out.
package final class Browser {
    package enum Trouble: Error {
        case ended
        case refused(String)
        case threw(String)
    }

    /// Chromium where Debian puts it; nil where there is none.
    package static let executable: String? = [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    ]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Milliseconds by which the page hears of everything later, PAGE_SLOW=n: what a test expects too early shows then.
    private static let slowness = ProcessInfo.processInfo.environment["PAGE_SLOW"].flatMap(Double.init)

    /// Where it keeps what it keeps: cache, storage, history, session.
    package let profile: String
    private let writer: StandardInputWriter
    private var chunks: SubprocessOutputSequence.Iterator
    private var rest: [UInt8] = []
    private var messages = 0
    private var session: String?
    private var chunksOfHeap: [String] = []
    private var isTakingHeap = false

    private init(profile: String, writer: StandardInputWriter, output: SubprocessOutputSequence) {
        self.profile = profile
        self.writer = writer
        chunks = output.makeAsyncIterator()
    }

    /// What makes a browser believe that it has a camera, and that the operator lets the page use it.
    package static let camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

    /// Starts a browser of the operator's usual window with a profile of its own, and ends it after the body.
    package static func run(_ flags: [String] = [], _ body: (Browser) async throws -> Void) async throws {
        let profile = FileManager.default.temporaryDirectory.appendingPathComponent("browser-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: profile) }
        let script = """
            program="$0" profile="$1"; shift
            exec "$program" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars "$@" \
            --user-data-dir="$profile" --remote-debugging-pipe 3<&0 4>&1 </dev/null >/dev/null 2>&1
            """
        var options = PlatformOptions()
        options.createSession = true
        _ = try await Subprocess.run(
            .path("/bin/sh"), arguments: Arguments(["-c", script, executable ?? "", profile] + flags),
            environment: .inherit.updating(["HOME": profile]), platformOptions: options, input: .inputWriter,
            output: .sequence,
            error: .discarded
        ) { execution in
            let browser = Browser(
                profile: profile, writer: execution.standardInputWriter, output: execution.standardOutput)
            defer { kill(-execution.processIdentifier.value, SIGKILL) }
            try await browser.attach()
            try await body(browser)
        }
    }

    /// Opens an address in the window; policy violations and script errors are counted from then on.
    package func open(_ address: String) async throws {
        try await call(
            "Page.addScriptToEvaluateOnNewDocument",
            [
                "source": """
                window.troubles = [];
                addEventListener("securitypolicyviolation", (event) => troubles.push("policy: " + event.violatedDirective));
                addEventListener("error", (event) => troubles.push("error: " + event.message));
                addEventListener("unhandledrejection", (event) => troubles.push("rejection: " + event.reason));
                """
            ])
        try await call("Page.navigate", ["url": address])
    }

    /// Loads the page anew, and returns when the old one is gone: what is looked for then is looked for in the new one.
    package func reload() async throws {
        try await value("window.isLeft = true")
        try await call("Page.reload", [:])
        let isNew = await eventually { (try? await value("typeof window.isLeft")) == "undefined" }
        if !isNew { throw Trouble.refused("the old page stays") }
    }

    /// A script's value as text.
    @discardableResult
    package func value(_ script: String) async throws -> String {
        let answer = try await call(
            "Runtime.evaluate", ["expression": script, "returnByValue": true, "awaitPromise": true])
        if answer["exceptionDetails"] != nil { throw Trouble.threw("\(answer)") }
        let result = answer["result"] as? [String: Any]
        return result?["value"].map { "\($0)" } ?? ""
    }

    /// What a person reads, without the parts that are not shown.
    package func text() async throws -> String { try await value("document.body?.innerText ?? ''") }

    /// Types into what has the keyboard.
    package func type(_ text: String) async throws { try await call("Input.insertText", ["text": text]) }

    /// Presses a key by its place on the keyboard, as a person or a scanner does. `text` is what it types; nil for a key that
    /// an input method keeps to itself.
    package func strike(_ code: String, _ text: String?, shift: Bool = false) async throws {
        var event: [String: Any] = ["code": code, "modifiers": shift ? 8 : 0]
        if let text {
            event["key"] = code == "Enter" ? "Enter" : text
            event["text"] = text
            event["windowsVirtualKeyCode"] = code == "Enter" ? 13 : Int(text.uppercased().utf8.first ?? 0)
        } else {
            event["key"] = "Process"
            event["windowsVirtualKeyCode"] = 229
        }
        try await call("Input.dispatchKeyEvent", event.merging(["type": text == nil ? "rawKeyDown" : "keyDown"]) { $1 })
        event["text"] = nil
        try await call("Input.dispatchKeyEvent", event.merging(["type": "keyUp"]) { $1 })
    }

    /// What an input method shows before it decides.
    package func compose(_ text: String) async throws {
        try await call(
            "Input.imeSetComposition",
            ["text": text, "selectionStart": text.utf16.count, "selectionEnd": text.utf16.count])
    }

    /// What would come out of the printer.
    package func paper() async throws -> Data {
        let answer = try await call("Page.printToPDF", ["preferCSSPageSize": true, "printBackground": true])
        return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
    }

    /// Everything that scripts of the page can still reach, after what nobody reaches was collected.
    package func heap() async throws -> String {
        try await call("HeapProfiler.enable", [:])
        for _ in 0..<3 { try await call("HeapProfiler.collectGarbage", [:]) }
        chunksOfHeap = []
        isTakingHeap = true
        defer { isTakingHeap = false }
        try await call("HeapProfiler.takeHeapSnapshot", ["reportProgress": false])
        return chunksOfHeap.joined()
    }

    /// Presses a key.
    package func press(_ key: String) async throws {
        let codes = ["Tab": 9, "Enter": 13, "Escape": 27, " ": 32]
        for kind in ["keyDown", "keyUp"] {
            var event: [String: Any] = ["type": kind, "key": key, "windowsVirtualKeyCode": codes[key] ?? 0]
            if kind == "keyDown", key == "Enter" { event["text"] = "\r" }
            if kind == "keyDown", key == " " { event["text"] = " " }
            try await call("Input.dispatchKeyEvent", event)
        }
    }

    /// The cookies that the browser would send to an address, with what a script does not see of them.
    package func cookies(_ address: String) async throws -> [[String: Any]] {
        try await call("Network.getCookies", ["urls": [address]])["cookies"] as? [[String: Any]] ?? []
    }

    /// Plants a cookie, as something else on the machine could.
    package func plant(_ name: String, _ value: String, _ address: String) async throws {
        try await call("Network.setCookie", ["name": name, "value": value, "url": address])
    }

    /// Gives the window another size, in CSS pixels.
    package func resize(_ width: Int, _ height: Int) async throws {
        try await call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
    }

    /// Light or dark.
    package func prefer(_ scheme: String) async throws {
        try await call(
            "Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": scheme]]])
    }

    /// Shows what would be printed, or what the screen shows again.
    package func showPrint(_ isPrint: Bool) async throws {
        try await call("Emulation.setEmulatedMedia", ["media": isPrint ? "print" : ""])
    }

    /// Opens another tab and goes there; returns what goes back.
    package func openTab(_ address: String) async throws -> String {
        let before = session ?? ""
        session = nil
        try await attach()
        try await open(address)
        return before
    }

    /// Goes to another tab; returns what goes back.
    package func turn(toTab tab: String) -> String {
        defer { session = tab }
        return session ?? ""
    }

    /// The window as a PNG.
    package func picture() async throws -> Data {
        let answer = try await call("Page.captureScreenshot", [:])
        return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
    }

    private func attach() async throws {
        let target = try await call("Target.createTarget", ["url": "about:blank"])
        let attached = try await call(
            "Target.attachToTarget", ["targetId": target["targetId"] as? String ?? "", "flatten": true])
        session = attached["sessionId"] as? String
        try await resize(1_024, 600)
        try await call("Page.enable", [:])
        if let slowness = Self.slowness {
            try await call("Network.enable", [:])
            try await call(
                "Network.emulateNetworkConditions",
                ["offline": false, "latency": slowness, "downloadThroughput": -1, "uploadThroughput": -1])
        }
    }

    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any]) async throws -> [String: Any] {
        messages += 1
        var message: [String: Any] = ["id": messages, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        _ = try await writer.write(Array(try JSONSerialization.data(withJSONObject: message)) + [0])
        while true {
            let answer = try await next()
            if isTakingHeap, answer["method"] as? String == "HeapProfiler.addHeapSnapshotChunk",
                let chunk = (answer["params"] as? [String: Any])?["chunk"] as? String
            {
                chunksOfHeap.append(chunk)
            }
            guard answer["id"] as? Int == messages else { continue }
            guard let result = answer["result"] as? [String: Any] else { throw Trouble.refused("\(method): \(answer)") }
            return result
        }
    }

    private func next() async throws -> [String: Any] {
        while true {
            if let end = rest.firstIndex(of: 0) {
                let message = Data(rest[..<end])
                rest.removeSubrange(...end)
                return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
            }
            guard let chunk = try await chunks.next() else { throw Trouble.ended }
            chunk.withUnsafeBytes { rest.append(contentsOf: $0) }
        }
    }
}
