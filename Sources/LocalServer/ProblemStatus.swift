import StationCore

extension FailureCode {
    /// The HTTP status that carries this code.
    var httpStatus: Int {
        switch self {
        case .readerUnknown, .readUnknown, .applicationUnknown, .routeUnknown, .portraitAbsent: 404
        case .methodNotAllowed: 405
        case .permissionDenied, .requestForbiddenOrigin, .coSignatureMissing: 403
        case .requestMalformed, .idempotencyKeyMissing: 400
        case .requestTooLarge: 413
        case .applicationSuperseded, .transitionRefused, .readerBusy, .readUnfinished, .readInUse, .readPartial,
            .duplicateToday, .phoneReused, .stickBusy:
            409
        case .stationLocked, .stationStopping, .connectionsTooMany, .recipientKeyMissing, .readerServiceDown,
            .readerNone:
            503
        case .diskFull: 507
        case .diskWriteFailed, .storeDamaged, .storeUnsafe, .internalFault: 500
        default: 422
        }
    }
}
