import StationCore

extension FailureCode {
    /// The HTTP status that carries this code.
    var httpStatus: Int {
        switch self {
        case .signInRequired, .signInRefused, .sessionExpired: 401
        case .readerUnknown, .readUnknown, .applicationUnknown, .routeUnknown, .portraitAbsent, .operatorUnknown,
            .shiftUnknown:
            404
        case .methodNotAllowed: 405
        case .permissionDenied, .requestForbiddenOrigin, .coSignatureMissing, .coSignatureRefused,
            .secretChangeRequired, .operatorSuspended, .supervisorRequired, .readOfAnother:
            403
        case .requestMalformed, .idempotencyKeyMissing: 400
        case .requestTooLarge: 413
        case .applicationSuperseded, .transitionRefused, .readerBusy, .readUnfinished, .readInUse, .readPartial,
            .duplicateToday, .phoneReused, .stickBusy, .operatorExists, .shiftNone, .shiftOpen:
            409
        case .operatorLockedOut, .requestsTooMany: 429
        case .stationLocked, .stationStopping, .connectionsTooMany, .recipientKeyMissing, .readerServiceDown,
            .readerNone, .signInBusy:
            503
        case .diskFull: 507
        case .diskWriteFailed, .storeDamaged, .storeUnsafe, .internalFault: 500
        default: 422
        }
    }
}
