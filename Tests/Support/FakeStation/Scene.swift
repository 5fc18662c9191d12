package import StationAPI
package import StationCore

/// Synthetic states of a station. Nobody of this name or number exists.
package enum Scene {
    package static let name = "Điểu Thị Ngọc Hòa"
    package static let number = "070187001234"
    package static let residence = "Ấp Sóc Trào B, xã Tân Quan"
    package static let phone = "0912345678"
    package static let consent = "Tôi đồng ý đăng ký tài khoản định danh điện tử mức độ 2."
    package static let receipt = "TEST-0041"

    package static func readers(_ state: ReaderReport.State?, read: String? = nil) -> ReaderList {
        let reader = state.map {
            ReaderReport(id: "reader-0", name: "Test Reader", state: $0, insertion: 1, readId: read)
        }
        return ReaderList(serviceRunning: true, readers: reader.map { [$0] } ?? [])
    }

    package static func status(
        readers list: ReaderList = readers(.empty), counts: [String: Int] = [:], problems: [Problem] = [],
        uplink: StationStatus.Uplink.State = .open, locked: Bool = false
    ) -> StationStatus {
        let now = SystemClock().now
        return StationStatus(
            stationId: "test-station", software: "test", health: problems.isEmpty ? .ok : .degraded, startedAt: now,
            clock: .init(now: now, quality: .synchronized, offsetMilliseconds: nil),
            intake: .init(accepting: true, applicationsLeft: 12_345, locked: locked), readers: list,
            queue: .init(counts: counts, waiting: counts.values.reduce(0, +), oldestWaiting: nil),
            uplink: .init(
                state: uplink, lastAnswer: nil, nextAttempt: nil, problem: problems.first, recipientKeyId: nil),
            problems: problems)
    }

    package static func read(
        _ id: String = "read-1", state: ReadReport.State, phase: String = "done", citizen: Bool = true,
        findings: [Finding] = [], verdict: Verdict = .notDetermined, portrait: Bool = false, downgrade: String? = nil,
        name: String = name
    ) -> ReadReport {
        ReadReport(
            id: id, reader: "reader-0", state: state, phase: phase, startedAt: SystemClock().now,
            access: .init(
                protocol: downgrade == nil ? "PACE" : "BAC", credential: "CAN", cipher: "AES-128",
                downgradeReason: downgrade),
            citizen: citizen
                ? CitizenReport(
                    number: number, name: name, birth: "1987-03-12", sex: "female", nationality: "Việt Nam",
                    residence: residence, issued: "2021-05-09", expires: nil, isUnlimited: true, series: "VNM-2021")
                : nil,
            findings: findings, verdict: verdict, progress: [.init(file: "DG2", done: 1, total: 2)],
            portraitAvailable: portrait, portrait: portrait ? .available : state == .finished ? .absent : nil,
            cost: .init(apdus: 1, milliseconds: 1, cardMilliseconds: 1, identityAPDUs: nil, identityMilliseconds: nil),
            problem: nil)
    }

    package static func application(_ sequence: Int64 = 41, state: String, stateVi: String, problem: Problem? = nil)
        -> ApplicationSummary
    {
        let clock = SystemClock()
        return ApplicationSummary(
            itemId: ItemID(at: clock.now, random: SystemRandomSource()), receiptNumber: receipt, sequence: sequence,
            state: state, stateVi: stateVi, capturedAt: clock.now, size: 1, attempts: 1, problem: problem)
    }

    /// The answer to a save.
    package static func saved(at time: Timestamp = SystemClock().now) -> SavedApplication {
        SavedApplication(
            itemId: ItemID(at: time, random: SystemRandomSource()), receiptNumber: "000-017", sequence: 17,
            savedAt: time, warnings: [])
    }

    package static func shift(
        team: String = "Tổ 1", point: String = "Bộ phận Một cửa", kind: String = "fixed", others: [String] = []
    ) -> ShiftReport {
        ShiftReport(
            shiftId: "shift-1", number: 12, team: team, point: point, kind: kind, responsible: "lan",
            operators: ["lan"] + others, openedAt: SystemClock().now, openedQuality: .synchronized, openedBy: "lan",
            closedAt: nil, closedBy: nil)
    }

    package static func summary(of shift: ShiftReport) -> ShiftSummaryReport {
        ShiftSummaryReport(
            shift: shift, asOf: SystemClock().now, taken: 23, transmitted: 21, accepted: 19, rejected: 1, waiting: 2,
            setAside: 1, byState: ["accepted": 19, "rejected": 1, "saved": 2, "cancelled": 1],
            byOperator: [.init(operatorId: "lan", taken: 23)], provisional: true)
    }
}
