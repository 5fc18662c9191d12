import StationCore
import Testing

@testable import Uplink

@Suite struct LaneTests {
    private typealias Work = UplinkLane.Workload
    private static let problem = WireProblem(type: Fixture.base.url("/problems/malformed-request"), status: 400)
    private static let ids = (1...64).map { Fixture.itemId($0) }

    private static func lane(_ random: any RandomSource = longestJitter) -> UplinkLane {
        var lane = UplinkLane(random: random)
        lane.keysEnded(at: .zero, maxItems: nil, maxBytes: nil, failure: nil)
        return lane
    }

    private static func batchSize(_ lane: inout UplinkLane, at now: Duration = .zero, due: Int = 10_000) -> Int? {
        guard case .sendBatch(let items, _, _) = lane.next(at: now, workload: Work(due: due, unknown: 0)) else {
            return nil
        }
        return items
    }

    private static func end(
        _ lane: inout UplinkLane, _ effect: LaneEffect, sent: Int = 1, at now: Duration = .zero,
        took: Duration = .seconds(1), bytes: Int = 1_000
    ) -> ItemJudgement? {
        lane.batchEnded(
            at: now, sent: Array(ids.prefix(sent)), bytes: bytes, took: took, effect: effect)
    }

    @Test func `keys come first and a failure of theirs holds up nothing`() {
        var lane = UplinkLane(random: longestJitter)
        let work = Work(due: 3, unknown: 0)
        #expect(lane.next(at: .zero, workload: work) == .fetchKeys)
        lane.keysEnded(at: .zero, maxItems: nil, maxBytes: nil, failure: .networkUnreachable)
        #expect(Self.batchSize(&lane, due: 3) == 16)
        #expect(lane.condition(at: .zero).code == .networkUnreachable)
        #expect(lane.next(at: .seconds(2), workload: work) == .fetchKeys)
        lane.keysEnded(at: .seconds(2), maxItems: 5, maxBytes: nil, failure: nil)
        #expect(Self.batchSize(&lane, at: .seconds(2)) == 5, "upstream's announced bound")
        #expect(
            lane.next(at: .seconds(6 * 3_600 + 1), workload: work)
                == .sendBatch(maxItems: 5, maxBytes: Limits.Uplink.firstBatchBytes, excluding: nil))
        #expect(lane.next(at: .seconds(6 * 3_600 + 2), workload: work) == .fetchKeys)
    }

    @Test func `without work the lane waits for an event, a deferred item or the keys`() {
        var lane = Self.lane()
        #expect(lane.next(at: .zero, workload: Work(due: 0, unknown: 0)) == .wait(for: Limits.Uplink.keyRefresh))
        let deferred = Work(due: 0, unknown: 0, nextDue: .seconds(40))
        #expect(lane.next(at: .zero, workload: deferred) == .wait(for: .seconds(40)))
    }

    @Test func `unknown items are asked about before anything is sent, and then take turns with fresh work`() {
        var lane = Self.lane()
        let work = Work(due: 5, unknown: 700)
        #expect(lane.next(at: .zero, workload: work) == .askStatus(maxItems: 500))
        lane.statusEnded(at: .zero, asked: 500, effect: .progress)
        #expect(Self.batchSize(&lane) == 16)
        guard case .sendBatch = lane.next(at: .zero, workload: work) else {
            Issue.record("fresh work must not starve")
            return
        }
        _ = Self.end(&lane, .progress)
        #expect(lane.next(at: .zero, workload: work) == .askStatus(maxItems: 500))
    }

    /// The answer to a question is many times as long as the question, and has no longer to come.
    @Test func `a question whose answer does not come is asked about half as many, and grows again`() {
        var lane = Self.lane()
        let work = Work(due: 0, unknown: 700)
        var now = Duration.zero
        for most in [500, 250, 125] {
            #expect(lane.next(at: now, workload: work) == .askStatus(maxItems: most))
            lane.statusEnded(at: now, asked: most, effect: .fault(.networkTimeout, linkTrouble: true))
            now += .seconds(1_000)
        }
        #expect(lane.next(at: now, workload: work) == .askStatus(maxItems: 62))
        lane.statusEnded(at: now, asked: 62, arrived: 62, effect: .progress)
        #expect(lane.next(at: now, workload: work) == .askStatus(maxItems: 124))
    }

    @Test func `the back-off is full jitter from 1 s to 15 min and ends with success`() {
        var lane = Self.lane()
        var now = Duration.zero
        var waits: [Double] = []
        for _ in 0..<14 {
            _ = Self.end(&lane, .fault(.networkUnreachable, linkTrouble: false), at: now)
            guard case .wait(let wait?) = lane.next(at: now, workload: Work(due: 1, unknown: 0)) else {
                Issue.record("no wait")
                return
            }
            waits.append(wait.milliseconds / 1_000)
            now += wait
        }
        let expected: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]
        for (wait, longest) in zip(waits, expected) { #expect(abs(wait - longest) < 0.01) }
        _ = Self.end(&lane, .progress, at: now)
        #expect(Self.batchSize(&lane, at: now) != nil)
        #expect(lane.condition(at: now).state == .open && lane.condition(at: now).code == nil)

        var shortest = Self.lane(ConstantRandom(byte: 0))
        for _ in 0..<10 { _ = Self.end(&shortest, .fault(.networkTimeout, linkTrouble: true)) }
        #expect(shortest.next(at: .zero, workload: Work(due: 1, unknown: 0)) == .wait(for: .seconds(1)))
    }

    @Test func `answers to questions do not shorten the waits of batches that fail`() {
        var lane = Self.lane()
        var now = Duration.zero
        for expected in [1.0, 2, 4, 8, 16] {
            _ = Self.end(&lane, .fault(.networkTimeout, linkTrouble: true), at: now)
            guard case .wait(let wait?) = lane.next(at: now, workload: Work(due: 1, unknown: 1)) else {
                Issue.record("no wait")
                return
            }
            #expect(abs(wait.milliseconds / 1_000 - expected) < 0.01)
            now += wait
            lane.statusEnded(at: now, asked: 1, effect: .progress)
            guard case .sendBatch = lane.next(at: now, workload: Work(due: 1, unknown: 0)) else {
                Issue.record("the question was answered: the batch is tried")
                return
            }
        }
        #expect(lane.condition(at: now).faults == 5, "the breaker opens although questions are answered")
    }

    @Test func `a lone suspect waits out its pause and does not spin`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .suspect(Self.ids[0], Self.problem))
        let alone = Work(due: 1, unknown: 0)
        for _ in 0..<3 {
            guard case .wait(let wait?) = lane.next(at: .zero, workload: alone) else {
                Issue.record("a suspect that is alone must not be sent again at once")
                return
            }
            #expect(wait >= .seconds(60))
        }
        guard case .sendBatch(1, _, Self.ids[0]) = lane.next(at: .zero, workload: Work(due: 2, unknown: 0)) else {
            Issue.record("another item is tried beside the suspect")
            return
        }
        // A fault met on that way is waited out, whatever else is due.
        _ = Self.end(&lane, .fault(.networkUnreachable, linkTrouble: false))
        guard case .wait(let wait?) = lane.next(at: .zero, workload: Work(due: 2, unknown: 0)) else {
            Issue.record("the lane span")
            return
        }
        #expect(wait > .zero)
    }

    @Test func `jitter spreads over the whole range`() {
        var random = Set<Int>()
        for seed in 0..<200 as Range<UInt64> {
            var lane = Self.lane(SeededRandom(seed))
            for _ in 0..<8 { _ = Self.end(&lane, .fault(.networkUnreachable, linkTrouble: false)) }
            if case .wait(let wait?) = lane.next(at: .zero, workload: Work(due: 1, unknown: 0)) {
                #expect(wait >= .seconds(1) && wait <= .seconds(128))
                random.insert(Int(wait.components.seconds) / 16)
            }
        }
        #expect(random.count == 8)
    }

    @Test func `five faults in a row alert and open the breaker, one item then probes`() {
        var lane = Self.lane()
        for count in 1...5 {
            #expect(!lane.condition(at: .zero).isAlert)
            _ = Self.end(&lane, .fault(.serverCertificateInvalid, linkTrouble: false))
            #expect(lane.condition(at: .zero).faults == count)
        }
        let condition = lane.condition(at: .zero)
        #expect(condition.isAlert && condition.state == .probing && condition.code == .serverCertificateInvalid)
        #expect(Self.batchSize(&lane, at: .seconds(900)) == 1)
        _ = Self.end(&lane, .progress, at: .seconds(900))
        #expect(Self.batchSize(&lane, at: .seconds(900)) == 16)
        #expect(!lane.condition(at: .seconds(900)).isAlert)
    }

    @Test func `a batch grows slowly when it was full and quick, and halves on trouble`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .progress, sent: 16)
        #expect(Self.batchSize(&lane) == 24)
        _ = Self.end(&lane, .progress, sent: 23)
        #expect(Self.batchSize(&lane) == 24, "it was not full")
        _ = Self.end(&lane, .progress, sent: 24, took: Limits.Uplink.batchDuration + .seconds(1))
        #expect(Self.batchSize(&lane) == 24, "it was not quick")
        _ = Self.end(&lane, .fault(.networkTimeout, linkTrouble: true), sent: 24, bytes: 900_000)
        #expect(Self.batchSize(&lane, at: .seconds(2)) == 12)
        guard case .sendBatch(_, let bytes, _) = lane.next(at: .seconds(2), workload: Work(due: 9, unknown: 0)) else {
            Issue.record("no batch")
            return
        }
        #expect(bytes == 450_000)
        for _ in 0..<4 { _ = Self.end(&lane, .tooLarge(maxItems: nil, maxBytes: nil), sent: 12, at: .seconds(2)) }
        #expect(Self.batchSize(&lane, at: .seconds(2)) == 1)
    }

    @Test(arguments: [(0, 8), (1, 8), (3, 8), (4, 16), (9, 16)])
    func `a cut batch keeps its size where many parts arrived`(_ arrived: Int, _ size: Int) {
        var lane = Self.lane()
        #expect(!lane.isCareful)
        _ = Self.end(&lane, .fault(.networkUnreachable, linkTrouble: true), sent: 16, bytes: 640_000)
        #expect(lane.isCareful)
        lane.statusEnded(at: .seconds(2), asked: 16, arrived: arrived, effect: .progress)
        #expect(Self.batchSize(&lane, at: .seconds(2)) == size)
        lane.networkUp(at: .seconds(2))
        #expect(!lane.isCareful, "another link, perhaps")
    }

    @Test(arguments: [(0, 1), (1, 2), (2, 3), (3, 3)])
    func `where few parts arrived the size follows them`(_ arrived: Int, _ size: Int) {
        var lane = Self.lane()
        _ = Self.end(&lane, .fault(.networkUnreachable, linkTrouble: true), sent: 3, bytes: 120_000)
        lane.statusEnded(at: .seconds(2), asked: 3, arrived: arrived, effect: .progress)
        #expect(Self.batchSize(&lane, at: .seconds(2)) == size)
    }

    @Test func `413 may announce bounds that hold from then on`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .tooLarge(maxItems: 3, maxBytes: 70_000), sent: 16, bytes: 2_000_000)
        #expect(
            lane.next(at: .zero, workload: Work(due: 9, unknown: 0))
                == .sendBatch(maxItems: 3, maxBytes: 70_000, excluding: nil))
        for _ in 0..<20 { _ = Self.end(&lane, .progress, sent: 64, bytes: 70_000) }
        #expect(
            lane.next(at: .zero, workload: Work(due: 9, unknown: 0))
                == .sendBatch(maxItems: 3, maxBytes: 70_000, excluding: nil))
    }

    @Test func `a refused batch is halved to its culprit in a logarithm of requests`() {
        for culprit in 0..<16 {
            var lane = Self.lane()
            var queue = Array(Self.ids.prefix(40))
            var requests = 0
            var quarantined: [ItemID] = []
            while !queue.isEmpty, requests < 100 {
                guard
                    case .sendBatch(let items, _, _) = lane.next(
                        at: .zero, workload: Work(due: queue.count, unknown: 0))
                else { break }
                let sent = Array(queue.prefix(items))
                requests += 1
                if sent.contains(Self.ids[culprit]) {
                    if sent.count == 1 { quarantined += sent }
                    _ = lane.batchEnded(
                        at: .zero, sent: sent, bytes: 1, took: .zero,
                        effect: sent.count == 1 ? .progress : .split(Self.problem), quarantined: sent.count == 1)
                    if sent.count == 1 { queue.removeFirst() }
                } else {
                    _ = lane.batchEnded(at: .zero, sent: sent, bytes: 1, took: .zero, effect: .progress)
                    queue.removeFirst(sent.count)
                }
            }
            #expect(quarantined == [Self.ids[culprit]] && queue.isEmpty)
            #expect(requests <= 15, "culprit \(culprit): \(requests)")
        }
    }

    @Test func `a lone 400 tries one other item, which passes and so convicts the first`() {
        var lane = Self.lane()
        #expect(Self.end(&lane, .suspect(Self.ids[0], Self.problem)) == nil)
        #expect(
            lane.next(at: .zero, workload: Work(due: 8, unknown: 0))
                == .sendBatch(maxItems: 1, maxBytes: Limits.Uplink.firstBatchBytes, excluding: Self.ids[0]))
        let culprit = lane.batchEnded(at: .zero, sent: [Self.ids[1]], bytes: 1, took: .zero, effect: .progress)
        #expect(
            culprit
                == ItemJudgement(itemId: Self.ids[0], verdict: .quarantined(reason: "malformed-request", Self.problem)))
        #expect(lane.condition(at: .zero).state == .open)
    }

    @Test func `a lone 400 for another item too is the station's fault: paused, hourly, nothing quarantined`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .suspect(Self.ids[0], Self.problem))
        #expect(
            lane.batchEnded(
                at: .zero, sent: [Self.ids[1]], bytes: 1, took: .zero, effect: .suspect(Self.ids[1], Self.problem))
                == nil)
        let condition = lane.condition(at: .zero)
        #expect(condition.state == .paused && condition.isAlert && condition.nextAttempt == .seconds(3_600))
        #expect(condition.problem == "malformed-request")
        #expect(Self.batchSize(&lane, at: .seconds(3_599)) == nil)
        #expect(Self.batchSize(&lane, at: .seconds(3_600)) == 1)
    }

    @Test func `a lone 400 with no other item pauses until there is one`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .suspect(Self.ids[0], Self.problem))
        #expect(lane.next(at: .zero, workload: Work(due: 1, unknown: 0)) == .wait(for: .seconds(3_600)))
        #expect(lane.condition(at: .zero).state == .paused)
        #expect(
            lane.next(at: .seconds(9), workload: Work(due: 2, unknown: 0))
                == .sendBatch(maxItems: 1, maxBytes: Limits.Uplink.firstBatchBytes, excluding: Self.ids[0]))
        let culprit = lane.batchEnded(at: .seconds(9), sent: [Self.ids[1]], bytes: 1, took: .zero, effect: .progress)
        #expect(culprit?.itemId == Self.ids[0])
    }

    @Test func `a pause probes hourly with one item, the same item again pauses again`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .suspect(Self.ids[0], Self.problem))
        _ = lane.next(at: .zero, workload: Work(due: 1, unknown: 0))
        var now = Duration.seconds(3_600)
        for _ in 0..<3 {
            #expect(
                lane.next(at: now, workload: Work(due: 1, unknown: 0))
                    == .sendBatch(maxItems: 1, maxBytes: Limits.Uplink.firstBatchBytes, excluding: nil))
            _ = Self.end(&lane, .suspect(Self.ids[0], Self.problem), at: now)
            #expect(lane.next(at: now, workload: Work(due: 1, unknown: 0)) == .wait(for: .seconds(3_600)))
            now += .seconds(3_600)
        }
    }

    @Test func `a refused station stops and probes with one item every 15 minutes until it is let in`() {
        var lane = Self.lane()
        var now = Duration.zero
        for _ in 0..<4 {
            _ = Self.end(&lane, .stop(.clientCertificateExpired), at: now)
            let condition = lane.condition(at: now)
            #expect(condition.state == .stopped && condition.isAlert && condition.code == .clientCertificateExpired)
            lane.networkUp(at: now)
            #expect(Self.batchSize(&lane, at: now) == nil, "the network's coming up mends no certificate")
            now += .seconds(900)
            #expect(Self.batchSize(&lane, at: now) == 1)
        }
        _ = Self.end(&lane, .fault(.networkTimeout, linkTrouble: false), at: now)
        #expect(lane.condition(at: now).state == .stopped && lane.condition(at: now).nextAttempt == .seconds(900))
        now += .seconds(900)
        _ = Self.end(&lane, .progress, at: now)
        #expect(lane.condition(at: now).state == .open)
    }

    @Test func `upstream's wait is not ended by the network nor by a person, our own is`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .slowDown(.seconds(600)))
        lane.networkUp(at: .zero)
        lane.flush(at: .zero)
        #expect(lane.next(at: .zero, workload: Work(due: 1, unknown: 0)) == .wait(for: .seconds(600)))
        #expect(lane.condition(at: .zero).code == .upstreamBusy)
        #expect(Self.batchSize(&lane, at: .seconds(600)) != nil)

        var own = Self.lane()
        for _ in 0..<3 { _ = Self.end(&own, .fault(.networkUnreachable, linkTrouble: false)) }
        #expect(Self.batchSize(&own) == nil)
        own.networkUp(at: .zero)
        #expect(Self.batchSize(&own) != nil)

        var paused = Self.lane()
        _ = Self.end(&paused, .pause(Self.problem))
        paused.networkUp(at: .zero)
        #expect(Self.batchSize(&paused) == nil)
        paused.flush(at: .zero)
        #expect(Self.batchSize(&paused) == 1)
    }

    @Test func `an answer that cannot be believed backs off instead of spinning`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .noProgress, sent: 2)
        #expect(Self.batchSize(&lane) == nil)
        #expect(lane.condition(at: .zero).code == .upstreamAnswerContradicts)
        lane.statusEnded(at: .seconds(5), asked: 1, effect: .noProgress)
        #expect(
            lane.next(at: .seconds(5), workload: Work(due: 0, unknown: 1))
                == .wait(for: Duration.milliseconds(2_000.0 * longestJitter.fraction())))
    }

    @Test func `one item that upstream contradicts itself about holds up no other`() {
        var lane = Self.lane()
        _ = Self.end(&lane, .noProgress)
        #expect(Self.batchSize(&lane) != nil)
        _ = Self.end(&lane, .progress)
        lane.statusEnded(at: .zero, asked: 1, effect: .noProgress)
        #expect(Self.batchSize(&lane) != nil)
        // The next one fares no better: it is not the item.
        _ = Self.end(&lane, .noProgress)
        #expect(Self.batchSize(&lane) == nil)
    }

    @Test func `a status request that is too large is halved`() {
        var lane = Self.lane()
        lane.statusEnded(at: .zero, asked: 500, effect: .tooLarge(maxItems: nil, maxBytes: nil))
        #expect(lane.next(at: .zero, workload: Work(due: 0, unknown: 900)) == .askStatus(maxItems: 250))
    }

    @Test func `a held lane does nothing until it is let go`() {
        var lane = Self.lane()
        lane.hold(true)
        #expect(lane.next(at: .zero, workload: Work(due: 5, unknown: 5)) == .wait(for: nil))
        #expect(lane.condition(at: .zero).state == .held)
        lane.hold(false)
        #expect(lane.next(at: .zero, workload: Work(due: 5, unknown: 0)) != .wait(for: nil))
    }

    @Test func `the first cut of a link that carried for long is asked about at once, the next one waits`() {
        var lane = Self.lane()
        let work = Work(due: 9, unknown: 1)
        let cut = LaneEffect.fault(.networkUnreachable, linkTrouble: true)
        #expect(Self.end(&lane, cut, took: .seconds(10)) == nil)
        guard case .wait(let first?) = lane.next(at: .zero, workload: work) else { return #expect(Bool(false)) }
        #expect(first > .zero && first <= Limits.Uplink.afterCut)
        #expect(lane.next(at: first, workload: work) == .askStatus(maxItems: 500))
        lane.statusEnded(at: first, asked: 1, effect: .fault(.networkUnreachable, linkTrouble: false))
        guard case .wait(let second?) = lane.next(at: first, workload: work) else { return #expect(Bool(false)) }
        #expect(second >= Limits.Uplink.backoffShortest)

        // A link that is cut again and again before it carried anything is in trouble.
        var short = Self.lane()
        #expect(Self.end(&short, cut, took: .seconds(9)) == nil)
        #expect(short.next(at: .zero, workload: work) == .wait(for: Limits.Uplink.backoffShortest))
    }
}
