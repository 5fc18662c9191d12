import Foundation
import Fuzzing
import StationCore
import Subprocess
import SystemPackage
import Testing

/// Every parser of foreign bytes against mutated inputs, in processes that may die of them.
@Suite(.serialized) struct FuzzTests {
    /// Fixed, so that a run of the tests is the same every time; `make fuzz` draws its own.
    static let seed = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 9_303

    private static let regressions = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz/regressions")

    @Test func `No mutated input kills, hangs or fools a parser`() async throws {
        let result = try await stationFuzz("run", "--seed", "\(Self.seed)")
        print(result.output)
        #expect(result.code == 0, "\(result.output)\(result.error)")
        for target in FuzzTarget.all {
            #expect(result.output.contains("\n\(target.name) "), "\(target.name) did not run")
        }
    }

    @Test func `What once killed a parser does so no more`() async throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.regressions.path)
        for file in files where file.hasSuffix(".bin") {
            let path = Self.regressions.appendingPathComponent(file).path
            let result = try await stationFuzz("replay", path)
            #expect(result.code == 0, "\(file): \(result.error)")
        }
    }

    /// The machine itself: each planted defect is found, made smaller, and written to a file that shows it again.
    @Test(arguments: [("trap", "signal"), ("hang", "no end"), ("promise", "promise broken: planted")])
    func `A planted defect is found`(kind: String, words: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let result = try await stationFuzz(
            "run", "--target", "self-test-\(kind)", "--seed", "1", "--count", "2000", "--bound", "0.2",
            "--regressions", directory.path)
        #expect(result.code == 1)
        #expect(result.output.contains(words), "\(result.output)")
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: directory.path).first)
        let path = directory.appendingPathComponent(file).path
        #expect(file.hasPrefix("self-test-\(kind)-"))
        #expect(result.output.contains("make fuzz REPLAY=\(path)"))
        let input = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(input.count == 4 && input.contains(UInt8(ascii: "!")))
        #expect(try await stationFuzz("replay", path, "--bound", "0.2").code != 0)
    }

    private func stationFuzz(_ arguments: String...) async throws -> (code: Int32, output: String, error: String) {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = FilePath(own).removingLastComponent().appending("station-fuzz")
        let result = try await Subprocess.run(
            .path(program), arguments: Arguments(arguments),
            environment: .inherit.updating(["SWIFT_BACKTRACE": "enable=no"]), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return (code, result.standardOutput, result.standardError)
    }
}
