import NIOCore
import NIOHTTP1

extension StationClient {
    /// `POST /v1/operators/sign-in`: from now on this client, and all that share its session, act for this person.
    @discardableResult
    public func signIn(_ order: SignInOrder) async throws(Problem) -> SignedIn {
        let report: SignInReport = try await post("/v1/operators/sign-in", order, headers: [:])
        session.set(report.token)
        return report.person
    }

    /// `POST /v1/operators/sign-out`
    public func signOut() async throws(Problem) {
        _ = try await exchange(request("/v1/operators/sign-out", .POST))
        session.set(nil)
    }

    /// `GET /v1/operators/me`: who this client acts for.
    public func me() async throws(Problem) -> SignedIn { try await get("/v1/operators/me") }

    /// `POST /v1/operators/secret`: a secret of one's own.
    public func changeSecret(_ change: SecretChange) async throws(Problem) -> SignedIn {
        try await post("/v1/operators/secret", change, headers: [:])
    }

    /// `POST /v1/operators/{id}/secret`: a temporary secret for somebody who forgot theirs; supervisors, and
    /// administrators on their socket.
    public func resetSecret(of operatorId: String, _ reset: SecretReset) async throws(Problem) -> OperatorList.Entry {
        try await post("/v1/operators/\(Self.percentEncoded(operatorId))/secret", reset, headers: [:])
    }

    /// `GET /v1/operators`: supervisors, and administrators on their socket.
    public func operators() async throws(Problem) -> OperatorList { try await get("/v1/operators") }

    /// `POST /v1/operators`, administrator socket.
    public func enter(_ entry: OperatorEntry) async throws(Problem) -> OperatorList.Entry {
        try await post("/v1/operators", entry, headers: [:])
    }

    /// `POST /v1/keys/data`, administrator socket.
    public func replaceDataKey(_ order: DataKeyOrder) async throws(Problem) -> DataKeyReport {
        try await post("/v1/keys/data", order, headers: [:])
    }

    /// `POST /v1/operators/{id}/{verb}`, administrator socket.
    public func perform(
        _ verb: OperatorAccountVerb, onOperator operatorId: String
    ) async throws(Problem) -> OperatorList.Entry {
        try await post(
            "/v1/operators/\(Self.percentEncoded(operatorId))/\(verb.rawValue)", [String: String](), headers: [:])
    }

    // MARK: Intake sessions

    /// `POST /v1/shifts`
    public func openShift(_ order: ShiftOrder) async throws(Problem) -> ShiftReport {
        try await post("/v1/shifts", order, headers: [:])
    }

    /// `GET /v1/shifts/current`
    public func currentShift() async throws(Problem) -> ShiftReport? {
        let current: CurrentShift = try await get("/v1/shifts/current")
        return current.shift
    }

    /// `GET /v1/shifts`: newest first, those before a number.
    public func shifts(before number: Int64? = nil) async throws(Problem) -> ShiftList {
        try await get("/v1/shifts" + (number.map { "?before=\($0)" } ?? ""))
    }

    /// `POST /v1/shifts/{id}/hand-over`: the successor co-signs.
    public func handOver(_ shiftId: String, to successor: CoSignature) async throws(Problem) -> ShiftReport {
        try await post(
            "/v1/shifts/\(Self.percentEncoded(shiftId))/hand-over", HandOver(),
            headers: [CoSignature.headerName: successor.headerValue])
    }

    /// `POST /v1/shifts/{id}/close`
    public func closeShift(_ shiftId: String) async throws(Problem) -> ShiftSummaryReport {
        try await post("/v1/shifts/\(Self.percentEncoded(shiftId))/close", [String: String](), headers: [:])
    }

    /// `GET /v1/shifts/{id}/summary`
    public func summary(ofShift shiftId: String) async throws(Problem) -> ShiftSummaryReport {
        try await get("/v1/shifts/\(Self.percentEncoded(shiftId))/summary")
    }

    // MARK: What is missing

    /// `GET /v1/missing`, administrator socket.
    public func missing() async throws(Problem) -> MissingList { try await get("/v1/missing") }

    /// `POST /v1/missing/{first}/acknowledge`, administrator socket.
    public func acknowledgeMissing(
        from first: Int64, _ order: MissingAcknowledgement
    ) async throws(Problem) -> MissingList.Range {
        try await post("/v1/missing/\(first)/acknowledge", order, headers: [:])
    }
}
