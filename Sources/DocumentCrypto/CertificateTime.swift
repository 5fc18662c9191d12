import COpenSSL
import StationCore

#if canImport(Glibc)
import Glibc
#endif

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

    /// UTCTime or GeneralizedTime in the only form that RFC 5280, 4.1.2.5 allows: seconds, and Z.
    static func decode(tag: UInt8, _ content: ArraySlice<UInt8>) throws(CryptoFailure) -> Timestamp {
        let yearDigits = tag == BERElement.generalizedTime ? 4 : 2
        guard tag == BERElement.generalizedTime || tag == BERElement.utcTime, content.count == yearDigits + 11,
            content.last == UInt8(ascii: "Z")
        else { throw .malformed("time") }
        var rest = content.dropLast()
        func number(_ digits: Int) throws(CryptoFailure) -> Int {
            var value = 0
            for _ in 0..<digits {
                guard let digit = rest.popFirst(), (0x30...0x39).contains(digit) else { throw .malformed("time") }
                value = value * 10 + Int(digit - 0x30)
            }
            return value
        }
        var year = try number(yearDigits)
        if yearDigits == 2 { year += year < 50 ? 2_000 : 1_900 }
        let (month, date) = (try number(2), try number(2))
        let (hour, minute, second) = (try number(2), try number(2), try number(2))
        guard let day = CivilDate(year: year, month: month, day: date), hour < 24, minute < 60, second < 60 else {
            throw .malformed("time")
        }
        let seconds = Int64(day.daysSinceEpoch) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
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
