import ApplicationForm
import ChipDocument
import Configuration
import Foundation
import PortraitDecoding
import StationAPI
package import StationCore
import SystemPackage
import Uplink

/// Reads `station.yaml`, with the environment before it (`UPSTREAM_URL` overrides `upstream.url`).
///
/// The whole is validated before anything is used; a key that nobody knows is an error, because a misspelt limit is a
/// limit that does not hold.
package enum ConfigurationLoader {
    /// Every key that the file may hold.
    static let keys: Set<String> = [
        "station.id", "storage.stateDirectory", "storage.credentialsDirectory", "local.operatorSocket",
        "local.operatorGroup", "local.adminSocket", "local.adminGroup", "card.anchors", "card.trustDirectory",
        "card.allowBAC", "card.mustPass",
        "card.mayBeUndetermined", "card.files",
        "card.portraitDecoder", "card.resetWedgedReaders", "card.manualEntry", "local.usbSocket", "upstream.url",
        "upstream.certificateAuthority", "upstream.certificate",
        "upstream.authorityKeys", "upstream.signingKeyID", "upstream.keyList", "upstream.decisions.pending",
        "upstream.decisions.granted",
        "upstream.decisions.refused", "upstream.decisions.supplement", "consent.file", "consent.version",
        "consent.language",
        "stick.directories", "stick.mustBeMounted", "application.integrations", "application.followUpDays",
        "storage.payloadDays", "storage.housekeepingSeconds", "transmission.quietHours",
        "transmission.meteredInterfaces", "transmission.meteredBytesPerHour", "people.idleSeconds",
        "receipt.workingDays", "receipt.holidays", "receipt.extraWorkingDays", "receipt.hotline",
    ]

    /// Those that hold a list.
    static let lists: Set<String> = [
        "card.anchors", "card.mustPass", "card.mayBeUndetermined", "card.files", "upstream.authorityKeys",
        "upstream.decisions.pending", "upstream.decisions.granted", "upstream.decisions.refused",
        "upstream.decisions.supplement", "stick.directories", "application.integrations", "transmission.quietHours",
        "transmission.meteredInterfaces", "receipt.holidays", "receipt.extraWorkingDays",
    ]

    /// Loads a configuration. Throws `configurationInvalid` naming the first setting that is wrong.
    /// - Parameters:
    ///   - path: the YAML file.
    ///   - environment: overrides, in the form of swift-configuration's environment provider.
    package static func load(
        path: String, environment: [String: String]
    ) async throws(Failure) -> StationConfiguration {
        try checkShape(path)
        let file: FileProvider<YAMLSnapshot>
        do {
            file = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
        } catch {
            throw Failure(.configurationInvalid, "\(path): \(error)")
        }
        let reader = ConfigReader(providers: [
            EnvironmentVariablesProvider(environmentVariables: environment), file,
        ])
        return try Settings(reader: reader, directory: FilePath(path).removingLastComponent()).configuration()
    }

    private static func checkShape(_ path: String) throws(Failure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.configurationInvalid, "\(path) cannot be read")
        }
        guard data.count <= Limits.Process.configurationBytes else {
            throw Failure(.configurationInvalid, "\(path) is larger than \(Limits.Process.configurationBytes) bytes")
        }
        for (key, isList) in try YAMLKeys.settings(data, file: path) {
            guard keys.contains(key) else {
                throw Failure(.configurationInvalid, "\(path): unknown setting \(key)")
            }
            guard isList == lists.contains(key) else {
                let form = isList ? "one value, not a list" : "a list: [a, b]"
                throw Failure(.configurationInvalid, "\(path): \(key) must be \(form)")
            }
        }
    }
}

/// One reading of the settings, with the name of the setting in every failure.
private struct Settings {
    let reader: ConfigReader
    let directory: FilePath

