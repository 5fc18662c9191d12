import FakeStation
import Foundation
import StationAPI
import StationContract
import StationCore
import Testing

@testable import StationCLI

/// `--json`, command by command: what docs/schema/intakectl.json promises is what comes, and nothing of a person.
struct JSONContractTests {
    /// The published contract, as far as the tests look at it.
    private struct Contract: Decodable {
        struct Entry: Decodable {
            let output: String
            let schema: JSONValue?
        }

        let commands: [String: Entry]
        let definitions: [String: JSONValue]

        enum CodingKeys: String, CodingKey {
            case commands
            case definitions = "$defs"
        }

        static func published() throws -> Contract {
            let url = CommandTree.root.appendingPathComponent("docs/schema/intakectl.json")
            return try JSONDecoder().decode(Contract.self, from: Data(contentsOf: url))
        }
    }

    @Test func `Every command that takes --json is in the contract, and no other`() async throws {
        let tree = try await CommandTree.built()
        let leaves = tree.command.leaves().filter { $0.value.takesJSON }
        #expect(Set(leaves.keys) == Set(try Contract.published().commands.keys))
        #expect(leaves.count > 35)
    }

    /// The types that the contract names, each with what decodes it.
    private static let types: [String: @Sendable ([UInt8]) throws -> Void] = {
        func type<Value: Decodable & SendableMetatype>(_: Value.Type) -> @Sendable ([UInt8]) throws -> Void {
            { _ = try StrictJSON.decode(Value.self, from: $0) }
        }
        return [
            "StationStatus": type(StationStatus.self), "ApplicationList": type(ApplicationList.self),
            "ApplicationDetail": type(ApplicationDetail.self), "ReaderList": type(ReaderList.self),
            "ReadRecord": type(ReadRecord.self), "StationEvent": type(StationEvent.self),
            "StationStatusUplink": type(StationStatus.Uplink.self), "AuditReport": type(AuditReport.self),
            "AuditPageRow": type(AuditPage.Row.self),
            "AuditPageHead": type(AuditPage.Head.self), "MissingList": type(MissingList.self),
            "MissingListRange": type(MissingList.Range.self),
            "ExportReport": type(ExportReport.self), "RecallReport": type(RecallReport.self),
            "ImportReport": type(ImportReport.self), "ReceiptImportReport": type(ReceiptImportReport.self),
            "SignedIn": type(SignedIn.self), "OperatorListEntry": type(OperatorList.Entry.self),
            "DataKeyReport": type(DataKeyReport.self), "OperatorList": type(OperatorList.self), "ShiftReport": type(ShiftReport.self),
            "CurrentShift": type(CurrentShift.self), "ShiftSummaryReport": type(ShiftSummaryReport.self),
            "ShiftList": type(ShiftList.self), "IssueReport": type(IssueReport.self), "IssueList": type(IssueList.self),
        ]
    }()

