import IntakeStation
import StationCore
import Store
import Uplink

/// The transport of one process of the station: what the network and upstream do to its requests, and whether the
/// station keeps its manners.
final class SimulatedLink: Transport, @unchecked Sendable {  // Sendable: touched by the timeline's one thread only.
    private let world: World
    private let dice: Dice
    var pace: Pace
    private let spoiler: AnswerSpoiler
    /// The process that sends; nil before it stands.
    weak var life: Life?

    init(world: World) throws {
        self.world = world
        dice = world.network.dice
        pace = Pace(obeyUntil: world.obeyUntil)
        spoiler = try AnswerSpoiler(dice: dice)
    }

    func send(_ request: UpstreamRequest) async throws -> UpstreamReply {
        try Task.checkCancellation()
        let request = try await CollectedRequest(request)
        guard let life, life.isUp else { throw CancellationError() }
        let start = world.timeline.now
        world.count(.requests)
        let ids = try itemIds(request)
        if let heldSince = world.heldSince, world.timeline.now > heldSince {
            world.violate("\(request.path) although an administrator holds the transmission")
        }
        if let complaint = pace.complaint(about: Self.path(request), items: ids.count, at: world.timeline.now) {
            world.violate(complaint)
        }
        if request.path == "/v1/intake/batches" { checkBatch(ids, request) }
        do {
            let reply = try await exchange(request)
            guard life.isUp else { throw CancellationError() }
            world.note("\(Self.name(request)) of \(ids.count): \(reply.status)")
            return reply
        } catch let fault as TransportFault {
            guard life.isUp else { throw CancellationError() }
            if fault.code != .upstreamRefusedStation {
                pace.failed(.fault, path: Self.path(request), since: start, at: world.timeline.now)
            }
            if world.scenario.control == .impatient {
                Task(executorPreference: world.timeline) { try await life.station.flush() }
            }
            let arrived = fault.mayHaveArrived ? ", may have arrived" : ""
            world.note("\(Self.name(request)) of \(ids.count): \(fault.code.rawValue)\(arrived)")
            throw fault
        }
    }

    private static func name(_ request: CollectedRequest) -> String {
        String(path(request).split(separator: "/").last ?? "")
    }

    static func path(_ request: CollectedRequest) -> String { String(request.path.prefix { $0 != "?" }) }

    private func itemIds(_ request: CollectedRequest) throws -> [ItemID] {
        switch request.path {
        case "/v1/intake/batches":
            // The root is the second chunk, after its head.
            try StrictJSON.decode(BatchManifest.self, from: request.chunks[1]).items.map(\.itemId)
        case "/v1/intake/status":
            try StrictJSON.decode(StatusRequest.self, from: Array(request.chunks.joined())).itemIds
        default: []
        }
    }

    /// Nothing leaves before it is on disk that it leaves, and nothing that nobody may send.
    private func checkBatch(_ ids: [ItemID], _ request: CollectedRequest) {
        if !(1...Limits.Uplink.batchItems).contains(ids.count) { world.violate("a batch of \(ids.count)") }
        if request.size > Limits.Uplink.batchBytes + Limits.Uplink.manifestBytes + Limits.Uplink.itemBytes {
            world.violate("a batch of \(request.size) bytes")
        }
        if Set(ids).count != ids.count { world.violate("an item twice in a batch") }
        for id in ids where world.ledger.entries[id]?.state != .sent {
            world.violate("item \(id) leaves as \(String(describing: world.ledger.entries[id]?.state))")
        }
    }

    // MARK: The way

