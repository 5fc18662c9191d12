import ArgumentParser
import Foundation
import StationAPI
import StationCore

/// `intakectl audit`: who did what.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Nhật ký kiểm toán / Who did what.",
        subcommands: [AuditVerifyCommand.self, AuditExportCommand.self])
}

struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Xuất nhật ký / The whole audit: a JSON object per row, the signed head last. Nothing personal in it."
    )
    @OptionGroup var options: AdministratorOptions

    func run() async throws {
        try await options.run {
            var position: Int64? = 0
            var head: AuditPage.Head?
            while let after = position {
                let page = try await options.station.audit(after: after)
                for row in page.rows { try Console(json: true).show(row, or: "") }
                // What came while the export ran belongs to it: the chain's end is the last page's.
                position = page.next
                head = page.head
            }
            if let head { try Console(json: true).show(head, or: "") }
        }
    }
}

struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Kiểm tra nhật ký / Whether a row of the audit is missing, changed or out of order. Exit 4 when so.",
        discussion: """
            Không có tệp: kiểm tra nhật ký của trạm. Có tệp: kiểm tra bản đã xuất. / Without a file the daemon walks its \
            own chain; with one, an export is checked here, without a daemon. --key checks an export's head's signature too.
            """)
    @OptionGroup var options: AdministratorOptions

    @Option(name: .customLong("key"), help: "Base64 of the station's Ed25519 public key, as registered upstream.")
    var publicKey: String?

    @Argument(help: "A file that `audit export` wrote.")
    var file: String?

    func run() async throws {
        try await options.run {
            let report = try await report()
            try options.console.show(report, or: text(report))
            if !report.intact { throw ExitStatus.degraded }
        }
    }

    func validate() throws {
        guard publicKey == nil || file != nil else { throw ValidationError("--key goes with the file of an export") }
    }

    private func report() async throws -> AuditReport {
        guard let file else { return try await options.station.verifyAudit() }
        guard access(file, R_OK) == 0, let handle = FileHandle(forReadingAtPath: file) else {
            let cause = errno
            guard cause == ENOENT else { throw Problem(.permissionDenied, "\(file): errno \(cause)") }
            Console.complain(Problem(.auditFileInvalid, "\(file): there is no such file"))
            throw ExitStatus.notFound
        }
        let key = try publicKey.map { (text) throws(Problem) in
            guard let bytes = Data(base64Encoded: text), bytes.count == 32 else {
                throw Problem(.keyInvalid, "--key is not the base64 of 32 bytes")
            }
            return Array(bytes)
        }
        do {
            return try AuditExport.verify(handle, key: key)
        } catch let failure as Failure {
            throw Problem(failure)
        }
    }

    private func text(_ report: AuditReport) -> String {
        guard let row = report.brokenAt else {
            return options.words.pick("Nhật ký nguyên vẹn: \(report.rows) dòng", "Intact: \(report.rows) rows")
        }
        return options.words.pick("Nhật ký bị sửa tại dòng \(row)", "Broken at row \(row)")
    }
}
