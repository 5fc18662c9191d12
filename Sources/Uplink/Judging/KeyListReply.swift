import StationCore

extension KeyList {
    /// Reads the reply to a key request. Throws the cause by its code: a network fault, a refusal, or somebody else's
    /// page.
    init(_ outcome: Result<UpstreamReply, TransportFault>, base: UpstreamBase) throws(Failure) {
        let reply: UpstreamReply
        switch outcome {
        case .failure(let fault): throw Failure(fault.code, fault.detail)
        case .success(let found): reply = found
        }
        switch ReplyClass(reply, base: base) {
        case .answer: break
        case .problem(let status, let problem):
            let refused = status == 401 || status == 403
            throw Failure(refused ? .upstreamRefusedStation : .upstreamSchemaRefused, problem.name)
        case .slowDown, .serverFault: throw Failure(.upstreamBusy, "status \(reply.status)")
        case .tooLarge, .foreign: throw Failure(.replyNotUpstream, "status \(reply.status)")
        }
        do {
            self = try StrictJSON.decode(KeyList.self, from: reply.body)
        } catch {
            throw Failure(.replyNotUpstream, "not a key list: \(error)")
        }
    }
}
