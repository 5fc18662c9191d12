import StationAPI
import StationCore

/// Fixed reports, so that every output is the same every time.
enum Samples {
    static let noon = Timestamp(text: "2026-08-03T05:00:00.000Z")!
    static let item = ItemID("01987abc-0000-7000-8000-000000000001")!
    static let network = Problem(.networkUnreachable, "connect timed out")

    static let decisions = StationStatus.Decisions(
        asOf: noon, counts: ["granted": 12], unknownLabels: ["Đang xem xét": 1])

    static func status(
        _ health: StationStatus.Health = .ok, problems: [Problem] = [], decisions: StationStatus.Decisions? = nil
    ) -> StationStatus {
        StationStatus(
            stationId: "tram-01", software: "0.1.0", health: health, startedAt: noon,
            clock: .init(now: noon, quality: .synchronized, offsetMilliseconds: -12),
            intake: .init(accepting: true, applicationsLeft: 1_234, locked: false),
            readers: ReaderList(serviceRunning: true, readers: [reader]),
            queue: .init(
                counts: ["saved": 3, "accepted": 40, "held": 0], waiting: 3, oldestWaiting: noon.adding(.seconds(-600))),
            uplink: .init(
                state: problems.isEmpty ? .open : .waiting, lastAnswer: noon.adding(.seconds(-30)),
                nextAttempt: problems.isEmpty ? nil : noon.adding(.seconds(45)), problem: problems.first,
                recipientKeyId: "k1"),
            decisions: decisions, problems: problems)
    }

    static let reader = ReaderReport(
        id: "reader-0", name: "ACS ACR39U 00 00", state: .reading, insertion: 2, readId: "r1")

    static let summary = ApplicationSummary(
        itemId: item, receiptNumber: "T01-0041", sequence: 41, state: "deferred", stateVi: "Chờ truyền lại",
        capturedAt: noon, size: 40_960, attempts: 2, problem: network)

    static let detail = ApplicationDetail(
        summary: summary, sha256: String(repeating: "ab12", count: 16), keyId: "k1",
        receipt: .init(receiptId: "R-9", verdict: "accepted", receivedAt: noon, authorityKeyId: "a1"),
        history: [
            .init(auditSequence: 7, at: noon, action: "application.saved", actor: "uid:1000"),
            .init(auditSequence: 8, at: noon, action: "batch", actor: "station"),
        ])

    static let record = ReadRecord(
        id: "r1", reader: "reader-0", startedAt: noon, software: "0.1.0", problem: "card-removed",
        attempts: [
            .init(
                conditions: .init(
                    credential: "can", allowsBasicAccessControl: false, files: ["EF.COM", "DG1"], profile: "VNM-2021",
                    extendedLength: true, maximumCommandBytes: 65_544, maximumResponseBytes: 65_538),
                entries: [
                    .init(
                        at: 0.02, phase: "openingChip", command: "00a4020c", wire: "00a4020c", lc: 2, le: nil, sent: 7,
                        received: 2, status: "9000", milliseconds: 11.25, failure: nil),
                    .init(
                        at: 412.5, phase: "readingPortrait", command: "00b01000", wire: "0cb01000", lc: 0, le: 4_057,
                        sent: 23, received: 0, status: nil, milliseconds: 3, failure: "card-removed"),
                ], omitted: 2)
        ])

    static let read = ReadReport(
        id: "r1", reader: "reader-0", state: .finished, phase: "done", startedAt: noon, access: nil,
        citizen: CitizenReport(
            number: "070187001234", name: "Điểu Thị Ngọc Hòa", birth: "1987-03-12", sex: "female",
            nationality: "Việt Nam",
            residence: "Ấp Sóc Trào B", issued: nil, expires: nil),
        findings: [Finding(check: "chipAuthentication", verdict: .passed)], verdict: .passed, progress: [],
        portraitAvailable: true,
        cost: .init(apdus: 31, milliseconds: 900, cardMilliseconds: 800, identityAPDUs: 20, identityMilliseconds: 500),
        problem: nil)
}
