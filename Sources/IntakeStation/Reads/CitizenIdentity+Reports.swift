import ApplicationForm
import ChipDocument
import CitizenCard
import StationAPI
import StationCore

extension CitizenReport {
    /// What the operator compares with the person at the desk.
    init(_ identity: CitizenIdentity) {
        self.init(
            number: identity.number.digits, name: identity.fullName, birth: identity.birthDate.text,
            sex: identity.sex.rawValue, nationality: identity.nationality, residence: identity.residence ?? "",
            issued: identity.issueDate?.text, expires: identity.expiry?.lastDay?.text)
    }
}

extension CitizenSnapshot {
    /// What the application carries.
    init(_ identity: CitizenIdentity) {
        self.init(
            personalNumber: identity.number.digits, fullName: identity.fullName, birthDate: identity.birthDate,
            sex: identity.sex == .male ? .male : .female, nationality: identity.nationalityCode,
            residence: identity.residence, origin: identity.origin, issueDate: identity.issueDate,
            expiry: identity.expiry)
    }
}

extension ReadReport.Access {
    /// How the chip was opened, in the words of the API.
    init(_ access: AccessOutcome) {
        self.init(
            protocol: access.accessProtocol == .pace ? "PACE" : "BAC",
            credential: access.credential.rawValue.uppercased(),
            cipher: access.suite.rawValue.uppercased(), downgradeReason: access.downgrade?.rawValue)
    }
}
