import Foundation
import StationBench
import StationCore
import Testing

/// `make install`: everything that the repository has for a machine arrives there, and what was configured stays.
@Suite(.serialized) struct InstallTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized.path

    @Test func everythingArrivesAndWhatWasConfiguredStays() async throws {
        let destination = "/tmp/install-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: destination) }
        try await install(destination)
        for program in [
            "intaked", "intakectl", "intake-console", "intake-portrait", "intake-upstream", "intake-usb",
            "virtual-card",
        ] {
            #expect(mode(destination + "/usr/bin/" + program) == 0o755, "\(program)")
        }
        for (source, directory) in [
            ("systemd", "/usr/lib/systemd/system"), ("systemd/sysusers.d", "/usr/lib/sysusers.d"),
            ("systemd/tmpfiles.d", "/usr/lib/tmpfiles.d"), ("udev", "/usr/lib/udev/rules.d"),
            ("docs/man", "/usr/share/man/man1"), ("config", "/etc/intake-station"),
        ] {
            for name in try files(in: Self.root + "/" + source) {
                let installed = destination + directory + "/" + name
                #expect(FileManager.default.contents(atPath: installed) != nil, "\(installed)")
                #expect(
                    FileManager.default.contentsEqual(atPath: installed, andPath: "\(Self.root)/\(source)/\(name)"))
                #expect(mode(installed) == 0o644, "\(installed)")
            }
        }
        // What was installed runs.
        let version = try await ManagedProcess.run(Command(destination + "/usr/bin/intakectl", ["--help"]))
        #expect(version.status == .exited(0), "\(version)")

        // Once more, as an update does it.
        let configuration = destination + "/etc/intake-station/station.yaml"
        try "station:\n  id: ours\n".write(toFile: configuration, atomically: true, encoding: .utf8)
        try "old".write(toFile: destination + "/usr/bin/intakectl", atomically: true, encoding: .utf8)
        try await install(destination)
        #expect(try String(contentsOfFile: configuration, encoding: .utf8) == "station:\n  id: ours\n")
        #expect(
            try await ManagedProcess.run(Command(destination + "/usr/bin/intakectl", ["--help"])).status == .exited(0))
        let example = destination + "/usr/share/doc/intake-station/examples/station.yaml"
        #expect(FileManager.default.contentsEqual(atPath: example, andPath: Self.root + "/config/station.yaml"))
    }

    private func install(_ destination: String) async throws {
        let built = URL(filePath: try BuiltExecutables.path("intaked")).deletingLastPathComponent().path
        let output = try await ManagedProcess.run(
            Command(
                Self.root + "/scripts/install", [],
                environment: Command.plainEnvironment.merging(["DESTDIR": destination, "BUILT": built]) { $1 }))
        try #require(output.status == .exited(0), "\(output.error)")
    }

    private func files(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).filter { name in
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(directory)/\(name)", isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }
    }

    private func mode(_ path: String) -> mode_t? {
        var found = stat()
        return stat(path, &found) == 0 ? found.st_mode & 0o7777 : nil
    }
}
