import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// The real daemon on a disk that fails: its system calls are made to fail while it saves, at every write and sync in
/// turn (`DISK_FAULTS` of them, a few in every run). What was acknowledged is there afterwards, the cause is named, and
/// when the disk is well again intake goes on by itself.
@Suite(.serialized) struct DiskFaultTests {
    @Test(.timeLimit(.minutes(20))) func aFailingDiskIsNamedLosesNothingAndIsForgottenWhenItIsWellAgain() async throws {
        let most = ProcessInfo.processInfo.environment["DISK_FAULTS"].flatMap(Int.init) ?? 3
        try await withStation { station, run, citizen in
            try await station.insertCard(citizen.directory)
            var campaign = DiskCampaign(station: station, run: run, citizen: citizen)
            for fault in DiskFault.all {
                for nth in 1...fault.places(most) { try await campaign.round(fault, nth: nth) }
            }
            let saved = try await campaign.settle()
            print("disk faults: \(campaign.text); acknowledged \(campaign.acknowledged.count), lost 0")
            let held = try await station.held().items.map(\.itemId)
            #expect(Set(held).count == held.count, "twice upstream")
            #expect(campaign.acknowledged.isSubset(of: held), "acknowledged and lost")
            #expect(Set(held) == saved)
            #expect(campaign.hits > DiskFault.all.count, "the faults hit nothing")
        }
    }
}

/// A system call of the store's files that fails.
struct DiskFault: Sendable {
    let call: String
    let error: String
    let isLasting: Bool

    static let all = ["pwrite64", "fdatasync"].flatMap { call in
        ["ENOSPC", "EIO"].flatMap { error in
            [false, true].map { DiskFault(call: call, error: error, isLasting: $0) }
        }
    }

    /// A save writes a dozen frames or more, each in two calls, and syncs once.
    func places(_ most: Int) -> Int { call == "fdatasync" ? 1 : most }

    /// A full disk is waited out; anything else ends the daemon.
    var endsDaemon: Bool { !(call == "pwrite64" && error == "ENOSPC") }

    var code: FailureCode { endsDaemon ? .diskWriteFailed : .diskFull }
}

struct DiskCampaign {
    private let station: BenchStation
    private let run: IntakeRun
    private let citizen: Citizen
    private(set) var acknowledged: Set<ItemID> = []
    private(set) var hits = 0
    private var rounds = 0
    private var restarts = 0
    private var refusals = 0

    var text: String {
        "\(rounds) faults, \(hits) met by a save (\(refusals) refused for want of space, \(restarts) daemons ended and came back)"
    }

    init(station: BenchStation, run: IntakeRun, citizen: Citizen) {
        self.station = station
        self.run = run
        self.citizen = citizen
    }

    mutating func round(_ fault: DiskFault, nth: Int) async throws {
        rounds += 1
        let reader = try await run.readerWithCard(named: station.readerName)
        let read = try await run.read(reader: reader, credential: citizen.credential)
        try await run.forget(citizen.number)
        let submission = try await run.submission(read: read, phone: "0912345678")
        let daemon = try #require(await station.runningDaemon)
        let strace = try await station.failing(daemon, fault, nth: nth)
        let key = "disk-\(rounds)"
        var failure: Problem?
        do {
            acknowledged.insert(try await station.client.submit(submission, idempotencyKey: key).itemId)
        } catch {
            failure = error
        }
        if failure != nil { hits += 1 }
        if let failure, fault.endsDaemon {
            #expect(
                [FailureCode.diskWriteFailed.rawValue, FailureCode.stationUnreachable.rawValue].contains(failure.code),
                "\(fault) \(nth): \(failure.code)")
            let status = await daemon.waitForExit()
            #expect(status == .exited(1), "\(fault) \(nth)")
            #expect(daemon.lines.contains { $0.text.contains(fault.code.rawValue) }, "\(fault) \(nth)")
        } else if let failure {
            #expect(failure.code == fault.code.rawValue, "\(fault) \(nth): \(failure.code) \(failure.detail ?? "")")
            refusals += 1
        }
        await strace.terminate()
        if daemon.exitStatus != nil || fault.endsDaemon {
            // The fault may have met what came after the save: then the daemon is ending, or about to.
            _ = await station.stopDaemon()
            restarts += 1
            try await station.startDaemon()
        } else if failure != nil {
            // There is space again: the same read is saved, by the daemon that refused it.
            acknowledged.insert(try await station.client.submit(submission, idempotencyKey: key).itemId)
        }
    }

    /// Lets everything arrive; returns what the station has.
    func settle() async throws -> Set<ItemID> {
        try await run.waitForStatus { $0.queue.waiting == 0 }
        var saved: Set<ItemID> = []
        var after: Int64?
        repeat {
            let page = try await station.client.applications(after: after)
            saved.formUnion(page.applications.map(\.itemId))
            #expect(page.applications.allSatisfy { $0.state == "accepted" })
            after = page.next
        } while after != nil
        #expect(acknowledged.isSubset(of: saved))
        return saved
    }
}

extension BenchStation {
    /// From now on the nth of these calls on the store's files fails, and all later ones when it lasts; until the returned
    /// process ends.
    fileprivate func failing(
        _ daemon: ManagedProcess, _ fault: DiskFault, nth: Int
    ) async throws -> ManagedProcess {
        let spool = layout.state + "/station.sqlite"
        let strace = try await ManagedProcess.start(
            Command(
                "/usr/bin/strace",
                [
                    "-f", "-p", "\(daemon.processID)", "-P", spool, "-P", spool + "-wal", "-o", "/dev/null", "-e",
                    "trace=\(fault.call)", "-e",
                    "inject=\(fault.call):error=\(fault.error):when=\(nth)\(fault.isLasting ? "+" : "")",
                ]))
        _ = try await strace.firstLine { $0.text.contains("attached") }
        return strace
    }
}
