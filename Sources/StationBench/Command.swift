import CHost
import Foundation
import StationCore

/// What to start: a program, its arguments, its whole environment, and where.
package struct Command: Sendable {
    /// Which namespaces of a private card service the program runs in.
    package enum Place: Sendable {
        /// Where the bench itself runs.
        case host
        /// The service's network only: for a card that connects to a reader's port.
        case network(CardNamespace)
        /// Network and mounts: for the service itself.
        case inside(CardNamespace)
    }

    /// Absolute path of the program.
    package var executable: String
    /// Arguments after the program's name.
    package var arguments: [String]
    /// The whole environment.
    package var environment: [String: String]
    /// Where it runs.
    package var place: Place
    /// File that gets everything the program prints; nil for none.
    package var log: String?

    /// Describes a program to start.
    package init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = Command.plainEnvironment,
        place: Place = .host, log: String? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.place = place
        self.log = log
    }

    /// The bench's own environment, without what would tell a program that systemd started it.
    package static var plainEnvironment: [String: String] {
        let foreign = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM", "CREDENTIALS_DIRECTORY"]
        return ProcessInfo.processInfo.environment.filter { !foreign.contains($0.key) }
    }

    /// Starts the program on the calling thread, which must live as long as the process.
    func spawn(standardOutput: Int32, standardError: Int32) -> Result<pid_t, Failure> {
        var strings = ([executable] + arguments).map { strdup($0) } + [nil]
        let programStrings = strings.count
        strings += environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in strings { free(string) } }
        return strings.withUnsafeMutableBufferPointer { buffer -> Result<pid_t, Failure> in
            var request = chost_spawn()
            request.path = UnsafePointer(buffer[0])
            request.arguments = UnsafePointer(buffer.baseAddress)
            request.environment = buffer.baseAddress.map { UnsafePointer($0 + programStrings) }
            request.standard_input = -1
            request.standard_output = standardOutput
            request.standard_error = standardError
            (request.user_namespace, request.mount_namespace, request.network_namespace) = namespaces
            request.death_signal = SIGKILL
            let process = withUnsafePointer(to: &request) { chost_spawn($0) }
            guard process > 0 else {
                return .failure(Failure(.internalFault, "\(executable): \(String(cString: strerror(errno)))"))
            }
            return .success(process)
        }
    }

    private var namespaces: (user: Int32, mount: Int32, network: Int32) {
        switch place {
        case .host: (-1, -1, -1)
        case .network(let namespace): (namespace.descriptors.user, -1, namespace.descriptors.network)
        case .inside(let namespace):
            (namespace.descriptors.user, namespace.descriptors.mount, namespace.descriptors.network)
        }
    }
}

/// How a process ended.
package enum ExitStatus: Hashable, Sendable {
    /// It ended by itself with this code.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)

    /// Reads a status word of wait(2).
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited(waitStatus >> 8 & 0xFF) : .signalled(signal)
    }
}
