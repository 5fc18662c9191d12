import CPCSC
import StationCore

/// A return code of PC/SC (pcsclite.h), and the stop that it means at the station.
struct PCSCStatus: Hashable, Sendable {
    /// The code in 32 bits; `LONG` is wider on 64-bit hosts.
    let code: UInt32

    init(_ result: LONG) { code = UInt32(truncatingIfNeeded: result) }
    init(code: UInt32) { self.code = code }

    static let success = PCSCStatus(code: 0)
    static let cancelled = PCSCStatus(code: 0x8010_0002)
    static let insufficientBuffer = PCSCStatus(code: 0x8010_0008)
    static let unknownReader = PCSCStatus(code: 0x8010_0009)
    static let timeout = PCSCStatus(code: 0x8010_000A)
    static let noReaders = PCSCStatus(code: 0x8010_002E)

    /// The named stop of a call that failed.
    func failure(_ call: String) -> Failure {
        Failure(failureCode, "\(call) 0x\(String(code, radix: 16, uppercase: true))")
    }

    /// The stop that a code means. Codes that only Windows' own services give, and those that only a mistake of ours
    /// can bring about, are internal faults.
    var failureCode: FailureCode {
        switch code {
        case 0x8010_0002: .cardReadTimeout  // SCARD_E_CANCELLED
        case 0x8010_0003,  // SCARD_E_INVALID_HANDLE: the service was restarted and knows us no more
            0x8010_0012,  // SCARD_E_SYSTEM_CANCELLED
            0x8010_0013,  // SCARD_F_COMM_ERROR: between library and service
            0x8010_0018,  // SCARD_P_SHUTDOWN
            0x8010_001D,  // SCARD_E_NO_SERVICE
            0x8010_001E,  // SCARD_E_SERVICE_STOPPED
            0x8010_002B:  // SCARD_E_UNKNOWN_RES_MNG
            .readerServiceDown
        case 0x8010_0008,  // SCARD_E_INSUFFICIENT_BUFFER: a response longer than any APDU may be
            0x8010_0019:  // SCARD_E_PCI_TOO_SMALL
            .cardDataTooLarge
        case 0x8010_0007,  // SCARD_F_WAITED_TOO_LONG
            0x8010_000A:  // SCARD_E_TIMEOUT
            .readerWedged
        case 0x8010_0009,  // SCARD_E_UNKNOWN_READER: it was there a moment ago
            0x8010_0017:  // SCARD_E_READER_UNAVAILABLE
            .readerDisconnected
        case 0x8010_002E: .readerNone  // SCARD_E_NO_READERS_AVAILABLE
        case 0x8010_000B,  // SCARD_E_SHARING_VIOLATION
            0x8010_0031:  // SCARD_E_SERVER_TOO_BUSY
            .readerBusy
        case 0x8010_000C,  // SCARD_E_NO_SMARTCARD: we only speak to a card that was seen
            0x8010_0069:  // SCARD_W_REMOVED_CARD
            .cardRemoved
        case 0x8010_000D,  // SCARD_E_UNKNOWN_CARD
            0x8010_000F,  // SCARD_E_PROTO_MISMATCH
            0x8010_0015,  // SCARD_E_INVALID_ATR
            0x8010_001C,  // SCARD_E_CARD_UNSUPPORTED
            0x8010_0065:  // SCARD_W_UNSUPPORTED_CARD
            .cardUnsupported
        case 0x8010_0010,  // SCARD_E_NOT_READY
            0x8010_0016,  // SCARD_E_NOT_TRANSACTED: the exchange with the card failed
            0x8010_002F,  // SCARD_E_COMM_DATA_LOST
            0x8010_0066:  // SCARD_W_UNRESPONSIVE_CARD
            .cardMute
        case 0x8010_0067,  // SCARD_W_UNPOWERED_CARD
            0x8010_0068:  // SCARD_W_RESET_CARD: another program reset it under us
            .cardSessionBroken
        case 0x8010_0027,  // SCARD_E_NO_ACCESS
            0x8010_006A:  // SCARD_W_SECURITY_VIOLATION: polkit refused us
            .permissionDenied
        case 0x8010_0001,  // SCARD_F_INTERNAL_ERROR
            0x8010_0006,  // SCARD_E_NO_MEMORY
            0x8010_000E,  // SCARD_E_CANT_DISPOSE
            0x8010_0014,  // SCARD_F_UNKNOWN_ERROR
            0x8010_001A,  // SCARD_E_READER_UNSUPPORTED
            0x8010_001B,  // SCARD_E_DUPLICATE_READER
            0x8010_001F:  // SCARD_E_UNEXPECTED, also SCARD_E_UNSUPPORTED_FEATURE
            .readerFault
        default: .internalFault
        }
    }
}
