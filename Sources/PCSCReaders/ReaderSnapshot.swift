package import StationCore

/// One placing of a card on a reader: what every event about a card is tied to.
package struct CardInsertion: Hashable, Sendable {
    /// The reader's name.
    package let reader: String
    /// Counts the placings that one monitor saw, over all readers and restarts of the card service.
    package let number: UInt64
    /// The service's own counter of comings and goings on this reader, by which a later connection is known to meet
    /// the same placing.
    package let eventCounter: UInt16
    /// The answer to reset (ISO 7816-3, 8.2), at most 33 bytes; empty when the card is mute.
    package let answerToReset: [UInt8]
}

/// What is on a reader.
package enum CardState: Hashable, Sendable {
    /// Nothing.
    case absent
    /// A card that answered its reset.
    case present(CardInsertion)
    /// Something that did not answer its reset: a card upside down, half on the field, or no smart card.
    case mute(CardInsertion)
    /// The reader cannot say.
    case unknown

    /// The placing, answered or mute.
    package var insertion: CardInsertion? {
        switch self {
        case .present(let insertion), .mute(let insertion): insertion
        case .absent, .unknown: nil
        }
    }
}

/// One reader (a slot counts as a reader).
package struct ReaderStatus: Hashable, Sendable {
    /// The name that the card service gives it; unique among the readers present.
    package let name: String
    /// What is on it.
    package let card: CardState
}

/// All readers at one moment.
package struct ReaderSnapshot: Hashable, Sendable {
    /// `readerServiceDown` while the card service does not answer; nil otherwise.
    package let serviceFailure: Failure?
    /// The readers in the service's order, at most `Limits.Card.readers`; empty while the service is down.
    package let readers: [ReaderStatus]

    /// Takes what was seen.
    package init(serviceFailure: Failure?, readers: [ReaderStatus]) {
        self.serviceFailure = serviceFailure
        self.readers = readers
    }

    /// The reader of a name.
    package func reader(_ name: String) -> ReaderStatus? { readers.first { $0.name == name } }
}
