import Foundation
import StationAPI
import StationContract
import StationCore
import Testing

/// The schemas of `docs/openapi/station.yaml` are what the wire types write and read, member by member, both ways.
@Suite struct ContractTypesTests {
    private let contract: StationContract

    init() throws { contract = try StationContract() }

    static let types: [(schema: String, type: any (Codable & Sendable).Type)] = [
        ("AmendmentSubmission", AmendmentSubmission.self),
        ("ApplicationDetail", ApplicationDetail.self),
        ("ApplicationDetailEntry", ApplicationDetail.Entry.self),
        ("ApplicationDetailUpstreamReceipt", ApplicationDetail.UpstreamReceipt.self),
        ("ApplicationList", ApplicationList.self),
        ("ApplicationOrder", ApplicationOrder.self),
        ("ApplicationSubmission", ApplicationSubmission.self),
        ("ApplicationSummary", ApplicationSummary.self),
        ("ApplicationSummaryDecision", ApplicationSummary.Decision.self),
        ("AuditPage", AuditPage.self),
        ("AuditPageHead", AuditPage.Head.self),
        ("AuditPageRow", AuditPage.Row.self),
        ("AuditReport", AuditReport.self),
        ("CitizenReport", CitizenReport.self),
        ("Consent", ApplicationSubmission.Consent.self),
        ("ConsentText", ConsentText.self),
        ("Credential", ReadRequest.Credential.self),
        ("CurrentShift", CurrentShift.self),
        ("Declared", ApplicationSubmission.Declared.self),
        ("ExportOrder", ExportOrder.self),
        ("ExportReport", ExportReport.self),
        ("FieldProblem", FieldProblem.self),
        ("Finding", Finding.self),
        ("HandOver", HandOver.self),
        ("ImportOrder", ImportOrder.self),
        ("ImportReport", ImportReport.self),
        ("ImportReportBundle", ImportReport.Bundle.self),
        ("IssueList", IssueList.self),
        ("IssueOrder", IssueOrder.self),
        ("IssueReport", IssueReport.self),
        ("ManualEntry", ManualEntry.self),
        ("MediaList", MediaList.self),
        ("MediaListMedium", MediaList.Medium.self),
        ("MediaListWork", MediaList.Work.self),
        ("MissingAcknowledgement", MissingAcknowledgement.self),
        ("MissingList", MissingList.self),
        ("MissingListRange", MissingList.Range.self),
        ("DataKeyOrder", DataKeyOrder.self),
        ("DataKeyReport", DataKeyReport.self),
        ("OperatorEntry", OperatorEntry.self),
        ("OperatorList", OperatorList.self),
        ("OperatorListEntry", OperatorList.Entry.self),
        ("Override", ApplicationSubmission.Override.self),
        ("PersonQuestion", PersonQuestion.self),
        ("PersonReport", PersonReport.self),
        ("PersonReportEntry", PersonReport.Entry.self),
        ("Problem", Problem.self),
        ("ReadRecord", ReadRecord.self),
        ("ReadRecordAttempt", ReadRecord.Attempt.self),
        ("ReadRecordConditions", ReadRecord.Conditions.self),
        ("ReadRecordEntry", ReadRecord.Entry.self),
        ("ReadReport", ReadReport.self),
        ("ReadReportAccess", ReadReport.Access.self),
        ("ReadReportCost", ReadReport.Cost.self),
        ("ReadReportFileProgress", ReadReport.FileProgress.self),
        ("ReadRequest", ReadRequest.self),
        ("ReaderList", ReaderList.self),
        ("ReaderReport", ReaderReport.self),
        ("RecallReport", RecallReport.self),
        ("ReceiptExportOrder", ReceiptExportOrder.self),
        ("ReceiptImportReport", ReceiptImportReport.self),
        ("ReceiptImportReportBundle", ReceiptImportReport.Bundle.self),
        ("ReceiptTerms", ReceiptTerms.self),
        ("RefusedBundle", RefusedBundle.self),
        ("Representative", ApplicationSubmission.Representative.self),
        ("SavedApplication", SavedApplication.self),
        ("SecretChange", SecretChange.self),
        ("SecretReset", SecretReset.self),
        ("ShiftList", ShiftList.self),
        ("ShiftOrder", ShiftOrder.self),
        ("ShiftReport", ShiftReport.self),
        ("ShiftSummaryReport", ShiftSummaryReport.self),
        ("ShiftSummaryReportPerson", ShiftSummaryReport.Person.self),
        ("SignInOrder", SignInOrder.self),
        ("SignInReport", SignInReport.self),
        ("SignedIn", SignedIn.self),
        ("StationDescription", StationDescription.self),
        ("StationEvent", StationEvent.self),
        ("StationStatus", StationStatus.self),
        ("StationStatusClock", StationStatus.Clock.self),
        ("StationStatusDecisions", StationStatus.Decisions.self),
        ("StationStatusIntake", StationStatus.Intake.self),
        ("StationStatusQueue", StationStatus.Queue.self),
        ("StationStatusUplink", StationStatus.Uplink.self),
        ("SubmittedAttachment", SubmittedAttachment.self),
        ("SubmittedMatch", SubmittedMatches.Match.self),
        ("SubmittedMatches", SubmittedMatches.self),
        ("SubmittedWitness", SubmittedWitness.self),
        ("USBPlace", USBPlace.self),
        ("UnservedReader", UnservedReader.self),
        ("Withdrawal", Withdrawal.self),
        ("WithdrawalOrder", WithdrawalOrder.self),
    ]

