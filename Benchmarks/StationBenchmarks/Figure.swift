import Foundation

/// One measured figure, with the peer or limit that was measured in the same run.
struct Figure: Codable {
    let name: String
    let value: Double
    let unit: String
    let peer: String?
    let peerValue: Double?
    let ratio: Double?

    init(_ name: String, _ value: Double, _ unit: String, peer: (name: String, value: Double)? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.peer = peer?.name
        peerValue = peer?.value
        ratio = peer.map { value / $0.value }
    }

    private enum CodingKeys: CodingKey { case name, value, unit, peer, peerValue, ratio }

    /// The last three members stand as null where there is no peer.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(unit, forKey: .unit)
        try container.encode(peer, forKey: .peer)
        try container.encode(peerValue, forKey: .peerValue)
        try container.encode(ratio, forKey: .ratio)
    }

    /// A row of the printed table.
    var row: String {
        let columns = [name, text(value), unit, peer ?? "", peerValue.map(text) ?? "", ratio.map(text) ?? ""]
        return zip(columns, [38, 12, 14, 34, 12, 8]).map { column, width in
            column + String(repeating: " ", count: max(1, width - column.count))
        }.joined()
    }

    private func text(_ value: Double) -> String { String(format: "%.3f", value) }
}

/// The middle of some measurements, and others of their ranks.
struct Sample {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    /// Nearest rank.
    func percentile(_ percent: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, max(0, Int((percent / 100 * Double(sorted.count)).rounded(.up)) - 1))]
    }
}
