import Foundation
import StationAPI
import StationBench
import StationContract
import StationCore
import Testing

/// Every `curl` command of `docs/openapi/station.yaml` works against the real daemon, and what it answers is what the file
/// says, member by member.
@Suite(.serialized) struct ContractExampleTests {
    @Test func everyExampleWorks() async throws {
        try await withStation(settings: "stick:\n  directories: [/tmp]\n  mustBeMounted: false") {
            station, run, citizen in
            let examples = try await Examples(station, citizen)
            #expect(try await station.administer(["pause"]).status == .exited(0))
            try await examples.run(
                "describe", "contract", "status", "listReaders", "listen", "signIn", "describePerson", "currentShift",
                "listShifts", "summarizeShift", "enterOperator", "listOperators", "resetSecret", "suspendOperator",
                "unlockOperator", "verifyAudit", "readAudit",
                "noteIssue", "listIssues", "listMissing")
            // A station that is whole has nothing to acknowledge.
            examples["FIRST_MISSING"] = "1"
            try await examples.run("acknowledgeMissing", refusedWith: 404)
            // The bench's machine keeps the data key.
            try await examples.run("replaceDataKey", refusedWith: 409)

            // A card becomes an application, which is then ordered about.
            try await station.insertCard(citizen.directory)
            examples["READER"] = try await run.readerWithCard(named: station.readerName)
            let started = try StrictJSON.decode(ReadReport.self, from: try await examples.run("startRead"))
            examples["READ"] = started.id
            _ = try await run.wait(forRead: started.id) { $0.state == .finished }
            try await examples.run("getRead", "getReadRecord", "getPortrait")
            let saved = try StrictJSON.decode(SavedApplication.self, from: try await examples.run("submitApplication"))
            examples["ITEM"] = saved.itemId.text
            try await examples.run(
                "listApplications", "getApplication", "findPerson", "holdApplication", "releaseApplication",
                "retryApplication", "cancelApplication", "eraseFollowUp")

            // Taken back, it does not count as a repetition.
            let second = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
            examples["ITEM"] = second.itemId.text
            let amended = try StrictJSON.decode(
                SavedApplication.self, from: try await examples.run("amendApplication"))
            examples["ITEM"] = amended.itemId.text
            try await examples.run("withdrawApplication")
            let other = try Citizen(directory: try await station.issueCard("other", ["--seed", "77"]))
            let third = try await run.submit(read: try await station.read(other, run), phone: "0912345680")
            examples["ITEM"] = third.itemId.text
            try await examples.run("holdApplication", "closeApplication")

            try await examples.run(
                "listMedia", "export", "importReceipts", "recallExports", "importItems", "exportReceipts", "resumeTransmission",
                "flushTransmission", "pauseTransmission")
            // The supervisor, to whom the session is handed over, does not work here; Lan closes before that.
            try await examples.run("handOverShift")
            examples["TOKEN"] = try #require(try await station.client(of: .hoa).session.token)
            try await examples.run("closeShift")
            examples["TOKEN"] = try #require(station.client.session.token)
            try await examples.run("openShift", "changeSecret", "signOut")
            #expect(examples.notRun == [])
        }
    }
}

/// The contract's commands with a bench's values in their variables.
private final class Examples {
    private let contract: StationContract
    private let operations: [String: StationContract.Operation]
    private let layout: StationLayout
    private var variables: [String: String]
    private var done: Set<String> = []

    init(_ station: BenchStation, _ citizen: Citizen) async throws {
        contract = try StationContract()
        operations = Dictionary(uniqueKeysWithValues: contract.operations.map { ($0.id, $0) })
        layout = station.layout
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

    subscript(_ name: String) -> String {
        get { variables[name] ?? "" }
        set { variables[name] = newValue }
    }

    /// Operations whose example was not run yet.
    var notRun: Set<String> { Set(operations.keys).subtracting(done) }

    /// Runs the examples of some operations; returns the body of the last one's answer.
    @discardableResult
    func run(_ ids: String...) async throws -> [UInt8] {
        var body: [UInt8] = []
        for id in ids { body = try await run(try #require(operations[id], "\(id)")) }
        return body
    }

    /// Runs an example that has to be refused here.
    func run(_ id: String, refusedWith status: Int) async throws {
        _ = try await run(try #require(operations[id], "\(id)"), expecting: status...status)
    }

    private func run(
        _ operation: StationContract.Operation, expecting expected: ClosedRange<Int> = 200...299
    ) async throws -> [UInt8] {
        done.insert(operation.id)
        let file = layout.root + "/answer"
        let command =
            operation.curl.replacing("/run/intake-station/operator.sock", with: layout.operatorSocket)
            .replacing("/run/intake-station/admin.sock", with: layout.adminSocket)
            .replacing(" --output portrait", with: "")
        try? FileManager.default.removeItem(atPath: file)
        let output = try await ManagedProcess.run(
            Command(
                "/bin/sh",
                ["-c", "\(command) --silent --output \(file) --write-out '%{http_code} %{content_type}\\n'"],
                environment: Command.plainEnvironment.merging(variables) { $1 }))
        let body = FileManager.default.contents(atPath: file).map(Array.init) ?? []
        let said =
            "\(operation.id): \(output.output) \(output.error) \(String(decoding: body.prefix(2_000), as: UTF8.self))"
        let words = try #require(output.output.last, "\(said)").split(separator: " ")
        let status = try #require(words.first.flatMap { Int($0) }, "\(said)")
        #expect(expected.contains(status), "\(said)")
        let response = contract.resolved(try #require(operation.responses[status], "\(said)"))
        try judge(body, words.dropFirst().first.map(String.init), by: response, said)
        return body
    }

    /// The media type is one that the file names, and the body fits its schema.
    private func judge(_ body: [UInt8], _ mediaType: String?, by response: JSONValue, _ said: String) throws {
        guard let content = response["content"]?.members else {
            #expect(body.isEmpty, "\(said)")
            return
        }
        let media = try #require(mediaType.flatMap { content[$0] }, "\(said)")
        if let event = media["schema"]?["properties"]?["data"]?["contentSchema"] {
            let lines = String(decoding: body, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("data:") }
            #expect(!lines.isEmpty)
            for line in lines {
                let value = try JSONValue(json: line.dropFirst("data:".count).utf8)
                #expect(contract.violations(of: event, by: value) == [], "\(said)")
            }
        } else if mediaType == "application/json" || mediaType == "application/problem+json" {
            let schema = try #require(media["schema"])
            #expect(contract.violations(of: schema, by: try JSONValue(json: body)) == [], "\(said)")
        } else {
            #expect(!body.isEmpty, "\(said)")
        }
    }
}
