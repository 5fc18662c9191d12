package import StationAPI
import StationCore

/// `intakectl events` for people: one line an event, and of a read only how far it is, never whose card it is.
package struct EventText {
    private let language: Language

    /// Renders in a language.
    package init(_ language: Language) { self.language = language }

    /// The event's line.
    package func line(_ event: StationEvent) -> String {
        let id = event.id.map { "#\($0)" } ?? "-"
        return "\(id)  \(event.kind.rawValue)  \(words(event))"
    }

    /// The event with everything personal taken out, for `--json`.
    package static func impersonal(_ event: StationEvent) -> StationEvent {
        guard let read = event.read else { return event }
        return .read(
            ReadReport(
                id: read.id, reader: read.reader, state: read.state, phase: read.phase, startedAt: read.startedAt,
                access: read.access, citizen: nil, findings: read.findings, verdict: read.verdict,
                progress: read.progress, portraitAvailable: read.portraitAvailable, portrait: read.portrait,
                cost: read.cost, problem: read.problem, slowPhase: read.slowPhase, suspendedUntil: read.suspendedUntil,
                resumptions: read.resumptions))
    }

    private func words(_ event: StationEvent) -> String {
        if let status = event.status {
            let problems = status.problems.map(\.code).joined(separator: ", ")
            return "\(status.health.rawValue), uplink \(status.uplink.state.rawValue), "
                + language.pick("chờ \(status.queue.waiting)", "waiting \(status.queue.waiting)")
                + (problems.isEmpty ? "" : ": \(problems)")
        }
        if let readers = event.readers {
            guard !readers.readers.isEmpty else { return language.pick("không có đầu đọc", "no reader") }
            return readers.readers.map { "\($0.id) \(ReaderText(language).state($0.state))" }.joined(separator: ", ")
        }
        if let read = event.read {
            let outcome = read.state == .finished ? ", \(read.verdict.rawValue)" : ""
            let problem = read.problem.map { ": \(language.title(of: $0)) [\($0.code)]" } ?? ""
            return
                "\(read.id) \(read.reader) \(read.state.rawValue), \(read.phase)\(outcome), \(read.cost.apdus) APDU\(problem)"
        }
        if let one = event.application {
            let problem = one.problem.map { ": \(language.title(of: $0)) [\($0.code)]" } ?? ""
            return "\(one.receiptNumber) \(language.pick(one.stateVi, one.state))\(problem)"
        }
        return ""
    }
}
