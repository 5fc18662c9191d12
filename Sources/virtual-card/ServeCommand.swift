import ArgumentParser
import Dispatch
import Glibc
import StationCore
import VirtualCard

/// `virtual-card serve DIR --reader PORT`
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Puts a card into a slot of a virtual reader (vpcd) until SIGTERM removes it.")

    @Argument(help: "Directory of an issued card.")
    var directory: String

    @Option(help: "TCP port of the reader's slot.")
    var reader: UInt16

    @Option(help: "IPv4 address of the reader.")
    var host = "127.0.0.1"

    @Option(help: "Time that the card takes for each command.")
    var delayMilliseconds = 0

    @Option(help: "Take the card off the reader after so many commands.")
    var removeAfterApdus: Int?

    @Option(help: "Stop answering after so many commands.")
    var muteAfterApdus: Int?

    @Option(help: "Lose contact for a moment after so many commands.")
    var slipAfterApdus: Int?

    @Option(help: "A fault of the chip; may be repeated. One of: \(Self.faults).")
    var fault: [Fault] = []

    private static var faults: String {
        Fault.allCases.filter { !$0.isIssuers }.map(\.rawValue).joined(separator: ", ")
    }

    func validate() throws {
        if let wrong = fault.first(where: \.isIssuers) {
            throw ValidationError("\(wrong.rawValue) is in the card's files: give it to 'issue'")
        }
        guard delayMilliseconds >= 0, removeAfterApdus ?? 0 >= 0, muteAfterApdus ?? 0 >= 0, slipAfterApdus ?? 0 >= 0
        else {
            throw ValidationError("numbers must not be negative")
        }
    }

    func run() throws {
        let image = try CardDirectory(path: directory).image(adding: Set(fault))
        let stop = try StopSignal()
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { stop.stop() }
            source.resume()
            return source
        }
        let connection = VpcdConnection(
            host: host, port: reader, delayMilliseconds: delayMilliseconds, stop: stop)
        let session = VpcdSession(
            applet: CardApplet(image: image),
            behaviour: .init(removedAfter: removeAfterApdus, muteAfter: muteAfterApdus, slipsAfter: slipAfterApdus))
        let ended = try connection.serve(session) { Self.say("ready") }
        Self.say("apdus \(ended.commandCount)")
        withExtendedLifetime(sources) {}
    }

    /// One line at once, not when a buffer is full: somebody waits for it.
    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
