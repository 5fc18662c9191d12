import Foundation
import StationAPI
import StationBench
import StationContract
import StationCore
import Testing

/// A second person's word, on every operation that takes one: what is no such word is refused, changes nothing but the count
/// of wrong secrets, and leaves the rows in the audit that it should; the same request with the right one is then done.
@Suite(.serialized, .timeLimit(.minutes(15))) struct CoSignatureTests {
    private static let wrong = "000-not-it-000"

    /// What stands in the header, and what the station has to say to it.
    private struct Attempt {
        let name: String
        let header: String?
        let code: FailureCode
    }

    private static let attempts: [Attempt] = [
        Attempt(name: "not the scheme", header: "Bearer \(encoded("hoa", "915826"))", code: .coSignatureRefused),
        Attempt(name: "not base64", header: "Basic hoa:915826", code: .coSignatureRefused),
        Attempt(name: "no colon", header: "Basic \(Data("hoa".utf8).base64EncodedString())", code: .coSignatureRefused),
        Attempt(name: "nothing", header: "", code: .coSignatureRefused),
        Attempt(name: "no secret", header: basic("hoa", ""), code: .coSignatureRefused),
        Attempt(name: "nobody", header: basic("nobody", "915826"), code: .coSignatureRefused),
        Attempt(name: "the same person", header: basic("lan", DeskPerson.lan.secret), code: .coSignatureRefused),
        Attempt(name: "two operators", header: basic("minh", "604817"), code: .supervisorRequired),
        Attempt(name: "suspended", header: basic("nga", "731946"), code: .operatorSuspended),
        Attempt(name: "temporary secret", header: basic("tam", "begin-381726"), code: .secretChangeRequired),
    ]

    /// One operation that takes a second person's word.
    private struct Verb {
        let name: String
        let operation: String
        /// Whether it is refused without one.
        let needsIt: Bool
        /// What is sent, made when its turn has come.
        let request: @Sendable () async throws -> Request
    }

    private struct Request: Sendable {
        let path: String
        let body: [UInt8]
        var key: String?

        init(_ path: String, _ body: some Encodable, key: String? = nil) throws {
            self.path = path
            self.body = try StrictJSON.encode(body)
            self.key = key
        }
    }

    @Test func aSecondPersonsWordIsNothingButTheirOwn() async throws {
        try await withStation(settings: "stick:\n  directories: [/tmp]\n  mustBeMounted: false") {
            station, run, citizen in
            #expect(try await station.administer(["pause"]).status == .exited(0))
            try await prepare(station)
            let verbs = try await verbs(station, run, citizen)
            let contract = try StationContract()
            let listed = contract.operations.filter { operation in
                (operation.document["parameters"]?.elements ?? []).contains {
                    contract.resolved($0)["name"] == .string(CoSignature.headerName)
                }
            }
            #expect(Set(verbs.map(\.operation)) == Set(listed.map(\.id)))

            for verb in verbs {
                let request = try await verb.request()
                let missing = Attempt(name: "missing", header: nil, code: .coSignatureMissing)
                let before = try await StationFacts(station)
                for attempt in (verb.needsIt ? [missing] : []) + Self.attempts {
                    let answer = try await send(request, attempt.header, station)
                    #expect(answer.code == attempt.code.rawValue, "\(verb.name), \(attempt.name): \(answer)")
                    #expect(try await StationFacts(station) == before, "\(verb.name), \(attempt.name)")
                }
                try await expectLockOut(verb, request, station)
                let rowsBefore = try await station.auditRows().count
                let done = try await send(request, Self.basic("hoa", DeskPerson.hoa.secret), station)
                #expect((200...299).contains(done.status), "\(verb.name): \(done)")
                let rows = try await station.auditRows().dropFirst(rowsBefore)
                #expect(rows.first == "op:lan operator.co-signed op:hoa" && rows.count > 1, "\(verb.name): \(rows)")
            }
        }
    }

    /// Five wrong secrets in a row, each counted and in the audit; from then on the right one is not even tried, neither here
    /// nor at the sign-in.
    private func expectLockOut(_ verb: Verb, _ request: Request, _ station: BenchStation) async throws {
        let before = try await StationFacts(station)
        for count in 1...Limits.People.attempts {
            let answer = try await send(request, Self.basic("hoa", Self.wrong), station)
            #expect(answer.code == FailureCode.coSignatureRefused.rawValue, "\(verb.name): \(answer)")
            let accounts = try await station.administration.operators().operators
            #expect(accounts.first { $0.operatorId == "hoa" }?.wrongSecrets == count, "\(verb.name)")
        }
        let right = try await send(request, Self.basic("hoa", DeskPerson.hoa.secret), station)
        #expect(right.code == FailureCode.operatorLockedOut.rawValue, "\(verb.name): \(right)")
        let hoa = StationClient(socketPath: station.layout.operatorSocket)
        await expectProblem(.operatorLockedOut) { try await hoa.signIn(DeskPerson.hoa.signIn) }
        let after = try await StationFacts(station)
        #expect(after.applications == before.applications && after.shifts == before.shifts, "\(verb.name)")
        #expect(after.onStick == before.onStick, "\(verb.name)")
        let rows = Array(after.audit.dropFirst(before.audit.count))
        let counted = Array(repeating: "op:lan operator.sign-in-refused op:hoa", count: Limits.People.attempts - 1)
        #expect(rows == counted + ["op:lan operator.locked-out op:hoa"], "\(verb.name)")
        #expect(!rows.joined().contains(Self.wrong))
        _ = try await station.administration.perform(.unlock, onOperator: "hoa")
    }

    // MARK: What is asked for

    private func prepare(_ station: BenchStation) async throws {
        for person in [
            .hoa, DeskPerson(name: "minh", role: .operator, secret: "604817"),
            DeskPerson(name: "nga", role: .supervisor, secret: "731946"),
        ] {
            try await station.enter(person)
        }
        _ = try await station.administration.perform(.suspend, onOperator: "nga")
        _ = try await station.administration.enter(
            OperatorEntry(operatorId: "tam", role: .supervisor, secret: "begin-381726"))
        let stick = station.layout.root + "/stick"
        try FileManager.default.createDirectory(atPath: stick, withIntermediateDirectories: false)
    }

    private func verbs(_ station: BenchStation, _ run: IntakeRun, _ citizen: Citizen) async throws -> [Verb] {
        let typedCitizen = try Citizen(directory: try await station.issueCard("typed", ["--seed", "77"]))
        let unlikeCitizen = try Citizen(directory: try await station.issueCard("unlike", ["--seed", "78"]))
        let saved = try await run.submit(read: try await station.read(citizen, run), phone: "0912345678")
        let item = "/v1/applications/\(saved.itemId)"
        let shift = try #require(try await station.client.currentShift()?.shiftId)
        let stick = station.layout.root + "/stick"
        func verb(
            _ name: String, _ operation: String, needsIt: Bool = false,
            _ request: @escaping @Sendable () async throws -> Request
        ) -> Verb { Verb(name: name, operation: operation, needsIt: needsIt, request: request) }
        func order(_ word: String, _ operation: String, _ reason: ReasonCode, needsIt: Bool = false) -> Verb {
            verb(word, operation, needsIt: needsIt) { try Request("\(item)/\(word)", ApplicationOrder(reason: reason)) }
        }
        return [
            verb("duplicate override", "submitApplication", needsIt: true) {
                var order = try await run.submission(read: try await station.read(citizen, run), phone: "0987654321")
                order.overrides = [.init(kind: "duplicateToday", reason: "thử")]
                return try Request("/v1/applications", order, key: "repeated")
            },
            verb("not matched", "submitApplication", needsIt: true) {
                let read = try await station.read(unlikeCitizen, run)
                var order = try await run.submission(read: read, phone: "0923456789")
                order.matches = SubmittedMatches(face: .init(outcome: "notMatched"))
                return try Request("/v1/applications", order, key: "unlike")
            },
            verb("manual entry", "submitApplication", needsIt: true) {
                var order = try await run.submission(
                    read: try await station.read(citizen, run), phone: "0934567890")
                order.readId = nil
                order.manual = ManualEntry(
                    personalNumber: typedCitizen.number, fullName: typedCitizen.name, birthDate: "1990", sex: "female",
                    nationality: "VNM", residence: typedCitizen.residence, expiry: "none", reason: "chip hỏng")
                return try Request("/v1/applications", order, key: "typed")
            },
            order("hold", "holdApplication", .documentAwaited),
            order("release", "releaseApplication", .settled, needsIt: true),
            order("retry", "retryApplication", .settled),
            verb("cancel", "cancelApplication") {
                let held = try await station.client.applications(state: "held").applications
                let typed = try #require(held.first { $0.reason == "unverified" })
                return try Request(
                    "/v1/applications/\(typed.itemId)/cancel", ApplicationOrder(reason: .citizenRequest))
            },
            verb("export", "export", needsIt: true) { try Request("/v1/exports", ExportOrder(directory: stick)) },
            order("close", "closeApplication", .settled),
            verb("hand-over", "handOverShift", needsIt: true) {
                try Request("/v1/shifts/\(shift)/hand-over", HandOver())
            },
        ]
    }

    // MARK: Helpers

    private struct Answer {
        let status: Int
        let code: String?
    }

    /// As Lan, with what is to stand in the header; nil for no header.
    private func send(_ request: Request, _ header: String?, _ station: BenchStation) async throws -> Answer {
        let (sent, answered) = (station.layout.root + "/sent", station.layout.root + "/answered")
        try Data(request.body).write(to: URL(filePath: sent))
        var headers = ["Authorization: Bearer \(station.client.session.token ?? "")", "Content-Type: application/json"]
        if let key = request.key { headers.append("Idempotency-Key: \(key)") }
        // With a semicolon curl sends a header that is empty.
        if let header { headers.append(header.isEmpty ? "Co-Signature;" : "Co-Signature: \(header)") }
        let output = try await ManagedProcess.run(
            Command(
                "/usr/bin/curl",
                ["-sS", "--unix-socket", station.layout.operatorSocket, "--data-binary", "@\(sent)", "-o", answered]
                    + ["-w", "%{http_code}\n"] + headers.flatMap { ["-H", $0] } + ["http://localhost\(request.path)"]))
        let body = try Data(contentsOf: URL(filePath: answered))
        return Answer(
            status: try #require(output.output.last.flatMap { Int($0) }, "\(output.error)"),
            code: (try? StrictJSON.decode(Problem.self, from: Array(body)))?.code)
    }

    private static func encoded(_ name: String, _ secret: String) -> String {
        Data("\(name):\(secret)".utf8).base64EncodedString()
    }

    private static func basic(_ name: String, _ secret: String) -> String { "Basic \(encoded(name, secret))" }
}
