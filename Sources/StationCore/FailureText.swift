/// Who can end a stop.
public enum FailureActor: String, Codable, Sendable, CaseIterable {
    /// Whoever sits at the desk.
    case `operator`
    /// Whoever answers for the team at the intake point.
    case supervisor
    /// Whoever looks after the machine.
    case administrator
    /// The authority that receives the applications.
    case upstream
    /// The person whose application it is.
    case citizen
    /// Whoever wrote the software that called the station.
    case developer
    /// Nobody: the station goes on by itself.
    case station
}

/// What a person is told about a stop: whose fault it is, what happened, why, what to do and who does it, in Vietnamese
/// and English. A new code is a case of `FailureCode`, a row in one of the `…FailureText` files, and a line below.
public struct FailureText: Sendable {
    /// Whose fault it is.
    public let culprit: Culprit
    /// Who can end it.
    public let actor: FailureActor
    /// Whether the same request may succeed later without a change.
    public let retryable: Bool
    /// The HTTP status of an answer that is this stop; nil for what only reports, events and programs tell.
    public let status: Int?
    /// What happened, Vietnamese.
    public let titleVi: String
    /// What happened, English.
    public let title: String
    /// Why, as a rule, Vietnamese.
    public let causeVi: String
    /// Why, as a rule, English.
    public let cause: String
    /// What to do, Vietnamese.
    public let remedyVi: String
    /// What to do, English.
    public let remedy: String

    init(
        _ culprit: Culprit, _ actor: FailureActor, retryable: Bool, status: Int? = nil,
        what: (vi: String, en: String), why: (vi: String, en: String), remedy: (vi: String, en: String)
    ) {
        self.culprit = culprit
        self.actor = actor
        self.retryable = retryable
        self.status = status
        titleVi = what.vi
        title = what.en
        causeVi = why.vi
        cause = why.en
        remedyVi = remedy.vi
        self.remedy = remedy.en
    }
}