    private func exchange(_ request: CollectedRequest) async throws -> UpstreamReply {
        let network = world.network
        let timeline = world.timeline
        let start = timeline.now
        if network.spells.contains(.offline) || network.spells.contains(.upstreamDown) {
            let isSlow = dice.happens(300)
            try await timeline.sleep(for: isSlow ? Limits.Uplink.connectDuration : .milliseconds(5))
            throw TransportFault(isSlow ? .networkTimeout : .networkUnreachable, mayHaveArrived: false, "simulated")
        }
        if network.spells.contains(.certificateRefused) {
            try await timeline.sleep(for: network.roundTrip)
            pace.failed(.stop, path: Self.path(request), since: start, at: timeline.now)
            throw TransportFault(.upstreamRefusedStation, mayHaveArrived: false, "simulated")
        }
        let transfer = Duration.milliseconds(request.size * 1_000 / network.bytesPerSecond)
        guard transfer < request.duration else {
            try await timeline.sleep(for: request.duration)
            return try await cut(request, .networkTimeout)
        }
        let isMischief = dice.happens(network.mischief)
        var mischief = isMischief ? dice.one(of: Mischief.allCases) : nil
        if network.spells.contains(.breaking), request.path == "/v1/intake/batches", dice.happens(700) {
            mischief = .cutUpload
        }
        let cutsUpload = mischief == .cutUpload
        try await timeline.sleep(for: network.roundTrip + (cutsUpload ? transfer / 2 : transfer))
        if network.spells.contains(.offline) || cutsUpload { return try await cut(request, .networkUnreachable) }
        if let reply = try moody(request, since: start) { return reply }
        if mischief == .repeated { repeatLater(request) }
        if mischief == .crashBefore {
            world.upstream.crash()
            throw TransportFault(.networkUnreachable, mayHaveArrived: true, "simulated")
        }
        let reply = try world.upstream.answer(request, at: world.trueTime)
        for complaint in world.upstream.complaints { world.violate("upstream: \(complaint)") }
        try await timeline.sleep(for: network.roundTrip)
        guard !network.spells.contains(.offline) else { return try lost() }
        switch mischief {
        case .lostReply: return try lost()
        case .crashAfter:
            world.upstream.crash()
            return try lost()
        case .endlessReply:
            throw TransportFault(.replyNotUpstream, mayHaveArrived: true, "the reply's body is too long")
        case nil, .cutUpload, .repeated, .crashBefore: break
        case .some(let mischief):
            world.count(.mangledReplies)
            let (spoilt, isFault) = try spoiler.spoilt(reply, mischief, path: Self.path(request))
            if isFault { pace.failed(.fault, path: Self.path(request), since: start, at: timeline.now) }
            // Half of a spoilt answer may be sound, and that moves a lane.
            if !isFault, reply.status == 200 { pace.succeeded(path: Self.path(request)) }
            return spoilt
        }
        if reply.status == 200 { pace.succeeded(path: Self.path(request)) }
        return reply
    }

    private func lost() throws -> UpstreamReply {
        world.count(.lostReplies)
        throw TransportFault(.networkTimeout, mayHaveArrived: true, "simulated")
    }

    private func cut(_ request: CollectedRequest, _ code: FailureCode) async throws -> UpstreamReply {
        world.count(.cutRequests)
        let share = dice.below(1_000)
        try world.upstream.takePart(of: request, bytes: request.size * share / 1_000, at: world.trueTime)
        throw TransportFault(code, mayHaveArrived: true, "simulated")
    }

    /// A proxy sends a request once more, some time later and whatever came between.
    private func repeatLater(_ request: CollectedRequest) {
        let delay = dice.between(.milliseconds(10), .seconds(600))
        _ = Task(executorPreference: world.timeline) { [world] in
            try? await world.timeline.sleep(for: delay)
            guard !world.isOver else { return }
            _ = try? world.upstream.answer(request, at: world.trueTime)
            for complaint in world.upstream.complaints { world.violate("upstream: \(complaint)") }
        }
    }

    // MARK: Moods

    private func moody(_ request: CollectedRequest, since start: Duration) throws -> UpstreamReply? {
        let spells = world.network.spells
        let now = world.timeline.now
        let path = Self.path(request)
        if spells.contains(.portal) {
            pace.failed(.fault, path: path, since: start, at: now)
            return dice.happens(700)
                ? .page(200) : .page(302, fields: [HeaderField("Location", "http://portal.example")])
        }
        if spells.contains(.busy) {
            world.count(.refusals)
            return try busy(path: path, since: start, at: now)
        }
        if spells.contains(.forbidden) {
            world.count(.refusals)
            pace.failed(.stop, path: path, since: start, at: now)
            return try .problem(dice.happens(500) ? 403 : 401, "station-refused")
        }
        if spells.contains(.unsupported), path == "/v1/intake/batches" {
            world.count(.refusals)
            pace.failed(.pause, path: path, since: start, at: now)
            return try .problem(dice.one(of: [404, 405, 410, 415]), "not-found")
        }
        if spells.contains(.misunderstood), path == "/v1/intake/batches" {
            world.count(.refusals)
            return try .problem(400, "malformed-request")
        }
        return nil
    }

    private func busy(path: String, since start: Duration, at now: Duration) throws -> UpstreamReply {
        let seconds = dice.one(of: [0, 1, 20, 300, 90_000])
        let status = dice.one(of: [429, 503])
        switch dice.below(4) {
        case 0:
            pace.failed(.obey(seconds: seconds), path: path, since: start, at: now)
            return .page(status, fields: [HeaderField("Retry-After", "\(seconds)")])
        case 1:
            pace.failed(.obey(seconds: 150), path: path, since: start, at: now)
            return .page(
                status,
                fields: [
                    HeaderField("Date", "Tue, 03 Mar 2026 08:00:00 GMT"),
                    HeaderField("Retry-After", "Tue, 03 Mar 2026 08:02:30 GMT"),
                ])
        case 2:
            pace.failed(.busy, path: path, since: start, at: now)
            return .page(status, fields: [HeaderField("Retry-After", "soon")])
        default:
            pace.failed(.busy, path: path, since: start, at: now)
            return .page(status)
        }
    }
}
