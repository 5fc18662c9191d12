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
    let checks: CheckState
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
        let uplink = transmission.report(
            recipientKeyId: keyID(at: now, quality: quality),
            recipientKeyNotAfter: recipientKeys?.sealableUntil(at: now))
        let problems = problems(
            readers: readers, summary: summary, left: left, uplink: uplink, now: now, quality: quality)
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

    /// Whether the transmission rests because an administrator wants it so: told with the uplink, needing nobody.
    private static func isRule(_ problem: Problem) -> Bool {
        [FailureCode.transmissionQuietHours, .transmissionMetered].contains { $0.rawValue == problem.code }
    }

    /// Keys and certificates of which few days are left, or none.
    static func endings(of uplink: StationStatus.Uplink, at now: Timestamp) -> [Problem] {
        func ending(_ end: Timestamp?, within days: Int, _ soon: FailureCode, _ over: FailureCode) -> Problem? {
            guard let end else { return nil }
            let left = end.milliseconds - now.milliseconds
            guard left > 0 else { return Problem(over, "since \(end.text)") }
            let whole = left / 86_400_000
            return whole < days ? Problem(soon, "\(whole) days left, until \(end.text)") : nil
        }
        return [
            ending(
                uplink.recipientKeyNotAfter, within: Limits.Uplink.sealingKeyWarningDays, .sealingKeyExpiring,
                .sealingKeyExpired),
            ending(
                uplink.certificateNotAfter, within: Limits.Uplink.certificateWarningDays, .clientCertificateExpiring,
                .clientCertificateExpired),
        ].compactMap { $0 }
    }

    /// What the room that is left for applications calls for.
    static func scarcity(applicationsLeft left: Int) -> Problem? {
        guard left > 0 else { return Problem(.diskFull, "no application fits") }
        return left <= Limits.Store.warningApplications ? Problem(.diskLow, "room for \(left) applications") : nil
    }

    private func problems(
        readers: ReaderList, summary: StoreSummary, left: Int, uplink: StationStatus.Uplink, now: Timestamp,
        quality: ClockQuality
    ) -> [Problem] {
        var problems: [Problem] = []
        if let poison = store.poison { problems.append(Problem(poison)) }
        if let scarce = Self.scarcity(applicationsLeft: left) { problems.append(scarce) }
        let missing = summary.missing.filter { $0.acknowledged == nil }
        if !missing.isEmpty {
            let named = missing.prefix(8).map(\.text).joined(separator: ", ")
            let more = missing.count > 8 ? ", …" : ""
            problems.append(Problem(.applicationsMissing, "sequence numbers \(named)\(more)"))
        }
        if let row = checks.auditBrokenAt { problems.append(Problem(.storeDamaged, "the audit breaks at row \(row)")) }
        if summary.isOfFormerKey {
            problems.append(Problem(.keyInvalid, "data.key does not open the follow-up data kept before it"))
        }
        if !keyAvailable { problems.append(Problem(.recipientKeyMissing)) }
        if quality == .suspect { problems.append(Problem(.clockSuspect)) }
        if let problem = uplink.problem, !Self.isRule(problem) { problems.append(problem) }
        // A suspect clock judges no date; it has been told above.
        if quality != .suspect {
            problems += Self.endings(of: uplink, at: now).filter { ending in
                !problems.contains { $0.code == ending.code }
            }
        }
        let ours = summary.counts[.quarantined] ?? 0
        let others = summary.forwarded[.quarantined] ?? 0
        if ours + others > 0 {
            let note = others > 0 ? ", \(others) of them other stations', named in the audit" : ""
            problems.append(Problem(.itemQuarantined, "\(ours + others) in all\(note)"))
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
