import Foundation
import StationAPI
import StationCore
import Store
import Uplink

/// Puts the station's state into one report, with a problem for everything that needs somebody.
struct StatusReporter: Sendable {
    let stationID: StationID
    let startedAt: Timestamp
    let clock: any StationClock
    let store: Store
    let saving: SavingService
    let reading: ReadingService
    let transmission: TransmissionStatus
    let recipientKeys: RecipientKeyStore?
    let decisionMeanings: DecisionMeanings

    /// The station as it stands now. Throws when the store cannot be read.
    func report() async throws(Failure) -> StationStatus {
        let now = clock.now
        let quality = clock.quality
        let readers = await reading.readers()
        let summary = try await store.summary()
        let left = saving.applicationsLeft()
        let accepting = store.poison == nil && left > 0 && keyAvailable
        let uplink = transmission.report(recipientKeyId: keyID(at: now, quality: quality))
        let problems = problems(readers: readers, summary: summary, left: left, uplink: uplink, quality: quality)
        return StationStatus(
            stationId: stationID.text, software: softwareVersion,
            health: !accepting ? .stopped : problems.isEmpty ? .ok : .degraded, startedAt: startedAt,
            clock: .init(now: now, quality: quality, offsetMilliseconds: transmission.clockOffset),
            intake: .init(accepting: accepting, applicationsLeft: left, locked: store.isLocked), readers: readers,
            queue: .init(
                counts: Dictionary(uniqueKeysWithValues: summary.counts.map { ($0.key.rawValue, $0.value) }),
                waiting: summary.counts.filter { $0.key.isPending }.reduce(0) { $0 + $1.value },
                oldestWaiting: summary.oldestPending,
                forwarded: summary.forwarded.isEmpty
                    ? nil : Dictionary(uniqueKeysWithValues: summary.forwarded.map { ($0.key.rawValue, $0.value) })),
            uplink: uplink, decisions: summary.decisions.map(decisionMeanings.report), problems: problems)
    }

    private var keyAvailable: Bool { recipientKeys?.current != nil }

    private func keyID(at now: Timestamp, quality: ClockQuality) -> String? {
        (try? recipientKeys?.choose(at: now, quality: quality))?.key.keyId.text
    }

    private func problems(
        readers: ReaderList, summary: StoreSummary, left: Int, uplink: StationStatus.Uplink, quality: ClockQuality
    ) -> [Problem] {
        var problems: [Problem] = []
        if let poison = store.poison { problems.append(Problem(poison)) }
        if left == 0 {
            problems.append(Problem(.diskFull, "no application fits"))
        } else if Int64(left) * Limits.Store.applicationBytes < Limits.Store.warningFreeBytes {
            problems.append(Problem(.diskLow, "\(left) applications fit"))
        }
        if !keyAvailable { problems.append(Problem(.recipientKeyMissing)) }
        if quality == .suspect { problems.append(Problem(.clockSuspect)) }
        if let problem = uplink.problem { problems.append(problem) }
        if let count = summary.counts[.quarantined], count > 0 {
            problems.append(Problem(.itemQuarantined, "\(count) in all"))
        }
        if !readers.serviceRunning {
            problems.append(Problem(.readerServiceDown))
        } else if readers.readers.isEmpty {
            // A reader that is plugged in and not served is the better answer than that there is none.
            let unserved = readers.notServed ?? []
            problems += unserved.isEmpty ? [Problem(.readerNone)] : unserved.map(\.problem)
        }
        return problems
    }
}