    func configuration() throws(Failure) -> StationConfiguration {
        guard let stationID = StationID(try text("station.id")) else {
            throw invalid("station.id", "1 to 128 of A-Z a-z 0-9 . _ : -")
        }
        let followUpDays = try number("application.followUpDays", default: 30, in: 1...365)
        return StationConfiguration(
            stationID: stationID,
            stateDirectory: path(try text("storage.stateDirectory", default: "/var/lib/intake-station")),
            credentialsDirectory: reader.string(forKey: "storage.credentialsDirectory").map(path),
            local: .init(
                operatorSocket: path(try text("local.operatorSocket", default: "/run/intake-station/operator.sock")),
                operatorGroup: reader.string(forKey: "local.operatorGroup"),
                adminSocket: path(try text("local.adminSocket", default: "/run/intake-station/admin.sock")),
                adminGroup: reader.string(forKey: "local.adminGroup"),
                usbSocket: path(try text("local.usbSocket", default: "/run/intake-usb/usb.sock"))),
            payloadDays: try number("storage.payloadDays", default: 7, in: 0...365),
            stick: .init(
                directories: list("stick.directories", default: ["/media", "/run/media", "/mnt"]).map(path),
                mustBeMounted: try flag("stick.mustBeMounted", default: true)),
            housekeepingInterval: .seconds(try number("storage.housekeepingSeconds", default: 60, in: 1...3_600)),
            card: try card(),
            upstream: try upstream(),
            application: .init(
                consentFile: path(try text("consent.file")), consentVersion: try text("consent.version"),
                consentLanguage: try text("consent.language", default: "vi"),
                integrations: Set(list("application.integrations", default: [])), followUpDays: followUpDays,
                receipt: try receipt()),
            idleTime: .seconds(try number("people.idleSeconds", default: 600, in: 10...14_400)))
    }

    private func receipt() throws(Failure) -> ReceiptTerms {
        let hotline = reader.string(forKey: "receipt.hotline")
        guard (hotline?.count ?? 0) <= Limits.Application.hotlineCharacters else {
            throw invalid("receipt.hotline", "at most \(Limits.Application.hotlineCharacters) characters")
        }
        return ReceiptTerms(
            workingDays: try number("receipt.workingDays", default: 3, in: 1...60),
            holidays: try days("receipt.holidays"), extraWorkingDays: try days("receipt.extraWorkingDays"),
            hotline: hotline)
    }

    /// Days of a calendar; a year has few that are not like the others.
    private func days(_ key: String) throws(Failure) -> [String] {
        let days = list(key, default: [])
        guard days.count <= Limits.Application.calendarDays, days.allSatisfy({ CivilDate(text: $0) != nil }) else {
            throw invalid(key, "days of the form 2026-09-02, at most \(Limits.Application.calendarDays)")
        }
        return days
    }

    private func card() throws(Failure) -> StationConfiguration.Card {
        .init(
            anchors: list("card.anchors", default: []).map(path),
            trustDirectory: try trustDirectory(),
            allowsBAC: try flag("card.allowBAC", default: true),
            policy: CardVerificationPolicy(
                mustPass: Set(
                    try names(
                        "card.mustPass", default: ["securityObjectSignature", "dataGroupHashes"],
                        of: CardVerificationPolicy.checks)),
                mayBeUndetermined: Set(
                    try names("card.mayBeUndetermined", default: [], of: CardVerificationPolicy.checks)),
                acceptsManualEntry: try flag("card.manualEntry", default: true)),
            files: try names(
                "card.files", default: ["EF.SOD", "DG1", "DG2", "DG14", "DG15"],
                of: Set(FileIdentifier.allCases.map(\.rawValue))),
            portraitDecoder: path(
                try text("card.portraitDecoder", default: PortraitDecoder.executableBesideThisProgram())),
            resetsWedgedReaders: try flag("card.resetWedgedReaders", default: false))
    }

    /// Beside the spool, unless the configuration names another place.
    private func trustDirectory() throws(Failure) -> String {
        if let own = reader.string(forKey: "card.trustDirectory") { return path(own) }
        return path(try text("storage.stateDirectory", default: "/var/lib/intake-station")) + "/trust"
    }

