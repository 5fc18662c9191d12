import FakeStation
import Foundation
import StationAPI
import StationCore
import Subprocess
import SystemPackage

/// The built program beside a fake station on real sockets.
struct Bench {
    /// How a command ended and what it said.
    struct Outcome {
        let code: Int32
        let output: String
        let error: String

        /// The output as one JSON document.
        func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try StrictJSON.decode(type, from: Array(output.utf8))
        }
    }

    let station: FakeStation
    let directory: String
    var socket: String { directory + "/o" }
    var adminSocket: String { directory + "/a" }
    var token: String { directory + "/token" }

    /// Serves both sockets while the body runs. Lan is signed in when `isSignedIn`.
    static func with(isSignedIn: Bool = true, _ body: (Bench) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("k-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let bench = Bench(station: FakeStation(), directory: directory)
        if isSignedIn { try FakeToken.lan.write(toFile: bench.token, atomically: true, encoding: .utf8) }
        try await bench.station.serve(at: bench.socket) {
            try await bench.station.serveAdministration(at: bench.adminSocket) { try await body(bench) }
        }
    }

    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8)
        return directory + "/" + name
    }

    /// Runs a command on the operator socket.
    func control(_ arguments: [String], input: String = "") async throws -> Outcome {
        try await run(arguments + ["--socket", socket], input: input)
    }

    func control(_ arguments: String...) async throws -> Outcome { try await control(arguments) }

    /// Runs a command on the administrator socket.
    func administer(_ arguments: [String], input: String = "") async throws -> Outcome {
        try await run(arguments + ["--admin-socket", adminSocket], input: input)
    }

    func administer(_ arguments: String...) async throws -> Outcome { try await administer(arguments) }

    func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        try await Self.run(arguments, input: input, environment: ["INTAKECTL_TOKEN": token])
    }

    static func run(
        _ arguments: [String], input: String = "", environment: [Environment.Key: String] = [:]
    ) async throws -> Outcome {
        let products = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = FilePath(products).removingLastComponent().appending("intakectl")
        let plain: [Environment.Key: String] = ["LANG": "vi_VN.UTF-8", "INTAKECTL_TOKEN": "/nonexistent/token"]
        // A file and not a pipe: a program that ends before it reads would break the pipe, which ends this process.
        let file = FilePath(FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path)
        try input.write(toFile: file.string, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file.string) }
        let standardInput = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        let result = try await Subprocess.run(
            .path(program), arguments: Arguments(arguments),
            environment: .custom(plain.merging(environment) { $1 }),
            input: .fileDescriptor(standardInput, closeAfterSpawningProcess: true),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let code) = result.terminationStatus else { throw Problem(.internalFault) }
        return Outcome(code: code, output: result.standardOutput, error: result.standardError)
    }
}
