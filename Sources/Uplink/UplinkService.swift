package import StationCore
import Synchronization

/// Who this station is to upstream.
package struct UplinkIdentity: Sendable {
    /// The station's id, the client certificate's subject CN.
    package let stationId: StationID
    /// Where upstream is.
    package let base: UpstreamBase
    /// The pinned authorities.
    package let authorities: AuthorityKeys

    /// Makes an identity.
    package init(stationId: StationID, base: UpstreamBase, authorities: AuthorityKeys) {
        self.stationId = stationId
        self.base = base
        self.authorities = authorities
    }
}

/// The thin owner of the lane: carries out what `UplinkLane` says, over a transport, a spool and a clock that are
/// given.
package final class UplinkService: Sendable {
    private let identity: UplinkIdentity
    private let judge: AnswerJudge
    private let transport: any Transport
    private let spool: any SpoolPort
    private let keys: any KeyPort
    private let observer: any UplinkObserver
    private let gate: any SendingGate
    private let clock: any StationClock
    private let random: any RandomSource
    private let wake = WakeSignal()
    private let offset = Mutex<Int64?>(nil)
    private let begun = Mutex(BegunParts())
    /// Outlives a run: the next one begins as the last order was.
    private let isHeld = Mutex(false)
    /// The lane of the last run. A full spool ends a run and another begins: what upstream asked for, and that it lets
    /// nobody in, holds for that one too.
    private let lastLane = Mutex<UplinkLane?>(nil)

    /// Makes an uplink; nothing happens before `run`.
    package init(
        identity: UplinkIdentity, transport: any Transport, spool: any SpoolPort, keys: any KeyPort,
        observer: any UplinkObserver, gate: any SendingGate = OpenGate(), clock: any StationClock,
        random: any RandomSource
    ) {
        self.identity = identity
        judge = AnswerJudge(authorities: identity.authorities, base: identity.base)
        self.transport = transport
        self.spool = spool
        self.keys = keys
        self.observer = observer
        self.gate = gate
        self.clock = clock
        self.random = random
    }

    /// There is an item more to send.
    package func notifyNewWork() { wake.post(.newWork) }
    /// Try now, whatever our own waits, quiet hours and metered links; after a person's command.
    package func flush() { wake.post(.flush) }
    /// Try now, whatever the lane's own waits, within the rules of sending; after new credentials, or when a person wants
    /// one application tried.
    package func hasten() { wake.post(.haste) }
    /// What may be sent is to be asked anew.
    package func gateChanged() { wake.post(.newWork) }
    /// The network came up.
    package func networkUp() { wake.post(.networkUp) }
    /// Send nothing until `resume`.
    package func hold() {
        isHeld.withLock { $0 = true }
        wake.post(.hold)
    }
    /// Send again.
    package func resume() {
        isHeld.withLock { $0 = false }
        wake.post(.resume)
    }

    /// Sends until the task is cancelled (`CancellationError`) or the spool fails (its error).
    package func run() async throws {
        var lane: UplinkLane
        if let last = lastLane.withLock({ $0 }) {
            lane = last
        } else {
            lane = UplinkLane(random: random)
            if let wait = try await spool.upstreamWait() { lane.obey(wait, at: clock.elapsed) }
        }
        defer { lastLane.withLock { [lane] in $0 = lane } }
        lane.hold(isHeld.withLock { $0 })
        var keptWait = lane.obeysUntil
        var reported: LaneCondition?
        /// Framed while the batch before it was on the wire.
        var ahead: FramedBatch?
        while true {
            try Task.checkCancellation()
            if lane.obeysUntil != keptWait {
                keptWait = lane.obeysUntil
                try await spool.keepUpstreamWait(keptWait.map { $0 - clock.elapsed })
            }
            try await apply(wake.take(), to: &lane)
            if let suspect = lane.suspectedItem, try await !spool.waits(suspect) { lane.suspectLeft() }
            let work = try await spool.workload().adding(ahead?.body.items ?? [])
            let action = lane.next(at: clock.elapsed, workload: work, permit: gate.permit())
            let condition = lane.condition(at: clock.elapsed)
            if condition != reported {
                await observer.laneChanged(condition)
                reported = condition
            }
            if let framed = ahead, !action.allows(framed) {
                // What it may send now is another batch, or none: the framed one's items are chosen anew in their turn.
                ahead = nil
                try await spool.giveBack(framed.body.items.map(\.itemId))
                continue
            }
            switch action {
            case .fetchKeys: try await fetchKeys(&lane)
            case .askStatus(let maxItems): try await askStatus(maxItems: maxItems, &lane)
            case .sendBatch(let maxItems, let maxBytes, let excluded):
                let wish = BatchWish(
                    maxItems: maxItems, maxBytes: maxBytes, excluding: excluded, retriedFirst: lane.isHunting,
                    begun: begun.withLock(\.ids))
                ahead = try await send(wish, framed: ahead, &lane)
            case .sendCorrections(let maxItems, let maxBytes, let excluded):
                let wish = BatchWish(
                    maxItems: maxItems, maxBytes: maxBytes, excluding: excluded, correctionsOnly: true)
                ahead = try await send(wish, framed: nil, &lane)
            case .wait(let duration): try await wake.wait(atMost: duration, clock: clock)
            }
        }
    }

    private func apply(_ events: WakeEvents, to lane: inout UplinkLane) async throws {
        if events.contains(.hold) { lane.hold(true) }
        if events.contains(.resume) { lane.hold(false) }
        if events.contains(.networkUp) { lane.networkUp(at: clock.elapsed) }
        if events.contains(.haste) { lane.flush(at: clock.elapsed) }
        if events.contains(.flush) {
            gate.flushed()
            lane.flush(at: clock.elapsed)
            try await spool.flush()
        }
    }

    // MARK: Batches

    /// Sends one batch; on a fast link the next is framed meanwhile and returned.
    private func send(
        _ wish: BatchWish, framed: FramedBatch?, _ lane: inout UplinkLane
    ) async throws -> FramedBatch? {
        let batch: FramedBatch
        if let framed {
            batch = framed
        } else {
            let chosen = try await spool.dueItems(wish)
            guard !chosen.isEmpty else {
                // The work has gone since it was counted; were it to stay so, this wait keeps the loop from spinning.
                try await wake.wait(atMost: Limits.Uplink.backoffShortest, clock: clock)
                return nil
            }
            guard let first = try await frame(chosen) else { return nil }
            batch = first
        }
        async let next = lane.readsAhead && !wish.correctionsOnly ? frameNext(wish) : nil
        try await exchange(batch, &lane)
        return try await next
    }

    private func frameNext(_ wish: BatchWish) async throws -> FramedBatch? {
        let chosen = try await spool.dueItems(wish)
        return chosen.isEmpty ? nil : try await frame(chosen)
    }

    private func exchange(_ batch: FramedBatch, _ lane: inout UplinkLane) async throws {
        let (batchId, body) = (batch.batchId, batch.body)
        try await spool.willSend(body.items.map(\.itemId), in: batchId)
        let request = UpstreamRequest(
            method: "POST", path: "/v1/intake/batches",
            fields: [
                HeaderField("Intake-Batch-Id", batchId.text),
                HeaderField("Content-Digest", body.digest.fieldValue),
                HeaderField("Content-Type", body.contentType),
                HeaderField("Accept", "application/json, application/problem+json"),
            ],
            body: body, replyBodyBytes: Limits.Uplink.replyBodyBytes,
            pieceBytes: lane.isCareful ? Limits.Uplink.carefulPieceBytes : Limits.Uplink.pieceBytes)
        let start = (elapsed: clock.elapsed, now: clock.now)
        let reply = try await exchange(request)
        gate.sent(bytes: body.size)
        var sent = body.items
        switch body.breach {
        case .spoolFailed(let error): throw error
        case .payloadLost(let lost):
            sent.removeAll { $0.itemId == lost }
            if case .failure = reply { return try await aborted(sent, &lane) }
        case nil: break
        }
        let judgement = judge.judge(
            reply, toBatch: batchId,
            of: sent.map { SentItem(itemId: $0.itemId, stationId: $0.stationId, sha256: $0.sha256) })
        begun.withLock { $0.sent(judgement.items) }
        try await spool.record(judgement.items)
        await report(judgement, since: start)
        let ended = clock.elapsed
        let culprit = lane.batchEnded(
            at: ended, sent: sent.map(\.itemId), bytes: body.size, took: ended - start.elapsed,
            effect: judgement.effect, quarantined: judgement.items.contains(where: \.isQuarantine))
        if let culprit { try await spool.record([culprit]) }
    }

    /// We cut the request ourselves; whole parts before the lost one may have arrived.
    private func aborted(_ others: [ManifestItem], _ lane: inout UplinkLane) async throws {
        let judgements = others.map { ItemJudgement(itemId: $0.itemId, verdict: .unknown(.noAnswer)) }
        begun.withLock { $0.sent(judgements) }
        try await spool.record(judgements)
        lane.batchAborted()
    }

    private func frame(_ chosen: [ManifestItem]) async throws -> FramedBatch? {
        let batchId = RequestID(random: random)
        let audit = try await spool.auditHead()
        let resumed = begun.withLock { $0.resume(chosen) }
        let body = try await BatchBody.prepare(resumed, spool: spool, random: random) { items in
            try StrictJSON.encode(
                BatchManifest(
                    batchId: batchId, senderId: identity.stationId, sentAt: clock.now, audit: audit,
                    clock: ClockReport(offsetMilliseconds: offset.withLock { $0 }, quality: clock.quality),
                    items: items))
        }
        return body.map { FramedBatch(batchId: batchId, body: $0) }
    }

    // MARK: Status

    private func askStatus(maxItems: Int, _ lane: inout UplinkLane) async throws {
        let items = try await spool.unknownItems(maxItems: maxItems)
        guard !items.isEmpty else {
            return try await wake.wait(atMost: Limits.Uplink.backoffShortest, clock: clock)
        }
        let requestId = RequestID(random: random)
        let request = UpstreamRequest(
            method: "POST", path: "/v1/intake/status",
            fields: [
                HeaderField("Content-Type", "application/json"),
                HeaderField("Accept", "application/json, application/problem+json"),
            ],
            chunks: [
                try StrictJSON.encode(StatusRequest(requestId: requestId, itemIds: items.map(\.itemId)))
            ],
            replyBodyBytes: Limits.Uplink.replyBodyBytes)
        let start = (elapsed: clock.elapsed, now: clock.now)
        let judgement = judge.judge(try await exchange(request), toStatus: requestId, of: items)
        begun.withLock { $0.note(judgement.begun) }
        try await spool.record(judgement.items)
        await report(judgement, since: start)
        lane.statusEnded(
            at: clock.elapsed, asked: items.count, arrived: judgement.items.count(where: \.isSettled),
            effect: judgement.effect)
    }

    // MARK: Keys

    private func fetchKeys(_ lane: inout UplinkLane) async throws {
        let request = UpstreamRequest(
            method: "GET", path: "/v1/intake/keys",
            fields: [HeaderField("Accept", "application/json, application/problem+json")],
            replyBodyBytes: Limits.Uplink.listBodyBytes)
        let reply = try await exchange(request)
        let current = try await keys.keyList()
        let list: KeyList
        let isNew: Bool
        do {
            list = try KeyList(reply, base: identity.base)
            isNew = try KeyRing.adopts(list, over: current, authorities: identity.authorities)
        } catch {
            lane.keysEnded(at: clock.elapsed, maxItems: nil, maxBytes: nil, failure: error.code)
            if case .success(let answer) = reply, case .slowDown(let wait?) = ReplyClass(answer, base: identity.base) {
                lane.obey(wait, at: clock.elapsed)
            }
            return await observer.keysFailed(error)
        }
        do {
            if isNew { try await keys.replaceKeyList(list) }
        } catch let failure as Failure where failure.code == .diskFull {
            // The list before it seals as well; what is queued needs none.
            lane.keysEnded(at: clock.elapsed, maxItems: list.maxItems, maxBytes: list.maxBytes, failure: failure.code)
            return await observer.keysFailed(failure)
        }
        lane.keysEnded(at: clock.elapsed, maxItems: list.maxItems, maxBytes: list.maxBytes, failure: nil)
    }

    // MARK: Both

    private func exchange(_ request: UpstreamRequest) async throws -> Result<UpstreamReply, TransportFault> {
        do {
            return .success(try await transport.send(request))
        } catch let fault as TransportFault {
            return .failure(fault)
        }
    }

    private func report(_ judgement: ReplyJudgement, since start: (elapsed: Duration, now: Timestamp)) async {
        if let receivedAt = judgement.receivedAt {
            // Upstream's reading fell somewhere between our sending and our receiving; the middle is the best guess.
            let middle = start.now.milliseconds + (clock.elapsed - start.elapsed).wholeMilliseconds / 2
            let measured = receivedAt.milliseconds - middle
            offset.withLock { $0 = measured }
            await observer.clockMeasured(offsetMilliseconds: measured)
        }
        let unknown = judgement.items.count { if case .unknown = $0.verdict { true } else { false } }
        if judgement.foreignResults > 0 || unknown > 0 {
            await observer.answerDoubted(foreignResults: judgement.foreignResults, unknownItems: unknown)
        }
    }
}

/// A batch that is ready to be sent.
private struct FramedBatch {
    let batchId: RequestID
    let body: BatchBody
}

extension UplinkLane.Action {
    /// Whether a batch that was framed before this was decided may be sent by it, or kept for the next time.
    fileprivate func allows(_ framed: FramedBatch) -> Bool {
        switch self {
        case .fetchKeys, .askStatus: true
        case .sendBatch(let maxItems, let maxBytes, nil):
            framed.body.items.count <= maxItems && (framed.body.items.count == 1 || framed.body.size <= maxBytes)
        case .sendBatch, .sendCorrections, .wait: false
        }
    }
}

extension UplinkLane.Workload {
    /// The work with items that were chosen already.
    fileprivate func adding(_ chosen: [ManifestItem]) -> Self {
        Self(
            due: due + chosen.count, unknown: unknown, nextDue: nextDue,
            urgent: urgent + chosen.count { $0.supersedes != nil })
    }
}

extension ItemJudgement {
    fileprivate var isQuarantine: Bool {
        if case .quarantined = verdict { true } else { false }
    }

    fileprivate var isSettled: Bool {
        switch verdict {
        case .accepted, .rejected: true
        case .deferred, .unknown, .resend, .quarantined, .unchanged: false
        }
    }
}
