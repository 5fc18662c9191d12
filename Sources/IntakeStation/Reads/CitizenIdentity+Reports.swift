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
            issued: identity.issueDate?.text, expires: identity.expiry.lastDay?.text,
            isUnlimited: identity.expiry == .unlimited, series: identity.series)
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

extension ReadReport.Portrait {
    /// Why a finished read has no portrait to show. A chip that signs for a DG2 and does not give out just that one is
    /// not without a portrait.
    init(missingIn reading: DocumentReading) {
        let object = reading.files[.sod].flatMap { try? SecurityObject($0) }
        guard let file = reading.files[.dg2] else {
            self = object?.hashes[.dg2] == nil ? .absent : .unusable
            return
        }
        self = .unusable
        guard object?.matches(file, file: .dg2) == true else { return }
        do throws(Failure) { _ = try FaceImage(dataGroup2: file) } catch {
            if error.code == .portraitAbsent { self = .absent }
        }
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
