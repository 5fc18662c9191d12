import Foundation
import SeededRandom
import StationAPI
import StationBench
import StationCore
import Testing

/// SIGKILL of the real daemon at random moments of the main job, against a real upstream that loses replies: what was
/// acknowledged is upstream exactly once.
///
/// SIGKILL says nothing about power: the page cache survives it. That is proven elsewhere, on a file system that forgets.
@Suite(.serialized) struct KillTests {
    @Test(.timeLimit(.minutes(15))) func everyAcknowledgedApplicationIsUpstreamExactlyOnce() async throws {
        let kills = ProcessInfo.processInfo.environment["KILLS"].flatMap(Int.init) ?? 100
        let seed = ProcessInfo.processInfo.environment["SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0 ... .max)
        try await withStation(upstream: ["--lose-replies", "0.3", "--seed", "\(seed)"]) { station, run, citizen in
            try await station.insertCard(citizen.directory)
            var campaign = KillCampaign(station: station, run: run, citizen: citizen, seed: seed)
            // Aimed at the phase met least so far, so that a loaded machine changes the number of rounds, not the proof.
            var number = 0
            while number < kills || (!campaign.isSpread(over: kills) && number < 3 * kills) {
                try await campaign.round(number)
                number += 1
            }
            let outcome = try await campaign.settle()

            print("kills \(number), seed \(seed): \(outcome.text)")
            let held = try await station.held()
            let ids = held.items.map(\.itemId)
            #expect(Set(ids).count == ids.count, "twice upstream")
            #expect(outcome.acknowledged.isSubset(of: ids), "acknowledged and lost")
            #expect(Set(ids) == outcome.saved, "upstream and the spool differ")
            #expect(held.rejections.isEmpty)
            for (phase, count) in outcome.phases {
                #expect(count * 10 >= kills, "only \(count) of \(kills) kills \(phase.rawValue); seed \(seed)")
            }
        }
    }
}

/// Where a kill fell, as the survivors show it.
enum KillPhase: String, CaseIterable {
    /// The application in flight was not on disk.
    case beforeCommit = "before the commit"
    /// It was on disk, and the client had no answer.
    case beforeReply = "between commit and reply"
    /// Acknowledged and on its way: upstream's receipt was not on disk.
    case beforeReceipt = "between sending and receipt"
    /// Acknowledged and not yet on its way, or nothing in flight any more.
    case idle = "with nothing in flight"
}

/// One daemon after another, each killed while it takes in one application.
struct KillCampaign {
    struct Outcome {
        var acknowledged: Set<ItemID> = []
        var saved: Set<ItemID> = []
        var phases: [(KillPhase, Int)] = []
        var other = 0

        var text: String {
            phases.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
                + ", \(other) with nothing in flight; acknowledged \(acknowledged.count), saved \(saved.count)"
        }
    }

    private let station: BenchStation
    private let run: IntakeRun
    private let citizen: Citizen
    private var random: SeededGenerator
    private var acknowledged: Set<ItemID> = []
    private var counts: [KillPhase: Int] = [:]
    private var killedAt = Timestamp(milliseconds: 0)
    /// How long a save took when nobody killed it, in microseconds: the kills aim around it.
    private var saveMicroseconds: [Double] = [8_000]

    init(station: BenchStation, run: IntakeRun, citizen: Citizen, seed: UInt64) {
        self.station = station
        self.run = run
        self.citizen = citizen
        random = SeededGenerator(seed: seed)
    }

    private static let aims: [KillPhase] = [.beforeCommit, .beforeReply, .beforeReceipt]

    private var leastMet: KillPhase {
        Self.aims.min { counts[$0, default: 0] < counts[$1, default: 0] } ?? .beforeReply
    }

    /// Whether each phase has been met in a tenth of the kills.
    func isSpread(over kills: Int) -> Bool { Self.aims.allSatisfy { counts[$0, default: 0] * 10 >= kills } }

