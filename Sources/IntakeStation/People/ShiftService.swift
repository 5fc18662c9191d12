import LocalServer
import People
import StationAPI
import StationCore
import Store

/// Intake sessions: who takes in where, from the opening to the day's figures.
struct ShiftService: Sendable {
    let store: Store
    let vault: DataKeyVault
    let random: any RandomSource

    /// Throws `shiftOpen`, `operatorUnknown`, `fieldMissing`, `fieldTooLong`, `fieldInvalid`.
    func open(_ order: ShiftOrder, by person: ProvenPerson) async throws(Failure) -> ShiftReport {
        let (team, point) = (try Self.name(order.team, "team"), try Self.name(order.point, "point"))
        guard let kind = ShiftKind(rawValue: order.kind) else { throw Failure(.fieldInvalid, "kind") }
        let names = order.operators ?? []
        guard names.count <= Limits.People.operators else { throw Failure(.requestTooLarge, "operators") }
        var others: [OperatorID] = []
        for name in names {
            guard let other = OperatorID(name), try await store.account(of: other) != nil else {
                throw Failure(.operatorUnknown)
            }
            others.append(other)
        }
        guard let id = WireName(RequestID(random: random).text), let opener = OperatorID(person.operatorId) else {
            throw Failure(.internalFault, "a name outside its alphabet")
        }
        let shift = try await store.openShift(id, team: team, point: point, kind: kind, by: opener, with: others)
        try await vault.sessionsChanged()
        return try await report(shift)
    }

    /// Throws `shiftUnknown`, `coSignatureMissing`, `supervisorRequired`.
    func handOver(_ id: String, by person: ProvenPerson, to second: ProvenPerson?) async throws(Failure) -> ShiftReport
    {
        let shift = try await openShift(id, for: person)
        guard let second, let successor = OperatorID(second.operatorId) else { throw Failure(.coSignatureMissing) }
        guard let giver = OperatorID(person.operatorId) else { throw Failure(.operatorUnknown) }
        return try await report(try await store.handOver(shift.shiftId, by: giver, to: successor))
    }

    /// Throws `shiftUnknown`, `supervisorRequired`.
    func close(_ id: String, by person: ProvenPerson) async throws(Failure) -> ShiftSummaryReport {
        let shift = try await openShift(id, for: person)
        guard let closer = OperatorID(person.operatorId) else { throw Failure(.operatorUnknown) }
        let closed = try await store.closeShift(shift.shiftId, by: closer)
        try await vault.sessionsChanged()
        return try await summary(closed)
    }

    /// Throws `shiftUnknown`.
    func summary(of id: String) async throws(Failure) -> ShiftSummaryReport {
        guard let name = WireName(id), let shift = try await store.shift(name) else { throw Failure(.shiftUnknown) }
        return try await summary(shift)
    }

    func currentReport() async throws(Failure) -> CurrentShift {
        guard let shift = try await store.openShift() else { return CurrentShift(shift: nil) }
        return CurrentShift(shift: try await report(shift))
    }

    func list(before number: Int64?) async throws(Failure) -> ShiftList {
        let shifts = try await store.shifts(before: number ?? .max)
        var reports: [ShiftReport] = []
        for shift in shifts { reports.append(try await report(shift)) }
        return ShiftList(shifts: reports, next: shifts.count == Limits.Store.pageRows ? shifts.last?.sequence : nil)
    }

    /// The open session, for whoever answers for it, and for supervisors.
    private func openShift(_ id: String, for person: ProvenPerson) async throws(Failure) -> Shift {
        guard let shift = try await store.openShift(), shift.shiftId.text == id else { throw Failure(.shiftUnknown) }
        guard shift.responsible.text == person.operatorId || person.role == .supervisor else {
            throw Failure(.supervisorRequired)
        }
        return shift
    }

    private func report(_ shift: Shift) async throws(Failure) -> ShiftReport {
        ShiftReport(shift, people: try await store.people(of: shift))
    }

    private func summary(_ shift: Shift) async throws(Failure) -> ShiftSummaryReport {
        let found = try await store.summary(of: shift)
        let count = { (states: Set<ItemState>) in states.reduce(0) { $0 + found.byState[$1, default: 0] } }
        let pending = Set(ItemState.allCases.filter(\.isPending))
        let waiting = count(pending)
        return ShiftSummaryReport(
            shift: try await report(shift), asOf: store.now, taken: found.byState.values.reduce(0, +),
            transmitted: found.transmitted, accepted: count([.accepted, .purged]) - found.purgedUnaccepted,
            rejected: count([.rejected]), waiting: waiting,
            setAside: count([.cancelled, .closed, .quarantined]) + found.purgedUnaccepted,
            byState: Dictionary(uniqueKeysWithValues: found.byState.map { ($0.rawValue, $1) }),
            byOperator: found.byPerson.sorted { $0.key.text < $1.key.text }.map {
                ShiftSummaryReport.Person(operatorId: String($0.key.text.trimmingPrefix("op:")), taken: $0.value)
            },
            provisional: waiting > 0 || shift.closed == nil)
    }

    private static func name(_ text: String, _ field: String) throws(Failure) -> String {
        let plain = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !plain.isEmpty else { throw Failure(.fieldMissing, field) }
        guard plain.utf8.count <= Limits.People.nameBytes else { throw Failure(.fieldTooLong, field) }
        guard plain.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw Failure(.fieldInvalid, field)
        }
        return plain
    }
}

extension ShiftReport {
    fileprivate init(_ shift: Shift, people: [OperatorID]) {
        self.init(
            shiftId: shift.shiftId.text, number: shift.sequence, team: shift.team, point: shift.point,
            kind: shift.kind.rawValue, responsible: shift.responsible.text, operators: people.map(\.text),
            openedAt: shift.openedAt, openedQuality: shift.openedQuality, openedBy: shift.openedBy.text,
            closedAt: shift.closed?.at, closedBy: shift.closed?.by.text)
    }
}
