import ChipDocument
import DocumentCrypto
import Foundation
import StationCore

/// One issued card as a directory: its files under their names, its keys, its passwords, its trust anchor.
package struct CardDirectory: Sendable {
    /// Where it is.
    package let path: String

    /// Names a directory; touches nothing.
    package init(path: String) { self.path = path }

    private struct Settings: Codable {
        var version: Int
        var cardAccessNumber: String
        var mrzInformation: String
        var faults: [Fault]
    }

    private enum Name {
        static let settings = "card.json"
        static let person = "person.json"
        static let anchor = "csca.pem"
        static let anchorKey = "csca-key.pem"
        static let chipKey = "chip-authentication-key.pem"
        static let activeKey = "active-authentication-key.pem"
    }

    /// Writes a whole card; files that are already there are replaced.
    package func write(
        _ image: CardImage, person: SyntheticPerson, authority: NationalAuthority,
        series: CardOptions.Series = .citizenCard2021
    ) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for file in FileIdentifier.allCases {
            // A file that this card does not have must not stay from another that lay here.
            guard let contents = image.files[file] else {
                if exists(file.rawValue) { try FileManager.default.removeItem(atPath: "\(path)/\(file.rawValue)") }
                continue
            }
            try write(contents, as: file.rawValue)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let settings = Settings(
            version: 1, cardAccessNumber: image.cardAccessNumber.unredacted,
            mrzInformation: image.mrzInformation.unredacted, faults: image.faults.sorted { $0.rawValue < $1.rawValue })
        try write(Array(encoder.encode(settings)), as: Name.settings)
        try write(Array(encoder.encode(PersonRecord(person, series: series))), as: Name.person)
        try write(Array(PEM.encode("CERTIFICATE", authority.certificate.der).utf8), as: Name.anchor)
        for (key, name) in [
            (authority.key, Name.anchorKey), (image.chipAuthenticationKey, Name.chipKey),
            (image.activeAuthenticationKey, Name.activeKey),
        ] {
            try write(Array(PEM.encode("PRIVATE KEY", key.pkcs8.unredacted).utf8), as: name, permissions: 0o600)
        }
    }

    /// Reads a card back. `faults` are added to those it was issued with.
    package func image(adding faults: Set<Fault> = []) throws -> CardImage {
        let settings = try JSONDecoder().decode(Settings.self, from: Data(read(Name.settings)))
        guard settings.version == 1 else {
            throw Failure(.cardUnsupported, "card directory of version \(settings.version)")
        }
        var files: [FileIdentifier: [UInt8]] = [:]
        for file in FileIdentifier.allCases where exists(file.rawValue) { files[file] = try read(file.rawValue) }
        return CardImage(
            files: files, cardAccessNumber: Redacted(settings.cardAccessNumber),
            mrzInformation: Redacted(settings.mrzInformation), chipAuthenticationKey: try key(Name.chipKey),
            activeAuthenticationKey: try key(Name.activeKey), faults: faults.union(settings.faults))
    }

    /// The authority that signed this card, to issue more under it.
    package func authority() throws -> NationalAuthority {
        let certificate = try PEM.decode("CERTIFICATE", String(decoding: read(Name.anchor), as: UTF8.self))
        return NationalAuthority(certificate: try Certificate(der: certificate), key: try key(Name.anchorKey))
    }

    private func key(_ name: String) throws -> SigningKey {
        try SigningKey(pkcs8: PEM.decode("PRIVATE KEY", String(decoding: read(name), as: UTF8.self)))
    }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    private func read(_ name: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(name)"), data.count <= Limits.Card.fileBytes
        else { throw Failure(.cardDataMalformed, "card directory: \(name) cannot be read") }
        return Array(data)
    }

    private func write(_ bytes: [UInt8], as name: String, permissions: Int = 0o644) throws {
        guard
            FileManager.default.createFile(
                atPath: "\(path)/\(name)", contents: Data(bytes), attributes: [.posixPermissions: permissions])
        else { throw Failure(.diskWriteFailed, "card directory: \(name)") }
    }
}
