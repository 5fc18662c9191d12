package import StationCore

/// The lane to upstream as a state machine: told how much work there is and what came back, it says what to do next. No
/// I/O; time is the station's `elapsed`, which never goes back.
///
/// States an operator can say: see `LaneCondition.State`. Whatever happens here, no item is dropped: the lane only
/// decides when to try, and how many.
package struct UplinkLane: Sendable {
    /// The work that the spool holds.
    package struct Workload: Hashable, Sendable {
        /// Items that may be sent now.
        package let due: Int
        /// Items of unknown fate that may be asked about now.
        package let unknown: Int
        /// How long until a deferred item is due; nil when none is deferred.
        package let nextDue: Duration?
        /// Corrections among the due: they go where the rest has to wait.
        package let urgent: Int

        /// Makes a workload.
        package init(due: Int, unknown: Int, nextDue: Duration? = nil, urgent: Int = 0) {
            self.due = due
            self.unknown = unknown
            self.nextDue = nextDue
            self.urgent = urgent
        }
    }

    /// What to do next.
    package enum Action: Hashable, Sendable {
        /// `GET /v1/intake/keys`.
        case fetchKeys
        /// `POST /v1/intake/status` about at most so many items of unknown fate.
        case askStatus(maxItems: Int)
        /// `POST /v1/intake/batches` with at most so many items and bytes, at least one item, without the excluded one.
        case sendBatch(maxItems: Int, maxBytes: Int, excluding: ItemID?)
        /// The same with corrections alone, because the rest has to wait for quiet hours or a metered link to end.
        case sendCorrections(maxItems: Int, maxBytes: Int, excluding: ItemID?)
        /// Nothing until an event, or until this time has passed.
        case wait(for: Duration?)
    }

    private enum Mode: Hashable {
        case open, probing
        case paused, stopped
    }

    private struct Suspect: Hashable {
        let itemId: ItemID
        let problem: WireProblem
    }

    private let random: any RandomSource
    private var mode = Mode.open
    private var isHeld = false
    /// Why the bulk of the work waits, and until when.
    private var rest: (code: FailureCode, until: Duration?)?
    private var networkUpAt: Duration?
    private var backoff = Backoff()
    private var sizing = BatchSizing()
    private var statusItems = Limits.Uplink.statusItems
    /// How many of them the link bears: the answer is many times as long as the question, and has no longer to come.
    private var statusBorne = Limits.Uplink.statusItems
    private var faults = 0
    /// Answers in a row that moved nothing.
    private var doubts = 0
    private var code: FailureCode?
    private var problem: String?
    /// Our own wait; events may end it.
    private var waitUntil: Duration?
    /// Until when the pause on account of a suspect lasts.
    private var pauseUntil: Duration?
    /// Upstream's wait; only time ends it.
    private var obeyUntil: Duration?
    /// The item whose lone batch was refused with 400, while another item is tried.
    private var suspect: Suspect?
    private var askedLast = false
    /// The last batch met trouble: that upstream answers questions proves nothing about batches.
    private var batchesFail = false
    /// How long the last batch took that went through; the first is waited for.
    private var lastTook = Limits.Uplink.batchDuration
    private var keysAt: Duration?
    private var keysBackoff = Backoff()

    /// A lane that starts by fetching keys.
    package init(random: any RandomSource) {
        self.random = random
    }

    /// What to do now. A send or a question must be followed by `batchEnded` or `statusEnded`, a fetch by `keysEnded`.
    package mutating func next(
        at now: Duration, workload: Workload, permit: SendingPermit = .everything
    ) -> Action {
        rest = nil
        if isHeld { return .wait(for: nil) }
        if case .correctionsOnly(let code, let left) = permit {
            if workload.due > workload.urgent { rest = (code, left.map { now + $0 }) }
            let urgent = Workload(
                due: workload.urgent, unknown: workload.unknown, nextDue: workload.nextDue, urgent: workload.urgent)
            return action(at: now, workload: urgent, restLeft: left, correctionsOnly: true)
        }
        return action(at: now, workload: workload, restLeft: nil, correctionsOnly: false)
    }

    private mutating func action(
        at now: Duration, workload: Workload, restLeft: Duration?, correctionsOnly: Bool
    ) -> Action {
        if let suspect, workload.due <= 1, !correctionsOnly { pauseForSuspect(suspect, at: now) }
        if let wait = blocked(at: now, workload: workload) { return .wait(for: wait) }
        if let keysAt, keysAt > now {
            // Not yet.
        } else {
            return .fetchKeys
        }
        if workload.unknown > 0, !(askedLast && workload.due > 0) {
            return .askStatus(maxItems: isProbing ? 1 : min(statusItems, statusBorne))
        }
        guard workload.due > 0 else {
            let waits = [workload.nextDue, keysAt.map { $0 - now }, restLeft].compactMap { $0 }
            return .wait(for: waits.min())
        }
        let excluded = workload.due > 1 ? suspect?.itemId : nil
        let items = isProbing || suspect != nil ? 1 : sizing.items
        return correctionsOnly
            ? .sendCorrections(maxItems: items, maxBytes: sizing.bytes, excluding: excluded)
            : .sendBatch(maxItems: items, maxBytes: sizing.bytes, excluding: excluded)
    }

    /// Takes the judgement of a batch; `quarantined` when a batch of one was refused for what it holds. Gives the
    /// suspect's judgement when the reply shows that the suspect, and not the station, is at fault.
    package mutating func batchEnded(
        at now: Duration, sent: [ItemID], bytes: Int, took: Duration, effect: LaneEffect, quarantined: Bool = false
    ) -> ItemJudgement? {
        askedLast = false
        batchesFail = effect.isTrouble(ofItems: sent.count)
        lastTook = Limits.Uplink.batchDuration
        switch effect {
        case .progress:
            succeeded()
            lastTook = took
            if quarantined { sizing.culpritFound() }
            sizing.grow(sentItems: sent.count, sentBytes: bytes, took: took)
            return clearSuspect(sent: sent)
        case .noProgress:
            doubted(items: sent.count, at: now)
            return clearSuspect(sent: sent)
        case .split(let problem):
            answered()
            note(.upstreamSchemaRefused, problem)
            sizing.split(sentItems: sent.count)
        case .suspect(let itemId, let problem): suspected(itemId, problem, at: now)
        case .tooLarge(let maxItems, let maxBytes):
            answered()
            sizing.halve(sentItems: sent.count, sentBytes: bytes)
            sizing.announce(maxItems: maxItems, maxBytes: maxBytes)
        case .fault(_, true):
            sizing.cutShort(sentItems: sent.count, sentBytes: bytes)
            troubled(effect, at: now)
            // The first cut in a row of a link that has carried for long is no sign of trouble there: the link is back as
            // soon as it is dialled. Whatever fails next is waited for like any other.
            if faults == 1, mode == .open, took >= Limits.Uplink.longExchange {
                waitUntil = now + .milliseconds(Limits.Uplink.afterCut.milliseconds * random.fraction())
            }
        case .fault, .slowDown, .pause, .stop: troubled(effect, at: now)
        }
        return nil
    }

    /// A batch was given up because a payload could not be vouched for any more. Nobody is at fault but the disk, and
    /// the item is out of the queue: what was under way is asked about, the rest goes on at once.
    package mutating func batchAborted() { askedLast = false }

    /// Takes the judgement of a status request; `arrived` of the items asked about are upstream.
    package mutating func statusEnded(at now: Duration, asked: Int, arrived: Int = 0, effect: LaneEffect) {
        askedLast = true
        sizing.arrived(arrived)
        if case .fault(_, true) = effect { statusBorne = max(1, asked / 2) }
        if case .progress = effect, asked >= statusBorne {
            statusBorne = min(Limits.Uplink.statusItems, 2 * statusBorne)
        }
        switch effect {
        // What a batch that was cut brought whole shows that batches get through: the next cut begins a new row.
        case .progress where batchesFail && arrived == 0:
            waitUntil = nil
            doubts = 0
        case .progress: succeeded()
        case .noProgress:
            doubted(items: asked, at: now)
        case .tooLarge:
            answered()
            statusItems = max(1, asked / 2)
            // One id cannot be too large: that is no answer to hurry after.
            if asked == 1 { waitUntil = now + backoff.next(random: random) }
        case .fault, .slowDown, .pause, .stop, .split, .suspect: troubled(effect, at: now)
        }
    }

    /// Takes the result of a key fetch: the bounds that the list announces, or the cause of failure. A failure here
    /// holds up nothing else.
    package mutating func keysEnded(at now: Duration, maxItems: Int?, maxBytes: Int?, failure: FailureCode?) {
        sizing.announce(maxItems: maxItems, maxBytes: maxBytes)
        if let failure {
            if mode == .open { note(failure, nil) }
            keysAt = now + keysBackoff.next(random: random)
        } else {
            keysBackoff.reset()
            keysAt = now + Limits.Uplink.keyRefresh
        }
    }

    /// The network came up: ends our own waits, not upstream's, nor those of a pause or a stop. A link that comes up over
    /// and over is heeded once in the shortest wait.
    package mutating func networkUp(at now: Duration) {
        sizing.linkChanged()
        guard mode == .open || mode == .probing else { return }
        if let networkUpAt, now - networkUpAt < Limits.Uplink.backoffShortest { return }
        networkUpAt = now
        flush(at: now)
    }

    /// A person asks to try now: ends our own waits, those of a pause or a stop too, not upstream's.
    package mutating func flush(at now: Duration) {
        waitUntil = nil
        backoff.reset()
        keysBackoff.reset()
        if let keysAt, keysAt - now < Limits.Uplink.backoffLongest { self.keysAt = nil }
    }

    /// Obeys a wait that upstream demanded of an earlier run, or when it was asked for keys.
    package mutating func obey(_ wait: Duration, at now: Duration) {
        obeyUntil = now + wait
        note(.upstreamBusy, nil)
    }

    /// The item whose lone batch was refused, while another is waited for or tried.
    package var suspectedItem: ItemID? { suspect?.itemId }

    /// The suspect is not the lane's any more: a person has dealt with it, so that nothing is waited for on its account.
    package mutating func suspectLeft() {
        suspect = nil
        guard let pauseUntil, waitUntil == pauseUntil else { return }
        (waitUntil, self.pauseUntil) = (nil, nil)
        mode = .open
        (code, problem) = (nil, nil)
    }

    /// Until when upstream wants nothing: what has to outlive the process.
    package var obeysUntil: Duration? { obeyUntil }

    /// An administrator holds the lane, or lets it go.
    package mutating func hold(_ held: Bool) { isHeld = held }

    /// How the lane stands.
    package func condition(at now: Duration) -> LaneCondition {
        var until = [waitUntil, obeyUntil].compactMap { $0 }.max().flatMap { $0 > now ? $0 - now : nil }
        let state: LaneCondition.State =
            switch mode {
            case _ where isHeld: .held
            case .paused: .paused
            case .stopped: .stopped
            case .probing: .probing
            case .open where until == nil && rest != nil: .resting
            case .open: until == nil ? .open : .waiting
            }
        if state == .resting, let rest {
            until = rest.until.map { $0 - now }
            return LaneCondition(state: state, code: rest.code, problem: nil, faults: faults, nextAttempt: until)
        }
        return LaneCondition(state: state, code: code, problem: problem, faults: faults, nextAttempt: until)
    }

    /// Whether the next batch is worth framing while this one is on the wire: the last took so little that the link waits
    /// for the station rather than the station for the link, and nothing is in doubt.
    package var readsAhead: Bool {
        mode == .open && suspect == nil && !isHunting && lastTook < Limits.Uplink.readAheadBelow
    }

    /// Whether a culprit is being looked for among items that were sent before.
    package var isHunting: Bool { sizing.isHunting }

    /// Whether the link, or upstream, has once borne less than was sent.
    package var isCareful: Bool { sizing.isCareful }

    private var isProbing: Bool { mode != .open }
}

