import Foundation
import Subprocess
import SystemPackage

/// Headless Chromium, driven over its debugging pipe: JSON messages that end in NUL, descriptor 3 in, descriptor 4 out.
final class Browser {
    enum Trouble: Error {
        case ended
        case refused(String)
        case threw(String)
    }

    /// Chromium where Debian puts it; nil where there is none.
    static let executable: String? = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private let writer: StandardInputWriter
    private var chunks: SubprocessOutputSequence.Iterator
    private var rest: [UInt8] = []
    private var messages = 0
    private var session: String?

    private init(writer: StandardInputWriter, output: SubprocessOutputSequence) {
        self.writer = writer
        chunks = output.makeAsyncIterator()
    }

    /// Starts a browser of the operator's usual window with a profile of its own, and ends it after the body.
    static func run(_ body: (Browser) async throws -> Void) async throws {
        let profile = FileManager.default.temporaryDirectory.appendingPathComponent("browser-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: profile) }
        let script = """
            exec "$0" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
            --user-data-dir="$1" --remote-debugging-pipe 3<&0 4>&1 </dev/null >/dev/null 2>&1
            """
        var options = PlatformOptions()
        options.createSession = true
        _ = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", script, executable ?? "", profile],
            environment: .inherit.updating(["HOME": profile]), platformOptions: options, input: .inputWriter,
            output: .sequence,
            error: .discarded
        ) { execution in
            let browser = Browser(writer: execution.standardInputWriter, output: execution.standardOutput)
            defer { kill(-execution.processIdentifier.value, SIGKILL) }
            try await browser.attach()
            try await body(browser)
        }
    }

    /// Opens an address in the window; policy violations and script errors are counted from then on.
    func open(_ address: String) async throws {
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

    /// A script's value as text.
    @discardableResult
    func value(_ script: String) async throws -> String {
        let answer = try await call(
            "Runtime.evaluate", ["expression": script, "returnByValue": true, "awaitPromise": true])
        if answer["exceptionDetails"] != nil { throw Trouble.threw("\(answer)") }
        let result = answer["result"] as? [String: Any]
        return result?["value"].map { "\($0)" } ?? ""
    }

    /// What a person reads, without the parts that are not shown.
    func text() async throws -> String { try await value("document.body?.innerText ?? ''") }

    /// Types into what has the keyboard.
    func type(_ text: String) async throws { try await call("Input.insertText", ["text": text]) }

    /// Presses a key.
    func press(_ key: String) async throws {
        let codes = ["Tab": 9, "Enter": 13, "Escape": 27, " ": 32]
        for kind in ["keyDown", "keyUp"] {
            var event: [String: Any] = ["type": kind, "key": key, "windowsVirtualKeyCode": codes[key] ?? 0]
            if kind == "keyDown", key == "Enter" { event["text"] = "\r" }
            if kind == "keyDown", key == " " { event["text"] = " " }
            try await call("Input.dispatchKeyEvent", event)
        }
    }

    /// The cookies that the browser would send to an address, with what a script does not see of them.
    func cookies(_ address: String) async throws -> [[String: Any]] {
        try await call("Network.getCookies", ["urls": [address]])["cookies"] as? [[String: Any]] ?? []
    }

    /// Plants a cookie, as something else on the machine could.
    func plant(_ name: String, _ value: String, _ address: String) async throws {
        try await call("Network.setCookie", ["name": name, "value": value, "url": address])
    }

    /// Gives the window another size, in CSS pixels.
    func resize(_ width: Int, _ height: Int) async throws {
        try await call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
    }

    /// Light or dark.
    func prefer(_ scheme: String) async throws {
        try await call(
            "Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": scheme]]])
    }

    /// Opens another tab and goes there; returns what goes back.
    func openTab(_ address: String) async throws -> String {
        let before = session ?? ""
        session = nil
        try await attach()
        try await open(address)
        return before
    }

    /// Goes to another tab; returns what goes back.
    func turn(to tab: String) -> String {
        defer { session = tab }
        return session ?? ""
    }

    /// The window as a PNG.
    func picture() async throws -> Data {
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
    }

    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any]) async throws -> [String: Any] {
        messages += 1
        var message: [String: Any] = ["id": messages, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        _ = try await writer.write(Array(try JSONSerialization.data(withJSONObject: message)) + [0])
        while true {
            let answer = try await next()
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
