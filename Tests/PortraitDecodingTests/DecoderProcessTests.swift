import Foundation
import Glibc
import StationCore
import Testing

@testable import PortraitDecoding

/// The decoding as the station uses it: a child process behind walls.
struct DecoderProcessTests {
    private let decoder = PortraitDecoder(
        executable: PortraitDecoder.executableBesideThisProgram(), clock: PatientClock())

    @Test func `The child turns JPEG 2000 into PNG and passes JPEG on`() async throws {
        let png = try await decoder.decode(Portraits.jp2)
        #expect(png == (try PortraitTranscoder.pageImage(Portraits.jp2)))
        #expect(try await decoder.decode(Portraits.jpeg).bytes == Portraits.jpeg)
    }

    @Test func `What the child refuses is a failure that says why`() async {
        await #expect(throws: Failure.self) { try await decoder.decode(Array(Portraits.jp2.prefix(300))) }
        do throws(Failure) {
            _ = try await decoder.decode(Array("not a picture".utf8))
            Issue.record("a text was decoded")
        } catch {
            #expect(error.code == .portraitUndecodable)
            #expect(error.detail?.contains("neither JPEG nor JPEG 2000") == true)
        }
    }

    /// Whatever happens to the child, the station gets one failure and goes on.
    @Test(arguments: [
        "kill -9 $$", "kill -SEGV $$", "exit 3", "exit 0", "echo '<html>'", "cat", "yes | head -c 9000000",
    ])
    func `A child that dies or lies costs a message only`(script: String) async throws {
        let program = try Script(script)
        defer { program.remove() }
        let decoder = PortraitDecoder(executable: program.path, clock: SystemClock())
        await #expect { try await decoder.decode(Portraits.jp2) } throws: {
            ($0 as? Failure)?.code == .portraitUndecodable
        }
    }

    @Test func `A child that hangs is killed when its time is over`() async throws {
        let program = try Script("exec sleep 3600")
        defer { program.remove() }
        let decoder = PortraitDecoder(executable: program.path, clock: ImpatientClock())
        await #expect(throws: Failure(.portraitUndecodable, "decoder over its time")) {
            try await decoder.decode(Portraits.jp2)
        }
    }

    @Test func `A missing program is a failure, too`() async {
        let decoder = PortraitDecoder(executable: "/nonexistent/intake-portrait", clock: SystemClock())
        await #expect(throws: Failure.self) { try await decoder.decode(Portraits.jp2) }
    }

    @Test func `Behind the walls no file, no socket and no process can be made, and decoding still works`() async {
        await #expect(processExitsWith: .exitCode(42)) {
            do {
                try ProcessWalls.raise()
                guard open("/etc/passwd", O_RDONLY) < 0, socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) < 0,
                    kill(getppid(), 0) < 0, errno == EPERM
                else { _exit(1) }
                _ = try PortraitTranscoder.pageImage(Portraits.jp2)
            } catch { _exit(2) }
            _exit(42)
        }
    }

    @Test func `Memory beyond the wall is not given`() async {
        await #expect(processExitsWith: .exitCode(42)) {
            guard (try? ProcessWalls.raise()) != nil else { _exit(2) }
            let wanted = Limits.Portrait.processBytes
            _exit(mmap(nil, wanted, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 42 : 1)
        }
    }
}

/// A shell program in the child's place.
private struct Script {
    let path: String

    init(_ body: String) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("portrait-\(UUID().uuidString)").path
        try Data("#!/bin/sh\nPATH=/usr/bin:/bin\n\(body)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// A clock on which every wait is short.
private struct ImpatientClock: StationClock {
    let base = SystemClock()
    var now: Timestamp { base.now }
    var elapsed: Duration { base.elapsed }
    var quality: ClockQuality { base.quality }
    func sleep(for duration: Duration) async throws { try await base.sleep(for: .milliseconds(200)) }
}

/// Does not end a decoding whose answer waits behind the whole test run; the time limit has a test of its own.
private struct PatientClock: StationClock {
    private let clock = SystemClock()
    var now: Timestamp { clock.now }
    var elapsed: Duration { clock.elapsed }
    var quality: ClockQuality { clock.quality }
    func sleep(for duration: Duration) async throws { try await clock.sleep(for: duration * 30) }
}
