/// Answer of `GET /v1/readers`.
public struct ReaderList: Codable, Hashable, Sendable {
    /// Whether the card service (pcscd) answers.
    public let serviceRunning: Bool
    /// The readers present, in the card service's order.
    public let readers: [ReaderReport]

    /// Makes a list.
    public init(serviceRunning: Bool, readers: [ReaderReport]) {
        self.serviceRunning = serviceRunning
        self.readers = readers
    }
}

/// One reader and what lies on it.
public struct ReaderReport: Codable, Hashable, Sendable {
    /// What the reader holds.
    public enum State: String, Codable, Sendable {
        /// No card.
        case empty
        /// A card that nobody reads.
        case card
        /// A card that the station is reading.
        case reading
        /// A card that does not answer, or a reader with a fault.
        case mute
    }

    /// The reader's id in paths: lower-case letters, digits and hyphens.
    public let id: String
    /// The card service's name for it.
    public let name: String
    /// What it holds.
    public let state: State
    /// Counts insertions, so that a card event belongs to one card; 0 before the first.
    public let insertion: Int
    /// The read that runs or last ran on this insertion.
    public let readId: String?

    /// Makes a report.
    public init(id: String, name: String, state: State, insertion: Int, readId: String?) {
        self.id = id
        self.name = name
        self.state = state
        self.insertion = insertion
        self.readId = readId
    }
}