    /// Commands in an order in which each has something to show; the trust directory is made by the first of them.
    private static func commands(_ bench: Bench) throws -> [(name: String, arguments: [String], input: String)] {
        let item = Samples.item.text
        let because = ["--reason", "supervisor-review"]
        let second = ["--co-signer", "hoa", "--co-signer-secret-file", try bench.file("second", "a:b\n")]
        let trust = ["--directory", bench.directory + "/trust"]
        let view: [(String, [String], String)] = [
            ("status", [], ""), ("queue", [], ""), ("show", [item], ""), ("readers", [], ""), ("events", [], ""),
            ("wait", ["--drained", "--timeout", "0"], ""), ("reads show", ["r1"], ""), ("hold", [item] + because, ""),
            ("release", [item] + because + second, ""), ("cancel", [item] + because, ""),
            ("close", [item] + because, ""), ("retry", [item], ""), ("find", [], Scene.number + "\n"),
            ("forget", [item], ""), ("export", ["/media/stick"] + second, ""), ("recall", [], ""),
            ("receipts import", ["/media/stick"], ""), ("sign-in", ["lan"], "right\n"), ("whoami", [], ""),
            ("secret", [], "right\na secret of my own\n"),
            ("shift open", ["--team", "Tổ 1", "--point", "Một cửa"], ""), ("shift show", [], ""),
            ("shift list", [], ""), ("shift summary", ["shift-1"], ""), ("shift hand-over", second, ""),
            ("shift close", [], ""), ("issue-log add", ["--category", "power"], "Mất điện"),
            ("issue-log list", [], ""), ("issue-log export", [], ""), ("sign-out", [], ""),
        ].map { ($0.0, $0.1 + ["--socket", bench.socket], $0.2) }
        let admin: [(String, [String], String)] = [
            ("pause", [], ""), ("resume", [], ""), ("flush", [], ""), ("audit verify", [], ""),
            ("audit export", [], ""), ("import", ["/media/stick"], ""), ("receipts export", ["/media/stick"], ""),
            ("operator add", ["hoa"], "temporary-1\n"), ("operator reset", ["hoa"], "temporary-2\n"),
            ("operator rekey", ["hoa", "--forget", "37"], "temporary-3\n"),
            ("operator lock", ["hoa"], ""), ("operator unlock", ["hoa"], ""), ("operator list", [], ""),
            ("missing list", [], ""),
            ("missing acknowledge", ["7", "--reason", "settled"], ""),
        ].map { ($0.0, $0.1 + ["--admin-socket", bench.adminSocket], $0.2) }
        return view + admin + [("trust list", trust, "")]
    }

    /// Commands of which the fake station has no answer: their JSON is held by other tests, the trust directory's by `TrustProgramTests`.
    private static let elsewhere: Set = ["trust import", "trust remove"]

    @Test func `Each command's JSON is of its type and holds nothing of a person`() async throws {
        let contract = try Contract.published()
        try await Bench.with { bench in
            bench.station.keep(Samples.detail)
            bench.station.keep(Samples.record)
            bench.station.set(Scene.status(counts: ["saved": 1]))
            let commands = try Self.commands(bench)
            #expect(Set(commands.map(\.name)).union(Self.elsewhere) == Set(contract.commands.keys))
            for command in commands {
                let words = command.name.split(separator: " ").map(String.init)
                let result = try await bench.run(words + command.arguments + ["--json"], input: command.input)
                let entry = try #require(contract.commands[command.name])
                #expect([0, 2, 5].contains(result.code), "\(command.name): \(result)")
                for personal in [Scene.name, Scene.number, Scene.residence, Scene.phone] {
                    #expect(!result.output.contains(personal), "\(command.name)")
                }
                let lines = result.output.split(separator: "\n")
                switch entry.output {
                case "none": #expect(lines.isEmpty, "\(command.name)")
                case "document": #expect(lines.count == 1, "\(command.name)")
                default: #expect(lines.count >= 1, "\(command.name)")
                }
                for line in lines {
                    let problems = try Self.problems(Array(line.utf8), entry.schema, contract)
                    #expect(problems == [], "\(command.name): \(line)")
                }
            }
        }
    }

    /// What of a document is not as its schema says, or not of the type that has the schema's name.
    private static func problems(_ bytes: [UInt8], _ schema: JSONValue?, _ contract: Contract) throws -> [String] {
        guard let schema else { return ["no schema"] }
        if let choices = schema["oneOf"]?.elements {
            let all = try choices.map { try problems(bytes, $0, contract) }
            return all.filter(\.isEmpty).count == 1 ? [] : all.flatMap { $0 }
        }
        let api = try StationContract()
        let document = try JSONValue(json: bytes)
        guard let reference = schema["$ref"]?.text, let name = reference.split(separator: "/").last.map(String.init)
        else { return ["no reference"] }
        guard reference.hasPrefix("../openapi/station.yaml#/") else {
            guard let definition = contract.definitions[name] else { return ["no definition \(name)"] }
            return api.violations(of: definition, by: document)
        }
        guard let named = api.schemas[name], let decode = types[name] else { return ["no type \(name)"] }
        do { try decode(bytes) } catch { return ["\(error)"] }
        return api.violations(of: named, by: document)
    }
}
