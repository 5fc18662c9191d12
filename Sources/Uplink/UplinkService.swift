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
    private let clock: any StationClock
    private let random: any RandomSource
    private let wake = WakeSignal()
    private let offset = Mutex<Int64?>(nil)

    /// Makes an uplink; nothing happens before `run`.
    package init(
        identity: UplinkIdentity, transport: any Transport, spool: any SpoolPort, keys: any KeyPort,
        observer: any UplinkObserver, clock: any StationClock, random: any RandomSource
    ) {
        self.identity = identity
        judge = AnswerJudge(authorities: identity.authorities, base: identity.base)
        self.transport = transport
        self.spool = spool
        self.keys = keys
        self.observer = observer
        self.clock = clock
        self.random = random
    }

    /// There is an item more to send.
    package func notifyNewWork() { wake.post(.newWork) }
    /// Try now, whatever our own waits; after a person's command, or new credentials.
    package func flush() { wake.post(.flush) }
    /// The network came up.
    package func networkUp() { wake.post(.networkUp) }
    /// Send nothing until `resume`.
    package func hold() { wake.post(.hold) }
    /// Send again.
    package func resume() { wake.post(.resume) }

    /// Sends until the task is cancelled (`CancellationError`) or the spool fails (its error).
    package func run() async throws {
        var lane = UplinkLane(random: random)
        var reported: LaneCondition?
        while true {
            try Task.checkCancellation()
            apply(wake.take(), to: &lane)
            let action = lane.next(at: clock.elapsed, workload: try await spool.workload())
            let condition = lane.condition(at: clock.elapsed)
            if condition != reported {
                await observer.laneChanged(condition)
                reported = condition
            }
            switch action {
            case .fetchKeys: try await fetchKeys(&lane)
            case .askStatus(let maxItems): try await askStatus(maxItems: maxItems, &lane)
            case .sendBatch(let maxItems, let maxBytes, let excluded):
                try await sendBatch(maxItems: maxItems, maxBytes: maxBytes, excluding: excluded, &lane)
            case .wait(let duration): try await wake.wait(atMost: duration, clock: clock)
            }
        }
    }

    private func apply(_ events: WakeEvents, to lane: inout UplinkLane) {
        if events.contains(.hold) { lane.hold(true) }
        if events.contains(.resume) { lane.hold(false) }
        if events.contains(.networkUp) { lane.networkUp(at: clock.elapsed) }
        if events.contains(.flush) { lane.flush(at: clock.elapsed) }
    }

    // MARK: Batches

    private func sendBatch(
        maxItems: Int, maxBytes: Int, excluding: ItemID?, _ lane: inout UplinkLane
    ) async throws {
        var items = try await spool.dueItems(maxItems: maxItems, maxBytes: maxBytes, excluding: excluding)
        let damaged = items.filter {
            ContentDigest(of: $0.sealed) != $0.entry.sha256 || $0.sealed.count != $0.entry.size
        }
        if !damaged.isEmpty {
            let ids = Set(damaged.map(\.entry.itemId))
            items.removeAll { ids.contains($0.entry.itemId) }
            try await spool.record(
                ids.sorted().map { ItemJudgement(itemId: $0, verdict: .quarantined(reason: "payload-damaged", nil)) })
        }
        guard !items.isEmpty else {
            // The work has gone since it was counted; were it to stay so, this wait keeps the loop from spinning.
            return damaged.isEmpty
                ? try await wake.wait(atMost: Limits.Uplink.backoffShortest, clock: clock) : ()
        }
        let batchId = RequestID(random: random)
        let body = try await frame(items, batchId: batchId)
        try await spool.willSend(items.map(\.entry.itemId), in: batchId)
        let request = UpstreamRequest(
            method: "POST", path: "/v1/intake/batches",
            fields: [
                HeaderField("Intake-Batch-Id", batchId.text),
                HeaderField("Content-Digest", ContentDigest(ofChunks: body.chunks).fieldValue),
                HeaderField("Content-Type", body.contentType),
                HeaderField("Accept", "application/json, application/problem+json"),
            ],
            chunks: body.chunks, replyBodyBytes: Limits.Uplink.replyBodyBytes)
        let start = (elapsed: clock.elapsed, now: clock.now)
        let reply = try await exchange(request)
        let sent = items.map {
            SentItem(itemId: $0.entry.itemId, stationId: $0.entry.stationId, sha256: $0.entry.sha256)
        }
        let judgement = judge.judge(reply, toBatch: batchId, of: sent)
        try await spool.record(judgement.items)
        await report(judgement, since: start)
        let ended = clock.elapsed
        let culprit = lane.batchEnded(
            at: ended, sent: sent.map(\.itemId), bytes: body.size, took: ended - start.elapsed,
            effect: judgement.effect, quarantined: judgement.items.contains(where: \.isQuarantine))
        if let culprit { try await spool.record([culprit]) }
    }

    private func frame(_ items: [OutgoingItem], batchId: RequestID) async throws -> MultipartBody {
        let manifest = BatchManifest(
            batchId: batchId, senderId: identity.stationId, sentAt: clock.now, audit: try await spool.auditHead(),
            clock: ClockReport(offsetMilliseconds: offset.withLock { $0 }, quality: clock.quality),
            items: items.map(\.entry))
        return try MultipartRelated.encode(
            root: try StrictJSON.encode(manifest), parts: items.map { ($0.entry.itemId.text, $0.sealed) },
            random: random)
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
        try await spool.record(judgement.items)
        await report(judgement, since: start)
        lane.statusEnded(at: clock.elapsed, asked: items.count, effect: judgement.effect)
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
            return await observer.keysFailed(error)
        }
        if isNew { try await keys.replaceKeyList(list) }
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

extension ItemJudgement {
    fileprivate var isQuarantine: Bool {
        if case .quarantined = verdict { true } else { false }
    }
}
