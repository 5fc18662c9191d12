import ChipDocument
import CitizenCard
import StationCore
import Testing

/// What the station said to a card: the reader's findings and those over the citizen's data, as a read of the station
/// puts them together.
struct ConformanceAnswer: Sendable {
    enum Portrait: Sendable {
        case shown
        /// The file is not the signed one: nothing decodes it.
        case withheld
        case refused(FailureCode)
    }

    /// The failure that ended the read; nil when it came to its end.
    let failure: Failure?
    let findings: [Finding]
    let portrait: Portrait
    let complaint: String?

    /// Reads a card the way the station does: everything of the citizen card's profile, then the person.
    static func to(_ subject: ConformanceSubject) async -> ConformanceAnswer {
        let profile = CardProfile.vnm2021
        let plan = ReadPlan(
            files: Set(profile.identityFiles + [profile.portraitFile, .com, .dg15]),
            allowsBasicAccessControl: subject.allowsBasicAccessControl, profile: profile.document)
        let reader = DocumentReader(plan: plan, anchors: subject.anchors, clock: ConformanceClock())
        do throws(Failure) {
            let reading = try await reader.read(from: subject.channel, credential: subject.credential)
            let identity = try CitizenIdentity(files: reading.files)
            let issue = identity.issueDate.flatMap(reading.issueDateFinding)
            return ConformanceAnswer(
                failure: nil, findings: reading.findings + identity.findings + (issue.map { [$0] } ?? []),
                portrait: portrait(of: reading),
                complaint: subject.complaint())
        } catch {
            return ConformanceAnswer(
                failure: error, findings: [], portrait: .withheld, complaint: subject.complaint())
        }
    }

    private static func portrait(of reading: DocumentReading) -> Portrait {
        guard let file = reading.files[.dg2], let sod = reading.files[.sod],
            (try? SecurityObject(sod))?.matches(file, file: .dg2) != false
        else { return .withheld }
        do throws(Failure) {
            _ = try reading.faceImage()
            return .shown
        } catch { return .refused(error.code) }
    }

    /// What a person is told first.
    var verdict: String {
        if failure != nil { return "stopped" }
        if findings.combined == .passed, case .refused = portrait { return "passed without portrait" }
        return findings.combined.rawValue
    }

    /// The findings of the weakest verdict, without the sum where its parts say it.
    private var weakest: [Finding] {
        let verdict = findings.combined
        guard verdict != .passed else { return [] }
        let found = findings.filter { $0.verdict == verdict }
        let parts = found.filter { $0.check != "passiveAuthentication" }
        return parts.isEmpty ? found : parts
    }

    /// The typed reasons: a failure's code, or check and reason of each finding that decided.
    var reasons: [String] {
        if let failure { return [failure.code.rawValue] }
        var result = weakest.map { "\($0.check): \($0.reason ?? "")" }
        if case .refused(let code) = portrait { result.append("portrait: \(code.rawValue)") }
        return result
    }

    /// The code under which the operator reads what happened and what to do.
    var operatorText: FailureCode? {
        if let failure { return failure.code }
        switch findings.combined {
        case .failed: return .cardForged
        case .notDetermined: return .cardNotVerified
        case .passed: if case .refused(let code) = portrait { return code } else { return nil }
        }
    }

    /// Whether nothing is held against the card.
    var passes: Bool { verdict == Verdict.passed.rawValue }

    /// Whether this is what a case expects.
    func meets(_ expectation: ConformanceCase.Expectation) -> Bool {
        switch expectation {
        case .passes:
            if case .shown = portrait { return passes } else { return false }
        case .finding(let check, let verdict, let reason):
            return failure == nil && findings.combined == verdict
                && findings.contains(Finding(check: check, verdict: verdict, reason: reason))
        case .stops(let code): return failure?.code == code
        case .refusesPortrait(let code):
            if failure == nil, findings.combined == .passed, case .refused(code) = portrait { return true }
            return false
        }
    }
}

/// A day in the validity of every card here; the host's date would let them expire.
struct ConformanceClock: StationClock {
    private let start = ContinuousClock.now

    var now: Timestamp { Timestamp(milliseconds: Int64(ConformanceKeys.today.daysSinceEpoch) * 86_400_000) }
    var elapsed: Duration { ContinuousClock.now - start }
    var quality: ClockQuality { .synchronized }
    func sleep(for duration: Duration) async throws { try await ContinuousClock().sleep(for: duration) }
}

/// Each case's answer, once: the cases' own tests and the table take it from here.
actor ConformanceAnswers {
    static let shared = ConformanceAnswers()

    private var running: [String: Task<ConformanceAnswer, any Error>] = [:]

    func answer(to item: ConformanceCase) async throws -> ConformanceAnswer {
        if let task = running[item.id] { return try await task.value }
        let task = Task { @concurrent in
            var last: ConformanceAnswer?
            for subject in try await item.present() {
                let answer = await ConformanceAnswer.to(subject)
                // The one that is not as it must be is the one to show.
                guard answer.meets(item.expectation), answer.complaint == nil else { return answer }
                last = answer
            }
            return try #require(last)
        }
        running[item.id] = task
        return try await task.value
    }
}
