import Foundation
import MockReaders
import StationCore
import Testing
import USBInventory

/// A readers' tree of umockdev with the real `intake-usb`, and so the real libusb, on it.
final class Testbed: Sendable {
    private let process: Process
    private let input: FileHandle
    private let lines: AsyncStream<String>

    /// Runs a body on a tree; the program runs after `start`.
    static func with<Value>(
        arguments: [String] = [], _ body: (inout Session) async throws -> Value
    ) async throws -> Value {
        let testbed = try Testbed(arguments: arguments)
        var session = Session(testbed: testbed, lines: testbed.lines.makeAsyncIterator())
        // A program that says nothing ends the test, too: the stream ends with it.
        let limit = Task {
            try await ContinuousClock().sleep(for: .seconds(60))
            kill(testbed.process.processIdentifier, SIGKILL)
        }
        defer {
            limit.cancel()
            try? testbed.close()
        }
        return try await body(&session)
    }

    private init(arguments: [String]) throws {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: "intake-usb").path
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/umockdev-wrapper")
        process.arguments =
            ["/usr/bin/python3", here.appending(path: "testbed.py").path, program] + arguments
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        self.input = input.fileHandleForWriting
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        try process.run()
        let reader = output.fileHandleForReading
        Thread {
            var buffer = LineBuffer(limit: Limits.USB.lineBytes)
            while true {
                let data = reader.availableData
                guard !data.isEmpty, let found = try? buffer.take(data) else { break }
                for line in found { continuation.yield(String(decoding: line, as: UTF8.self)) }
            }
            continuation.finish()
        }.start()
    }

    fileprivate func send(_ command: [String: Any]) throws {
        try input.write(contentsOf: try JSONSerialization.data(withJSONObject: command) + Data("\n".utf8))
    }

    fileprivate func close() throws { try input.close() }

    /// One test's hold on the tree.
    struct Session {
        let testbed: Testbed
        var lines: AsyncStream<String>.Iterator
        /// What happened on the tree's side, in order.
        private(set) var happened: [String] = []

        init(testbed: Testbed, lines: AsyncStream<String>.Iterator) {
            self.testbed = testbed
            self.lines = lines
        }

        /// Plugs in.
        mutating func add(_ device: MockReader) async throws { try await add(device.description) }
        /// Puts a device on the tree by its description.
        mutating func add(_ description: String) async throws { try await run(["add": description]) }
        /// Pulls the plug.
        mutating func remove(_ device: MockReader) async throws { try await run(["remove": device.paths]) }
        /// Sets the permissions of a device's node.
        mutating func setMode(_ mode: Int, of device: MockReader) async throws {
            try await run(["mode": [device.node, mode]])
        }
        /// Answers a device's ioctls, the reset with an error's name or with success.
        mutating func answerIoctls(of device: MockReader, reset error: String = "") async throws {
            try await run(["ioctl": [device.node, error]])
        }
        /// Starts the program.
        mutating func start() async throws { try await run(["start": ""]) }
        /// Sends the program a line.
        mutating func tell(_ line: String) async throws { try await run(["tell": line]) }

        /// The next inventory that a condition accepts.
        mutating func inventory(where accepts: ([USBDevice]) -> Bool = { _ in true }) async throws -> [USBDevice] {
            while let message = try await next() {
                if let devices = message.devices, accepts(devices) { return devices }
            }
            throw Failure(.internalFault, "the program ended")
        }

        /// The next answer to a reset.
        mutating func answer() async throws -> ResetAnswer {
            while let message = try await next() { if let answer = message.reset { return answer } }
            throw Failure(.internalFault, "the program ended")
        }

        /// Ends the program's input; returns its exit code.
        mutating func end() async throws -> Int? {
            try testbed.close()
            while try await next() != nil {}
            return happened.last.flatMap { $0.hasPrefix("ended ") ? Int($0.dropFirst(6)) : nil }
        }

        private var waiting: [USBMessage] = []

        private mutating func run(_ command: [String: Any]) async throws {
            try testbed.send(command)
            let done = "did \(command.keys.first ?? "")"
            while let line = await lines.next(isolation: #isolation) {
                if let message = try note(line) { waiting.append(message) } else if happened.last == done { return }
            }
            throw Failure(.internalFault, "the bench ended: \(command.keys)")
        }

        private mutating func next() async throws -> USBMessage? {
            if !waiting.isEmpty { return waiting.removeFirst() }
            while let line = await lines.next(isolation: #isolation) {
                if let message = try note(line) { return message }
            }
            return nil
        }

        private mutating func note(_ line: String) throws -> USBMessage? {
            struct Bench: Decodable { let bench: String }
            if let bench = try? JSONDecoder().decode(Bench.self, from: Data(line.utf8)) {
                happened.append(bench.bench)
                return nil
            }
            return try USBMessage(line: Array(line.utf8))
        }
    }
}
