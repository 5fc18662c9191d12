import CHost
import Glibc
package import StationCore
import Subprocess
import SystemPackage

/// Decodes portraits in a child process without rights: whatever a forged portrait does to the decoder, the station
/// loses one picture and gets one message.
package struct PortraitDecoder: Sendable {
    private let executable: FilePath
    private let clock: any StationClock

    /// - Parameters:
    ///   - executable: path of `intake-portrait`.
    ///   - clock: measures the time that one decoding may take.
    package init(executable: String, clock: any StationClock) {
        self.executable = FilePath(executable)
        self.clock = clock
    }

    /// `intake-portrait` beside the running program, where an installation puts it.
    package static func executableBesideThisProgram() -> String {
        let path = unsafe [CChar](unsafeUninitializedCapacity: Int(PATH_MAX)) { target, count in
            guard let start = target.baseAddress else { return }
            count = unsafe max(0, readlink("/proc/self/exe", start, target.count))
        }
        let program = FilePath(String(decoding: path.map(UInt8.init(bitPattern:)), as: UTF8.self))
        return program.removingLastComponent().appending("intake-portrait").string
    }

    /// - Parameter encoded: a JPEG or JPEG 2000 file as DG2 carries it.
    /// - Returns: what a page shows.
    /// Throws `portraitUndecodable` for every reason, the child's death and the time-out included.
    package func decode(_ encoded: [UInt8]) async throws(Failure) -> PortraitImage {
        guard encoded.count <= Limits.Portrait.encodedBytes else { throw .undecodable("portrait over the limit") }
        let output: [UInt8]
        do {
            output = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { try await runChild(encoded) }
                group.addTask {
                    try await clock.sleep(for: Limits.Portrait.duration)
                    throw Failure.undecodable("decoder over its time")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? []
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .undecodable("decoder process: \(error)")
        }
        return try PortraitImage(checking: output)
    }

    /// The input goes through an anonymous memory file rather than a pipe: a child that dies before it has read all of it
    /// raises no SIGPIPE here.
    private func runChild(_ encoded: [UInt8]) async throws -> [UInt8] {
        let input = try Self.memoryFile(encoded)
        let result = try await Subprocess.run(
            .path(executable), environment: .custom([:]), workingDirectory: "/",
            input: .fileDescriptor(input, closeAfterSpawningProcess: true),
            output: .bytes(limit: Limits.Portrait.pageBytes), error: .string(limit: 1_024))
        guard case .exited(PortraitProcess.ExitCode.done) = result.terminationStatus else {
            throw Failure.undecodable("decoder \(result.terminationStatus) \(result.standardError)")
        }
        return result.standardOutput
    }

    private static func memoryFile(_ bytes: [UInt8]) throws -> FileDescriptor {
        let raw = unsafe chost_memory_file("portrait")
        guard raw >= 0 else { throw Failure.undecodable("memory file: errno \(errno)") }
        let file = FileDescriptor(rawValue: raw)
        do {
            try file.writeAll(bytes)
            try file.seek(offset: 0, from: .start)
        } catch {
            try? file.close()
            throw error
        }
        return file
    }
}
