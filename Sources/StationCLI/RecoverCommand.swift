import ArgumentParser
import Foundation
import Glibc
import StationAPI
import StationCore

/// `intakectl recover`: the daemon's own `--recover`, under the name by which the remedies speak of it. This program never
/// opens the database.
struct RecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Dựng lại kho hồ sơ khi khởi động / Have the spool built anew, from its own rows, at the next start.",
        discussion: """
            Chạy dưới quyền root hoặc người dùng của dịch vụ, rồi systemctl restart intaked. Tệp cũ được giữ lại. / Run \
            this as root or as the daemon's user, then systemctl restart intaked. The old file is set aside, never \
            deleted; journalctl -u intaked tells what became of it, intakectl missing list what is gone.
            """)

    @Option(help: "The daemon's configuration file.")
    var config = "/etc/intake-station/station.yaml"

    @Option(help: "The daemon's program; by default the one beside this program.")
    var intaked: String?

    func run() throws {
        let program = intaked ?? Self.beside
        let arguments = [program, "--config", config, "--recover"]
        var strings = arguments.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        // Returns only when it cannot.
        execv(program, &strings)
        Console.complain(Problem(Failure(.configurationInvalid, "\(program) cannot be run: errno \(errno)")))
        throw ExitStatus.error
    }

    private static var beside: String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/intakectl"
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("intaked").path
    }
}
