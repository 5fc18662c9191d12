import LocalServer
import StationAPI
import StationCore

/// Who is there, and in which intake session.
extension StationController {
    func signIn(_ order: SignInOrder, from peer: Peer) async throws(Problem) -> SignInReport {
        try await named { () throws(Failure) in try await people.signIn(order, from: peer) }
    }

    func person(token: String?, from peer: Peer, isLeaving: Bool) async throws(Problem) -> ProvenPerson {
        try await named { () throws(Failure) in try people.person(token: token, from: peer, isLeaving: isLeaving) }
    }

    func isSignedIn(_ person: ProvenPerson) async -> Bool { people.isSignedIn(person) }

    func second(_ signature: CoSignature, beside person: ProvenPerson) async throws(Problem) -> ProvenPerson {
        try await named { () throws(Failure) in try await people.second(signature, beside: person) }
    }

    func signOut(_ person: ProvenPerson) async {
        await reading.reads.forgetAll(of: person.actor)
        try? await named { () throws(Failure) in try await people.signOut(person) }
    }

    func describe(_ person: ProvenPerson) async throws(Problem) -> SignedIn {
        try await named { () throws(Failure) in try people.describe(person) }
    }

    func changeSecret(_ change: SecretChange, by person: ProvenPerson) async throws(Problem) -> SignedIn {
        try await named { () throws(Failure) in try await people.changeSecret(change, by: person) }
    }

    func resetSecret(
        of operatorId: String, _ reset: SecretReset, by person: ProvenPerson
    ) async throws(Problem) -> OperatorList.Entry {
        try await named { () throws(Failure) in
            guard person.role == .supervisor else { throw Failure(.supervisorRequired) }
            return try await people.resetSecret(of: operatorId, reset, by: person.actor)
        }
    }

    func operators(by person: ProvenPerson) async throws(Problem) -> OperatorList {
        try await named { () throws(Failure) in
            guard person.role == .supervisor else { throw Failure(.supervisorRequired) }
            return try await people.list()
        }
    }

    func openShift(_ order: ShiftOrder, by person: ProvenPerson) async throws(Problem) -> ShiftReport {
        try await named { () throws(Failure) in try await shifts.open(order, by: person) }
    }

    func currentShift() async throws(Problem) -> CurrentShift {
        try await named { () throws(Failure) in try await shifts.currentReport() }
    }

    func shifts(before number: Int64?) async throws(Problem) -> ShiftList {
        try await named { () throws(Failure) in try await shifts.list(before: number) }
    }

    func handOver(_ shiftId: String, by person: ProvenPerson, to second: ProvenPerson?) async throws(Problem)
        -> ShiftReport
    {
        try await named { () throws(Failure) in try await shifts.handOver(shiftId, by: person, to: second) }
    }

    func closeShift(_ shiftId: String, by person: ProvenPerson) async throws(Problem) -> ShiftSummaryReport {
        try await named { () throws(Failure) in try await shifts.close(shiftId, by: person) }
    }

    func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport {
        try await named { () throws(Failure) in try await shifts.summary(of: shiftId) }
    }

    func note(_ issue: IssueOrder, by person: ProvenPerson) async throws(Problem) -> IssueReport {
        try await named { () throws(Failure) in try await IssueLog(store: store).note(issue, by: person) }
    }

    func issues(after number: Int64?) async throws(Problem) -> IssueList {
        try await named { () throws(Failure) in try await IssueLog(store: store).list(after: number) }
    }

    private func named<Value>(_ body: () async throws(Failure) -> Value) async throws(Problem) -> Value {
        defer { stopIfPoisoned() }
        do { return try await body() } catch { throw Problem(error) }
    }
}
