import Foundation
import HeadlessBrowser
import StationAPI
import StationBench
import StationCore
import Testing

/// What becomes of saved applications, in a real browser in front of the real console, daemon and upstream.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(10)))
struct QueuePageTests {
    /// Opens the list, and in it an application.
    private func turn(_ page: DeskPage, to number: String) async throws {
        try await page.shows(number)
        try await page.browser.value(
            "[...document.querySelectorAll('#rows button')].find((each) => each.textContent.includes('\(number)')).click()"
        )
        try await page.shows("Hồ sơ \(number)")
        try await page.shows("Nhật ký hồ sơ")
    }

    private func order(_ page: DeskPage, _ verb: String, reason: String? = nil) async throws {
        try await page.browser.value("document.querySelector('#item-verbs [data-verb=\(verb)]').click()")
        if let reason { try await page.browser.value("document.getElementById('act-reason').value = '\(reason)'") }
    }

    private func sign(_ page: DeskPage, _ prefix: String, _ secret: String = DeskPerson.hoa.secret) async throws {
        for (id, text) in [("\(prefix)-name", DeskPerson.hoa.name), ("\(prefix)-secret", secret)] {
            try await page.browser.value("document.getElementById('\(id)').focus()")
            try await page.browser.value("document.getElementById('\(id)').value = ''")
            try await page.browser.type(text)
        }
    }

    private func submit(_ page: DeskPage) async throws {
        try await page.browser.value("document.getElementById('item-form').requestSubmit()")
    }

