import Foundation
import StationCore
import Testing

@testable import HostIntegration

/// A directory that goes with the test.
final class Scratch {
    let path: String

    init() throws {
        path = "/tmp/in-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String, mode: mode_t = 0o600) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
        try #require(chmod("\(path)/\(name)", mode) == 0)
    }
}

/// The code of the failure that a body throws.
func failureCode(_ body: () throws -> Void) -> FailureCode? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Failure)?.code
    }
}

@Suite struct InstanceLockTests {
    @Test func `one holder at a time, named to the second`() throws {
        let scratch = try Scratch()
        var first: InstanceLock? = try InstanceLock(path: "\(scratch.path)/lock")
        do {
            _ = try InstanceLock(path: "\(scratch.path)/lock")
            Issue.record("two hold one lock")
        } catch {
            #expect(error == Failure(.instanceRunning, "process \(getpid())"))
        }
        withExtendedLifetime(first) {}
        first = nil
        _ = try InstanceLock(path: "\(scratch.path)/lock")
    }

    @Test func `a link in the place of the file is not followed`() throws {
        let scratch = try Scratch()
        try scratch.file("victim", "keep")
        try #require(symlink("\(scratch.path)/victim", "\(scratch.path)/lock") == 0)
        #expect(failureCode { _ = try InstanceLock(path: "\(scratch.path)/lock") } == .diskWriteFailed)
        #expect(try String(contentsOfFile: "\(scratch.path)/victim", encoding: .utf8) == "keep")
        #expect(failureCode { _ = try InstanceLock(path: "\(scratch.path)/no/lock") } == .diskWriteFailed)
    }

    @Test func `a holder that is killed gives the lock back`() throws {
        let scratch = try Scratch()
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        holder.arguments = ["\(scratch.path)/lock", "-c", "echo held; exec sleep 600"]
        let output = Pipe()
        holder.standardOutput = output
        try holder.run()
        #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
        #expect(failureCode { _ = try InstanceLock(path: "\(scratch.path)/lock") } == .instanceRunning)
        // flock(1) and the command share the lock's open file; the command holds it alone once flock is gone.
        let child = try String(
            contentsOfFile: "/proc/\(holder.processIdentifier)/task/\(holder.processIdentifier)/children",
            encoding: .utf8
        ).split(separator: " ").compactMap { Int32($0) }
        for process in child + [holder.processIdentifier] { kill(process, SIGKILL) }
        holder.waitUntilExit()
        let deadline = ContinuousClock.now + .seconds(30)
        while failureCode({ _ = try InstanceLock(path: "\(scratch.path)/lock") }) != nil {
            try #require(ContinuousClock.now < deadline)
        }
    }
}

@Suite struct DiskSpaceTests {
    @Test func `the file system answers`() throws {
        let space = try DiskSpace(path: "/")
        #expect(space.totalBytes > 0)
        #expect((0...space.totalBytes).contains(space.freeBytes))
        #expect(failureCode { _ = try DiskSpace(path: "/nonexistent") } == .diskWriteFailed)
    }

    @Test func `a size beyond 63 bits is the largest`() {
        #expect(DiskSpace.bytes(blocks: .max, of: 4_096) == .max)
        #expect(DiskSpace.bytes(blocks: 1 << 52, of: 2_048) == .max)
        #expect(DiskSpace.bytes(blocks: 3, of: 4_096) == 12_288)
    }
}

@Suite struct CredentialDirectoryTests {
    @Test func `a secret is read and does not print`() throws {
        let scratch = try Scratch()
        try scratch.file("signing-key", "abc")
        let directory = try CredentialDirectory(environment: ["CREDENTIALS_DIRECTORY": scratch.path])
        let secret = try directory.secret("signing-key", maximumBytes: 3)
        #expect(secret.unredacted == Array("abc".utf8))
        #expect(!"\(secret)".contains("97"))
        #expect(directory.contains("signing-key"))
        #expect(!directory.contains("other"))
        #expect(try directory.checkedPath("signing-key", maximumBytes: 3) == "\(scratch.path)/signing-key")
    }

    // systemd lets a unit's user in by an access list, whose mask stands in the mode's group bits.
    @Test(
        arguments: [
            (0o400, nil), (0o440, nil), (0o600, nil), (0o644, .permissionDenied), (0o620, .permissionDenied),
            (0o601, .permissionDenied), (0o604, .permissionDenied),
        ] as [(mode_t, FailureCode?)])
    func `a secret open to others is none`(mode: mode_t, code: FailureCode?) throws {
        let scratch = try Scratch()
        try scratch.file("key", "abc", mode: mode)
        let found = failureCode { _ = try CredentialDirectory(path: scratch.path).secret("key", maximumBytes: 9) }
        #expect(found == code)
    }

    @Test func `what is not a secret is refused by name`() throws {
        let scratch = try Scratch()
        try scratch.file("empty", "")
        try scratch.file("large", "0123456789")
        try scratch.file("target", "abc")
        try #require(symlink("\(scratch.path)/target", "\(scratch.path)/link") == 0)
        try #require(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
        try #require(mkdir("\(scratch.path)/directory", 0o700) == 0)
        let directory = CredentialDirectory(path: scratch.path)
        func code(_ name: String) -> FailureCode? {
            failureCode { _ = try directory.secret(name, maximumBytes: 9) }
        }
        #expect(code("empty") == .keyInvalid)
        #expect(code("large") == .keyInvalid)
        #expect(code("link") == .credentialMissing)
        #expect(code("pipe") == .keyInvalid)
        #expect(code("directory") == .keyInvalid)
        #expect(code("absent") == .credentialMissing)
        for name in ["", ".", "..", "a/b", "../x", "a\0b", "a b"] { #expect(code(name) == .credentialMissing) }
        #expect(failureCode { _ = try CredentialDirectory(environment: [:]) } == .credentialMissing)
        #expect(
            failureCode { _ = try CredentialDirectory(environment: ["CREDENTIALS_DIRECTORY": "here"]) }
                == .credentialMissing)
    }
}
