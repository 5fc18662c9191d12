package import StationCore

/// Where decisions are kept.
package protocol DecisionPort: Sendable {
    /// Where to go on; nil at the beginning.
    func decisionCursor() async throws -> String?

    /// Keeps a page and its cursor together. Committed when it returns.
    func record(_ page: DecisionPage) async throws

    /// Forgets the cursor, not the decisions: upstream starts over.
    func forgetDecisionCursor() async throws
}

/// Follows what upstream decides, page by page; what it hears is upstream's word and never the station's own.
package struct DecisionFollower: Sendable {
    private let base: UpstreamBase
    private let transport: any Transport
    private let port: any DecisionPort
    private let clock: any StationClock
    private let random: any RandomSource
    private let isHeld: @Sendable () -> Bool
    private let wake = WakeSignal()

    /// Makes a follower; nothing happens before `run`.
    /// - Parameter isHeld: whether an administrator lets nothing go out.
    package init(
        base: UpstreamBase, transport: any Transport, port: any DecisionPort, clock: any StationClock,
        random: any RandomSource, isHeld: @escaping @Sendable () -> Bool
    ) {
        self.base = base
        self.transport = transport
        self.port = port
        self.clock = clock
        self.random = random
        self.isHeld = isHeld
    }

    /// Asks now, whatever is waited for.
    package func flush() { wake.post(.flush) }

    /// Follows until the task is cancelled (`CancellationError`) or the port fails (its error).
    /// - Parameter onTrouble: told of each question that brought nothing.
    package func run(onTrouble: @escaping @Sendable (FailureCode) async -> Void = { _ in }) async throws {
        var backoff = Backoff()
        var pages = 0
        while true {
            _ = wake.take()
            let wait: Duration
            switch isHeld() ? nil : try await ask() {
            case .page(let page):
                backoff.reset()
                try await port.record(page)
                pages = page.more ? pages + 1 : 0
                let goesOn = page.more && !pages.isMultiple(of: Limits.Uplink.decisionPages)
                wait = goesOn ? .zero : Limits.Uplink.decisionInterval
            case .startOver:
                try await port.forgetDecisionCursor()
                wait = backoff.next(random: random)
            case .slowDown(let least):
                await onTrouble(.upstreamBusy)
                wait = max(least, backoff.next(random: random))
            case .trouble(let code):
                await onTrouble(code)
                wait = backoff.next(random: random)
            case nil: wait = Limits.Uplink.decisionInterval
            }
            if wait > .zero { try await wake.wait(atMost: wait, clock: clock) }
            try Task.checkCancellation()
        }
    }

    private func ask() async throws -> DecisionReply {
        let cursor = try await port.decisionCursor()
        let query = cursor.map { "?after=" + Self.percentEncoded($0) } ?? ""
        let request = UpstreamRequest(
            method: "GET", path: "/v1/intake/decisions" + query,
            fields: [HeaderField("Accept", "application/json, application/problem+json")],
            replyBodyBytes: Limits.Uplink.listBodyBytes)
        let outcome: Result<UpstreamReply, TransportFault>
        do {
            outcome = .success(try await transport.send(request))
        } catch let fault as TransportFault {
            outcome = .failure(fault)
        }
        return DecisionReply(outcome, after: cursor, base: base)
    }

    /// RFC 3986 unreserved characters stay; a cursor is upstream's own text.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte))
            return isPlain || "-._~".unicodeScalars.contains(scalar)
                ? String(scalar) : "%" + Hex.text([byte]).uppercased()
        }.joined()
    }
}
