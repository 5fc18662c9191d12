import FakeStation
import Foundation
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// A day's list of applications, one in each state that an operator meets.
enum QueueScene {
    static func application(
        _ sequence: Int64, _ state: String, _ stateVi: String, attempts: Int = 1, problem: Problem? = nil,
        reason: String? = nil, by: String? = nil, nextAttempt: Timestamp? = nil, itemId: ItemID? = nil
    ) -> ApplicationSummary {
        let now = SystemClock().now
        return ApplicationSummary(
            itemId: itemId ?? ItemID(at: now, random: SystemRandomSource()), receiptNumber: "000-0\(sequence)",
            sequence: sequence,
            state: state, stateVi: stateVi, capturedAt: now, size: 40_000, attempts: attempts, problem: problem,
            stateSince: now, revision: 1, supersedes: nil, nextAttempt: nextAttempt, reason: reason, by: by,
            decision: nil)
    }

    static let held = application(
        43, "held", "Tạm giữ, cần xử lý", attempts: 0, reason: "unverified", by: "op:lan")
    static let rejected = application(
        42, "rejected", "Cơ quan cấp trên từ chối", problem: Problem(.upstreamRejectedItem, "content-invalid"))
    private static let deferredID = ItemID(at: SystemClock().now, random: SystemRandomSource())
    /// The application that waits for its next attempt, four minutes from when this is asked.
    static var deferred: ApplicationSummary {
        application(
            44, "deferred", "Chờ truyền lại", problem: Problem(.networkUnreachable),
            nextAttempt: SystemClock().now.adding(.seconds(240)), itemId: deferredID)
    }
    static let all = [
        application(41, "accepted", "Cấp trên đã tiếp nhận"), rejected, held, deferred,
        application(45, "saved", "Hồ sơ đã lưu, chờ truyền", attempts: 0),
        application(46, "exported", "Đã xuất ra thiết bị lưu trữ"),
        application(47, "quarantined", "Cần xử lý thủ công", problem: Problem(.itemQuarantined, "item-too-large")),
    ]

    static func fill(_ station: FakeStation, with applications: [ApplicationSummary] = all, problems: [Problem] = []) {
        for one in applications { keep(one, on: station) }
        let counts = Dictionary(grouping: applications, by: \.state).mapValues(\.count)
        station.set(Scene.status(counts: counts, problems: problems, uplink: problems.isEmpty ? .open : .waiting))
    }

    /// Puts `one` and a history of two entries into the station's list, in place of what it had by that name.
    static func keep(_ one: ApplicationSummary, on station: FakeStation) {
        station.keep(
            ApplicationDetail(
                summary: one, sha256: String(repeating: "0", count: 64), keyId: "key-1", receipt: nil,
                history: [
                    .init(auditSequence: 1, at: one.capturedAt, action: "item.saved", actor: "op:lan"),
                    .init(auditSequence: 2, at: one.capturedAt, action: "item.hold", actor: "op:lan"),
                ]))
    }
}

/// The list of applications of a station that has seven, before somebody who signed in.
func onList(_ body: @Sendable (Bench, Browser) async throws -> Void) async throws {
    try await onClosedPage { bench, browser in
        QueueScene.fill(bench.station)
        try await browser.signIn()
        try await shows("Phiên 12:", browser)
        try await browser.visit("queue")
        try await shows("Hôm nay (7)", browser)
        try await body(bench, browser)
    }
}

extension Browser {
    func click(_ selector: String) async throws {
        try await value("document.querySelector(`\(selector)`).click()")
    }

    /// Writes into a field as somebody who types does.
    func fill(_ id: String, _ text: String) async throws {
        try await value("document.getElementById('\(id)').focus()")
        try await value("document.getElementById('\(id)').value = ''")
        try await type(text)
    }

    func choose(_ id: String, _ option: String) async throws {
        try await value("document.getElementById('\(id)').value = '\(option)'")
    }

    /// Opens a view, and in the list an application by the end of its number.
    func visit(_ view: String, _ number: String? = nil) async throws {
        try await click("[data-view=\(view)]")
        guard let number else { return }
        try await shows(number, self)
        try await value(
            "[...document.querySelectorAll('#rows button')].find((each) => each.textContent.includes('\(number)')).click()"
        )
        try await shows("Hồ sơ \(number)", self)
    }
}

/// The accessibility tester axe, where `scripts/install-packages test` has put it.
enum Axe {
    static let script: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let files = FileManager.default.enumerator(atPath: root + "/.build/axe/lib")
        guard let path = files?.first(where: { ($0 as? String)?.hasSuffix("/axe.min.js") == true }) as? String else {
            return nil
        }
        return try? String(contentsOfFile: "\(root)/.build/axe/lib/\(path)", encoding: .utf8)
    }()

    /// What the tester finds against WCAG 2.2, levels A and AA, and its own good practice; empty when nothing.
    static func violations(_ browser: Browser) async throws -> String {
        guard script != nil else { return "" }
        if try await browser.value("typeof axe") != "object" { try await browser.value((script ?? "") + ";0") }
        return try await browser.value(
            """
            axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
              .then(({ violations, passes }) => [passes.length > 10 ? "" : "nothing was looked at",
                ...violations.map((each) => each.id + ": " + each.nodes.map((node) => node.target.join(" ")).join(", "))]
                .filter(Boolean).join("; "))
            """)
    }
}