extension FailureCode {
    /// The table's row for this code.
    public var text: FailureText {
        switch self {
        case .readerNone: .readerNone
        case .readerUnknown: .readerUnknown
        case .readerDisconnected: .readerDisconnected
        case .readerServiceDown: .readerServiceDown
        case .readerFault: .readerFault
        case .readerBusy: .readerBusy
        case .readerWedged: .readerWedged
        case .readerNotAuthorized: .readerNotAuthorized
        case .readerNoPower: .readerNoPower
        case .readerKernelDriver: .readerKernelDriver
        case .readerHeld: .readerHeld
        case .readerNoAccess: .readerNoAccess
        case .readerDriverMissing: .readerDriverMissing
        case .cardNone: .cardNone
        case .cardRemoved: .cardRemoved
        case .cardOther: .cardOther
        case .cardMute: .cardMute
        case .cardNotDocument: .cardNotDocument
        case .cardWrongCredential: .cardWrongCredential
        case .cardAccessRefused: .cardAccessRefused
        case .cardSessionBroken: .cardSessionBroken
        case .cardProtocolError: .cardProtocolError
        case .cardDataMalformed: .cardDataMalformed
        case .cardDataTooLarge: .cardDataTooLarge
        case .cardForged: .cardForged
        case .cardReadTimeout: .cardReadTimeout
        case .cardUnsupported: .cardUnsupported
        case .cardForeign: .cardForeign
        case .idCardOld: .idCardOld
        case .healthInsuranceCard: .healthInsuranceCard
        case .credentialInvalid: .credentialInvalid
        case .portraitUndecodable: .portraitUndecodable
        case .portraitAbsent: .portraitAbsent
        case .readUnknown: .readUnknown
        case .readUnfinished: .readUnfinished
        case .readInUse: .readInUse
        case .readPartial: .readPartial
        case .numberInvalid: .numberInvalid
        case .phoneMissing: .phoneMissing
        case .phoneInvalid: .phoneInvalid
        case .emailInvalid: .emailInvalid
        case .integrationUnknown: .integrationUnknown
        case .consentMissing: .consentMissing
        case .consentStale: .consentStale
        case .representativeMissing: .representativeMissing
        case .representativeInvalid: .representativeInvalid
        case .witnessMissing: .witnessMissing
        case .matchReasonMissing: .matchReasonMissing
        case .manualEntryRefused: .manualEntryRefused
        case .attachmentInvalid: .attachmentInvalid
        case .ageBelowMinimum: .ageBelowMinimum
        case .ageUndetermined: .ageUndetermined
        case .cardExpired: .cardExpired
        case .clockConfirmationMissing: .clockConfirmationMissing
        case .cardNotVerified: .cardNotVerified
        case .duplicateToday: .duplicateToday
        case .phoneReused: .phoneReused
        case .fieldMissing: .fieldMissing
        case .fieldTooLong: .fieldTooLong
        case .fieldInvalid: .fieldInvalid
        case .applicationInvalid: .applicationInvalid
        case .applicationUnknown: .applicationUnknown
        case .applicationSuperseded: .applicationSuperseded
        case .citizenDiffers: .citizenDiffers
        case .transitionRefused: .transitionRefused
        case .reasonUnknown: .reasonUnknown
        case .stationLocked: .stationLocked
        case .idempotencyKeyMissing: .idempotencyKeyMissing
        case .idempotencyKeyReused: .idempotencyKeyReused
        case .requestMalformed: .requestMalformed
        case .requestTooLarge: .requestTooLarge
        case .requestForbiddenOrigin: .requestForbiddenOrigin
        case .routeUnknown: .routeUnknown
        case .methodNotAllowed: .methodNotAllowed
        case .permissionDenied: .permissionDenied
        case .connectionsTooMany: .connectionsTooMany
        case .requestsTooMany: .requestsTooMany
        case .diskFull: .diskFull
        case .diskLow: .diskLow
        case .diskWriteFailed: .diskWriteFailed
        case .storeDamaged: .storeDamaged
        case .applicationsMissing: .applicationsMissing
        case .storeNewer: .storeNewer
        case .storeUnsafe: .storeUnsafe
        case .instanceRunning: .instanceRunning
        case .portTaken: .portTaken
        case .configurationInvalid: .configurationInvalid
        case .trustFileInvalid: .trustFileInvalid
        case .trustSignerUnverified: .trustSignerUnverified
        case .trustStoreDamaged: .trustStoreDamaged
        case .auditFileInvalid: .auditFileInvalid
        case .credentialMissing: .credentialMissing
        case .keyInvalid: .keyInvalid
        case .recipientKeyMissing: .recipientKeyMissing
        case .sealingKeyExpiring: .sealingKeyExpiring
        case .sealingKeyExpired: .sealingKeyExpired
        case .clientCertificateExpired: .clientCertificateExpired
        case .clientCertificateExpiring: .clientCertificateExpiring
        case .clockSuspect: .clockSuspect
        case .networkUnreachable: .networkUnreachable
        case .networkTimeout: .networkTimeout
        case .replyNotUpstream: .replyNotUpstream
        case .serverCertificateInvalid: .serverCertificateInvalid
        case .upstreamRefusedStation: .upstreamRefusedStation
        case .upstreamNotConfigured: .upstreamNotConfigured
        case .upstreamBusy: .upstreamBusy
        case .transmissionPaused: .transmissionPaused
        case .transmissionPending: .transmissionPending
        case .transmissionQuietHours: .transmissionQuietHours
        case .transmissionMetered: .transmissionMetered
        case .upstreamRejectedItem: .upstreamRejectedItem
        case .upstreamSchemaRefused: .upstreamSchemaRefused
        case .upstreamAnswerContradicts: .upstreamAnswerContradicts
        case .itemQuarantined: .itemQuarantined
        case .stickUnavailable: .stickUnavailable
        case .stickReadOnly: .stickReadOnly
        case .stickFull: .stickFull
        case .stickFault: .stickFault
        case .stickBusy: .stickBusy
        case .bundleInvalid: .bundleInvalid
        case .bundleSignatureInvalid: .bundleSignatureInvalid
        case .signInRequired: .signInRequired
        case .signInRefused: .signInRefused
        case .signInBusy: .signInBusy
        case .sessionExpired: .sessionExpired
        case .secretTooWeak: .secretTooWeak
        case .secretChangeRequired: .secretChangeRequired
        case .operatorLockedOut: .operatorLockedOut
        case .operatorSuspended: .operatorSuspended
        case .operatorUnknown: .operatorUnknown
        case .operatorExists: .operatorExists
        case .operatorsNone: .operatorsNone
        case .rekeyRefused: .rekeyRefused
        case .supervisorRequired: .supervisorRequired
        case .coSignatureMissing: .coSignatureMissing
        case .coSignatureRefused: .coSignatureRefused
        case .shiftNone: .shiftNone
        case .shiftOpen: .shiftOpen
        case .shiftUnknown: .shiftUnknown
        case .readOfAnother: .readOfAnother
        case .stationStopping: .stationStopping
        case .stationUnreachable: .stationUnreachable
        case .internalFault: .internalFault
        }
    }
}
