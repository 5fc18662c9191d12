import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// What an administrator meets: each stop has a code, both languages, and the exit status that systemd needs.
@Suite(.serialized) struct DaemonProblemTests {
    @Test func aSecondDaemonEndsAtOnceAndDoesNotTouchTheFirst() async throws {
        try await withStation { station, _, _ in
            let second = try await ManagedProcess.run(
                Command(try BuiltExecutables.path("intaked"), ["--config", station.configurationPath]))
            #expect(second.status == .exited(1))
            #expect(second.error.contains { $0.contains("instance-running") })
            #expect(second.error.contains { $0.contains("Một tiến trình intaked khác đang chạy") })
            #expect(try await station.client.status().health != .stopped)
        }
    }

    @Test(arguments: [
        ("statoin:\n  id: x\n", "unknown setting statoin.id"), ("station: [", "station.yaml"),
        ("", "holds no settings"),
        ("storage:\n  payloadDays: never\n", "storage.payloadDays must be"),
        ("card:\n  allowBAC: maybe\n", "card.allowBAC must be"),
        ("card:\n  mustPass: certificateChain\n", "card.mustPass must be a list"),
        ("card:\n  mustPass: [certificatChain]\n", "not certificatChain"),
        ("card:\n  files: [SOD, DG1]\n", "not SOD"),
        ("storage:\n  payloadDays: [30]\n", "storage.payloadDays must be one value"),
        ("transmission:\n  quietHours: \"22:00-05:30\"\n", "transmission.quietHours must be a list"),
        ("receipt:\n  workingDays: 0\n", "receipt.workingDays must be"),
        ("receipt:\n  holidays: [\"2026-09-31\"]\n", "receipt.holidays must be"),
        ("receipt:\n  extraWorkingDays: [\"2/9/2026\"]\n", "receipt.extraWorkingDays must be"),
        ("receipt:\n  hotline: \"\(String(repeating: "1", count: 41))\"\n", "receipt.hotline must be"),
    ])
    func badYAMLIsNamedAndDoesNotStart(text: String, detail: String) async throws {
        try await withStation { station, _, _ in
            var yaml = try String(contentsOfFile: station.configurationPath, encoding: .utf8)
            yaml = text.isEmpty || text == "station: [" ? text : Self.merged(yaml, text)
            let bad = station.layout.configuration + "/bad/station.yaml"
            try FileManager.default.createDirectory(
                atPath: station.layout.configuration + "/bad", withIntermediateDirectories: true)
            try yaml.write(toFile: bad, atomically: true, encoding: .utf8)
            let check = try await ManagedProcess.run(
                Command(try BuiltExecutables.path("intaked"), ["--config", bad, "--check-config"]))
            #expect(check.status == .exited(78))
            #expect(
                check.error.contains { $0.contains("configuration-invalid") && $0.contains(detail) }, "\(check.error)")
        }
    }

    @Test func aGoodConfigurationChecksAndTerminatesCleanly() async throws {
        try await withStation { station, _, _ in
            let check = try await ManagedProcess.run(
                Command(
                    try BuiltExecutables.path("intaked"), ["--config", station.configurationPath, "--check-config"])
            )
            #expect(check.status == .exited(0))
            let start = ContinuousClock.now
            #expect(await station.stopDaemon() == .exited(0))
            #expect(ContinuousClock.now - start < Limits.Process.shutdownDuration)
        }
    }

    /// What is sealed and signed under a name that the certificate has not is rejected for good, so that it is not begun.
    @Test func anIdThatIsNotTheCertificatesDoesNotStart() async throws {
        try await withStation { station, _, _ in
            await station.stopDaemon()
            let yaml = try String(contentsOfFile: station.configurationPath, encoding: .utf8)
            try yaml.replacingOccurrences(of: "id: demo-station", with: "id: demo-statoin").write(
                toFile: station.configurationPath, atomically: true, encoding: .utf8)
            for arguments in [["--check-config"], []] {
                let refused = try await ManagedProcess.run(
                    Command(
                        try BuiltExecutables.path("intaked"), ["--config", station.configurationPath] + arguments))
                #expect(refused.status == .exited(78))
                #expect(refused.error.contains { $0.contains("but upstream.certificate is demo-station's") })
            }
        }
    }

    /// A daemon that hangs does not hold up who waits for a given time.
    @Test func aWaitEndsInItsTimeBesideADaemonThatHangs() async throws {
        try await withStation { station, _, _ in
            await station.stopDaemon()
            let daemon = try await station.startDaemon()
            kill(daemon.processID, SIGSTOP)
            defer { kill(daemon.processID, SIGCONT) }
            let late = try await station.control(["wait", "--drained", "--timeout", "1"])
            #expect(late.status == .exited(5) && late.error.contains { $0.contains("no answer in time") })
        }
    }

    @Test func aBadReloadChangesNothingAndAGoodOneIsTaken() async throws {
        try await withStation { station, _, _ in
            let daemon = try #require(await station.runningDaemon)
            let before = try await station.client.description().consent
            let yaml = try String(contentsOfFile: station.configurationPath, encoding: .utf8)
            try (yaml + "\nnonsense: true\n").write(
                toFile: station.configurationPath, atomically: true, encoding: .utf8)
            daemon.send(signal: SIGHUP)
            _ = try await daemon.firstLine { $0.text.contains("configuration unchanged") }
            #expect(try await station.client.description().consent == before)
            try yaml.replacingOccurrences(of: "demo-1", with: "demo-2").write(
                toFile: station.configurationPath, atomically: true, encoding: .utf8)
            daemon.send(signal: SIGHUP)
            _ = try await daemon.firstLine { $0.text.contains("configuration reloaded") }
            #expect(try await station.client.description().consent.version == "demo-2")
        }
    }

    @Test func aFullDiskStopsIntakeWithItsNameAndGoesOnWhenThereIsSpace() async throws {
        try await withStation { station, run, citizen in
            await station.stopDaemon()
            // A file system of its own that is too small, in a mount namespace of the daemon's.
            let daemon = try await station.launchDaemonOnSmallDisk(megabytes: 2)
            let read = try await station.read(citizen, run)
            let problem = await expectProblem(.diskFull) { try await run.submit(read: read, phone: "0912345678") }
            #expect(problem?.status == 507)
            let status = try await station.client.status()
            #expect(status.health == .stopped && !status.intake.accepting && status.intake.applicationsLeft == 0)
            try await station.growSmallDisk(of: daemon, megabytes: 64)
            let saved = try await run.submit(read: read, phone: "0912345678")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
        }
    }

    /// What is saved still leaves while the disk is full, and nothing that fails for want of room ends the daemon.
    @Test func whatWaitsWhenTheDiskFillsUpIsSentAndTheDaemonStays() async throws {
        try await withStation { station, run, citizen in
            await station.stopDaemon()
            let yaml = try String(contentsOfFile: station.configurationPath, encoding: .utf8)
            try yaml.replacingOccurrences(of: "storage:\n", with: "storage:\n  housekeepingSeconds: 1\n").write(
                toFile: station.configurationPath, atomically: true, encoding: .utf8)
            let daemon = try await station.launchDaemonOnSmallDisk(megabytes: 24)
            await station.stopUpstream()
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            let change = AmendmentSubmission(reason: "số điện thoại cũ", phone: "0987 654 321")
            let amended = try await station.client.amend(saved.itemId.text, change, idempotencyKey: "amend-1")
            try await station.fillSmallDisk(of: daemon)
            // Its answer may have been lost on the way: what is on disk is not refused for want of room.
            #expect(try await station.client.amend(saved.itemId.text, change, idempotencyKey: "amend-1") == amended)
            let problem = await expectProblem(.diskFull) {
                try await run.submit(read: try await station.read(citizen, run), phone: "0912345679")
            }
            #expect(problem?.status == 507)
            // Housekeeping carries the log over once a second, and finds no room for it.
            _ = try await daemon.firstLine { $0.text.contains("no room to keep house") }
            try await station.startUpstream()
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            #expect(daemon.exitStatus == nil)
        }
    }

    @Test func theControlProgramSpeaksInExitCodes() async throws {
        try await withStation { station, run, citizen in
            #expect(try await station.control(["queue"]).status == .exited(2))
            #expect(try await station.control(["show", "01a20bce-7338-7f5d-b811-2f4c5da27dc2"]).status == .exited(3))
            let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            let shown = try await station.control(["show", saved.itemId.text, "--json"])
            #expect(shown.status == .exited(0))
            #expect(!shown.output.joined().contains(citizen.number) && !shown.output.joined().contains(citizen.name))
            #expect(try await station.control(["readers"]).status == .exited(0))
            let status = try await station.control(["status", "--json"])
            let report = try StrictJSON.decode(StationStatus.self, from: Array(status.output.joined().utf8))
            #expect(status.status == (report.health == .ok ? .exited(0) : .exited(4)))
            await station.stopUpstream()
            await station.stopDaemon()
            #expect(try await station.control(["status"]).status == .exited(1))
        }
    }

    /// The good file with one section's line replaced or added.
    private static func merged(_ yaml: String, _ text: String) -> String {
        let lines = text.split(separator: "\n")
        guard lines.count == 2, yaml.contains("\(lines[0])\n") else { return yaml + "\n" + text }
        return yaml.replacingOccurrences(of: "\(lines[0])\n", with: "\(lines[0])\n\(lines[1])\n")
    }
}

