import ChipDocument
import DocumentCrypto
import StationCore
import Testing
import VirtualCard

/// One case of BSI TR-03105 part 5.1: a card that is made so, read by the whole stack, and what must come of it.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
    /// What the expectation rests on.
    enum Basis: String, Sendable {
        /// The guideline's own text.
        case stated
        /// Only the case's title is public: the card and the expectation are ours.
        case inferred
    }

    /// A card on the reader, and how it is asked.
    struct Setting: Sendable {
        var image: CardImage
        var credential: AccessCredential?
        var allowsBAC = false
        var capabilities = ChannelCapabilities.extended
        var anchors: TrustAnchors?
        /// A card that is no `CardApplet` at all.
        var channel: (any CardChannel)?
    }

    /// What must come of it.
    enum Expectation: Sendable {
        /// Read to the end, and every check that decides the verdict passed.
        case passes
        /// Read to the end; this check has this verdict and reason.
        case finding(String, Verdict, String)
        /// The read ends with this code.
        case ends(FailureCode)
    }

    let id: String
    /// What the card does, in our words.
    let card: String
    let basis: Basis
    let expectation: Expectation
    /// Several settings where the case loops; each must meet the expectation.
    let settings: @Sendable () throws -> [Setting]

    init(
        _ id: String, _ card: String, _ basis: Basis = .inferred, _ expectation: Expectation,
        settings: @escaping @Sendable () throws -> [Setting]
    ) {
        (self.id, self.card, self.basis, self.expectation) = (id, card, basis, expectation)
        self.settings = settings
    }

    /// A case with one setting.
    init(
        _ id: String, _ card: String, _ basis: Basis = .inferred, _ expectation: Expectation,
        setting: @escaping @Sendable () throws -> Setting
    ) {
        self.init(id, card, basis, expectation, settings: { [try setting()] })
    }

    var testDescription: String { id }
}

/// What a read came to, in the words of the table.
struct ConformanceOutcome: Sendable, CustomStringConvertible {
    let description: String
    /// What the operator reads, in Vietnamese; nil when all is well.
    let operatorText: String?
    let meets: Bool

    static func of(_ setting: ConformanceCase.Setting, _ expectation: ConformanceCase.Expectation) async -> Self {
        do {
            let reading = try await read(setting)
            let worst = reading.findings.first { $0.verdict == .failed }
            switch expectation {
            case .passes:
                let holds = reading.findings.combined == .passed
                return Self(description: holds ? "passed" : text(reading.findings), operatorText: nil, meets: holds)
            case .finding(let check, let verdict, let reason):
                let found = reading.finding(check)
                let holds =
                    found?.verdict == verdict && found?.reason == reason
                    // Whatever else is said, such a card never passes.
                    && reading.findings.combined != .passed
                return Self(
                    description: found.map { "\($0.check) \($0.verdict.rawValue): \($0.reason ?? "")" }
                        ?? text(reading.findings),
                    operatorText: worst == nil ? nil : FailureCode.cardForged.text.titleVi, meets: holds)
            case .ends:
                return Self(description: "read to the end: \(text(reading.findings))", operatorText: nil, meets: false)
            }
        } catch {
            let holds = if case .ends(let code) = expectation { code == error.code } else { false }
            return Self(
                description: "ends: \(error.code.rawValue)" + (holds ? "" : " (\(error.detail ?? ""))"),
                operatorText: error.code.text.titleVi, meets: holds)
        }
    }

    private static func text(_ findings: [Finding]) -> String {
        findings.filter { $0.verdict != .passed }.map { "\($0.check) \($0.verdict.rawValue): \($0.reason ?? "")" }
            .joined(separator: ", ")
    }

    private static func read(_ setting: ConformanceCase.Setting) async throws(Failure) -> DocumentReading {
        let image = setting.image
        let channel =
            setting.channel ?? InMemoryCardChannel(CardApplet(image: image), capabilities: setting.capabilities)
        let reader = DocumentReader(
            plan: ReadPlan(files: ReadPlan.everything, allowsBasicAccessControl: setting.allowsBAC),
            anchors: setting.anchors ?? Personalisation.anchors, clock: SystemClock())
        return try await reader.read(
            from: channel, credential: setting.credential ?? .can(image.cardAccessNumber))
    }
}
