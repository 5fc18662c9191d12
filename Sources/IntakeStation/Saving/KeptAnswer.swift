import LocalServer
import StationAPI
import StationCore
import Store

/// What is kept of the answer to a save: its remarks. All else of it stands in the application's own row, and would be
/// kept twice for each application of a campaign.
enum KeptAnswer {
    /// The remarks as a JSON array. Throws `internalFault` when they cannot be encoded.
    static func bytes(_ warnings: [FieldProblem]) throws(Problem) -> [UInt8] { try Problem.answer(warnings) }

    /// The answer that the request and every repetition of it get, word for word. What an earlier release kept is the whole
    /// answer, a JSON object. Throws `storeDamaged` when it is neither.
    static func whole(_ item: SavedItem) throws(Problem) -> SavedAnswer {
        if item.answer.first == UInt8(ascii: "{") { return SavedAnswer(body: item.answer, itemId: item.itemId) }
        guard let warnings = try? StrictJSON.decode([FieldProblem].self, from: item.answer) else {
            throw Problem(.storeDamaged, "a kept answer")
        }
        let saved = SavedApplication(
            itemId: item.itemId, receiptNumber: ReceiptNumber(item.sequence).text, sequence: item.sequence,
            savedAt: item.capturedAt, warnings: warnings)
        return SavedAnswer(body: try Problem.answer(saved), itemId: item.itemId)
    }
}