    /// One application, one kill, one restart.
    mutating func round(_ number: Int) async throws {
        let reader = try await run.readerWithCard(named: station.readerName)
        let read = try await run.read(reader: reader, credential: citizen.credential)
        guard read.state == .finished else { throw read.problem ?? Problem(.internalFault, "no read") }
        let overrides = ["duplicateToday", "phoneReused"].map {
            ApplicationSubmission.Override(kind: $0, reason: "thử nghiệm")
        }
        let submission = try await run.submission(read: read, phone: "0912345678", overrides: overrides)
        let key = "kill-\(number)"
        let answer = await shot(submission, key: key, aim: leastMet)
        try await station.startDaemon()
        try await classify(answer, submission: submission, key: key)
    }

    /// Submits and kills; returns what the client got.
    private mutating func shot(
        _ submission: ApplicationSubmission, key: String, aim: KillPhase
    ) async -> SavedApplication? {
        let station = station
        let median = saveMicroseconds.sorted()[saveMicroseconds.count / 2]
        let fraction = Double.random(in: 0..<1, using: &random)
        let start = ContinuousClock.now
        async let reply = try? station.client.submit(submission, idempotencyKey: key)
        switch aim {
        case .beforeCommit: try? await Task.sleep(for: .microseconds(median * 0.7 * fraction))
        case .beforeReply:
            // The write-ahead log grows in the commit: what follows until the reply is the window.
            await station.logGrowth()
            try? await Task.sleep(for: .microseconds(median * 0.4 * fraction * fraction))
        case .beforeReceipt, .idle:
            let saved = await reply
            saveMicroseconds.append((ContinuousClock.now - start).milliseconds * 1_000)
            try? await Task.sleep(for: .microseconds(25_000 * fraction))
            await kill()
            return saved
        }
        await kill()
        return await reply
    }

    private mutating func kill() async {
        killedAt = SystemClock().now
        await station.killDaemon()
    }

    /// What the restarted daemon knows of the application says where the kill fell.
    private mutating func classify(_ answer: SavedApplication?, submission: ApplicationSubmission, key: String)
        async throws
    {
        if let answer {
            acknowledged.insert(answer.itemId)
            let detail = try await station.client.application(answer.itemId.text)
            let before = Set(detail.history.filter { $0.at <= killedAt }.map(\.action))
            let inFlight = before.contains("item.send") && !before.contains("item.accept")
            counts[inFlight ? .beforeReceipt : .idle, default: 0] += 1
            return
        }
        do {
            let repeated = try await station.client.submit(submission, idempotencyKey: key)
            acknowledged.insert(repeated.itemId)
            counts[.beforeReply, default: 0] += 1
        } catch {
            guard error.code == FailureCode.readUnknown.rawValue else { throw error }
            counts[.beforeCommit, default: 0] += 1
        }
    }

    /// Lets everything arrive.
    func settle() async throws -> Outcome {
        try await run.waitForStatus { $0.queue.waiting == 0 }
        var outcome = Outcome(acknowledged: acknowledged)
        var after: Int64?
        repeat {
            let page = try await station.client.applications(after: after)
            outcome.saved.formUnion(page.applications.map(\.itemId))
            #expect(page.applications.allSatisfy { $0.state == "accepted" })
            after = page.next
        } while after != nil
        outcome.phases = [.beforeCommit, .beforeReply, .beforeReceipt].map { ($0, counts[$0] ?? 0) }
        outcome.other = counts[.idle] ?? 0
        return outcome
    }
}

extension BenchStation {
    /// Returns when the write-ahead log has been written to, or after a second.
    fileprivate nonisolated func logGrowth() async {
        let path = layout.state + "/station.sqlite-wal"
        func mark() -> (Int64, Int, Int) {
            var information = stat()
            guard stat(path, &information) == 0 else { return (0, 0, 0) }
            return (Int64(information.st_size), information.st_mtim.tv_sec, information.st_mtim.tv_nsec)
        }
        let before = mark()
        let limit = ContinuousClock.now + .seconds(1)
        while mark() == before, ContinuousClock.now < limit { await Task.yield() }
    }
}
