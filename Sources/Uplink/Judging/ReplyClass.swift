import StationCore

/// What a reply is before its content is looked at: upstream's word, or somebody else's.
package enum ReplyClass: Hashable, Sendable {
    /// 200 with JSON: counts if its content does.
    case answer
    /// A problem that upstream itself states.
    case problem(status: Int, WireProblem)
    /// 429 or 503, by number alone.
    case slowDown(Duration?)
    /// 413, by number alone; with the announced bounds if there are any.
    case tooLarge(WireProblem?)
    /// A fault of upstream or of what stands before it; the request may have been carried out.
    case serverFault(status: Int)
    /// Everything else: captive portals, proxies' pages, redirects.
    case foreign(status: Int)

    /// Classifies a reply of an upstream with this base.
    package init(_ reply: UpstreamReply, base: UpstreamBase) {
        let type = reply.value("Content-Type").flatMap { MediaType($0) }?.essence
        var problem: WireProblem?
        if type == "application/problem+json" {
            problem = try? StrictJSON.decode(WireProblem.self, from: reply.body)
        }
        switch reply.status {
        case 200 where type == "application/json": self = .answer
        case 400, 401, 403, 404, 405, 409, 410, 415, 422:
            if let problem, base.covers(type: problem.type) {
                self = .problem(status: reply.status, problem)
            } else {
                self = .foreign(status: reply.status)
            }
        case 413: self = .tooLarge(problem)
        case 429, 503: self = .slowDown(RetryAfter.wait(of: reply))
        case 500...599: self = .serverFault(status: reply.status)
        default: self = .foreign(status: reply.status)
        }
    }
}
