import COpenSSL
import StationCore

/// UTCTime and GeneralizedTime of certificates and signed attributes.
enum CertificateTime {
    static func decode(_ time: UnsafePointer<ASN1_TIME>) throws(CryptoFailure) -> Timestamp {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1,
            let day = unsafe CivilDate(
                year: Int(parts.tm_year) + 1_900,
                month: Int(parts.tm_mon) + 1,
                day: Int(parts.tm_mday)
            )
        else {
            ERR_clear_error()
            throw .malformed("time")
        }
        let clock = unsafe (hour: Int64(parts.tm_hour), minute: Int64(parts.tm_min), second: Int64(parts.tm_sec))
        let seconds = Int64(day.daysSinceEpoch) * 86_400 + clock.hour * 3_600 + clock.minute * 60 + clock.second
        return Timestamp(milliseconds: seconds * 1_000)
    }

    static func encode(_ timestamp: Timestamp) throws(CryptoFailure) -> OpenSSLTime {
        try OpenSSLTime(seconds: timestamp.milliseconds / 1_000)
    }
}

/// Owns one ASN1_TIME; that type is not opaque, so that `OpenSSLObject` does not fit.
@safe final class OpenSSLTime {
    let pointer: UnsafeMutablePointer<ASN1_TIME>

    init(seconds: Int64) throws(CryptoFailure) {
        guard let pointer = unsafe ASN1_TIME_set(nil, time_t(seconds)) else { throw .library("time") }
        unsafe self.pointer = pointer
    }

    deinit { unsafe ASN1_TIME_free(pointer) }
}
