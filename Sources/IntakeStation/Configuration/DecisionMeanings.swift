import StationAPI
import Store

/// What upstream's words for decisions mean, as the administrator says.
package struct DecisionMeanings: Hashable, Sendable {
    private let meanings: [String: DecisionMeaning]

    /// Knows no word.
    package static let none = DecisionMeanings([:])

    init(_ meanings: [String: DecisionMeaning]) { self.meanings = meanings }

    /// The meaning of a word.
    func meaning(of label: String) -> DecisionMeaning { meanings[label] ?? .unknown }

    /// The counts by meaning, words without one apart.
    func report(_ counts: DecisionCounts) -> StationStatus.Decisions {
        var known: [String: Int] = [:]
        var unknown: [String: Int] = [:]
        for (label, count) in counts.byLabel {
            switch meaning(of: label) {
            case .unknown: unknown[label] = count
            case let meaning: known[meaning.rawValue, default: 0] += count
            }
        }
        return .init(asOf: counts.asOf, counts: known, unknownLabels: unknown)
    }
}
