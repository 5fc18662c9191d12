import DocumentCrypto
public import StationCore

/// Check `issueDateInKeyUsage`: a signer's key signs for some months, its certificate lives as long as the documents
/// (ICAO 9303-11, 5.1 with 9303-12, 7.1.1), so that the card's date of issue tells a key stolen years later where the
/// signing time, which the thief writes, does not.
package enum IssueDateCheck {
    /// nil when the signature does not hold or when the certificate names no period: there is nothing to compare. A day
    /// to either side is for time zones.
    package static func finding(_ object: SecurityObject, issued: CivilDate) -> Finding? {
        guard let period = PassiveAuthentication(object, anchors: .none).signer?.privateKeyUsage else { return nil }
        let day: Int64 = 86_400_000
        let start = Int64(issued.daysSinceEpoch) * day
        let isLateEnough = period.notBefore.map { start + 2 * day > $0.milliseconds } ?? true
        let isEarlyEnough = period.notAfter.map { start - day <= $0.milliseconds } ?? true
        let check = "issueDateInKeyUsage"
        if isLateEnough, isEarlyEnough { return Finding(check: check, verdict: .passed) }
        return Finding(check: check, verdict: .notDetermined, reason: "outsideKeyUsagePeriod")
    }
}

extension DocumentReading {
    /// Check `issueDateInKeyUsage` with a date of issue that the caller found on the card; nil when the signer's
    /// certificate names no period in which its key signs.
    public func issueDateFinding(_ issued: CivilDate) -> Finding? {
        files[.sod].flatMap { try? SecurityObject($0) }.flatMap { IssueDateCheck.finding($0, issued: issued) }
    }
}
