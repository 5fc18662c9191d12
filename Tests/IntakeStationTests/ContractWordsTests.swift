import CitizenCard
import StationContract
import Store
import Testing

/// Words that the socket API takes and that stand in modules which its server does not see.
@Suite struct ContractWordsTests {
    private let contract: StationContract

    init() throws { contract = try StationContract() }

    @Test func everyStateCanBeAskedFor() throws {
        let list = try #require(contract.operations.first { $0.id == "listApplications" })
        let state = list.document["parameters"]?.elements?.first { $0["name"] == .string("state") }
        #expect(Set(state?["schema"]?["enum"]?.texts ?? []) == Set(ItemState.allCases.map(\.rawValue)))
    }

    @Test func everyFieldOfACitizenCanBeAskedFor() {
        let fields = contract.schemas["ReadRequest"]?["properties"]?["fields"]
        #expect(Set(fields?["items"]?["enum"]?.texts ?? []) == Set(CitizenField.allCases.map(\.rawValue)))
    }

    @Test func kindsOfIntakeSessionsAreTheStores() {
        let kind = contract.schemas["ShiftOrder"]?["properties"]?["kind"]
        #expect(Set(kind?["enum"]?.texts ?? []) == Set(ShiftKind.allCases.map(\.rawValue)))
    }
}
