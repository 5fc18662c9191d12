import ChipDocument
import VirtualCard

/// A chip on the reader, and how it is asked: what the cases about protocols vary.
struct ProtocolSetting: Sendable {
    var image: CardImage
    var credential: AccessCredential?
    var allowsBAC = false
    var capabilities = ChannelCapabilities.extended
    var anchors = Personalisation.anchors

    var subject: ConformanceSubject {
        var subject = ConformanceSubject(
            channel: InMemoryCardChannel(CardApplet(image: image), capabilities: capabilities),
            credential: credential ?? .can(image.cardAccessNumber), anchors: anchors)
        subject.allowsBasicAccessControl = allowsBAC
        return subject
    }
}

extension ConformanceCase {
    /// A case about protocols: several settings where it loops. What it demands follows from what is expected, unless said.
    init(
        _ id: String, _ card: String, _ basis: Basis, _ expectation: Expectation, demand: Demand? = nil,
        settings: @escaping @Sendable () throws -> [ProtocolSetting]
    ) {
        let isPass = if case .passes = expectation { true } else { false }
        self.init(
            id, basis, demand ?? (isPass ? .pass : .fail), card, expect: expectation,
            presentAll: { try settings().map(\.subject) })
    }

    /// A case with one setting.
    init(
        _ id: String, _ card: String, _ basis: Basis, _ expectation: Expectation, demand: Demand? = nil,
        setting: @escaping @Sendable () throws -> ProtocolSetting
    ) {
        self.init(id, card, basis, expectation, demand: demand, settings: { [try setting()] })
    }
}
