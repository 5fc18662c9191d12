import ArgumentParser
import DocumentTrust
import Foundation
import StationAPI
import StationCore

/// `intakectl trust`: whose signatures on cards are believed. Works on the directory itself, with or without a daemon.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Chứng thư gốc / Whose signatures on cards are believed.",
        discussion: """
            Trạm chỉ tin những gì quản trị viên đã nhập. / Nothing is trusted that the administrator did not import.
            systemctl reload intaked đọc lại / makes the daemon read it again.
            """,
        subcommands: [TrustImportCommand.self, TrustListCommand.self, TrustRemoveCommand.self])
}

/// What the commands take that need no daemon.
struct TrustOptions: ParsableArguments {
    @Option(help: "The trust directory.")
    var directory = "/var/lib/intake-station/trust"

    @Flag(help: "One JSON document instead of text.")
    var json = false

    @Option(help: "vi or en; by default what LANG says, else Vietnamese.")
    var language: Language?

    var words: Language { language ?? Language(environment: ProcessInfo.processInfo.environment) }
    var trust: TrustDirectory { TrustDirectory(path: directory) }
    var console: Console { Console(json: json) }

    func run(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let failure as Failure {
            Console.complain(Problem(failure))
            throw ExitStatus.error
        }
    }
}

struct TrustImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Nhập chứng thư gốc, danh sách / Import certificates, master lists, revocation lists.",
        discussion: """
            PEM, DER, master lists (ICAO 9303-12), LDIF exports of ICAO's directory, revocation lists. All files or none. \
            Exit 2 when nothing was new, 3 when a file is not there.
            """)
    @OptionGroup var options: TrustOptions

    @Option(
        name: .customLong("accept-signer"),
        help: "SHA-256 of a master list signer's certificate that you compared with the publisher.")
    var acceptedSigners: [String] = []

    @Option(name: .customLong("country"), help: "Take only this country from master lists, such as VN.")
    var countries: [String] = []

    @Argument(help: "The files.")
    var files: [String]

    func run() async throws {
        try options.run {
            var contents: [(name: String, bytes: [UInt8])] = []
            for path in files {
                guard let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int else {
                    Console.complain(Problem(.trustFileInvalid, "\(path): there is no such file"))
                    throw ExitStatus.notFound
                }
                guard size <= Limits.Trust.fileBytes, let data = FileManager.default.contents(atPath: path) else {
                    throw Failure(.trustFileInvalid, "\(path) cannot be read")
                }
                contents.append((path, Array(data)))
            }
            var store = try options.trust.load()
            let reports = try store.take(
                contents,
                TrustImportOptions(
                    acceptedSigners: acceptedSigners, countries: countries, now: SystemClock().now))
            let isNew = reports.contains { $0.isNew }
            if isNew { try options.trust.save(store) }
            try options.console.show(reports, or: TrustText(options.words).text(reports))
            if !isNew { throw ExitStatus.nothing }
        }
    }
}

struct TrustListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Trạm tin ai / What anchors what. Exit 2 when nothing is trusted, 4 when a list is outdated.")
    @OptionGroup var options: TrustOptions

    @Option(name: .customLong("country"), help: "Show only this country, such as VN.")
    var countries: [String] = []

    func run() async throws {
        try options.run {
            let listing = try options.trust.load().listing(at: SystemClock().now, countries: countries)
            let isEmpty = listing.authorities.isEmpty && listing.revocationLists.isEmpty
            try options.console.show(listing, or: isEmpty ? nothing : TrustText(options.words).text(listing))
            if isEmpty { throw ExitStatus.nothing }
            if listing.revocationLists.contains(where: \.outdated) { throw ExitStatus.degraded }
        }
    }

    private var nothing: String {
        options.words.pick("Chưa tin chứng thư gốc nào", "No authority is trusted")
    }
}

struct TrustRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Thôi tin một chứng thư gốc / Trust an authority no more. Exit 3 when unknown."
    )
    @OptionGroup var options: TrustOptions

    @Argument(help: "SHA-256 fingerprints as `trust list` shows them; the first 16 digits suffice.")
    var fingerprints: [String]

    func validate() throws {
        guard fingerprints.allSatisfy({ $0.count >= 16 && $0.allSatisfy(\.isHexDigit) }) else {
            throw ValidationError("at least 16 hexadecimal digits")
        }
    }

    func run() async throws {
        try options.run {
            var store = try options.trust.load()
            let removed = store.remove(fingerprints: fingerprints)
            guard removed > 0 else {
                Console.complain(Problem(.trustFileInvalid, "no authority has this fingerprint"))
                throw ExitStatus.notFound
            }
            try options.trust.save(store)
            try options.console.show(
                ["removed": removed],
                or: options.words.pick("Đã bỏ \(removed) chứng thư", "\(removed) certificates removed"))
        }
    }
}