    @Test func aHeldOneIsReleasedByTwoCorrectedSentAndWithdrawn() async throws {
        try await withDesk { station, page, citizen in
            let run = IntakeRun(client: station.client)
            #expect(try await station.administer(["pause"]).status == .exited(0))
            let read = try await station.read(citizen, run)
            let item = try await run.submit(read: read, phone: "0912345678").itemId
            try await page.browser.value("document.querySelector('[data-view=queue]').click()")
            try await turn(page, to: "000-001")
            try await page.shows("Hôm nay (1)")
            try await page.shows("Hồ sơ đã lưu, chờ truyền")
            try await order(page, "hold", reason: "document-awaited")
            try await submit(page)
            try await page.shows("Đã tạm giữ.")
            try await page.shows("Chờ bổ sung giấy tờ")
            try await page.shows("Cần xử lý (1)")
            await keep(page.browser, "list-held")
            #expect(try await station.client.application(item.text).summary.state == "held")

            _ = try await station.coSignature()
            try await order(page, "release", reason: "settled")
            try await sign(page, "act", "000000")
            try await submit(page)
            try await page.shows(FailureCode.coSignatureRefused.text.titleVi)
            #expect(try await station.client.application(item.text).summary.state == "held")
            try await sign(page, "act")
            try await submit(page)
            try await page.shows("Đã cho truyền tiếp.")
            #expect(try await station.client.application(item.text).summary.state == "saved")

            try await order(page, "amend")
            try await page.browser.value("document.getElementById('act-phone').focus()")
            try await page.browser.type("0912")
            try await submit(page)
            try await page.shows("Ghi lý do bổ sung.")
            try await page.browser.value("document.getElementById('act-words').value = 'ghi nhầm số'")
            try await submit(page)
            try await page.shows("Số điện thoại không hợp lệ")
            try await page.browser.value("document.getElementById('act-phone').value = '0912345679'")
            try await submit(page)
            try await page.shows("Đã lưu bản bổ sung, số 000-002")
            try await page.shows("(bổ sung lần 2)")
            let list = try await station.client.applications().applications
            #expect(list.map(\.revision) == [1, 2] && list[1].supersedes == item)

            try await page.shows("Đang chờ (2)")
            #expect(try await station.administer(["resume"]).status == .exited(0))
            try await page.shows("Đang chờ (0)")
            let held = try await station.held()
            #expect(Set(held.items.map(\.itemId)) == Set(list.map(\.itemId)))

            // Who asked for a person sees the person, and the page forgets with the view.
            try await page.browser.value("document.getElementById('digits').focus()")
            try await page.browser.type("0912345679")
            try await page.browser.press("Enter")
            try await page.shows(citizen.name)
            await keep(page.browser, "list-found")
            try await page.browser.value("document.querySelector('[data-view=station]').click()")
            try await page.forgot([citizen.name, citizen.number, "0912345679"])
            try await page.browser.value("document.querySelector('[data-view=queue]').click()")
            try await page.shows("000-002")

            // What is with upstream is withdrawn by a message of its own.
            try await turn(page, to: "000-002")
            try await page.shows("Cấp trên đã tiếp nhận")
            try await order(page, "withdraw")
            try await page.browser.value("document.getElementById('act-confirmation').value = 'spoken'")
            try await submit(page)
            try await page.shows("Đã ghi nhận công dân rút hồ sơ.")
            try await page.shows("000-003")
            // Who withdrew is forgotten, and the message is nobody's to correct.
            #expect(try await station.client.find(PersonQuestion(phone: "0912345679")).entries.isEmpty)
            try await turn(page, to: "000-003")
            #expect(
                try await page.browser.value(
                    "String(document.querySelector('#item-verbs [data-verb=amend], #item-verbs [data-verb=withdraw]') === null)")
                    == "true")
        }
    }

    @Test func theStickTakesWhatWaitsAndBringsReceiptsBack() async throws {
        let medium = NSTemporaryDirectory() + "stick-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: medium, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: medium) }
        let settings = "stick:\n  directories: [\(medium)]\n  mustBeMounted: false"
        try await withDesk(settings: settings) { station, page, citizen in
            let run = IntakeRun(client: station.client)
            #expect(try await station.administer(["pause"]).status == .exited(0))
            let read = try await station.read(citizen, run)
            let item = try await run.submit(read: read, phone: "0912345678").itemId
            _ = try await station.coSignature()
            try await page.browser.value("document.querySelector('[data-view=queue]').click()")
            try await page.shows("000-001")
            try await page.click("stick-open")
            try await page.shows("\(medium) (còn trống")
            try await page.click("stick-export")
            try await page.shows("Người thứ hai chưa ký")
            try await sign(page, "stick")
            try await page.click("stick-export")
            try await page.shows("Đã chép và kiểm tra 1 hồ sơ")
            try await page.shows("Đã xuất ra thiết bị lưu trữ")
            await keep(page.browser, "list-stick")
            #expect(try await station.client.application(item.text).summary.state == "exported")

            await station.stopUpstream()
            let taken = try await station.upstreamCommand(["import"], [medium, "--csca", station.anchorPath()])
            #expect(taken.status == .exited(0), "\(taken)")
            try await page.click("stick-import")
            try await page.shows("Biên nhận: 1 tiếp nhận, 0 từ chối, 0 đã biết.")
            try await page.shows("Cấp trên đã tiếp nhận")
            #expect(try await station.client.application(item.text).summary.state == "accepted")
        }
    }

    /// Who forgot their password gets a temporary one from a supervisor in the field, and sets another.
    @Test func aSupervisorGivesATemporaryPassword() async throws {
        try await withDesk { station, page, _ in
            try await station.enter(.hoa)
            try await page.browser.value("document.querySelector('[data-view=station]').click()")
            try await page.shows("Tài khoản của tôi")
            try await page.lacks("Cấp mật khẩu tạm")
            try await page.click("sign-out")
            try await page.signIn(.hoa)
            try await page.shows("Người phụ trách: hoa")
            try await page.browser.value("document.querySelector('[data-view=station]').click()")
            try await page.shows("Tài khoản của người khác")
            try await page.click("reset-open")
            try await page.focus(on: "reset-person")
            #expect(try await page.browser.value(Self.people) == ",lan")
            try await page.set("reset-person", "lan")
            for (secret, words) in [
                ("123456", FailureCode.secretTooWeak.text.titleVi), ("604817", "Đã cấp mật khẩu tạm cho lan."),
            ] {
                try await page.browser.value("document.getElementById('reset-secret').focus()")
                try await page.browser.type(secret)
                try await page.browser.press("Enter")
                try await page.shows(words)
                #expect(try await page.browser.value("document.getElementById('reset-secret').value") == "")
            }
            await keep(page.browser, "station-reset")
            try await page.forgot(["604817"])
            // Lan is signed out everywhere, and has to set a password of her own.
            await expectProblem(.sessionExpired) { try await station.client.currentShift() }
            try await page.click("sign-out")
            try await page.signIn(DeskPerson(name: "lan", role: .operator, secret: "604817"))
            try await page.shows("Đặt mật khẩu của riêng mình")
        }
    }

    private static let people =
        "[...document.querySelectorAll('#reset-person option')].map((each) => each.value).join()"

    @Test func aSessionIsHandedOverAndClosedWithItsFigures() async throws {
        try await withDesk { station, page, citizen in
            let run = IntakeRun(client: station.client)
            let read = try await station.read(citizen, run)
            _ = try await run.submit(read: read, phone: "0912345678")
            try await station.enter(.hoa)
            try await page.browser.value("document.querySelector('[data-view=station]').click()")
            for words in ["Đầu đọc và thẻ", "Khóa niêm phong", "Chứng thư kết nối", "lan thu nhận", "Đã thu nhận"] {
                try await page.shows(words)
            }
            await keep(page.browser, "station")
            try await page.click("hand-over")
            try await page.focus(on: "successor")
            try await page.browser.type(DeskPerson.hoa.name)
            try await page.browser.press("Tab")
            try await page.browser.type(DeskPerson.hoa.secret)
            try await page.browser.press("Enter")
            try await page.shows("Đã giao ca cho hoa")
            #expect(try await station.client.currentShift()?.responsible == "hoa")
            // It is not Lan's to close any more.
            try await page.click("close-shift")
            try await page.shows("Đóng phiên thu nhận?")
            try await page.click("close-yes")
            try await page.shows("người phụ trách")
            #expect(try await station.client.currentShift() != nil)
            // One's own password.
            try await page.click("close-no")
            try await page.click("change-secret")
            try await page.focus(on: "old-secret")
            for text in [DeskPerson.lan.secret, "719204", "719204"] {
                try await page.browser.type(text)
                try await page.browser.press("Tab")
            }
            try await page.browser.value("document.getElementById('own-secret').requestSubmit()")
            try await page.shows("Đã đổi mật khẩu.")
            let again = StationClient(socketPath: station.layout.operatorSocket)
            #expect(
                try await again.signIn(SignInOrder(operatorId: DeskPerson.lan.name, secret: "719204")).operatorId
                    == "lan")
        }
    }
}