extension UplinkLane {
    /// The rest of a wait; nil when nothing bars the way.
    private mutating func blocked(at now: Duration, workload: Workload) -> Duration? {
        if let until = obeyUntil, until > now { return until - now }
        obeyUntil = nil
        guard let until = waitUntil, until > now else {
            waitUntil = nil
            return nil
        }
        // The pause waits for another item to try beside the suspect: there is one now.
        // Only the pause itself gives way: a fault or a busy upstream met on the way is waited out like any other.
        if suspect != nil, mode == .paused, workload.due > 1, until == pauseUntil { return nil }
        return until - now
    }

    private mutating func pauseForSuspect(_ suspect: Suspect, at now: Duration) {
        guard mode != .paused else { return }
        troubled(.pause(suspect.problem), at: now)
    }

    private mutating func suspected(_ itemId: ItemID, _ problem: WireProblem, at now: Duration) {
        answered()
        note(.upstreamSchemaRefused, problem)
        sizing.culpritFound()
        switch suspect?.itemId {
        case nil:
            suspect = Suspect(itemId: itemId, problem: problem)
            if mode == .paused { waitUntil = now + Limits.Uplink.pauseProbe }
        case itemId: troubled(.pause(problem), at: now)
        default:
            // Another item fares the same: the station is at fault, not the item.
            suspect = nil
            troubled(.pause(problem), at: now)
        }
    }

