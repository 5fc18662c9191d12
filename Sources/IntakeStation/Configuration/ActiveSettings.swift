import ApplicationForm
import ChipDocument
import Crypto
import DocumentTrust
import Foundation
import StationAPI
import StationCore
import Synchronization

/// The settings that a reload may change while the daemon runs.
struct ActiveSettings: Sendable {
    let card: StationConfiguration.Card
    let anchors: TrustAnchors
    let consent: StationAPI.ConsentText
    let integrations: Set<String>
    let followUpDays: Int
    let receipt: ReceiptTerms

    /// Reads the files that the configuration names. Throws `configurationInvalid` naming the first that is wrong.
    init(_ configuration: StationConfiguration) throws(Failure) {
        card = configuration.card
        var anchors = try TrustDirectory(path: configuration.card.trustDirectory).load().anchors
        for path in configuration.card.anchors {
            anchors = anchors.adding(try TrustAnchors(try Self.contents(path, setting: "card.anchors")))
        }
        self.anchors = anchors
        let application = configuration.application
        let bytes = try Self.contents(application.consentFile, setting: "consent.file")
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw Failure(.configurationInvalid, "consent.file: not UTF-8 text")
        }
        consent = StationAPI.ConsentText(
            version: application.consentVersion, language: application.consentLanguage, text: text,
            sha256: Hex.text(SHA256.hash(data: bytes)))
        integrations = application.integrations
        followUpDays = application.followUpDays
        receipt = application.receipt
    }

    private static func contents(_ path: String, setting: String) throws(Failure) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.configurationInvalid, "\(setting): \(path) cannot be read")
        }
        guard data.count <= Limits.Process.configurationBytes else {
            throw Failure(.configurationInvalid, "\(setting): \(path) is too large")
        }
        return Array(data)
    }
}

/// The settings in force: swapped as a whole, or not at all.
final class SettingsBox: Sendable {
    private let settings: Mutex<ActiveSettings>

    init(_ settings: ActiveSettings) { self.settings = Mutex(settings) }

    var current: ActiveSettings { settings.withLock { $0 } }

    func replace(_ new: ActiveSettings) { settings.withLock { $0 = new } }
}
