import HeadlessBrowser
import StationAPI
import StationBench
import StationCore
import Testing

/// What breaks off while a citizen stands there, in a real browser: the card's contact, and the way to upstream.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(10)))
struct DeskInterruptionTests {
    /// While the chip is being opened, while it proves itself, while its texts and while its portrait are read.
    @Test(arguments: [1, 5, 9, 13, 17, 20])
    func aTornCardIsWaitedForAndTheReadGoesOn(after apdus: Int) async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory, ["--remove-after-apdus", "\(apdus)"])
            try await page.shows("Đã nhận thẻ")
            try await page.keys(String(citizen.number.suffix(6)))
            try await page.enter()
            try await page.shows("Thẻ đã rời đầu đọc")
            try await page.lacks(citizen.name)
            if apdus == 17 { await keep(page.browser, "desk-torn") }
            try await station.insertCard(citizen.directory)
            try await page.shows(citizen.name)
            try await page.focus(on: "phone")
            try await page.shows("Đọc thẻ thành công")
        }
    }

    @Test func whoeverComesWhileUpstreamIsAwayIsTakenInAndTheReceiptComesLater() async throws {
        try await withDesk { station, page, citizen in
            await station.stopUpstream()
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone("0912345678")
            try await page.consent()
            #expect(try await page.save() == "000-001")
            try await page.shows("BIÊN NHẬN HỒ SƠ")
            try await page.shows("Hồ sơ đã lưu, chờ truyền")
            await keep(page.browser, "desk-offline-receipt")
            // Behind the receipt the desk says why it waits, and that one may go on.
            try await page.click("receipt-done")
            try await page.shows("Mất kết nối với cơ quan cấp trên")
            try await page.shows("Vẫn thu nhận được; kiểm tra mạng")
            try await page.shows("1 hồ sơ chờ truyền")
            await keep(page.browser, "desk-offline")
            let kept = try await station.client.applications().applications
            #expect(kept.count == 1 && ["saved", "deferred"].contains(kept.first?.state))
            try await station.startUpstream()
            #expect(try await station.administer(["flush"]).status == .exited(0))
            try await page.shows("Cấp trên đã tiếp nhận")
            try await page.shows("Không có hồ sơ nào chờ truyền")
            try await page.lacks("Mất kết nối với cơ quan cấp trên")
        }
    }
}
