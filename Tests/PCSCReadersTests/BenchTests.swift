import Foundation
import StationCore
import Testing

@testable import StationBench

@Suite(.timeLimit(.minutes(3))) struct BenchTests {
    private func shell(_ script: String) -> Command { Command("/bin/sh", ["-c", script]) }

    @Test func `a program's two streams and its code are told apart`() async throws {
        let output = try await ManagedProcess.run(shell("echo out; echo err >&2; printf rest; exit 3"))
        #expect(output.status == .exited(3))
        #expect(output.output == ["out", "rest"])
        #expect(output.error == ["err"])
    }

    @Test func `readiness is a line, the end is by process id`() async throws {
        let layout = try StationLayout()
        defer { layout.remove() }
        var command = shell("echo starting; echo ready on 7; exec sleep 600")
        command.log = "\(layout.logs)/sleeper.log"
        let process = try await ManagedProcess.start(command)
        let line = try await process.firstLine { $0.text.hasPrefix("ready") }
        #expect(line.text == "ready on 7")
        #expect(try await process.firstLine { $0.text == "starting" }.isError == false)
        #expect(process.exitStatus == nil)
        #expect(await process.terminate() == .signalled(SIGTERM))
        #expect(kill(process.processID, 0) != 0)
        #expect(try String(contentsOfFile: "\(layout.logs)/sleeper.log", encoding: .utf8) == "starting\nready on 7\n")
    }

    @Test func `a program that does not obey is ended`() async throws {
        let process = try await ManagedProcess.start(
            shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"))
        _ = try await process.firstLine { $0.text == "ready" }
        #expect(await process.terminate(within: .milliseconds(200)) == .signalled(SIGKILL))
    }

    @Test func `a line that never comes is a failure that says what came`() async throws {
        let ended = try await ManagedProcess.start(shell("echo cannot bind >&2; exit 1"))
        do {
            _ = try await ended.firstLine { $0.text == "ready" }
            Issue.record("no line was printed")
        } catch {
            #expect(error.detail?.contains("cannot bind") == true)
        }
        let silent = try await ManagedProcess.start(shell("exec sleep 600"))
        await expect(.internalFault) { _ = try await silent.firstLine(within: .milliseconds(50)) { _ in true } }
        await silent.kill()
        await expect(.internalFault) { _ = try await ManagedProcess.start(Command("/nonexistent/program")) }
    }

    @Test func `no descriptor of the bench reaches a program`() async throws {
        // Without close-on-exec, as other people's code opens them.
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let output = try await ManagedProcess.run(shell("echo /proc/$$/fd/*"))
        let open = output.output.first?.split(separator: " ").compactMap { $0.split(separator: "/").last } ?? []
        // The fourth is the shell reading the directory.
        #expect(Set(open).isSubset(of: ["0", "1", "2", "3"]), "\(open)")
        #expect(leak > 3)
    }

    @Test func `a program does not outlive the thread that started it`() async throws {
        let worker = WorkerThread(name: "short-lived")
        let command = shell("exec sleep 600")
        let process = try await worker.run { command.spawn(standardOutput: -1, standardError: -1) }.get()
        #expect(kill(process, 0) == 0)
        worker.finish()
        let status = await WorkerThread(name: "waiter").run { () -> Int32 in
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            return status
        }
        #expect(ExitStatus(waitStatus: status) == .signalled(SIGKILL))
    }

    @Test func `two private services use the same port and nothing of the machine`() async throws {
        let layout = try StationLayout()
        defer { layout.remove() }
        let first = try await PrivateCardService(directory: "\(layout.root)/1")
        let second = try await PrivateCardService(directory: "\(layout.root)/2")
        try await first.start()
        try await second.start()
        #expect(first.port(slot: 1) == second.port(slot: 1))
        for service in [first, second] {
            let (asked, signal) = AsyncStream.makeStream(of: Void.self)
            let card = ScriptedCard(connection: try await service.cardConnection(slot: 1)) { _ in .silence }
            let poll = Task {
                while card.power.isEmpty && !Task.isCancelled {
                    try await ContinuousClock().sleep(for: .milliseconds(20))
                }
                signal.yield()
            }
            for await _ in asked { break }
            #expect(card.power.first == .on)
            poll.cancel()
            card.remove()
        }
        await first.stop()
        await second.stop()
        // A stopped service takes its port with it.
        await expect(.readerDisconnected) { close(try await first.cardConnection(slot: 1)) }
    }

    @Test func `a card program runs in the service's network`() async throws {
        let layout = try StationLayout()
        defer { layout.remove() }
        let service = try await PrivateCardService(directory: layout.cardService)
        try await service.start()
        // 8C7B is port 35963; state 0A is listening (proc_pid_net_tcp(5)).
        let program = try await service.startCard("/bin/sh", ["-c", "cat /proc/net/tcp; echo done"])
        _ = try await program.firstLine { $0.text == "done" }
        _ = try await program.firstLine { $0.text.contains(":8C7B 00000000:0000 0A") }
        _ = await program.waitForExit()
        await service.stop()
    }
}
