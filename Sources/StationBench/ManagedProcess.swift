import CHost
import Foundation
package import StationCore
import Synchronization

/// A process that the bench started: its output is captured line by line, its readiness is a line it prints, its end
/// is by its process id, and it never outlives the bench.
package final class ManagedProcess: Sendable {
    /// One line that the process printed.
    package struct Line: Hashable, Sendable {
        /// Whether it came on standard error.
        package let isError: Bool
        /// The text without its line feed.
        package let text: String
    }

    private struct Waiter: Sendable {
        let accepts: @Sendable (Line) -> Bool
        let outcome: Outcome<Result<Line, Failure>>
    }

    private struct State: Sendable {
        var lines: [Line] = []
        var openStreams = 2
        var waiters: [Waiter] = []
        var exit: ExitStatus?
        var exitWaiters: [Outcome<ExitStatus>] = []
    }

    /// Most lines kept of one process; the log file has them all.
    static let keptLines = 50_000

    /// The process id.
    package let processID: Int32
    /// The program's name, for messages.
    package let name: String
    private let state = Mutex(State())

    private init(processID: Int32, name: String) {
        self.processID = processID
        self.name = name
    }

    /// Starts a program.
    package static func start(_ command: Command) async throws(Failure) -> ManagedProcess {
        var output: [Int32] = [-1, -1]
        var error: [Int32] = [-1, -1]
        guard chost_pipe(&output) == 0, chost_pipe(&error) == 0 else {
            throw Failure(.internalFault, "pipe: \(String(cString: strerror(errno)))")
        }
        let log = command.log.map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) } ?? -1
        let (outputEnd, errorEnd) = (output[1], error[1])
        let started = await SpawnThread.shared.run {
            command.spawn(standardOutput: outputEnd, standardError: errorEnd)
        }
        close(outputEnd)
        close(errorEnd)
        let name = command.executable.split(separator: "/").last.map(String.init) ?? command.executable
        switch started {
        case .failure(let failure):
            for descriptor in [output[0], error[0], log] where descriptor >= 0 { close(descriptor) }
            throw failure
        case .success(let processID):
            let process = ManagedProcess(processID: processID, name: name)
            let sink = LogSink(descriptor: log)
            process.collect(from: output[0], isError: false, into: sink)
            process.collect(from: error[0], isError: true, into: sink)
            process.watch()
            return process
        }
    }

    /// Everything printed so far, oldest first.
    package var lines: [Line] { state.withLock { $0.lines } }
    /// How it ended; nil while it runs.
    package var exitStatus: ExitStatus? { state.withLock { $0.exit } }

    /// The first line, of those printed and those to come, that a condition accepts.
    ///
    /// Fails with the last lines printed when the process ends or the time passes without one.
    package func firstLine(
        within limit: Duration = .seconds(60), where accepts: @escaping @Sendable (Line) -> Bool
    ) async throws(Failure) -> Line {
        let outcome = Outcome<Result<Line, Failure>>()
        state.withLock { state in
            if let line = state.lines.first(where: accepts) {
                outcome.settle(.success(line))
            } else if state.exit != nil && state.openStreams == 0 {
                outcome.settle(.failure(complaint("ended", state)))
            } else {
                state.waiters.append(Waiter(accepts: accepts, outcome: outcome))
            }
        }
        let timer = Task {
            try? await ContinuousClock().sleep(for: limit)
            guard !Task.isCancelled else { return }
            outcome.settle(.failure(self.state.withLock { self.complaint("did not print the line awaited", $0) }))
        }
        defer { timer.cancel() }
        return try await outcome.value.get()
    }

    /// Waits for the end.
    package func waitForExit() async -> ExitStatus {
        let outcome = Outcome<ExitStatus>()
        state.withLock { state in
            if let exit = state.exit { outcome.settle(exit) } else { state.exitWaiters.append(outcome) }
        }
        return await outcome.value
    }

    /// Sends a signal; does nothing when the process has ended.
    package func send(signal: Int32) {
        state.withLock { state in
            if state.exit == nil { Foundation.kill(processID, signal) }
        }
    }

    /// Asks it to end (SIGTERM); ends it (SIGKILL) when it has not obeyed in time.
    @discardableResult
    package func terminate(within limit: Duration = .seconds(20)) async -> ExitStatus {
        send(signal: SIGTERM)
        let timer = Task {
            try? await ContinuousClock().sleep(for: limit)
            if !Task.isCancelled { send(signal: SIGKILL) }
        }
        defer { timer.cancel() }
        return await waitForExit()
    }

    /// Ends it without asking, and waits until it is gone.
    @discardableResult
    package func kill() async -> ExitStatus {
        send(signal: SIGKILL)
        return await waitForExit()
    }

    private func complaint(_ what: String, _ state: State) -> Failure {
        let last = state.lines.suffix(5).map(\.text).joined(separator: " | ")
        return Failure(.internalFault, "\(name) \(what); last printed: \(last)")
    }

    private func collect(from descriptor: Int32, isError: Bool, into log: LogSink) {
        let thread = Thread {
            var splitter = LineSplitter()
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                log.write(buffer[..<count])
                for text in splitter.take(buffer[..<count]) { self.note(Line(isError: isError, text: text)) }
            }
            if let rest = splitter.rest { self.note(Line(isError: isError, text: rest)) }
            close(descriptor)
            self.settleEnd { $0.openStreams -= 1 }
        }
        thread.start()
    }

    private func note(_ line: Line) {
        let ready: [Waiter] = state.withLock { state in
            state.lines.append(line)
            if state.lines.count > Self.keptLines { state.lines.removeFirst(Self.keptLines / 2) }
            let ready = state.waiters.filter { $0.accepts(line) }
            state.waiters.removeAll { $0.accepts(line) }
            return ready
        }
        for waiter in ready { waiter.outcome.settle(.success(line)) }
    }

    private func watch() {
        let thread = Thread {
            var information = siginfo_t()
            // Without reaping, so that the process id cannot be anybody else's while a signal is being sent to it.
            while waitid(P_PID, id_t(self.processID), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
            self.settleEnd { state in
                var status: Int32 = 0
                while waitpid(self.processID, &status, 0) < 0 && errno == EINTR {}
                state.exit = ExitStatus(waitStatus: status)
            }
        }
        thread.start()
    }

    private func settleEnd(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            guard let exit = state.exit else { return }
            for waiter in state.exitWaiters { waiter.settle(exit) }
            state.exitWaiters = []
            guard state.openStreams == 0 else { return }
            for waiter in state.waiters { waiter.outcome.settle(.failure(complaint("ended", state))) }
            state.waiters = []
        }
    }
}

extension ManagedProcess {
    /// What a process that ran to its end printed.
    package struct Output: Sendable {
        /// How it ended.
        package let status: ExitStatus
        /// Lines of standard output.
        package let output: [String]
        /// Lines of standard error.
        package let error: [String]
    }

    /// Runs a program to its end; ends it after a time.
    package static func run(_ command: Command, within limit: Duration = .seconds(60)) async throws(Failure) -> Output {
        let process = try await start(command)
        let timer = Task {
            try? await ContinuousClock().sleep(for: limit)
            if !Task.isCancelled { process.send(signal: SIGKILL) }
        }
        defer { timer.cancel() }
        // Never a line: the wait ends when the process and both its streams have ended.
        _ = try? await process.firstLine(within: limit + .seconds(5)) { _ in false }
        let status = await process.waitForExit()
        let lines = process.lines
        return Output(
            status: status, output: lines.filter { !$0.isError }.map(\.text),
            error: lines.filter(\.isError).map(\.text))
    }
}
