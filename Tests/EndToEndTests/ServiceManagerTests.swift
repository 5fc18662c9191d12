import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// The daemon as systemd meets it: its unit, its configuration, its notifications.
@Suite(.serialized) struct ServiceManagerTests {
    @Test func theUnitAndTheSampleConfigurationWorkTogether() async throws {
        try await withStation { station, _, _ in
            let directory = station.layout.root + "/sample"
            let enrolment = station.layout.upstream + "/stations/" + BenchStation.stationID
            try FileManager.default.copyItem(atPath: Repository.path("config"), toPath: directory)
            for (name, copy) in [
                ("ca.pem", "upstream-ca.pem"), ("client.pem", "station.pem"), ("keys.json", "recipient-keys.json"),
            ] {
                try FileManager.default.copyItem(atPath: enrolment + "/" + name, toPath: directory + "/" + copy)
            }
            // What is the authority's and the machine's: the pinned key, and groups that only an installation makes.
            let sample = try String(contentsOfFile: directory + "/station.yaml", encoding: .utf8)
            let own = try String(contentsOfFile: station.configurationPath, encoding: .utf8)
            let pinned = try #require(own.split(separator: "\n").first { $0.contains("authorityKeys: [") })
            var lines: [Substring] = []
            for line in sample.split(separator: "\n") where !line.contains("Group:") && !line.contains("\"authority-1 ") {
                lines.append(line.contains("  authorityKeys:") ? pinned : line)
            }
            try lines.joined(separator: "\n").write(
                toFile: directory + "/station.yaml", atomically: true, encoding: .utf8)
            let unit = try String(contentsOfFile: Repository.path("systemd/intaked.service"), encoding: .utf8)
            let command = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
            let arguments = command.split(separator: " ").dropFirst().map {
                $0 == "/etc/intake-station/station.yaml" ? directory + "/station.yaml" : String($0)
            }
            let output = try await ManagedProcess.run(
                Command(
                    try BuiltExecutables.path("intaked"), arguments + ["--check-config"],
                    environment: Command.plainEnvironment.merging(
                        ["CREDENTIALS_DIRECTORY": station.layout.credentials]) { $1 }))
            #expect(output.status == .exited(0), "\(output.error)")
            // Without a key the same is refused by name, and systemd does not try again.
            let bare = try await ManagedProcess.run(
                Command(
                    try BuiltExecutables.path("intaked"), arguments + ["--check-config"],
                    environment: Command.plainEnvironment.merging(["CREDENTIALS_DIRECTORY": directory]) { $1 }))
            #expect(bare.status == .exited(78) && bare.error.contains { $0.contains("credential-missing") })
            // An administrator's shell is not given the keys: the rest is checked, and that is said.
            let shell = try await ManagedProcess.run(
                Command(try BuiltExecutables.path("intaked"), arguments + ["--check-config"]))
            #expect(shell.status == .exited(0) && shell.output.contains { $0.contains("keys not checked") })
            #expect(unit.contains("RestartPreventExitStatus=78 243"))
        }
    }

    @Test func theDaemonSaysReadyLivesAndSaysStopping() async throws {
        try await withStation { station, _, _ in
            await station.stopDaemon()
            let manager = try NotifySocket(path: station.layout.runtime + "/notify.sock")
            try await station.startDaemon(environment: [
                "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000",
            ])
            let ready = try manager.first { $0.contains("READY=1") }
            #expect(ready.contains("STATUS="))
            for _ in 0..<2 { _ = try manager.first { $0.contains("WATCHDOG=1") } }
            let status = try manager.first { $0.hasPrefix("STATUS=") }
            #expect(status.contains("waiting"))
            // Read while it ends: a manager whose queue is full would not hear the last word.
            async let ended = station.stopDaemon()
            _ = try manager.first { $0.contains("STOPPING=1") }
            #expect(await ended == .exited(0))
        }
    }
}

/// Files of this repository.
enum Repository {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(name).path
    }
}

/// The service manager's end of sd_notify(3).
private final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw Failure(.internalFault, "bind \(errno)") }
    }

    deinit { close(descriptor) }

    /// The first message, of those waiting and those to come, that is as wanted.
    func first(where wanted: (String) -> Bool) throws -> String {
        for _ in 0..<1_000 {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Failure(.internalFault, "no such message") }
            let message = String(decoding: buffer[..<count], as: UTF8.self)
            if wanted(message) { return message }
        }
        throw Failure(.internalFault, "not among a thousand messages")
    }
}
