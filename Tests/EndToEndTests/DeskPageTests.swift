import Foundation
import HeadlessBrowser
import StationAPI
import StationBench
import StationCore
import Testing

/// One citizen after the other at the desk, in a real browser: the ordinary case, and what befalls it.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(10)))
struct DeskPageTests {
    @Test func theOrdinaryCaseTakesAtMostTwelveKeysBesideThePhoneNumber() async throws {
        try await withDesk(settings: Self.terms) { station, page, citizen in
            try await page.browser.value("window.print = () => { window.prints = (window.prints ?? 0) + 1 }")
            try await page.focus(on: "credential")
            await keep(page.browser, "desk-1-waiting")
            try await station.insertCard(citizen.directory)
            try await page.shows("Đã nhận thẻ")
            await keep(page.browser, "desk-2-card")
            try await page.openChip(citizen)
            try await page.shows("Đọc thẻ thành công")
            #expect(
                try await eventually {
                    try await page.browser.value("document.getElementById('portrait').naturalWidth") != "0"
                })
            await keep(page.browser, "desk-3-phone")
            try await page.phone("0912345678")
            try await page.shows("0912 345 678")
            try await page.shows("Tôi đồng ý đăng ký tài khoản")
            await keep(page.browser, "desk-4-consent")
            try await page.consent()
            try await page.shows("0912 345 678")
            await keep(page.browser, "desk-5-review")
            let number = try await page.save()
            try await page.shows("BIÊN NHẬN HỒ SƠ")
            await keep(page.browser, "desk-6-receipt")
            try await page.enter()
            #expect(page.presses <= 12)
            #expect(try await page.browser.value("window.prints") == "1")
            #expect(number == "000-001")

            // It is the application that arrives, with what was declared.
            try await page.shows("Cấp trên đã tiếp nhận")
            #expect(try await station.held().items.count == 1)
            let found = try await station.client.find(PersonQuestion(personalNumber: citizen.number))
            #expect(found.entries.map(\.phone) == ["0912345678"])
            #expect(found.entries.first?.application.receiptNumber == number)

            // The number stays when the card goes, and goes with the next card.
            await station.removeCard()
            try await page.shows("Không có máy in")
            try await page.shows(number)
            try await station.insertCard(citizen.directory)
            try await page.focus(on: "credential")
            #expect(try await page.browser.value("document.getElementById('slip').textContent") == "")
        }
    }

    @Test func aScannerIsReadByItsKeysWhateverTheInputMethodMakesOfThem() async throws {
        try await withDesk { station, page, citizen in
            // A scanner that types has no keys for letters with marks.
            let code = citizen.qr.filter(\.isASCII)
            #expect(code != citizen.qr)
            // Before the card lies there: the code waits for it.
            try await page.focus(on: "credential")
            try await page.scan(code)
            try await page.shows("Đã có mã. Đặt thẻ lên đầu đọc.")
            try await station.insertCard(citizen.directory)
            try await page.shows(citizen.name)
            try await page.shows("Đọc thẻ thành công")
            try await page.focus(on: "phone")
            // Phone numbers are digits, whatever the layout's upper row types.
            for digit in "0912345678" { try await page.browser.strike("Digit\(digit)", nil) }
            try await page.browser.strike("Enter", "\r")
            try await page.shows("0912 345 678")
        }
    }

    @Test func theThreeLinesOfACardsBackAndACodeThatEndsWithATabOpenItToo() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.focus(on: "credential")
            for line in citizen.zone { try await page.scan(line) }
            try await page.shows(citizen.name)
            // Lifted before the read has ended, the card would be waited for.
            try await page.shows("Đọc thẻ thành công")
            await station.removeCard()
            try await page.focus(on: "credential")
            try await station.insertCard(citizen.directory)
            try await page.scan(citizen.qr.filter(\.isASCII), end: "Tab")
            try await page.shows(citizen.name)
        }
    }

    @Test func aScanGoesToTheCodeWhereverTheKeyboardIs() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.shows("Đã nhận thẻ")
            try await page.browser.value("document.activeElement.blur()")
            try await page.scan(citizen.number)
            try await page.shows(citizen.name)
        }
    }

    @Test func aWrongNumberIsToldAndTheNextTryOpensTheChip() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.shows("Đã nhận thẻ")
            try await page.keys("000000")
            try await page.enter()
            try await page.shows("Số")
            try await page.focus(on: "credential")
            try await page.openChip(citizen)
        }
    }

    @Test func theFormGoesOnWithoutTheCardAndEndsWithTheNext() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.keys("0912", counted: false)
            await station.removeCard()
            // A virtual card that comes back before anybody looked has never been away.
            #expect(try await eventually { try await station.client.readers().readers.first?.state == .empty })
            try await page.keys("345678", counted: false)
            try await page.enter()
            try await page.shows("Đọc lại số điện thoại")
            try await station.insertCard(citizen.directory)
            try await page.focus(on: "credential")
            try await page.forgot([citizen.name, citizen.number, citizen.residence, "0912345678"])
        }
    }

    @Test func aDaemonThatRestartsUnderThePageLosesTheFormAndNothingElse() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone("0912345678")
            await station.killDaemon()
            try await page.shows("Không kết nối được dịch vụ của trạm")
            try await page.forgot([citizen.name, citizen.number, citizen.residence, "0912345678"])
            try await station.startDaemon()
            try await page.signIn()
            try await page.openChip(citizen)
            try await page.phone("0912345678")
            try await page.consent()
            _ = try await page.save()
            try await page.shows("Cấp trên đã tiếp nhận")
        }
    }

    @Test func aSaveThatWasCutOffIsAskedForAgainAndNeverTwice() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone("0912345678")
            try await page.consent()
            // Two answers are lost on their way: the application is saved, and the page has no receipt. The second question
            // is the page's own, once the station says that the read was saved.
            try await page.browser.value(
                """
                (() => { const real = window.fetch; window.lost = 0; window.fetch = async (...each) => {
                const answer = await real(...each);
                if (each[0] !== "/api/applications" || answer.status !== 201 || window.lost === 2) return answer;
                window.lost += 1;
                throw new TypeError("lost"); } })()
                """)
            try await page.focus(on: "save")
            try await page.enter()
            try await page.shows("Chưa rõ hồ sơ đã lưu hay chưa")
            // While the page itself asks it takes no key.
            #expect(try await eventually { try await page.browser.value("window.lost") == "2" })
            try await page.shows("Hỏi lại kết quả")
            await keep(page.browser, "desk-unknown")
            try await page.enter()
            try await page.focus(on: "print")
            try await page.shows("000-001")
            let all = try await station.client.applications()
            #expect(all.applications.count == 1)
        }
    }

    @Test func aSaveThatTheDaemonDidNotSurviveIsToldAfterwards() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone("0912345678")
            try await page.consent()
            _ = try await page.save()
            let other = try Citizen(directory: try await station.issueCard("other", ["--seed", "77"]))
            // Nobody changes cards so fast that the card service does not see the empty reader; a virtual reader does.
            await station.removeCard()
            try await page.shows("Không có máy in: công dân chụp ảnh số và mã QR")
            try await station.insertCard(other.directory)
            try await page.openChip(other)
            try await page.phone("0987654321")
            try await page.consent()
            try await page.browser.value(
                """
                (() => { const real = window.fetch; window.fetch = async (...each) => { const answer = await real(...each);
                if (each[0] !== "/api/applications" || answer.status !== 201) return answer;
                throw new TypeError("lost"); } })()
                """)
            try await page.focus(on: "save")
            try await page.enter()
            try await page.shows("Hỏi lại kết quả")
            await station.killDaemon()
            try await page.shows("Không kết nối được dịch vụ của trạm")
            try await page.forgot([other.name, other.number, "0987654321", "0987 654 321"])
            try await station.startDaemon()
            try await page.signIn()
            try await page.shows("Từ lúc đó trạm có thêm hồ sơ 000-002")
            await keep(page.browser, "desk-doubt")
        }
    }

    @Test func aSessionThatRunsOutClosesTheFormAndTheSamePersonGoesOn() async throws {
        try await withDesk(settings: "people:\n  idleSeconds: 10") { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.keys("0912", counted: false)
            try await page.shows("khóa vì không có thao tác")
            try await page.forgot([citizen.name, citizen.number, citizen.residence])
            try await page.signIn()
            // Signed out is signed out: what was read is gone, the card is to be read anew.
            try await page.focus(on: "credential")
            try await page.shows("Đã nhận thẻ")
        }
    }

    @Test func twoTabsAreOneDeskAndSaveOnce() async throws {
        try await withDesk { station, page, citizen in
            let first = try await page.browser.openTab(page.address)
            try await page.shows("Phiên 1:")
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            let second = page.browser.turn(toTab: first)
            try await page.shows(citizen.name)
            try await page.focus(on: "phone")
            try await page.phone("0912345678")
            try await page.consent()
            _ = try await page.save()
            _ = page.browser.turn(toTab: second)
            try await page.lacks(citizen.name)
            try await page.forgot([citizen.name, citizen.residence, "0912345678"])
            #expect(try await station.client.applications().applications.count == 1)
        }
    }

    @Test func whatAPageLeavesInTheBrowsersFilesIsFound() async throws {
        try await withDesk { _, page, _ in
            #expect(try await page.kept(of: ["Nguyễn Thị Canary"]).isEmpty)
            try await page.browser.value("localStorage.setItem('canary', 'Nguyễn Thị Canary')")
            #expect(try await eventually { try await !page.kept(of: ["Nguyễn Thị Canary"]).isEmpty })
        }
    }

    @Test(arguments: ["sign-out", "next card", "drop", "save"])
    func nothingOfTheCitizenIsLeftInReachOfAScript(end: String) async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone("0912345678")
            try await page.consent()
            #expect(try await page.browser.heap().contains(citizen.number), "the snapshot does not see the person")
            switch end {
            case "sign-out":
                try await page.click("sign-out")
                try await page.shows("Đã đăng xuất")
            case "next card":
                await station.removeCard()
                try await station.insertCard(citizen.directory)
                try await page.focus(on: "credential")
            case "save":
                _ = try await page.save()
                try await page.shows("Cấp trên đã tiếp nhận")
            default:
                try await page.browser.value("document.querySelector('#step-phone [data-drop]').click()")
                try await page.focus(on: "credential")
            }
            try await page.forgot([
                citizen.name, citizen.number, citizen.residence, "0912345678", "0912 345 678",
                String(citizen.number.suffix(6)),
            ])
        }
    }

    static let terms = """
        receipt:
          workingDays: 3
          hotline: "1900 0000"
        """
}

extension DeskPage {
    /// A scanner that types while Telex is on: the system keeps the keys, and makes of the letters what it likes.
    func scan(_ text: String, end: String = "Enter") async throws {
        for character in text {
            let (code, shift) = Self.key(character)
            try await browser.strike(code, nil, shift: shift)
            // What Telex shows in the field after "Dieu", "xa", "dd" is not what the scanner typed.
            if character.isLetter { try await browser.compose("ệ") }
        }
        try await browser.type("Địu Thị Hỏa")
        try await browser.strike(end, end == "Enter" ? "\r" : nil)
    }

    private static func key(_ character: Character) -> (code: String, shift: Bool) {
        switch character {
        case "0"..."9": ("Digit\(character)", false)
        case "|": ("Backslash", true)
        case ",": ("Comma", false)
        case "<": ("Comma", true)
        case ".": ("Period", false)
        case "-": ("Minus", false)
        case "/": ("Slash", false)
        case " ": ("Space", false)
        default: ("Key\(character.uppercased())", character.isUppercase)
        }
    }
}
