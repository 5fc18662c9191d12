package import StationAPI
import StationCore

/// `intakectl status` for people.
package struct StatusText {
    private let language: Language

    /// Renders in a language.
    package init(_ language: Language) { self.language = language }

    /// The whole status; a line for each part, then what needs attention.
    package func text(_ status: StationStatus) -> String {
        var lines = [
            row("Trạm", "Station", "\(status.stationId)  (intaked \(status.software))"),
            row("Tình trạng", "Health", health(status.health)),
            row("Đầu đọc", "Readers", readers(status.readers)),
            row("Hồ sơ chờ", "Waiting", queue(status.queue, now: status.clock.now)),
            row("Đường truyền", "Uplink", uplink(status.uplink, now: status.clock.now)),
            row("Quyết định", "Decisions", decisions(status.decisions)),
            row("Đĩa", "Disk", disk(status.intake)),
            row("Đồng hồ", "Clock", clock(status.clock)),
        ]
        if let forwarded = status.queue.forwarded {
            let counts = forwarded.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            lines.append(row("Chuyển hộ", "Passed on", counts.joined(separator: ", ")))
        }
        if status.intake.locked {
            lines.append(row("Khóa dữ liệu", "Data key", language.pick("đang khóa", "locked")))
        }
        for problem in status.problems {
            lines += ["", "! \(language.title(of: problem)) [\(problem.code)]", "  → \(language.remedy(of: problem))"]
        }
        return lines.joined(separator: "\n")
    }

    /// Upstream's decisions as it told them; without a word of it there is no figure.
    private func decisions(_ decisions: StationStatus.Decisions?) -> String {
        guard let decisions else { return language.pick("chưa có số liệu", "no figures yet") }
        let known = DecisionMeaning.allCases.compactMap { meaning in
            decisions.counts[meaning.rawValue].map { "\(language.pick(meaning.vietnamese, meaning.rawValue)) \($0)" }
        }
        let unknown = decisions.unknownLabels.sorted { $0.key < $1.key }.map { "\"\($0.key)\" \($0.value)" }
        let counts = (known + unknown).joined(separator: ", ")
        let asOf = language.pick("tính đến", "as of") + " " + decisions.asOf.text
        return counts.isEmpty ? asOf : "\(counts)  (\(asOf))"
    }

    private func row(_ vietnamese: String, _ english: String, _ value: String) -> String {
        let label = language.pick(vietnamese, english)
        return label + String(repeating: " ", count: max(1, 14 - label.count)) + value
    }

    private func health(_ health: StationStatus.Health) -> String {
        switch health {
        case .ok: language.pick("tốt", "ok")
        case .degraded: language.pick("cần chú ý", "needs attention")
        case .stopped: language.pick("ngừng nhận hồ sơ", "intake stopped")
        }
    }

    private func readers(_ list: ReaderList) -> String {
        guard list.serviceRunning else {
            return language.pick("dịch vụ đầu đọc không chạy", "the card service is not running")
        }
        guard !list.readers.isEmpty else { return language.pick("không có", "none") }
        return list.readers.map { "\($0.name) (\(ReaderText(language).state($0.state)))" }.joined(separator: ", ")
    }

    private func queue(_ queue: StationStatus.Queue, now: Timestamp) -> String {
        var text = "\(queue.waiting)"
        if let oldest = queue.oldestWaiting {
            text += language.pick(", lâu nhất ", ", oldest ") + age(from: oldest, to: now)
        }
        let counts = queue.counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        guard !counts.isEmpty else { return text }
        return text + "  (" + counts.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ")"
    }

    /// How the transmission stands, in one line.
    package func line(_ uplink: StationStatus.Uplink) -> String {
        let text = self.uplink(uplink, now: SystemClock().now)
        return uplink.problem.map { text + "\n→ \(language.title(of: $0)). \(language.remedy(of: $0))" } ?? text
    }

    private func uplink(_ uplink: StationStatus.Uplink, now: Timestamp) -> String {
        let state =
            switch uplink.state {
            case .open: language.pick("sẵn sàng", "open")
            case .waiting: language.pick("chờ truyền lại", "waiting to retry")
            case .stopped: language.pick("đã ngừng", "stopped")
            case .unconfigured: language.pick("chưa cấu hình", "not configured")
            }
        var parts = [state]
        if let next = uplink.nextAttempt { parts.append(language.pick("sau ", "in ") + age(from: now, to: next)) }
        if let last = uplink.lastAnswer {
            let since = age(from: last, to: now)
            parts.append(language.pick("cấp trên trả lời \(since) trước", "upstream answered \(since) ago"))
        } else {
            parts.append(language.pick("cấp trên chưa trả lời", "upstream has not answered yet"))
        }
        return parts.joined(separator: ", ")
    }

    private func disk(_ intake: StationStatus.Intake) -> String {
        intake.accepting
            ? language.pick(
                "còn chỗ cho \(intake.applicationsLeft) hồ sơ", "room for \(intake.applicationsLeft) applications")
            : language.pick("ngừng nhận hồ sơ mới", "no new applications")
    }

    private func clock(_ clock: StationStatus.Clock) -> String {
        let quality =
            switch clock.quality {
            case .synchronized: language.pick("đã đồng bộ", "synchronised")
            case .unsynchronized: language.pick("chưa đồng bộ", "not synchronised")
            case .suspect: language.pick("không tin cậy", "not trusted")
            }
        let offset = clock.offsetMilliseconds.map { language.pick(", lệch \($0) ms", ", offset \($0) ms") } ?? ""
        return "\(clock.now.text)  (\(quality)\(offset))"
    }
}

/// A duration as people say it: seconds, minutes, hours or days; never negative.
func age(from start: Timestamp, to end: Timestamp) -> String {
    let seconds = max(0, (end.milliseconds - start.milliseconds) / 1_000)
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) d"
    }
}
