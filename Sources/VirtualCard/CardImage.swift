package import ChipDocument
package import DocumentCrypto
package import StationCore

extension FileIdentifier {
    /// Readable by anybody, before any access protocol.
    var isPublic: Bool { self == .cardAccess }

    /// Fingerprints and irises: behind terminal authentication, which this card never grants.
    var needsTerminalAuthentication: Bool { self == .dg3 || self == .dg4 }
}

/// Everything inside one card: its files, its passwords, its secrets.
package struct CardImage: Sendable {
    /// Contents of the files.
    package var files: [FileIdentifier: [UInt8]]
    /// The card access number, six digits.
    package var cardAccessNumber: Redacted<String>
    /// Document number, birth date and expiry date with their check digits (ICAO 9303-11, 4.3.2): 24 characters.
    package var mrzInformation: Redacted<String>
    /// Private key of chip authentication on an elliptic curve.
    package var chipAuthenticationKey: SigningKey
    /// Private key of chip authentication over a prime field; nil when DG14 has none of that kind.
    package var finiteFieldKey: FiniteFieldKeyPair?
    /// Private key of active authentication.
    package var activeAuthenticationKey: SigningKey
    /// The digest of active authentication.
    package var activeAuthenticationDigest = DigestAlgorithm.sha256
    /// What the chip does wrong.
    package var faults: Set<Fault>

    /// Assembles a card.
    package init(
        files: [FileIdentifier: [UInt8]], cardAccessNumber: Redacted<String>, mrzInformation: Redacted<String>,
        chipAuthenticationKey: SigningKey, activeAuthenticationKey: SigningKey, faults: Set<Fault> = []
    ) {
        self.files = files
        self.cardAccessNumber = cardAccessNumber
        self.mrzInformation = mrzInformation
        self.chipAuthenticationKey = chipAuthenticationKey
        self.activeAuthenticationKey = activeAuthenticationKey
        self.faults = faults
    }
}
