import LocalServer
import StationAPI
import StationCore
import Testing

@testable import IntakeStation
@testable import Store

/// What a repetition of a save is told.
struct KeptAnswerTests {
    private let captured = Timestamp(milliseconds: 1_796_075_057_305)

    private func item(keeping answer: [UInt8]) -> SavedItem {
        SavedItem(
            itemId: ItemID(at: captured, random: SystemRandomSource()), sequence: 1_017, capturedAt: captured,
            state: .accepted, replayed: true, answer: answer, followUpKept: true)
    }

    @Test(arguments: [[], [FieldProblem(field: "declared.phone", code: .phoneReused)]])
    func theWholeAnswerIsMadeFromTheRemarksAndTheRow(warnings: [FieldProblem]) throws {
        let item = item(keeping: try KeptAnswer.bytes(warnings))
        let answer = try KeptAnswer.whole(item)
        #expect(answer.itemId == item.itemId)
        #expect(
            try StrictJSON.decode(SavedApplication.self, from: answer.body)
                == SavedApplication(
                    itemId: item.itemId, receiptNumber: "001-017", sequence: 1_017, savedAt: captured,
                    warnings: warnings))
    }

    @Test func whatAnEarlierReleaseKeptIsGivenAsItIs() throws {
        let kept = Array(#"{"itemId":"x","sequence":7}"#.utf8)
        #expect(try KeptAnswer.whole(item(keeping: kept)).body == kept)
    }

    @Test(arguments: ["", "[", "null", #"["x"]"#, "[]["])
    func whatIsNeitherIsDamage(kept: String) {
        #expect(throws: Problem(.storeDamaged, "a kept answer")) {
            _ = try KeptAnswer.whole(item(keeping: Array(kept.utf8)))
        }
    }
}
