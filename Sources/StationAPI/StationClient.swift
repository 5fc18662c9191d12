import AsyncHTTPClient
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import StationCore
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A client of the station's Unix socket: what the console and the CLI are made of.
///
/// Every call throws a `Problem`: the daemon's own, or `station-unreachable` when nobody listens.
public struct StationClient: Sendable {
    private let authority: String
    /// Who is signed in; shared by all copies of this client.
    public let session: ClientSession

    private let http: HTTPClient

    private static let keeping = client(usesPerConnection: nil)
    private static let forgetting = client(usesPerConnection: 1)

    /// A Unix socket that nobody serves refuses at once, and trying again would only hide it.
    private static func client(usesPerConnection: Int?) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(Limits.Local.idleConnectionSeconds)
        configuration.maximumUsesPerConnection = usesPerConnection
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// - Parameters:
    ///   - socketPath: path of `operator.sock` or `admin.sock`.
    ///   - session: who is signed in; by default nobody.
    ///   - keepsConnections: false for a connection of its own for every request. As long as a connection is there, its buffers
    ///     hold the last that came through them: an event stream would keep what was sent before it.
    public init(socketPath: String, session: ClientSession = ClientSession(), keepsConnections: Bool = true) {
        self.session = session
        http = keepsConnections ? Self.keeping : Self.forgetting
        authority = "http+unix://" + Self.percentEncoded(socketPath, keeping: "")
    }

    /// `GET /v1`
    public func description() async throws(Problem) -> StationDescription { try await get("/v1") }

    /// `GET /v1/status`
    public func status() async throws(Problem) -> StationStatus { try await get("/v1/status") }

    /// `GET /v1/readers`
    public func readers() async throws(Problem) -> ReaderList { try await get("/v1/readers") }

    /// `POST /v1/readers/{reader}/reads`: starts a read; its result arrives as events and at `read`.
    public func startRead(reader: String, _ request: ReadRequest) async throws(Problem) -> ReadReport {
        try await post("/v1/readers/\(Self.percentEncoded(reader))/reads", request, headers: [:])
    }

    /// `GET /v1/reads/{id}`
    public func read(_ id: String) async throws(Problem) -> ReadReport {
        try await get("/v1/reads/\(Self.percentEncoded(id))")
    }

    /// `GET /v1/reads/{id}/record`: what was said to the card, without what was carried.
    public func readRecord(_ id: String) async throws(Problem) -> ReadRecord {
        try await get("/v1/reads/\(Self.percentEncoded(id))/record")
    }

    /// `GET /v1/reads/{id}/portrait`: image bytes and their media type.
    public func portrait(_ id: String) async throws(Problem) -> (bytes: [UInt8], mediaType: String) {
        let answer = try await exchange(request("/v1/reads/\(Self.percentEncoded(id))/portrait", .GET))
        return (answer.bytes, answer.mediaType)
    }

    /// `POST /v1/applications`: returns only after the application is on disk. Repeating with the same key is safe.
    public func submit(
        _ submission: ApplicationSubmission, idempotencyKey: String, coSignature: CoSignature? = nil
    ) async throws(Problem) -> SavedApplication {
        try await post(
            "/v1/applications", submission, headers: ["Idempotency-Key": idempotencyKey].signed(coSignature))
    }

    /// `GET /v1/applications`
    /// - Parameters:
    ///   - state: only applications in this state.
    /// `GET /v1/applications?state=&after=`
    public func applications(state: String? = nil, after: Int64? = nil) async throws(Problem) -> ApplicationList {
        try await applications(ApplicationQuestion(state: state, after: after))
    }