    private func upstream() throws(Failure) -> StationConfiguration.Upstream? {
        guard let url = reader.string(forKey: "upstream.url") else { return nil }
        let base: UpstreamBase
        do { base = try UpstreamBase(url) } catch {
            throw invalid("upstream.url", "an https URL without query or user")
        }
        guard let signingKeyID = WireName(try text("upstream.signingKeyID")) else {
            throw invalid("upstream.signingKeyID", "1 to 128 of A-Z a-z 0-9 . _ : -")
        }
        var keys: [VerifyingKey] = []
        for entry in list("upstream.authorityKeys", default: []) {
            let parts = entry.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let id = WireName(String(parts[0])),
                let bytes = Data(base64Encoded: String(parts[1])),
                let key = try? VerifyingKey(keyId: id, rawRepresentation: Array(bytes))
            else { throw invalid("upstream.authorityKeys", "entries of the form: key-id base64 (32 bytes)") }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw invalid("upstream.authorityKeys", "at least one pinned key") }
        return .init(
            base: base,
            certificateAuthority: path(try text("upstream.certificateAuthority")),
            certificate: path(try text("upstream.certificate")), authorities: AuthorityKeys(keys),
            signingKeyID: signingKeyID, decisionMeanings: try decisionMeanings(),
            keyList: reader.string(forKey: "upstream.keyList").map(path), rules: try rules())
    }

    private func rules() throws(Failure) -> TransmissionRules {
        let texts = list("transmission.quietHours", default: [])
        let windows = texts.compactMap(TransmissionRules.Window.init)
        guard windows.count == texts.count, texts.count <= Limits.Network.rules else {
            throw invalid("transmission.quietHours", "entries of the form 22:00-05:30, at most \(Limits.Network.rules)")
        }
        let patterns = list("transmission.meteredInterfaces", default: [])
        guard patterns.count <= Limits.Network.rules, patterns.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
            throw invalid(
                "transmission.meteredInterfaces", "at most \(Limits.Network.rules) patterns of interface names")
        }
        return TransmissionRules(
            quietHours: windows, meteredInterfaces: patterns,
            meteredBytesPerHour: try number("transmission.meteredBytesPerHour", default: 0, in: 0...1_000_000_000))
    }

    private func decisionMeanings() throws(Failure) -> DecisionMeanings {
        var meanings: [String: DecisionMeaning] = [:]
        for meaning in DecisionMeaning.allCases where meaning != .unknown {
            let key = "upstream.decisions.\(meaning.rawValue)"
            for label in list(key, default: []) {
                guard meanings.updateValue(meaning, forKey: label) == nil else {
                    throw invalid(key, "words that have no other meaning; \(label) has")
                }
            }
        }
        return DecisionMeanings(meanings)
    }

    /// Relative paths start at the configuration file, so that a whole directory can be moved.
    private func path(_ text: String) -> String {
        directory.pushing(FilePath(text)).lexicallyNormalized().string
    }

    private func text(_ key: String, default fallback: String? = nil) throws(Failure) -> String {
        guard let value = reader.string(forKey: ConfigKey(key)) ?? fallback, !value.isEmpty else {
            throw Failure(.configurationInvalid, "\(key) is missing")
        }
        return value
    }

    private func list(_ key: String, default fallback: [String]) -> [String] {
        reader.stringArray(forKey: ConfigKey(key)) ?? fallback
    }

    /// Words of a closed set: a misspelt one would silently hold nothing, or refuse everything.
    private func names(_ key: String, default fallback: [String], of known: Set<String>) throws(Failure) -> [String] {
        let names = list(key, default: fallback)
        guard known.isSuperset(of: names) else {
            let odd = Set(names).subtracting(known).sorted().joined(separator: ", ")
            throw invalid(key, "of \(known.sorted().joined(separator: ", ")); not \(odd)")
        }
        return names
    }

    private func flag(_ key: String, default fallback: Bool) throws(Failure) -> Bool {
        guard let text = reader.string(forKey: ConfigKey(key)) else { return fallback }
        switch text {
        case "true": return true
        case "false": return false
        default: throw invalid(key, "true or false")
        }
    }

    private func number(_ key: String, default fallback: Int, in range: ClosedRange<Int>) throws(Failure) -> Int {
        guard let text = reader.string(forKey: ConfigKey(key)) else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw invalid(key, "\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private func invalid(_ key: String, _ expected: String) -> Failure {
        Failure(.configurationInvalid, "\(key) must be \(expected)")
    }
}
