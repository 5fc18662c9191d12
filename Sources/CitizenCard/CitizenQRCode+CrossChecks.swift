package import StationCore

extension CitizenQRCode {
    /// What the printed code and the chip say about each other, when the operator scanned the one before the other was
    /// read: `qrNumber`, `qrName`, `qrBirthDate`, `qrSex`, `qrIssueDate`, always in this order.
    ///
    /// The code is unsigned, so agreement proves nothing. Another number means that another card was scanned; another
    /// name, birth or sex under the same number means that print or chip was changed. Another issue date is no proof of
    /// either: the same citizen may hold two cards. The residence is not compared: it is written differently on cards of
    /// different years, and tells no card from another.
    package func findings(against identity: CitizenIdentity) -> [Finding] {
        [
            finding("qrNumber", number == identity.number),
            name(against: identity.fullName),
            finding("qrBirthDate", birthDate.agrees(with: identity.birthDate)),
            finding("qrSex", sex == identity.sex),
            issue(against: identity.issueDate),
        ]
    }

    private func finding(_ check: String, _ holds: Bool) -> Finding {
        Finding(check: check, verdict: holds ? .passed : .failed, reason: holds ? nil : "differs")
    }

    /// Capitals and spaces are the printer's. The same letters under other marks may be another way to write the name,
    /// and may be another name: nobody can say.
    private func name(against chip: String) -> Finding {
        let check = "qrName"
        let words = [fullName, chip].map {
            VietnameseText.normalized($0).lowercased().split(whereSeparator: \.isWhitespace)
        }
        if words[0] == words[1] { return Finding(check: check, verdict: .passed) }
        let keys = [fullName, chip].map(VietnameseText.searchKey)
        return keys[0] == keys[1]
            ? Finding(check: check, verdict: .notDetermined, reason: "marksDiffer")
            : Finding(check: check, verdict: .failed, reason: "differs")
    }

    private func issue(against chip: CivilDate?) -> Finding {
        let check = "qrIssueDate"
        guard let issueDate else { return Finding(check: check, verdict: .notDetermined, reason: "notInQR") }
        guard let chip else { return Finding(check: check, verdict: .notDetermined, reason: "absent") }
        return issueDate == chip
            ? Finding(check: check, verdict: .passed)
            : Finding(check: check, verdict: .notDetermined, reason: "otherCard")
    }
}
