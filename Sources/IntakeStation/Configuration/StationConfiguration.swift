package import ApplicationForm
import Glibc
package import StationAPI
package import StationCore
package import Uplink

/// Everything that an administrator decides, validated as a whole: a value of this type can run.
package struct StationConfiguration: Sendable {
    /// Identity and state.
    package let stationID: StationID
    /// Directory of the spool; only the daemon's user reads it.
    package let stateDirectory: String
    /// Directory of the station's secrets: systemd's `$CREDENTIALS_DIRECTORY` unless set.
    package let credentialsDirectory: String?
    /// Where operators and administrators connect.
    package let local: Local
    /// Days for which the payload of an accepted application is kept.
    package let payloadDays: Int
    /// Where removable media may stand.
    package let stick: Stick
    /// Time between two looks at what has to be deleted or carried over.
    package let housekeepingInterval: Duration
    /// How cards are judged.
    package let card: Card
    /// Where applications go; nil means that none can be sealed, so that none is taken in.
    package let upstream: Upstream?
    /// What an application must hold.
    package let application: Application
    /// How long somebody who is signed in may do nothing.
    package let idleTime: Duration

    /// Where operators and administrators connect.
    package struct Local: Sendable {
        /// Path of the operator socket.
        package let operatorSocket: String
        /// Group that may connect; nil leaves the socket to its owner.
        package let operatorGroup: String?
        /// Path of the administrator socket.
        package let adminSocket: String
        /// Group that may connect there; nil leaves the socket to its owner.
        package let adminGroup: String?
        /// Where `intake-usb` listens; without it the station works with fewer facts.
        package let usbSocket: String
    }

    /// Where removable media may stand.
    package struct Stick: Sendable {
        /// Directories below which a medium must be mounted.
        package let directories: [String]
        /// Whether only a file system of its own counts: a stick that is not there must not fill the station's disk.
        package let mustBeMounted: Bool
    }

    /// How cards are judged.
    package struct Card: Sendable {
        /// Certificates of national signing authorities (CSCA), PEM or DER.
        package let anchors: [String]
        /// What `intakectl trust` keeps: the anchors beside those files, link certificates, revocation lists.
        package let trustDirectory: String
        /// Whether BAC may open a chip on which PACE did not succeed; recorded as a downgrade each time.
        package let allowsBAC: Bool
        /// Which findings an application needs.
        package let policy: CardVerificationPolicy
        /// Card files that travel with the application.
        package let files: [String]
        /// The program that decodes portraits in a process without rights.
        package let portraitDecoder: String
        /// Whether a reader that does not answer any more is reset over USB.
        package let resetsWedgedReaders: Bool
    }

    /// Where applications go.
    package struct Upstream: Sendable {
        /// Where upstream is.
        package let base: UpstreamBase
        /// The authority's private CA, PEM.
        package let certificateAuthority: String
        /// The station's certificate chain, PEM.
        package let certificate: String
        /// Pinned keys that sign receipts and key lists.
        package let authorities: AuthorityKeys
        /// Id under which the station's signing key is registered upstream.
        package let signingKeyID: WireName
        /// What upstream's words for decisions mean; others are shown as they are and counted nowhere.
        package let decisionMeanings: DecisionMeanings
        /// A signed list of recipient keys handed out at enrolment, so that intake works before the first connection.
        package let keyList: String?
        /// When and over what is sent.
        package let rules: TransmissionRules
    }

    /// What an application must hold.
    package struct Application: Sendable {
        /// Path of the consent text.
        package let consentFile: String
        /// The authority's version of the text.
        package let consentVersion: String
        /// BCP 47 language of the text.
        package let consentLanguage: String
        /// Words that may be asked for as integrations.
        package let integrations: Set<String>
        /// Days for which follow-up data (name, phone, for duplicate detection) is kept, encrypted.
        package let followUpDays: Int
        /// What receipts promise.
        package let receipt: ReceiptTerms
    }
}

extension StationConfiguration {
    /// Throws `configurationInvalid` for a group that this machine does not know and for a decoder that cannot be run.
    func checkHost() throws(Failure) {
        for group in [local.operatorGroup, local.adminGroup].compactMap({ $0 }) where getgrnam(group) == nil {
            throw Failure(.configurationInvalid, "there is no group \(group)")
        }
        guard access(card.portraitDecoder, X_OK) == 0 else {
            throw Failure(.configurationInvalid, "card.portraitDecoder: \(card.portraitDecoder) cannot be run")
        }
    }
}
