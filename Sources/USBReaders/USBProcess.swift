import Foundation
import StationCore
import Synchronization
import USBInventory

/// The whole program `intake-usb`: the inventory of readers as JSON lines on standard output, a whole one at once and at
/// every change; requests of the form `reset PORT` on standard input, whose end is the program's.
///
/// It holds no socket: systemd hands it one as its standard streams, or a person starts it in a terminal.
package enum USBProcess {
    /// How the program ends.
    package enum ExitCode {
        /// Nobody listens any more.
        package static let done: Int32 = 0
        /// An argument that it does not know.
        package static let usage: Int32 = 64
        /// libusb cannot be used; standard error says why.
        package static let noBus: Int32 = 69
    }

    /// Runs until standard input or output ends; returns the program's exit code.
    package static func run(arguments: [String]) -> Int32 {
        guard arguments.allSatisfy({ $0 == "--allow-reset" }), arguments.count <= 1 else {
            complain("usage: intake-usb [--allow-reset]")
            return ExitCode.usage
        }
        // A listener that went away is an error of a write, not a signal.
        signal(SIGPIPE, SIG_IGN)
        let bus: USBBus
        do { bus = try USBBus() } catch {
            complain(error.explanation)
            return ExitCode.noBus
        }
        let output = LineOutput()
        let watcher = Thread {
            Thread.current.name = "usb-watch"
            watch(bus, output)
        }
        watcher.start()
        serveRequests(bus, output, allowsReset: !arguments.isEmpty)
        return ExitCode.done
    }

    /// Tells the inventory whenever it differs from what was told.
    private static func watch(_ bus: USBBus, _ output: LineOutput) {
        var told: [USBDevice]?
        while true {
            let readers = bus.readers()
            if readers != told {
                guard output.write(USBMessage(devices: readers)) else { exit(ExitCode.done) }
                told = readers
            }
            bus.waitForChange(atMost: Limits.USB.lookInterval)
        }
    }

    private static func serveRequests(_ bus: USBBus, _ output: LineOutput, allowsReset: Bool) {
        var buffer = LineBuffer(limit: Limits.USB.requestBytes)
        var chunk = [UInt8](repeating: 0, count: 256)
        while true {
            let count = unsafe read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0, let lines = try? buffer.take(chunk[..<count]) else { return }
            for line in lines {
                let answer = answer(line, bus, allowsReset: allowsReset)
                complain("reset \(answer.port?.text ?? "?"): \(answer.outcome.rawValue) \(answer.detail ?? "")")
                guard output.write(USBMessage(reset: answer)) else { return }
            }
        }
    }

    private static func answer(_ line: [UInt8], _ bus: USBBus, allowsReset: Bool) -> ResetAnswer {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0] == "reset", let port = USBPort(String(words[1])) else {
            return ResetAnswer(port: nil, outcome: .unknownPort)
        }
        return allowsReset ? bus.reset(port) : ResetAnswer(port: port, outcome: .notAllowed)
    }

    private static func complain(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}

/// Standard output, one whole line at a time from any thread.
private final class LineOutput: Sendable {
    private let turn = Mutex(())

    /// Returns whether the line went out.
    func write(_ message: USBMessage) -> Bool {
        guard let line = try? StrictJSON.encode(message) else { return false }
        return turn.withLock { _ in
            var rest = (line + [0x0a])[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count)
                }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
