import StationBench
import StationCore

/// A part of an application as upstream opened and keeps it.
struct ShownPart: Codable {
    let name: String
    let size: Int
    let sha256: String
}

extension BenchStation {
    /// The parts that upstream keeps of an application.
    func partsUpstream(_ id: ItemID) async throws -> [ShownPart] {
        struct Shown: Codable {
            let files: [ShownPart]
        }
        return try StrictJSON.decode(Shown.self, from: Array(try await shownUpstream(id).utf8)).files
    }
}