    /// `GET /v1/applications?state=&after=&before=&ending=`
    public func applications(_ question: ApplicationQuestion) async throws(Problem) -> ApplicationList {
        let parameters = [
            ("state", question.state), ("after", question.after.map(String.init)),
            ("before", question.before.map(String.init)), ("ending", question.ending),
        ].compactMap { name, value in value.map { "\(name)=\(Self.percentEncoded($0))" } }
        return try await get(
            "/v1/applications" + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")))
    }

    /// `GET /v1/applications/{id}`
    public func application(_ id: String) async throws(Problem) -> ApplicationDetail {
        try await get("/v1/applications/\(Self.percentEncoded(id))")
    }

    /// `POST /v1/applications/{id}/{verb}`
    public func perform(
        _ verb: ApplicationVerb, on id: String, _ order: ApplicationOrder = ApplicationOrder(),
        coSignature: CoSignature? = nil
    ) async throws(Problem) -> ApplicationDetail {
        try await post(
            "/v1/applications/\(Self.percentEncoded(id))/\(verb.rawValue)", order, headers: [:].signed(coSignature))
    }

    /// `POST /v1/applications/{id}/amendments`: the changed fields only. Repeating with the same key is safe.
    public func amend(
        _ id: String, _ submission: AmendmentSubmission, idempotencyKey: String
    ) async throws(Problem) -> SavedApplication {
        try await post(
            "/v1/applications/\(Self.percentEncoded(id))/amendments", submission,
            headers: ["Idempotency-Key": idempotencyKey])
    }

    /// `POST /v1/applications/{id}/withdraw`. Repeating with the same key is safe.
    public func withdraw(
        _ id: String, _ order: WithdrawalOrder, idempotencyKey: String
    ) async throws(Problem) -> Withdrawal {
        try await post(
            "/v1/applications/\(Self.percentEncoded(id))/withdraw", order,
            headers: ["Idempotency-Key": idempotencyKey])
    }

    /// `POST /v1/applications/find`: what the point knows of a person. Personal.
    public func find(_ question: PersonQuestion) async throws(Problem) -> PersonReport {
        try await post("/v1/applications/find", question, headers: [:])
    }

    /// `DELETE /v1/applications/{id}/follow-up`: forgets what the point kept of the citizen.
    public func eraseFollowUp(of id: String) async throws(Problem) {
        _ = try await exchange(request("/v1/applications/\(Self.percentEncoded(id))/follow-up", .DELETE))
    }

    /// `POST /v1/transmission/{verb}`, administrator socket.
    public func transmission(_ verb: TransmissionVerb) async throws(Problem) -> StationStatus.Uplink {
        try await post("/v1/transmission/\(verb.rawValue)", [String: String](), headers: [:])
    }

    /// `GET /v1/audit`, administrator socket: rows after a number.
    public func audit(after sequence: Int64) async throws(Problem) -> AuditPage {
        try await get("/v1/audit?after=\(sequence)")
    }

    /// `POST /v1/audit/verify`, administrator socket.
    public func verifyAudit() async throws(Problem) -> AuditReport {
        try await post("/v1/audit/verify", [String: String](), headers: [:])
    }

    /// `GET /v1/events`: a snapshot, then what happens, until the daemon stops or the consumer does.
    /// - Parameter lastEventID: the last durable event seen; all later ones come first.
    public func events(after lastEventID: Int64? = nil) async throws(Problem) -> StationEvents {
        var request = request("/v1/events", .GET)
        request.headers.add(name: "Accept", value: "text/event-stream")
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: "\(lastEventID)") }
        let response = try await head(request, isEndless: true)
        guard response.status == .ok else { throw try await problem(response) }
        return StationEvents(body: response.body)
    }

    /// `POST /v1/exports`: returns after the bundle was read back from the medium and its applications marked.
    public func export(
        _ order: ExportOrder, coSignature: CoSignature? = nil
    ) async throws(Problem) -> ExportReport {
        try await post("/v1/exports", order, headers: [:].signed(coSignature))
    }

    /// `POST /v1/exports/recall`
    public func recallExports() async throws(Problem) -> RecallReport {
        try await post("/v1/exports/recall", [String: String](), headers: [:])
    }

    /// `POST /v1/imports`, on the administrator socket.
    public func importItems(_ order: ImportOrder) async throws(Problem) -> ImportReport {
        try await post("/v1/imports", order, headers: [:])
    }

    /// `POST /v1/receipts/exports`, on the administrator socket.
    public func exportReceipts(_ order: ReceiptExportOrder) async throws(Problem) -> ExportReport {
        try await post("/v1/receipts/exports", order, headers: [:])
    }

    /// `GET /v1/media`
    public func media() async throws(Problem) -> MediaList { try await get("/v1/media") }

    /// `POST /v1/receipts/imports`
    public func importReceipts(_ order: ImportOrder) async throws(Problem) -> ReceiptImportReport {
        try await post("/v1/receipts/imports", order, headers: [:])
    }

    func get<Answer: Decodable>(_ path: String) async throws(Problem) -> Answer {
        try decoded(try await exchange(request(path, .GET)).bytes)
    }

    func post<Answer: Decodable>(
        _ path: String, _ body: some Encodable, headers: [String: String]
    ) async throws(Problem) -> Answer {
        var request = request(path, .POST)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.headers.add(name: "Content-Type", value: "application/json")
        do {
            request.body = .bytes(ByteBuffer(bytes: try StrictJSON.encode(body)))
        } catch {
            throw Problem(Failure(.requestMalformed, "\(error)"))
        }
        return try decoded(try await exchange(request).bytes)
    }

    func request(_ path: String, _ method: HTTPMethod) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: authority + path)
        request.method = method
        request.headers.add(name: "Host", value: "localhost")
        if let token = session.token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return request
    }

    /// - Parameter isEndless: an event stream, which no deadline may cut.
    private func head(_ request: HTTPClientRequest, isEndless: Bool = false) async throws(Problem) -> HTTPClientResponse
    {
        // A save may take as long as the disk does; whoever only asks must not wait for a daemon that hangs.
        let waits = isEndless || request.method != .GET
        let deadline: NIODeadline = waits ? .distantFuture : .now() + .seconds(Limits.Local.answerSeconds)
        let queueing = NIODeadline.now() + TimeAmount(Limits.Local.queueDuration)
        while true {
            do {
                return try await http.execute(request, deadline: deadline)
            } catch let error as IOError where error.errnoCode == EAGAIN && NIODeadline.now() < queueing {
                // The queue at the socket is full, connect(2): nothing was sent, and nobody tells when there is room.
                do {
                    try await Task.sleep(for: Limits.Local.queueInterval)
                } catch {
                    throw Problem(Failure(.stationUnreachable, "\(error)"))
                }
            } catch {
                throw Problem(Failure(.stationUnreachable, "\(error)"))
            }
        }
    }

    func exchange(
        _ request: HTTPClientRequest
    ) async throws(Problem) -> (bytes: [UInt8], mediaType: String) {
        let response = try await head(request)
        guard (200..<300).contains(response.status.code) else { throw try await problem(response) }
        return (
            try await body(response), response.headers.first(name: "Content-Type") ?? "application/octet-stream"
        )
    }

    private func body(_ response: HTTPClientResponse) async throws(Problem) -> [UInt8] {
        do {
            return Array(buffer: try await response.body.collect(upTo: Limits.Portrait.pageBytes))
        } catch {
            throw Problem(Failure(.stationUnreachable, "\(error)"))
        }
    }

    private func problem(_ response: HTTPClientResponse) async throws(Problem) -> Problem {
        let bytes = try await body(response)
        guard let problem = try? StrictJSON.decode(Problem.self, from: bytes) else {
            return Problem(Failure(.internalFault, "status \(response.status.code) without a problem document"))
        }
        return problem
    }

    private func decoded<Answer: Decodable>(_ bytes: [UInt8]) throws(Problem) -> Answer {
        do {
            return try StrictJSON.decode(Answer.self, from: bytes)
        } catch {
            throw Problem(Failure(.internalFault, "the daemon's answer does not fit this client: \(error)"))
        }
    }

    /// RFC 3986 unreserved characters stay.
    static func percentEncoded(_ text: String, keeping extra: String = "-._~") -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let plain = scalar.isASCII && (Character(scalar).isLetter || Character(scalar).isNumber)
            if plain || extra.unicodeScalars.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + Hex.text([byte]).uppercased()
            }
        }
        return result
    }
}

/// Who a client acts for: the token of a sign-in, in memory. One that is shared changes for all who share it.
public final class ClientSession: Sendable {
    private let value: Mutex<String?>

    /// Begins with a token, or with nobody.
    public init(token: String? = nil) { value = Mutex(token) }

    /// The token; nil while nobody is signed in. Secret.
    public var token: String? { value.withLock { $0 } }

    func set(_ token: String?) { value.withLock { $0 = token } }
}

extension [String: String] {
    fileprivate func signed(_ coSignature: CoSignature?) -> Self {
        guard let coSignature else { return self }
        return merging([CoSignature.headerName: coSignature.headerValue]) { $1 }
    }
}
