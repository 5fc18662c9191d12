import Foundation
import Fuzzing
import StationCore
import Subprocess
import SystemPackage

/// This very program, started to try inputs and perhaps to die of one.
struct ChildProcess: Sendable {
    /// How a child ended.
    enum Outcome: Sendable {
        case done(Tally)
        /// A signal, a broken promise, or anything else but a tally; in words.
        case died(String)
    }

    /// Processor seconds that one input may take.
    let bound: Double

    /// Tries a row of inputs.
    func row(_ row: InputRow, position: String) async throws -> Outcome {
        var arguments = [
            "row", "--target", row.target.name, "--seed", "\(row.seed)", "--first", "\(row.first)", "--count",
            "\(row.count)", "--position", position, "--bound", "\(bound)",
        ]
        if let limit = row.limit { arguments += ["--seconds", "\(limit.milliseconds / 1_000)"] }
        let (ending, output) = try await run(arguments)
        guard ending == nil, let tally = try? StrictJSON.decode(Tally.self, from: output) else {
            return .died(ending ?? "no tally")
        }
        return .done(tally)
    }

    /// Tries one input; nil when its parser answers as it promises, else how the child ended.
    func replay(_ input: [UInt8], target: FuzzTarget, in directory: URL) async throws -> String? {
        let file = directory.appendingPathComponent("\(target.name)-try.bin")
        try Data(input).write(to: file)
        return try await run(["replay", file.path, "--target", target.name, "--bound", "\(bound)"]).ending
    }

    private func run(_ arguments: [String]) async throws -> (ending: String?, output: [UInt8]) {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments),
            // A backtrace of every trap would take longer than the search for it.
            environment: .custom(["SWIFT_BACKTRACE": "enable=no"]), output: .bytes(limit: 1 << 16),
            error: .string(limit: 1 << 16))
        let words = result.standardError.split(separator: "\n").prefix(3).joined(separator: " | ")
        switch result.terminationStatus {
        case .exited(0): return (nil, result.standardOutput)
        case .exited(let code): return (words.isEmpty ? "exit \(code)" : words, result.standardOutput)
        case .signaled(let signal): return ("signal \(signal) \(words)", result.standardOutput)
        }
    }
}
