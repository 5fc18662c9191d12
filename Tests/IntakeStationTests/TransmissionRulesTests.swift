import Foundation
import Logging
import StationAPI
import StationCore
import Synchronization
import Testing

@testable import IntakeStation
@testable import Uplink

@Suite struct TransmissionRulesTests {
    private final class Clock: StationClock {
        private let reading: Mutex<(now: Timestamp, elapsed: Duration, quality: ClockQuality)>

        init(_ text: String) { reading = Mutex((Timestamp(text: text)!, .seconds(1_000), .synchronized)) }

        var now: Timestamp { reading.withLock(\.now) }
        var elapsed: Duration { reading.withLock(\.elapsed) }
        var quality: ClockQuality { reading.withLock(\.quality) }
        func sleep(for duration: Duration) async throws { pass(duration) }
        func doubt() { reading.withLock { $0.quality = .suspect } }
        func pass(_ duration: Duration) {
            reading.withLock { $0 = ($0.now.adding(duration), $0.elapsed + duration, $0.quality) }
        }
    }

    @Test func `a full disk is waited out, and what was left half-way is settled before the work goes on`() async throws {
        let clock = Clock("2026-03-02T12:00:00.000Z")
        let begun = clock.elapsed
        let steps = Mutex<[String]>([])
        // Two turns of the work and one of the settling find no room.
        func step(_ name: String, failing: Set<Int>) throws {
            let count = steps.withLock { steps in
                steps.append(name)
                return steps.count { $0 == name }
            }
            if failing.contains(count) { throw Failure(.diskFull) }
        }
        try await TransmissionService.waitingForRoom(clock) {
            try step("work", failing: [1, 2])
        } after: {
            try step("settle", failing: [1])
        }
        #expect(steps.withLock { $0 } == ["work", "settle", "settle", "work", "settle", "work"])
        #expect(clock.elapsed - begun == Limits.Store.roomInterval * 3)
        await #expect(throws: Failure(.diskWriteFailed)) {
            try await TransmissionService.waitingForRoom(clock) { throw Failure(.diskWriteFailed) }
        }
    }

    /// What upstream's answers say of the clock reaches whoever judges it.
    @Test func `an answer's time is handed on to the clock's judge`() async {
        let heard = Mutex<[Duration]>([])
        let status = TransmissionStatus(clock: Clock("2026-03-02T05:30:00.000Z")) { offset in
            heard.withLock { $0.append(offset) }
        }
        let observer = TransmissionObserver(status: status, changed: {}, logger: Logger(label: "test"))
        await observer.clockMeasured(offsetMilliseconds: -31_536_000_000)
        #expect(heard.withLock { $0 } == [.seconds(-31_536_000)])
    }

    private static func window(_ text: String) -> TransmissionRules.Window { .init(text)! }

    @Test(arguments: [
        "", "22:00", "22:00-", "22-23", "22:00-22:00", "24:01-01:00", "2:00-3:00", "22:60-23:00", "aa:bb-cc:dd",
        "22:00-23:00-", "00:00-24:00",
    ]) func `a window of another form is none`(_ text: String) { #expect(TransmissionRules.Window(text) == nil) }

    @Test func `a window counts in Viet Nam's time and may pass midnight`() {
        let night = Self.window("22:00-05:30")
        func left(_ text: String) -> Duration? { night.left(at: Timestamp(text: text)!) }
        #expect(left("2026-03-02T14:59:59.999Z") == nil)
        #expect(left("2026-03-02T15:00:00.000Z") == .seconds(7 * 3_600 + 1_800))
        #expect(left("2026-03-02T22:29:00.000Z") == .seconds(60))
        #expect(left("2026-03-02T22:30:00.000Z") == nil)
    }

    @Test func `windows that touch are one rest`() {
        let rules = TransmissionRules(
            quietHours: [Self.window("22:00-24:00"), Self.window("00:00-05:00")], meteredInterfaces: [],
            meteredBytesPerHour: 0)
        #expect(rules.quietLeft(at: Timestamp(text: "2026-03-02T16:00:00.000Z")!) == .seconds(6 * 3_600))
    }

    @Test func `quiet hours let corrections out alone, end by themselves, and give way to a person and to doubt`() {
        let rules = TransmissionRules(
            quietHours: [Self.window("12:00-13:00")], meteredInterfaces: [], meteredBytesPerHour: 0)
        let clock = Clock("2026-03-02T05:30:00.000Z")
        let gate = TransmissionGate(rules: rules, clock: clock, interfaces: { [] })
        #expect(gate.permit() == .correctionsOnly(.transmissionQuietHours, left: .seconds(1_800)))
        gate.flushed()
        #expect(gate.permit() == .everything)
        clock.pass(.seconds(1_800))
        #expect(gate.permit() == .everything)
        clock.pass(.seconds(23 * 3_600))
        #expect(
            gate.permit() == .correctionsOnly(.transmissionQuietHours, left: .seconds(3_600)),
            "the next day's rest is not the one that was passed over")
        clock.doubt()
        #expect(gate.permit() == .everything)
    }

    @Test func `a metered way out holds batches back until there is another`() {
        let ways = Mutex(["wwan0", "eth0"])
        let rules = TransmissionRules(quietHours: [], meteredInterfaces: ["wwan*"], meteredBytesPerHour: 0)
        let gate = TransmissionGate(
            rules: rules, clock: Clock("2026-03-02T05:30:00.000Z"), interfaces: { ways.withLock { $0 } })
        #expect(gate.permit() == .correctionsOnly(.transmissionMetered, left: Limits.Network.lookInterval))
        ways.withLock { $0 = ["eth0", "wwan0"] }
        #expect(gate.permit() == .everything)
        ways.withLock { $0 = [] }
        #expect(gate.permit() == .everything, "without a way out the attempt itself tells")
    }

    @Test func `so many bytes an hour go over a metered way`() {
        let clock = Clock("2026-03-02T05:30:00.000Z")
        let rules = TransmissionRules(quietHours: [], meteredInterfaces: ["ppp?"], meteredBytesPerHour: 1_000)
        let gate = TransmissionGate(rules: rules, clock: clock, interfaces: { ["ppp0"] })
        gate.sent(bytes: 999)
        #expect(gate.permit() == .everything)
        gate.sent(bytes: 1)
        #expect(gate.permit() != .everything)
        clock.pass(.seconds(3_600))
        #expect(gate.permit() == .everything)
        gate.replace(.none)
        gate.sent(bytes: 1_000_000)
        #expect(gate.permit() == .everything)
    }

    /// The lane itself gets to it when what is on its way is over.
    @Test func `what an administrator holds back is told as paused at once, whatever the lane says`() throws {
        let directory = NSTemporaryDirectory() + "held-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let status = TransmissionStatus(clock: Clock("2026-03-02T05:30:00.000Z"))
        status.configured(certificateNotAfter: Timestamp(text: "2027-03-02T05:30:00.000Z")!)
        let transmission = TransmissionSwitch(stateDirectory: directory, status: status)
        func told(_ state: LaneCondition.State, _ code: FailureCode?) -> [String?] {
            status.changed(
                to: LaneCondition(state: state, code: code, problem: nil, faults: 1, nextAttempt: nil))
            let report = status.report(recipientKeyId: nil, recipientKeyNotAfter: nil)
            return [report.state.rawValue, report.problem?.code]
        }
        let paused = ["stopped", FailureCode.transmissionPaused.rawValue]
        #expect(told(.waiting, .networkTimeout) == ["waiting", FailureCode.networkTimeout.rawValue])
        try transmission.pause()
        #expect(told(.open, nil) == paused)
        #expect(told(.held, .networkTimeout) == paused)
        try transmission.resume()
        #expect(told(.held, nil) == ["open", nil])
        #expect(told(.waiting, .networkTimeout) == ["waiting", FailureCode.networkTimeout.rawValue])
    }

    @Test func `without an upstream there is nothing to hold back`() {
        let transmission = TransmissionSwitch(
            stateDirectory: "/nonexistent", status: TransmissionStatus(clock: Clock("2026-03-02T05:30:00.000Z")))
        #expect(throws: Failure(.upstreamNotConfigured)) { try transmission.requireUpstream() }
    }

    @Test func `the disk is told to be short of room before it is full`() {
        let warning = Int(Limits.Store.warningApplications)
        #expect(StatusReporter.scarcity(applicationsLeft: warning + 1) == nil)
        #expect(StatusReporter.scarcity(applicationsLeft: warning)?.code == FailureCode.diskLow.rawValue)
        #expect(StatusReporter.scarcity(applicationsLeft: 1)?.code == FailureCode.diskLow.rawValue)
        #expect(StatusReporter.scarcity(applicationsLeft: 0)?.code == FailureCode.diskFull.rawValue)
    }

    @Test func `few days left of a key or a certificate are told, and none, by name`() {
        let now = Timestamp(text: "2026-03-02T05:30:00.000Z")!
        func codes(_ key: Int?, _ certificate: Int?) -> [String] {
            func end(_ days: Int?) -> Timestamp? { days.map { now.adding(.seconds($0 * 86_400 + 60)) } }
            return StatusReporter.endings(
                of: .init(
                    state: .open, lastAnswer: nil, nextAttempt: nil, problem: nil, recipientKeyId: "k",
                    recipientKeyNotAfter: end(key), certificateNotAfter: end(certificate)), at: now
            ).map(\.code)
        }
        #expect(codes(14, 30) == [])
        #expect(codes(13, 29) == ["sealing-key-expiring", "client-certificate-expiring"])
        #expect(codes(-1, -1) == ["sealing-key-expired", "client-certificate-expired"])
        #expect(codes(nil, nil) == [])
    }
}