    static let words: [(schema: String, words: Set<String>)] = [
        ("ClockQuality", words(ClockQuality.self)),
        ("DecisionMeaning", words(DecisionMeaning.self)),
        ("IssueCategory", words(IssueCategory.self)),
        ("MediaListWorkKind", words(MediaList.Work.Kind.self)),
        ("OperatorRank", words(OperatorRank.self)),
        ("ReadReportPortrait", words(ReadReport.Portrait.self)),
        ("ReadReportState", words(ReadReport.State.self)),
        ("ReaderReportState", words(ReaderReport.State.self)),
        ("StationEventKind", words(StationEvent.Kind.self)),
        ("StationStatusHealth", words(StationStatus.Health.self)),
        ("StationStatusUplinkState", words(StationStatus.Uplink.State.self)),
        ("Verdict", words(Verdict.self)),
    ]

    private static func words<Word: CaseIterable & RawRepresentable>(_ type: Word.Type) -> Set<String>
    where Word.RawValue == String { Set(Word.allCases.map(\.rawValue)) }

    /// Values of each enumeration that a sample goes through.
    private static let variants = 0..<10

    /// What a schema describes is read whole, and written back as it was: no member of the schema is foreign to the type.
    @Test(arguments: types.indices) func aWholeDocumentGoesThroughItsType(_ index: Int) throws {
        let (name, type) = Self.types[index]
        let schema = try #require(contract.schemas[name])
        for variant in Self.variants {
            let sample = try contract.sample(of: schema, whole: true, variant: variant)
            #expect(contract.violations(of: schema, by: sample) == [])
            let (value, written) = try roundTrip(sample, type)
            #expect(written == sample, "\(name)")
            // A member that is still absent is one that the schema does not have.
            #expect(absent(value, name) == [])
        }
    }

    @Test(arguments: types.indices) func whatIsRequiredIsAlwaysWrittenAndAlwaysNeeded(_ index: Int) throws {
        let (name, type) = Self.types[index]
        let schema = try #require(contract.schemas[name])
        let sample = try contract.sample(of: schema, whole: false, variant: 0)
        #expect(try roundTrip(sample, type).written == sample, "\(name)")
        for member in schema["required"]?.texts ?? [] {
            var members = try #require(sample.members)
            members[member] = nil
            #expect(!contract.violations(of: schema, by: .object(members)).isEmpty)
            #expect(throws: StrictJSON.Refusal.self, "\(name).\(member)") {
                try roundTrip(.object(members), type)
            }
        }
    }

    @Test(arguments: types.indices) func aMemberThatIsNotInTheSchemaIsSeen(_ index: Int) throws {
        let schema = try #require(contract.schemas[Self.types[index].schema])
        var members = try #require(contract.sample(of: schema, whole: true, variant: 0).members)
        members["foreign"] = .bool(true)
        #expect(contract.violations(of: schema, by: .object(members)).count == 1)
    }

    @Test(arguments: words.indices) func everyWordStandsInTheFile(_ index: Int) throws {
        let (name, words) = Self.words[index]
        #expect(Set(contract.schemas[name]?["enum"]?.texts ?? []) == words, "\(name)")
    }

    @Test func reasonsAreTheStations() {
        let reasons = contract.schemas["ApplicationOrder"]?["properties"]?["reason"]?["enum"]?.texts ?? []
        #expect(Set(reasons) == Set(ReasonCode.allCases.map(\.rawValue)))
    }

    @Test func everySchemaIsOneOfTheseTypes() {
        let known = Set(Self.types.map(\.schema) + Self.words.map(\.schema) + ["ItemId", "Timestamp"])
        #expect(Set(contract.schemas.keys) == known)
    }

    @Test func everyTypeOfTheWireIsInTheTable() throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../Sources/StationAPI").standardized
        var declared: [String] = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /public struct ([A-Za-z]+): [A-Za-z, ]*Codable/) {
                declared.append(String(match.1))
            }
        }
        // Findings and the problems of fields stand in StationCore.
        let tabled = Self.types.map { String(describing: $0.type) }.filter { $0 != "Finding" && $0 != "FieldProblem" }
        #expect(tabled.sorted() == declared.sorted())
    }

    private func roundTrip(
        _ value: JSONValue, _ type: any (Codable & Sendable).Type
    ) throws -> (value: any Codable, written: JSONValue) {
        func open<Value: Codable>(_ type: Value.Type) throws -> (any Codable, JSONValue) {
            let decoded = try StrictJSON.decode(Value.self, from: StrictJSON.encode(value))
            return (decoded, try JSONValue(json: StrictJSON.encode(decoded)))
        }
        return try open(type)
    }

    /// Paths of the members of a value that are nil.
    private func absent(_ value: Any, _ path: String) -> [String] {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional, mirror.children.isEmpty { return [path] }
        return mirror.children.flatMap { absent($0.value, "\(path).\($0.label ?? "")") }
    }
}
