package import StationCore

/// Which checks of the card an application needs (law 7: absence of proof is never a pass).
package struct CardVerificationPolicy: Codable, Hashable, Sendable {
    /// Every check that a read may bring.
    package static let checks: Set<String> = [
        "activeAuthentication", "birthDateInDG13", "birthYearInNumber", "cardAccessAgainstDG14", "certificateChain",
        "chipAuthentication", "chipAuthenticationMapping", "citizenDataSchema", "comAgainstSOD", "dataGroupHashes",
        "dataGroupsComplete", "dateOrder", "expiryInDG13", "issueDateInKeyUsage", "issuerAgainstDG1", "mrzCheckDigits",
        "mrzDocumentNumber", "mrzNumberDigit", "nameInDG13", "numberInDG13", "numberProvince", "passiveAuthentication",
        "qrBirthDate", "qrIssueDate", "qrName", "qrNumber", "qrSex", "securityObjectSignature", "sexInDG13",
        "sexInNumber",
    ]

    /// Checks that must have passed; missing or undetermined blocks.
    package let mustPass: Set<String>
    /// Checks that may be undetermined without a warning. A failed one still blocks.
    package let mayBeUndetermined: Set<String>
    /// Whether data typed by hand is taken in, marked unverified.
    package let acceptsManualEntry: Bool

    /// Makes a policy.
    package init(mustPass: Set<String>, mayBeUndetermined: Set<String>, acceptsManualEntry: Bool) {
        self.mustPass = mustPass
        self.mayBeUndetermined = mayBeUndetermined
        self.acceptsManualEntry = acceptsManualEntry
    }

    /// What speaks against a card: a failed check is forgery whatever the policy, a missing proof is not enough.
    package func judge(_ card: CardFacts) -> (problems: [FieldProblem], warnings: [FieldProblem]) {
        var problems: [FieldProblem] = []
        var warnings: [FieldProblem] = []
        switch card.readMethod {
        case .manual where acceptsManualEntry:
            warnings.append(FieldProblem(field: "card.readMethod", code: .cardNotVerified))
            return (problems, warnings)
        case .manual:
            problems.append(FieldProblem(field: "card.readMethod", code: .cardNotVerified))
            return (problems, warnings)
        case .chip: break
        }
        for (check, findings) in Dictionary(grouping: card.findings, by: \.check).sorted(by: { $0.key < $1.key }) {
            let field = "card.findings.\(check)"
            switch findings.combined {
            case .passed: break
            case .failed: problems.append(FieldProblem(field: field, code: .cardForged))
            case .notDetermined where mustPass.contains(check):
                problems.append(FieldProblem(field: field, code: .cardNotVerified))
            case .notDetermined where mayBeUndetermined.contains(check): break
            case .notDetermined: warnings.append(FieldProblem(field: field, code: .cardNotVerified))
            }
        }
        let made = Set(card.findings.map(\.check))
        for check in mustPass.subtracting(made).sorted() {
            problems.append(FieldProblem(field: "card.findings.\(check)", code: .cardNotVerified))
        }
        return (problems, warnings)
    }
}
