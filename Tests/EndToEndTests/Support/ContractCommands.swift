import Foundation
import StationAPI
import StationBench
import StationContract
import StationCore
import Testing

/// The `curl` commands of `docs/openapi/station.yaml`, with a bench's values in their variables: what has the authority that
/// a command carries does what it says.
struct ContractCommands: Sendable {
    /// What a command carries as its person's token.
    enum Token: Sendable {
        /// What the contract says.
        case ofTheContract
        /// None, whatever the contract says.
        case none
        /// This one, whatever the contract says.
        case other(String)
    }

    struct Answer: Sendable {
        let status: Int
        let mediaType: String?
        let body: [UInt8]
        /// All of it, for a test that complains.
        let said: String

        /// The code of a problem; nil for what is none.
        var problem: String? {
            guard mediaType == "application/problem+json" else { return nil }
            return (try? StrictJSON.decode(Problem.self, from: body))?.code
        }
    }

    let contract: StationContract
    let operations: [String: StationContract.Operation]
    /// The values of the commands' variables.
    var variables: [String: String]
    private let layout: StationLayout
    private let answers: String

    /// A station where nobody has signed in and nothing has been read.
    init(bare station: BenchStation) throws {
        contract = try StationContract()
        operations = Dictionary(uniqueKeysWithValues: contract.operations.map { ($0.id, $0) })
        layout = station.layout
        // Commands may be another user's.
        answers = layout.root + "/answers"
        try FileManager.default.createDirectory(atPath: answers, withIntermediateDirectories: false)
        chmod(answers, 0o777)
        variables = [:]
    }

    /// A station where Lan is signed in and an intake session is open.
    init(_ station: BenchStation, _ citizen: Citizen) async throws {
        try self.init(bare: station)
        let stick = layout.root + "/stick"
        try FileManager.default.createDirectory(atPath: stick, withIntermediateDirectories: false)
        let consent = try await station.client.description().consent
        variables = [
            "TOKEN": try #require(station.client.session.token), "SECRET": DeskPerson.lan.secret,
            "SECOND": try await station.coSignature().secret, "NEW_SECRET": "573019", "TEMPORARY": "begin-573019",
            "NUMBER": citizen.number, "STICK": stick, "CONSENT_VERSION": consent.version,
            "CONSENT_SHA256": consent.sha256,
            "SHIFT": try #require(try await station.client.currentShift()?.shiftId),
        ]
    }

    /// Runs an operation's command.
    /// - Parameters:
    ///   - socket: where it is sent; nil for the socket that the contract names.
    ///   - user: the user id that sends it; nil for the tests' own.
    ///   - edit: another question of the same operation.
    func run(
        _ operation: StationContract.Operation, on socket: String? = nil, token: Token = .ofTheContract,
        as user: Int? = nil, edit: (String) -> String = { $0 }
    ) async throws -> Answer {
        let file = "\(answers)/\(UUID().uuidString)"
        var variables = variables
        var command = edit(operation.curl)
            .replacing("/run/intake-station/operator.sock", with: socket ?? layout.operatorSocket)
            .replacing("/run/intake-station/admin.sock", with: socket ?? layout.adminSocket)
            .replacing(" --output portrait", with: "")
        let header = #" -H "Authorization: Bearer $TOKEN""#
        switch token {
        case .ofTheContract: break
        case .none:
            command = command.replacing(header, with: "")
        case .other(let text):
            variables["TOKEN"] = text
            if !command.contains(header) { command += header }
        }
        let shell = [
            "-c", "\(command) --silent --output \(file) --write-out '%{http_code} %{content_type}\\n'",
        ]
        let identity = user.map { ["--reuid", "\($0)", "--regid", "\($0)", "--clear-groups", "/bin/sh"] }
        let output = try await ManagedProcess.run(
            Command(
                identity == nil ? "/bin/sh" : "/usr/bin/setpriv", (identity ?? []) + shell,
                environment: Command.plainEnvironment.merging(variables) { $1 }))
        let body = FileManager.default.contents(atPath: file).map(Array.init) ?? []
        let said =
            "\(operation.id): \(output.output) \(output.error) \(String(decoding: body.prefix(2_000), as: UTF8.self))"
        let words = try #require(output.output.last, "\(said)").split(separator: " ")
        return Answer(
            status: try #require(words.first.flatMap { Int($0) }, "\(said)"),
            mediaType: words.dropFirst().first.map(String.init), body: body, said: said)
    }
}

/// What a request without the authority for it leaves as it was.
struct StationFacts: Hashable {
    let audit: [String]
    let applications: [String]
    let operators: [OperatorList.Entry]
    let shifts: [String]
    let onStick: [String]

    /// Looks, as an administrator; that looking at the audit stands in the audit does not count.
    init(_ station: BenchStation) async throws {
        audit = try await station.auditRows()
        applications = try await station.administration.applications().applications.map {
            "\($0.itemId) \($0.state) \($0.reason ?? "") \($0.attempts)"
        }
        operators = try await station.administration.operators().operators
        shifts = try await station.administration.shifts().shifts.map {
            "\($0.shiftId) \($0.responsible) \($0.closedBy ?? "")"
        }
        let stick = station.layout.root + "/stick"
        onStick = (try? FileManager.default.subpathsOfDirectory(atPath: stick))?.sorted() ?? []
    }
}

extension BenchStation {
    /// Every row of the audit but those of looking at it: who, what, of what, and the remark.
    func auditRows() async throws -> [String] {
        var rows: [AuditPage.Row] = []
        var position: Int64? = 0
        while let after = position {
            let page = try await administration.audit(after: after)
            rows += page.rows
            position = page.next
        }
        return rows.filter { $0.action != "audit.read" }
            .map { row in [row.actor, row.action, row.object, row.detail].compactMap { $0 }.joined(separator: " ") }
    }
}
