import ChipDocument
import StationCore
import Testing
import VirtualCard

/// One case of BSI TR-03105-5.1: a card made as the case demands, and what the station must answer.
struct ConformanceCase: Sendable {
    /// Where the configuration and the expected result come from.
    enum Basis: String, Sendable {
        /// The public text of TR-03105-5.1 states both.
        case stated
        /// The public text gives the title only: card and expectation are ours, and no conformity is claimed.
        case inferred
    }

    /// What the guideline wants of the inspection, or what we take its title to want.
    enum Demand: String, Sendable {
        case pass
        case fail
        /// Neither said nor safely to be guessed.
        case open
    }

    /// What the station must answer.
    enum Expectation: Sendable {
        /// Everything proven, the portrait handed over.
        case passes
        /// A finding with this reason, and no finding weaker than it.
        case finding(String, Verdict, String)
        /// The read ends with a failure.
        case stops(FailureCode)
        /// The text is proven; the portrait is refused with a failure and not shown.
        case refusesPortrait(FailureCode)
    }

    /// The guideline's number.
    let id: String
    let basis: Basis
    let demand: Demand
    /// What the card does, in our words.
    let card: String
    let expectation: Expectation
    /// Why the expectation is another than the demand; nil when it is not.
    let deviation: String?
    /// Puts the card before the reader; several where the case loops, each of which must be answered so.
    let present: @Sendable () async throws -> [ConformanceSubject]

    /// A case whose card is any channel: a scripted or faulty applet.
    init(
        _ id: String, _ basis: Basis, _ demand: Demand, _ card: String, expect expectation: Expectation,
        deviation: String? = nil,
        presentAll: @escaping @Sendable () async throws -> [ConformanceSubject]
    ) {
        self.id = id
        self.basis = basis
        self.demand = demand
        self.card = card
        self.expectation = expectation
        self.deviation = deviation
        present = presentAll
    }

    /// A case with one card.
    init(
        _ id: String, _ basis: Basis, _ demand: Demand, _ card: String, expect expectation: Expectation,
        deviation: String? = nil,
        present: @escaping @Sendable () async throws -> ConformanceSubject
    ) {
        self.init(
            id, basis, demand, card, expect: expectation, deviation: deviation,
            presentAll: { [try await present()] })
    }

    /// A case whose card is a strict chip with edited files.
    init(
        _ id: String, _ basis: Basis, _ demand: Demand, _ card: String, expect expectation: Expectation,
        deviation: String? = nil,
        edit: @escaping @Sendable (inout PersonalisationEditor) throws -> Void
    ) {
        self.init(
            id, basis, demand, card, expect: expectation, deviation: deviation,
            present: {
                var editor = PersonalisationEditor()
                try edit(&editor)
                return try editor.subject()
            })
    }
}

extension ConformanceCase: CustomTestStringConvertible {
    /// The number: a failing case is seen by it.
    var testDescription: String { id }
}

/// A card before the reader, and the station's side of it.
struct ConformanceSubject: Sendable {
    let channel: any CardChannel
    let credential: AccessCredential
    let anchors: TrustAnchors
    /// Whether BAC may take PACE's place.
    var allowsBasicAccessControl = false
    /// Looked at after the read: nil, or what was wrong with the commands that the card received.
    var complaint: @Sendable () -> String? = { nil }

    /// A chip in memory, opened by its card access number unless told otherwise.
    init(_ image: CardImage, credential: AccessCredential? = nil, anchors: TrustAnchors = ConformanceKeys.anchors) {
        self.init(
            channel: InMemoryCardChannel(CardApplet(image: image)),
            credential: credential ?? .can(image.cardAccessNumber), anchors: anchors)
    }

    /// Any channel.
    init(channel: any CardChannel, credential: AccessCredential, anchors: TrustAnchors = ConformanceKeys.anchors) {
        self.channel = channel
        self.credential = credential
        self.anchors = anchors
    }
}
