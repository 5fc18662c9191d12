import GRDB
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import StationCore
import Uplink

/// One connection's request context: the channel is needed for the peer's certificate.
struct UpstreamContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// The paths that exist, each with its one method.
enum Route: String, CaseIterable {
    case batches = "/v1/intake/batches"
    case status = "/v1/intake/status"
    case keys = "/v1/intake/keys"
    case decisions = "/v1/intake/decisions"

    var method: HTTPRequest.Method {
        switch self {
        case .batches, .status: .post
        case .keys, .decisions: .get
        }
    }
}

/// The endpoints of the upstream contract that exist, and problems for everything else.
struct UpstreamResponder: HTTPResponder {
    let intake: BatchIntake
    let keys: UpstreamKeys
    let decisions: DecisionLog
    /// Told when a commit failed: nothing may be acknowledged any more.
    let onStoreFault: @Sendable (Failure) -> Void

    func respond(to request: Request, context: UpstreamContext) async throws -> Response {
        let base = ProblemBase(authority: request.head.authority)
        do {
            return try await route(request, context: context, base: base)
        } catch let problem as RequestProblem {
            return try base.response(problem)
        } catch let fault as DatabaseError {
            onStoreFault(Failure(.diskWriteFailed, "SQLite \(fault.extendedResultCode)"))
            return try base.response(.init(503, .busy, "upstream cannot store"))
        } catch let failure as Failure {
            intake.logger.error("cannot answer", metadata: ["failure": "\(failure)"])
            return try base.response(.init(503, .busy, failure.code.rawValue))
        }
    }

    private func route(_ request: Request, context: UpstreamContext, base: ProblemBase) async throws -> Response {
        let path = request.head.path.map { $0.prefix { $0 != "?" } } ?? ""
        guard let route = Route(rawValue: String(path)) else { throw RequestProblem(404, .notFound, "no such path") }
        guard request.method == route.method else {
            throw RequestProblem(405, .methodNotAllowed, "only \(route.method)")
        }
        let peer = try await PeerStation(context.channel)
        let sender = peer.stationId
        guard intake.registry.knows(sender) else {
            throw RequestProblem(403, .stationRefused, "the station is not enrolled")
        }
        switch route {
        case .batches: return try await batch(request, context: context, peer: peer, base: base)
        case .status: return try await status(request, sender: sender)
        case .keys: return try .json(keys.published)
        case .decisions: return try await decided(request, sender: sender)
        }
    }

    private func batch(
        _ request: Request,
        context: UpstreamContext,
        peer: PeerStation,
        base: ProblemBase
    ) async throws -> Response {
        let sender = peer.stationId
        switch intake.faults.refusal {
        case .busy: throw RequestProblem(503, .busy, "told to be busy")
        case .forbidden: throw RequestProblem(403, .stationRefused, "told to refuse the station")
        case .portal:
            return Response(
                status: .ok,
                headers: [.contentType: "text/html"],
                body: .init(byteBuffer: ByteBuffer(string: "<html><title>Sign in to the network</title></html>"))
            )
        case .retry, .policy, nil: break
        }
        let answer = try await intake.receive(
            request.body,
            head: try BatchHead(request.headers),
            sender: sender,
            base: base
        )
        intake.logger.info(
            "batch",
            metadata: [
                "batch": "\(answer.batchId.text)", "sender": "\(sender.text)",
                "certificate": "\(peer.certificateSerial)", "items": "\(answer.results.count)",
                "accepted": "\(answer.results.count { $0.outcome == .accepted })",
                "duplicate": "\(answer.results.count { $0.outcome == .duplicate })",
                "rejected": "\(answer.results.count { $0.outcome == .rejected })",
            ]
        )
        if intake.faults.losesReply() {
            intake.logger.notice("losing a reply, as told", metadata: ["batch": "\(answer.batchId.text)"])
            try? await context.channel.close()
            throw RequestProblem(503, .busy, "the reply is lost")
        }
        return try .json(answer)
    }

    private func decided(_ request: Request, sender: StationID) async throws -> Response {
        let cursor = request.uri.queryParameters["after"].map(String.init)
        guard let page = decisions.page(after: cursor) else {
            throw RequestProblem(410, .cursorUnknown, "begin without a cursor")
        }
        let visible = Set(
            try await intake.store.receipts(of: Array(Set(page.items.map(\.itemId))), visibleTo: sender)
                .map(\.itemId))
        return try .json(
            DecisionPage(
                items: page.items.filter { visible.contains($0.itemId) }, next: String(page.next), more: page.more))
    }

    private func status(_ request: Request, sender: StationID) async throws -> Response {
        let receivedAt = intake.clock.now
        guard request.headers[.contentType].flatMap({ MediaType($0) })?.essence == "application/json" else {
            throw RequestProblem(415, .unsupportedMediaType, "application/json")
        }
        var body: [UInt8] = []
        for try await buffer in request.body {
            body += buffer.readableBytesView
            guard body.count <= Limits.Local.bodyBytes else { throw RequestProblem.tooLarge("a status request") }
        }
        let question: StatusRequest
        do {
            question = try StrictJSON.decode(StatusRequest.self, from: body)
        } catch {
            throw RequestProblem(422, .malformedRequest, BatchReader.text(error))
        }
        guard question.itemIds.count <= Limits.Uplink.statusItems else {
            throw RequestProblem(422, .malformedRequest, "more than \(Limits.Uplink.statusItems) items")
        }
        // An id asked for twice is answered once: two results for one item count as none.
        let asked = Array(Set(question.itemIds))
        let results = try await intake.store.receipts(of: asked, visibleTo: sender).map { receipt in
            StatusResult(
                item: ItemResult(
                    itemId: receipt.itemId,
                    outcome: .accepted,
                    sha256: receipt.sha256,
                    receipt: receipt
                )
            )
        }
        return try .json(
            StatusAnswer(
                requestId: question.requestId, receivedAt: receivedAt, results: results,
                begun: intake.begun.kept(of: asked, for: sender)))
    }
}
