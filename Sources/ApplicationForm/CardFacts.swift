package import StationCore

package import struct Foundation.Data

/// How the card was read and what was proven: facts of the application that nobody can drop later (law 7).
package struct CardFacts: Codable, Hashable, Sendable {
    /// Where the citizen's data came from.
    package enum ReadMethod: String, Codable, Sendable, CaseIterable {
        /// Read from the chip.
        case chip
        /// Typed from the printed card, with a reason; never verified.
        case manual
    }

    /// The access control that opened the chip (ICAO 9303-11, 4.3 and 4.4).
    package enum AccessProtocol: String, Codable, Sendable, CaseIterable {
        case pace, bac
    }

    /// Answer of the chip to an Active Authentication challenge (ICAO 9303-11, 6.1), so that upstream can verify again.
    package struct ActiveAuthentication: Codable, Hashable, Sendable {
        /// The 8 bytes that the station sent; base64.
        package let challenge: Data
        /// The chip's signature; base64.
        package let signature: Data

        /// Takes both values as exchanged.
        package init(challenge: Data, signature: Data) {
            self.challenge = challenge
            self.signature = signature
        }
    }

    /// Where the data came from.
    package let readMethod: ReadMethod
    /// Wall-clock time of the end of the read.
    package let readAt: Timestamp
    /// The access control used; nil for manual entry.
    package let accessProtocol: AccessProtocol?
    /// Why a stronger protocol was not used, a stable lower-camel-case word such as `paceRefused`; nil without downgrade.
    package let downgrade: String?
    /// The card profile recognised, such as `cccd-2021`; nil when none was.
    package let profile: String?
    /// Every check with its verdict and reason.
    package let findings: [Finding]
    /// Active Authentication evidence, where the chip has it.
    package let activeAuthentication: ActiveAuthentication?
    /// Why the data was typed by hand; nil for chip reads.
    package let manualReason: String?

    /// Takes the facts of one read.
    package init(
        readMethod: ReadMethod,
        readAt: Timestamp,
        accessProtocol: AccessProtocol?,
        downgrade: String? = nil,
        profile: String? = nil,
        findings: [Finding],
        activeAuthentication: ActiveAuthentication? = nil,
        manualReason: String? = nil
    ) {
        self.readMethod = readMethod
        self.readAt = readAt
        self.accessProtocol = accessProtocol
        self.downgrade = downgrade
        self.profile = profile
        self.findings = findings
        self.activeAuthentication = activeAuthentication
        self.manualReason = manualReason
    }
}
