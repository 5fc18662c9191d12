import Foundation
package import StationCore

/// A real pcscd with two virtual readers, apart from everything of the machine.
///
/// Its Unix socket stands in a directory of the host, so any process reaches it with `environment`; its readers'
/// TCP ports exist in its own network namespace only.
package actor PrivateCardService {
    /// Where the service's directory tree stands.
    package nonisolated let directory: String
    /// The readers, in slot order, as programs see them.
    package nonisolated let readerNames: [String]
    /// The service's socket.
    package nonisolated var socketPath: String { "\(directory)/run/pcscd.comm" }
    /// What a client of this service needs in its environment.
    package nonisolated var environment: [String: String] { ["PCSCLITE_CSOCK_NAME": socketPath] }

    static let firstPort: UInt16 = 35_963
    static let daemon = "/usr/sbin/pcscd"
    static let driver = "\(CardNamespace.drivers)/serial/libifdvpcd.so"

    private let namespace: CardNamespace
    private let configuration: String
    private let log: String?
    private var process: ManagedProcess?

    /// Prepares the service; `start` runs it.
    /// - Parameters:
    ///   - directory: made when it is not there; its path must be short (a Unix socket's path has at most 107 bytes).
    ///   - readerName: what the readers are called, before ` 00 00` and ` 00 01`.
    ///   - log: file for what the service prints.
    package init(
        directory: String, readerName: String = "Virtual Reader", log: String? = nil
    ) async throws(Failure) {
        for (path, package) in [(Self.daemon, "pcscd"), (Self.driver, "vsmartcard-vpcd")]
        where access(path, R_OK) != 0 {
            throw Failure(.readerServiceDown, "\(path) is not there; install the package \(package)")
        }
        self.directory = directory
        self.log = log
        readerNames = ["\(readerName) 00 00", "\(readerName) 00 01"]
        configuration = "\(directory)/reader.conf.d"
        guard "\(directory)/run/pcscd.comm".utf8.count < StationLayout.socketPathBytes else {
            throw Failure(.internalFault, "the card service's directory has too long a path")
        }
        let entry = """
            FRIENDLYNAME "\(readerName)"
            DEVICENAME /dev/null:\(Self.firstPort)
            LIBPATH /run/drivers/libifdvpcd.so
            CHANNELID \(Self.firstPort)

            """
        do {
            for path in ["\(directory)/run", configuration] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            try entry.write(toFile: "\(configuration)/vpcd", atomically: true, encoding: .utf8)
        } catch {
            throw Failure(.internalFault, "card service: \(error)")
        }
        namespace = try await CardNamespace(socketDirectory: "\(directory)/run")
    }

    /// Starts the service and returns when its readers are there; without readers it is a machine that nobody has plugged
    /// one into.
    package func start(withReaders: Bool = true) async throws(Failure) {
        guard process == nil else { return }
        let configuration = withReaders ? configuration : "\(directory)/run"
        let command = Command(
            Self.daemon, ["--foreground", "--info", "--config", configuration], environment: ["PATH": "/usr/bin:/bin"],
            place: .inside(namespace), log: log)
        let started = try await ManagedProcess.start(command)
        process = started
        _ = try await started.firstLine { $0.text.contains("daemon ready") }
    }

    /// Stops the service as systemd would.
    package func stop() async {
        let stopped = process
        process = nil
        await stopped?.terminate()
    }

    /// Kills the service: its socket file stays behind.
    package func kill() async {
        let killed = process
        process = nil
        await killed?.kill()
    }

    /// The process, for a test that stops it with a signal of its own.
    package var processID: Int32? { process?.processID }

    /// The TCP port on which the reader of a slot (0 or 1) waits for its card, inside the service's network.
    package nonisolated func port(slot: Int) -> UInt16 { Self.firstPort + UInt16(slot) }

    /// Starts a card program in the service's network; it connects to `port(slot:)` of 127.0.0.1.
    package func startCard(
        _ executable: String, _ arguments: [String], environment: [String: String] = Command.plainEnvironment,
        log: String? = nil
    ) async throws(Failure) -> ManagedProcess {
        try await ManagedProcess.start(
            Command(executable, arguments, environment: environment, place: .network(namespace), log: log))
    }

    /// Puts a synthetic card on a reader, as a process; returns when the reader has it.
    ///
    /// The process prints `apdus N` when it is asked to end, which takes the card away.
    /// - Parameters:
    ///   - directory: where the card was issued.
    ///   - slot: 0 or 1.
    ///   - options: more arguments of `virtual-card serve`, such as faults.
    package func insertCard(
        directory: String, slot: Int = 0, options: [String] = [], log: String? = nil
    ) async throws(Failure) -> ManagedProcess {
        let card = try await startCard(
            try BuiltExecutables.path("virtual-card"),
            ["serve", directory, "--reader", "\(port(slot: slot))"] + options, log: log)
        _ = try await card.firstLine { $0.text == "ready" }
        return card
    }

    /// A connection to a slot's reader, for a card inside this process.
    /// - Returns: a descriptor that the caller closes; closing it takes the card away.
    package func cardConnection(slot: Int) async throws(Failure) -> Int32 {
        try await namespace.connection(port: port(slot: slot))
    }
}
