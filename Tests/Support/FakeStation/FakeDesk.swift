package import LocalServer
package import StationAPI
package import StationCore
import Synchronization

/// The people of a fake station as the test wants them.
package struct FakeDesk: Sendable {
    /// Whether Lan has to set a secret first.
    package var mustChangeSecret = false
    /// What Lan may do.
    package var role = OperatorRank.operator
    /// Seconds that a session may be idle.
    package var idleSeconds = 600
    /// Whether every token has run out.
    package var expired = false
    /// The intake session that is open.
    package var shift: ShiftReport?
    /// How often somebody signed out.
    package var signOuts = 0
    /// What was ordered of applications, media and sessions, a line each: the verb, what it carried, who signed beside Lan.
    package var orders: [String] = []
    /// What is on a medium of receipts.
    package var receipts = ReceiptImportReport(bundles: [], refused: [])
    /// What is plugged in.
    package var media = MediaList(media: [], work: nil)
    /// An export is under way until this has ended.
    package var writing: AsyncStream<Never>?
    /// The answer to a save; nil refuses every one.
    package var saved: SavedApplication?
    /// What stands against every application, unless it is overruled.
    package var findings: [FieldProblem] = []
}

extension FakeStation {
    private var lan: SignedIn {
        let desk = desk
        return SignedIn(
            operatorId: "lan", role: desk.role, mustChangeSecret: desk.mustChangeSecret, idleSeconds: desk.idleSeconds)
    }

    package func signIn(_ order: SignInOrder, from peer: Peer) async throws(Problem) -> SignInReport {
        guard order.operatorId == "lan", order.secret == "right" else { throw Problem(.signInRefused) }
        return SignInReport(token: FakeToken.lan, person: lan)
    }

    package func person(token: String?, from peer: Peer, isLeaving: Bool) async throws(Problem) -> ProvenPerson {
        guard let token else { throw Problem(.signInRequired) }
        guard token == FakeToken.lan, !desk.expired else { throw Problem(.sessionExpired) }
        guard isLeaving || !desk.mustChangeSecret else { throw Problem(.secretChangeRequired) }
        guard let actor = WireName("op:lan") else { throw Problem(.internalFault) }
        return ProvenPerson(operatorId: "lan", role: desk.role, actor: actor, peer: peer, token: token)
    }

    package func operators(by person: ProvenPerson) async throws(Problem) -> OperatorList {
        guard person.role == .supervisor else { throw Problem(.supervisorRequired) }
        return OperatorList(
            operators: [("hoa", OperatorRank.supervisor), ("lan", .operator), ("minh.an", .operator)].map {
                OperatorList.Entry(
                    operatorId: $0, role: $1, mustChangeSecret: false, suspended: false, wrongSecrets: 0,
                    opensStation: true)
            })
    }

    package func resetSecret(
        of operatorId: String, _ reset: SecretReset, by person: ProvenPerson
    ) async throws(Problem) -> OperatorList.Entry {
        let list = try await operators(by: person)
        guard let entry = list.operators.first(where: { $0.operatorId == operatorId }) else {
            throw Problem(.operatorUnknown)
        }
        change { $0.orders.append("reset \(operatorId)") }
        return entry
    }

    package func signOut(_ person: ProvenPerson) async { change { $0.signOuts += 1 } }

    package func describe(_ person: ProvenPerson) async throws(Problem) -> SignedIn { lan }

    package func changeSecret(_ change: SecretChange, by person: ProvenPerson) async throws(Problem) -> SignedIn {
        guard change.secret == "right" else { throw Problem(.signInRefused) }
        guard change.newSecret.count >= 12 else { throw Problem(.secretTooWeak) }
        self.change { $0.mustChangeSecret = false }
        return lan
    }

    package func openShift(_ order: ShiftOrder, by person: ProvenPerson) async throws(Problem) -> ShiftReport {
        guard desk.shift == nil else { throw Problem(.shiftOpen) }
        let shift = Scene.shift(team: order.team, point: order.point, kind: order.kind, others: order.operators ?? [])
        change { $0.shift = shift }
        return shift
    }

    package func currentShift() async throws(Problem) -> CurrentShift { CurrentShift(shift: desk.shift) }

    package func closeShift(_ shiftId: String, by person: ProvenPerson) async throws(Problem) -> ShiftSummaryReport {
        let summary = try await summary(ofShift: shiftId)
        change { $0.shift = nil }
        return summary
    }

    package func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport {
        guard let shift = desk.shift, shift.shiftId == shiftId else { throw Problem(.shiftUnknown) }
        return Scene.summary(of: shift)
    }
}
