package import StationCore

extension ApplicationDocument {
    /// What contradicts the schema's meaning although the shape is right; empty for a sound document.
    ///
    /// Both sides use it: the station before it seals, upstream after it opened. It judges form and consistency only,
    /// not eligibility, which depends on rules of the day.
    package var problems: [FieldProblem] {
        var found = Problems()
        found.require(revision >= 1, "revision", .fieldInvalid)
        found.require((revision == 1) == (supersedes == nil), "supersedes", .fieldInvalid)
        found.require(supersedes != itemId, "supersedes", .fieldInvalid)
        switch content {
        case .application(let application): application.check(&found)
        case .amendment(let amendment):
            found.require(supersedes != nil, "supersedes", .fieldMissing)
            amendment.check(&found)
        }
        return found.list
    }
}

extension ApplicationContent {
    /// What contradicts the schema's meaning in an application; empty for a sound one.
    var problems: [FieldProblem] {
        var found = Problems()
        check(&found)
        return found.list
    }

    fileprivate func check(_ found: inout Problems) {
        citizen.check(&found)
        found.require(card.findings.count <= Limits.Application.findings, "card.findings", .fieldTooLong)
        if card.readMethod == .manual {
            found.check(card.manualReason ?? "", "card.manualReason", most: Limits.Application.reasonCharacters)
        } else {
            found.require(card.accessProtocol != nil, "card.accessProtocol", .fieldMissing)
        }
        found.check(phone: declared.phone, "declared.phone")
        found.require(declared.phone != nil || declared.email != nil, "declared.phone", .phoneMissing)
        found.check(email: declared.email, "declared.email")
        found.require(
            declared.integrations.count <= Limits.Application.integrations,
            "declared.integrations",
            .fieldTooLong
        )
        consent.check(&found)
        found.require(consent.granted, "consent.granted", .consentMissing)
        if let representative {
            representative.check(&found)
            found.require(representative.phone == declared.phone, "declared.phone", .representativeInvalid)
            found.require(
                representative.personalNumber != citizen.personalNumber,
                "representative.personalNumber",
                .representativeInvalid
            )
        }
        for (name, match) in [("face", matches?.face), ("fingerprint", matches?.fingerprint)] {
            match?.check(&found, "matches.\(name)")
        }
        for (index, item) in overrides.enumerated() {
            found.check(item.reason, "overrides[\(index)].reason", most: Limits.Application.reasonCharacters)
        }
        found.require(!ruleSet.isEmpty && ruleSet.utf8.count <= 128, "ruleSet", .fieldInvalid)
        check(parts: cardFiles, "cardFiles", most: Limits.Card.dataGroups + 2, &found)
        check(parts: attachments, "attachments", most: Limits.Application.attachments, &found)
        let ids = (cardFiles + attachments).map(\.contentId)
        found.require(Set(ids).count == ids.count, "attachments", .fieldInvalid)
    }

    private func check(parts: [PartDescriptor], _ field: String, most: Int, _ found: inout Problems) {
        found.require(parts.count <= most, field, .fieldTooLong)
        for (index, part) in parts.enumerated() {
            let sound =
                WireName(part.contentId) != nil && FieldChecks.isDigest(part.sha256)
                && (0...Limits.Application.plaintextBytes).contains(part.size)
            found.require(sound, "\(field)[\(index)]", .fieldInvalid)
        }
    }
}

extension AmendmentContent {
    /// What contradicts the schema's meaning in a correction; empty for a sound one.
    var problems: [FieldProblem] {
        var found = Problems()
        check(&found)
        return found.list
    }

    fileprivate func check(_ found: inout Problems) {
        found.check(reason, "amendment.reason", most: Limits.Application.reasonCharacters)
        found.check(phone: phone, "amendment.phone")
        found.check(email: email, "amendment.email")
        found.require(
            (integrations?.count ?? 0) <= Limits.Application.integrations,
            "amendment.integrations",
            .fieldTooLong
        )
        representative?.check(&found)
        consent?.check(&found)
        let changes: [Any?] = [phone, email, integrations, noSmartphone, representative, consent]
        found.require(changes.contains { $0 != nil }, "amendment", .fieldMissing)
    }
}

extension CitizenSnapshot {
    fileprivate func check(_ found: inout Problems) {
        found.require(FieldChecks.isPersonalNumber(personalNumber), "citizen.personalNumber", .numberInvalid)
        found.check(fullName, "citizen.fullName", most: Limits.Application.nameCharacters)
        found.require(
            nationality.utf8.count == 3
                && nationality.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) },
            "citizen.nationality",
            .fieldInvalid
        )
        for (text, field) in [(residence, "citizen.residence"), (origin, "citizen.origin")] {
            if let text { found.check(text, field, most: Limits.Application.placeCharacters) }
        }
    }
}

extension Representative {
    fileprivate func check(_ found: inout Problems) {
        found.require(
            FieldChecks.isPersonalNumber(personalNumber),
            "representative.personalNumber",
            .representativeInvalid
        )
        found.check(fullName, "representative.fullName", most: Limits.Application.nameCharacters)
        found.check(phone: phone, "representative.phone")
    }
}

extension MatchResult {
    fileprivate func check(_ found: inout Problems, _ field: String) {
        if outcome == .notObtainable {
            if let reason {
                found.check(reason, "\(field).reason", most: Limits.Application.reasonCharacters)
            } else {
                found.add("\(field).reason", .matchReasonMissing)
            }
        } else {
            found.require(reason == nil, "\(field).reason", .fieldInvalid)
        }
        found.require(reference.map { WireName($0) != nil } ?? true, "\(field).reference", .fieldInvalid)
    }
}

extension ConsentRecord {
    fileprivate func check(_ found: inout Problems) {
        found.require(!textVersion.isEmpty && textVersion.utf8.count <= 64, "consent.textVersion", .fieldInvalid)
        found.require(FieldChecks.isDigest(textSHA256), "consent.textSHA256", .fieldInvalid)
        found.require(FieldChecks.isLanguage(language), "consent.language", .fieldInvalid)
        // Stations that were built before there was a witness to name sealed none.
        found.require(witness == nil || confirmation == .witnessed, "consent.witness", .witnessMissing)
        if let witness {
            found.check(witness.fullName, "consent.witness.fullName", most: Limits.Application.nameCharacters)
            found.require(
                witness.personalNumber.map(FieldChecks.isPersonalNumber) ?? true, "consent.witness.personalNumber",
                .numberInvalid)
        }
    }
}

/// Problems in the order in which they were found, each once.
struct Problems {
    private(set) var list: [FieldProblem] = []

    mutating func add(_ field: String, _ code: FailureCode) {
        let problem = FieldProblem(field: field, code: code)
        if !list.contains(problem) { list.append(problem) }
    }

    mutating func add(_ problems: [FieldProblem]) {
        for problem in problems where !list.contains(problem) { list.append(problem) }
    }

    mutating func require(_ holds: Bool, _ field: String, _ code: FailureCode) {
        if !holds { add(field, code) }
    }

    mutating func check(_ text: String, _ field: String, most: Int) {
        if let problem = FieldChecks.problem(with: text, field: field, most: most) { add([problem]) }
    }

    mutating func check(phone: String?, _ field: String) {
        if let phone { require(PhoneNumber(phone)?.text == phone, field, .phoneInvalid) }
    }

    mutating func check(email: String?, _ field: String) {
        if let email { require(EmailAddress(email)?.text == email, field, .emailInvalid) }
    }
}
