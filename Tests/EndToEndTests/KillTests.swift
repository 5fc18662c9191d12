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
    private static let kills = ProcessInfo.processInfo.environment["KILLS"].flatMap(Int.init) ?? 100

    @Test(.timeLimit(.minutes(max(30, kills / 8)))) func everyAcknowledgedApplicationIsUpstreamExactlyOnce() async throws {
        let kills = Self.kills
        let seed = ProcessInfo.processInfo.environment["SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0 ... .max)
        try await withStation(
            upstream: ["--lose-replies", "0.3", "--seed", "\(seed)"], environment: KillCampaign.settings
        ) { station, run, citizen in
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
            let complaints = outcome.complaints(try await station.held())
            #expect(complaints.isEmpty, "\(complaints); seed \(seed)")
            for (phase, count) in outcome.phases {
                #expect(
                    Double(count) >= phase.leastShare * Double(kills),
                    "only \(count) of \(kills) kills \(phase.rawValue); seed \(seed)")
            }
        }
    }

    /// The control: a daemon that answers 201 before its transaction commits, killed right after its answers. Without it
    /// nobody could say that the oracle sees a loss.
    @Test(.timeLimit(.minutes(5))) func aDaemonThatAcknowledgesBeforeItsCommitIsCaught() async throws {
        try await withStation(environment: KillCampaign.settings) { station, run, citizen in
            await station.stopDaemon()
            await station.use(daemon: "intaked-write-behind")
            try await station.startDaemon(environment: KillCampaign.settings)
            try await station.insertCard(citizen.directory)
            var campaign = KillCampaign(station: station, run: run, citizen: citizen, seed: 1)
            for number in 0..<8 { try await campaign.round(number, aim: .beforeReceipt, within: .milliseconds(2)) }
            let outcome = try await campaign.settle()
            let complaints = outcome.complaints(try await station.held())
            print("kills 8, control that acknowledges before its commit: \(outcome.text); \(complaints)")
            #expect(complaints.contains { $0.hasPrefix("acknowledged and lost") })
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
    /// A purge had written to the log, and had not yet said that it was done.
    case purge = "within a purge"

    /// The share of all kills that must fall here.
    var leastShare: Double {
        switch self {
        case .beforeCommit, .beforeReply, .beforeReceipt: 0.1
        case .purge: 0.05
        case .idle: 0
        }
    }
}

/// One daemon after another, each killed while it takes in one application.
struct KillCampaign {
    struct Outcome {
        var acknowledged: Set<ItemID> = []
        var saved: Set<ItemID> = []
        var phases: [(KillPhase, Int)] = []
        var other = 0

        /// What the promise "every id acknowledged is upstream exactly once" has against what upstream holds.
        func complaints(_ held: Holdings) -> [String] {
            let ids = held.items.map(\.itemId)
            let lost = acknowledged.subtracting(ids).count
            let differing = Set(ids).symmetricDifference(saved).count
            return [
                Set(ids).count == ids.count ? nil : "\(ids.count - Set(ids).count) twice upstream",
                lost == 0 ? nil : "acknowledged and lost: \(lost)",
                differing == 0 ? nil : "upstream and the spool differ in \(differing)",
                held.rejections.isEmpty ? nil : "rejected: \(held.rejections.count)",
            ].compactMap { $0 }
        }

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
    /// How often the daemon had said before the aimed moment that a purge was done; after the kill, how often since.
    private var purgesSaid = 0
    /// How long a save took when nobody killed it, in microseconds: the kills aim around it.
    private var saveMicroseconds: [Double] = [8_000]

    init(station: BenchStation, run: IntakeRun, citizen: Citizen, seed: UInt64) {
        self.station = station
        self.run = run
        self.citizen = citizen
        random = SeededGenerator(seed: seed)
    }

    /// Payloads go as soon as there is a receipt, and housekeeping looks every second.
    static let settings = ["STORAGE_PAYLOAD_DAYS": "0", "STORAGE_HOUSEKEEPING_SECONDS": "1"]

    private static let aims: [KillPhase] = [.beforeCommit, .beforeReply, .beforeReceipt, .purge]

    /// The phase that is furthest behind; a purge is waited for a second, and is aimed at a third as often.
    private var leastMet: KillPhase {
        func weight(_ phase: KillPhase) -> Int { counts[phase, default: 0] * (phase == .purge ? 3 : 1) }
        return Self.aims.min { weight($0) < weight($1) } ?? .beforeReply
    }

    /// Whether each phase has its share of the kills.
    func isSpread(over kills: Int) -> Bool {
        Self.aims.allSatisfy { Double(counts[$0, default: 0]) >= $0.leastShare * Double(kills) }
    }

    /// One application, one kill, one restart.
    mutating func round(_ number: Int) async throws {
        try await round(number, aim: leastMet, within: .milliseconds(25))
    }

    /// The same, aimed: a kill after the answer comes within a time.
    mutating func round(_ number: Int, aim: KillPhase, within limit: Duration) async throws {
        let reader = try await run.readerWithCard(named: station.readerName)
        let read = try await run.read(reader: reader, credential: citizen.credential)
        guard read.state == .finished else { throw read.problem ?? Problem(.internalFault, "no read") }
        try await run.forget(citizen.number)
        let submission = try await run.submission(read: read, phone: "0912345678")
        let key = "kill-\(number)"
        let answer = try await shot(submission, key: key, aim: aim, within: limit)
        try await station.startDaemon(environment: KillCampaign.settings)
        try await classify(answer, submission: submission, key: key)
    }

    /// Submits and kills; returns what the client got.
    private mutating func shot(
        _ submission: ApplicationSubmission, key: String, aim: KillPhase, within limit: Duration
    ) async throws -> SavedApplication? {
        let station = station
        purgesSaid = await station.purgesSaid()
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
            try? await Task.sleep(for: limit * fraction)
            await kill()
            return saved
        case .purge:
            let saved = await reply
            if let saved { _ = try await run.wait(for: saved.itemId, until: ["accepted", "purged"]) }
            await station.logGrowth()
            try? await Task.sleep(for: .microseconds(1_500 * fraction * fraction))
            await kill()
            return saved
        }
        await kill()
        return await reply
    }

    private mutating func kill() async {
        killedAt = SystemClock().now
        let daemon = await station.runningDaemon
        await station.killDaemon()
        purgesSaid = (daemon?.purgesSaid ?? 0) - purgesSaid
    }

    /// What the restarted daemon knows of the application says where the kill fell.
    private mutating func classify(_ answer: SavedApplication?, submission: ApplicationSubmission, key: String)
        async throws
    {
        if let answer {
            acknowledged.insert(answer.itemId)
            // One that is lost has no history; the oracle will say so.
            guard let detail = try await history(of: answer.itemId) else { return }
            let before = Set(detail.history.filter { $0.at <= killedAt }.map(\.action))
            if before.contains("item.purge"), purgesSaid == 0 {
                counts[.purge, default: 0] += 1
                return
            }
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

    /// Nil when the station knows no such application any more.
    private func history(of item: ItemID) async throws -> ApplicationDetail? {
        do {
            return try await station.client.application(item.text)
        } catch {
            guard error.code == FailureCode.applicationUnknown.rawValue else { throw error }
            return nil
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
            let others = page.applications.filter { !["accepted", "purged"].contains($0.state) }
            for other in others {
                let history = try await station.client.application(other.itemId.text).history.map(\.action)
                Issue.record("\(other.state), \(other.problem?.detail ?? "-"): \(history)")
            }
            after = page.next
        } while after != nil
        outcome.phases = Self.aims.map { ($0, counts[$0] ?? 0) }
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
        let limit = ContinuousClock.now + .milliseconds(1_500)
        while mark() == before, ContinuousClock.now < limit { await Task.yield() }
    }
}

extension BenchStation {
    /// How often the running daemon has said that a purge was done.
    fileprivate func purgesSaid() -> Int { runningDaemon?.purgesSaid ?? 0 }
}

extension ManagedProcess {
    fileprivate var purgesSaid: Int { lines.count { $0.text.contains("payloads deleted after receipt") } }
}