extension BenchStation {
    /// The daemon with its state directory on a small file system that only it sees.
    fileprivate func launchDaemonOnSmallDisk(megabytes: Int) async throws -> ManagedProcess {
        let script = """
            mount -t tmpfs -o size=\(megabytes)m,mode=0700 none "\(layout.state)" && exec "$0" "$@"
            """
        let daemon = try await ManagedProcess.start(
            Command(
                "/usr/bin/unshare",
                [
                    "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script,
                    try BuiltExecutables.path("intaked"),
                    "--config", configurationPath,
                ],
                environment: Command.plainEnvironment.merging(cardService.environment) { $1 },
                log: layout.logs + "/intaked.log"))
        adopt(daemon: daemon)
        _ = try await daemon.firstLine { $0.text.contains("serving") }
        try await manDesk(onNewState: true)
        return daemon
    }

    /// Fills that file system to its last byte.
    fileprivate func fillSmallDisk(of daemon: ManagedProcess) throws {
        let path = "/proc/\(daemon.processID)/root\(layout.state)/filler"
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(file >= 0, "\(path): errno \(errno)")
        defer { close(file) }
        for size in [65_536, 4_096, 1] {
            let zeros = [UInt8](repeating: 0, count: size)
            while write(file, zeros, size) > 0 {}
        }
    }

    /// Gives that file system more space.
    fileprivate func growSmallDisk(of daemon: ManagedProcess, megabytes: Int) async throws {
        let output = try await ManagedProcess.run(
            Command(
                "/usr/bin/nsenter",
                [
                    "--target", "\(daemon.processID)", "--user", "--mount", "--preserve-credentials", "/bin/mount",
                    "-o",
                    "remount,size=\(megabytes)m", layout.state,
                ]))
        #expect(output.status == .exited(0), "\(output.error)")
    }
}
