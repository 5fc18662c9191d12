package import LocalServer
package import StationAPI
import StationCore

/// One operator, one supervisor, one token.
package protocol FakePeople: StationControl {
    /// A second person signed.
    func coSigned()
}

/// The token of who signed in.
package enum FakeToken {
    /// Lan's.
    package static let lan = "of-lan"
}

extension FakePeople {
    package func coSigned() {}

    package func signIn(_ order: SignInOrder, from peer: Peer) async throws(Problem) -> SignInReport {
        guard order.operatorId != "locked" else { throw Problem(.operatorLockedOut, "42 s left") }
        guard order.secret == "right" else { throw Problem(.signInRefused) }
        return SignInReport(token: FakeToken.lan, person: lanSignedIn)
    }
    private var lanSignedIn: SignedIn {
        SignedIn(operatorId: "lan", role: .operator, mustChangeSecret: false, idleSeconds: 600)
    }

    package func person(token: String?, from peer: Peer, isLeaving: Bool) async throws(Problem) -> ProvenPerson {
        guard let token else { throw Problem(.signInRequired) }
        guard token == FakeToken.lan else { throw Problem(.sessionExpired) }
        return ProvenPerson(
            operatorId: "lan", role: .operator, actor: try name("op:lan"), peer: peer, token: token)
    }
    package func isSignedIn(_ person: ProvenPerson) async -> Bool { true }
    package func second(_ signature: CoSignature, beside person: ProvenPerson) async throws(Problem) -> ProvenPerson {
        guard signature.operatorId == "hoa", signature.secret == "a:b" else { throw Problem(.coSignatureRefused) }
        coSigned()
        return ProvenPerson(
            operatorId: "hoa", role: .supervisor, actor: try name("op:hoa"), peer: person.peer, token: nil)
    }
    private func name(_ text: String) throws(Problem) -> WireName {
        guard let name = WireName(text) else { throw Problem(.internalFault) }
        return name
    }
    package func signOut(_ person: ProvenPerson) async {}
    package func describe(_ person: ProvenPerson) async throws(Problem) -> SignedIn { lanSignedIn }
    package func changeSecret(_ change: SecretChange, by person: ProvenPerson) async throws(Problem) -> SignedIn {
        throw Problem(.secretTooWeak)
    }
    package func resetSecret(
        of operatorId: String, _ reset: SecretReset, by person: ProvenPerson
    ) async throws(Problem) -> OperatorList.Entry {
        throw Problem(.supervisorRequired)
    }
    package func operators(by person: ProvenPerson) async throws(Problem) -> OperatorList {
        throw Problem(.supervisorRequired)
    }
    package func openShift(_ order: ShiftOrder, by person: ProvenPerson) async throws(Problem) -> ShiftReport {
        throw Problem(.shiftOpen)
    }
    package func currentShift() async throws(Problem) -> CurrentShift { CurrentShift(shift: nil) }
    package func shifts(before number: Int64?) async throws(Problem) -> ShiftList {
        ShiftList(shifts: [], next: number)
    }
    package func handOver(
        _ shiftId: String, by person: ProvenPerson, to second: ProvenPerson?
    ) async throws(Problem) -> ShiftReport {
        throw Problem(second == nil ? .coSignatureMissing : .shiftUnknown)
    }
    package func closeShift(_ shiftId: String, by person: ProvenPerson) async throws(Problem) -> ShiftSummaryReport {
        throw Problem(.shiftUnknown)
    }
    package func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport {
        throw Problem(.shiftUnknown)
    }
    package func note(_ issue: IssueOrder, by person: ProvenPerson) async throws(Problem) -> IssueReport {
        throw Problem(.applicationUnknown)
    }
    package func issues(after number: Int64?) async throws(Problem) -> IssueList { IssueList(issues: [], next: number) }
}