    private mutating func clearSuspect(sent: [ItemID]) -> ItemJudgement? {
        guard let suspect else { return nil }
        self.suspect = nil
        guard !sent.contains(suspect.itemId) else { return nil }
        return ItemJudgement(
            itemId: suspect.itemId,
            verdict: .quarantined(reason: suspect.problem.name, suspect.problem))
    }

    /// Upstream itself spoke, whatever it said.
    private mutating func answered() {
        faults = 0
        if mode == .probing { mode = .open }
    }

    /// One item that upstream contradicts itself about waits by itself and holds up nobody. When the next exchange is
    /// no better, or several items fare the same, upstream is at fault and the lane waits.
    private mutating func doubted(items: Int, at now: Duration) {
        answered()
        code = .upstreamAnswerContradicts
        doubts += 1
        if items > 1 || doubts > 1 { waitUntil = now + backoff.next(random: random) }
    }

    private mutating func succeeded() {
        answered()
        doubts = 0
        mode = .open
        backoff.reset()
        waitUntil = nil
        code = nil
        problem = nil
    }

    private mutating func note(_ code: FailureCode, _ problem: WireProblem?) {
        self.code = code
        self.problem = problem?.name
    }

    private mutating func troubled(_ effect: LaneEffect, at now: Duration) {
        // Whatever is waited for from here on is not the suspect's pause, unless it begins now.
        pauseUntil = nil
        switch effect {
        case .slowDown(let wait):
            answered()
            note(.upstreamBusy, nil)
            if let wait { obeyUntil = now + wait } else { waitUntil = now + backoff.next(random: random) }
        case .pause(let problem):
            answered()
            mode = .paused
            note(.upstreamSchemaRefused, problem)
            waitUntil = now + Limits.Uplink.pauseProbe
            pauseUntil = waitUntil
        case .stop(let code):
            answered()
            mode = .stopped
            note(code, nil)
            waitUntil = now + Limits.Uplink.backoffLongest
        case .fault(let code, _):
            faults += 1
            failed(code, at: now)
        case .progress, .noProgress, .split, .suspect, .tooLarge: failed(.upstreamAnswerContradicts, at: now)
        }
    }

    private mutating func failed(_ code: FailureCode, at now: Duration) {
        switch mode {
        case .paused: waitUntil = now + Limits.Uplink.pauseProbe
        case .stopped: waitUntil = now + Limits.Uplink.backoffLongest
        case .open, .probing:
            note(code, nil)
            if faults >= Limits.Uplink.alertFaults { mode = .probing }
            waitUntil = now + backoff.next(random: random)
        }
    }
}

extension LaneEffect {
    /// Whether a wait of the lane follows from it.
    fileprivate func isTrouble(ofItems count: Int) -> Bool {
        switch self {
        case .fault, .slowDown, .pause, .stop: true
        case .noProgress: count > 1
        case .progress, .split, .suspect, .tooLarge: false
        }
    }
}
