import Foundation
import HeadlessBrowser
import StationAPI
import StationBench
import StationCore
import Testing

/// What is not the ordinary case has its way through the page too.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(10)))
struct DeskFallbackTests {
    @Test func aChipThatCannotBeReadIsTypedByHandAndSignedByTwo() async throws {
        try await withDesk { station, page, citizen in
            let second = try await station.coSignature()
            try await station.insertCard(citizen.directory, ["--fault", "wrong-mac"])
            try await page.shows("Đã nhận thẻ")
            try await page.keys(String(citizen.number.suffix(6)))
            try await page.enter()
            try await page.shows("Phiên đọc với thẻ bị hỏng")
            try await page.focus(on: "credential")
            await keep(page.browser, "desk-failed")
            try await page.click("by-hand")
            try await page.focus(on: "manual-number")
            await keep(page.browser, "desk-manual")
            try await page.keys(citizen.number)
            for (id, text) in [
                ("manual-name", citizen.name), ("manual-birth", "1990"),
                ("manual-residence", citizen.residence), ("manual-expiry", "31122099"),
                ("manual-reason", "chip hỏng, đã thử ba lần"),
            ] { try await page.fill(id, text) }
            try await page.browser.value("document.querySelector('[name=manual-sex][value=female]').click()")
            try await page.submit("manual")
            try await page.focus(on: "phone")
            try await page.phone("0912345678")
            try await page.consent()
            try await page.shows(citizen.name)
            try await page.focus(on: "second-name")
            await keep(page.browser, "desk-manual-review")
            try await page.submit("review")
            try await page.shows("Người thứ hai chưa ký")
            try await page.sign(second.operatorId, "000000")
            try await page.shows("Chữ ký")
            #expect(try await page.browser.value("document.getElementById('second-secret').value") == "")
            try await page.sign(second.operatorId, second.secret)
            try await page.focus(on: "print")
            try await page.shows("Hồ sơ đã lưu, tạm giữ")
            try await page.forgot([citizen.name, citizen.number, citizen.residence, "0912345678", second.secret])
            let list = try await station.client.applications()
            #expect(list.applications.map(\.state) == ["held"])
        }
    }

    /// As from another tab of the desk: the same person reads a card while the form is typed.
    @Test func aCardThatIsReadMeanwhileTakesNothingOfWhatIsTypedByHand() async throws {
        try await withDesk { station, page, citizen in
            let run = IntakeRun(client: station.client)
            try await page.click("by-hand")
            try await page.focus(on: "manual-number")
            try await page.keys("070187")
            try await page.fill("manual-name", "Thị Nở")
            for _ in 1...2 {
                let read = try await station.read(citizen, run)
                #expect(read.state == .finished)
                try await page.shows("Đầu đọc đang có thẻ được đọc")
                #expect(try await page.browser.value("document.getElementById('manual-name').value") == "Thị Nở")
                // Nothing of one person beside the fields of another.
                try await page.forgot([citizen.name, citizen.number, citizen.residence])
            }
            await keep(page.browser, "desk-manual-beside")
            // Dropped, it makes room for the card.
            try await page.browser.value("document.querySelector('#step-manual [data-drop]').click()")
            try await page.shows(citizen.name)
            try await page.focus(on: "phone")
            #expect(try await page.browser.value("document.getElementById('manual-name').value") == "")
        }
    }

    @Test func aTypedFieldThatIsWrongIsNamedWhereItStands() async throws {
        try await withDesk { station, page, citizen in
            let second = try await station.coSignature()
            try await page.click("by-hand")
            try await page.focus(on: "manual-number")
            try await page.keys("12")
            for (id, text) in [("manual-name", citizen.name), ("manual-birth", "1990")] {
                try await page.fill(id, text)
            }
            try await page.submit("manual")
            try await page.phone("0912345678")
            try await page.consent()
            try await page.sign(second.operatorId, second.secret)
            try await page.focus(on: "manual-number")
            for id in ["manual-number", "manual-reason"] {
                #expect(try await page.browser.value("document.getElementById('\(id)').ariaInvalid") == "true")
            }
        }
    }

    @Test func aSecondApplicationOfTheDayNeedsReasonsAndTwoPersons() async throws {
        try await withDesk { station, page, citizen in
            let second = try await station.coSignature()
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone("0912345678")
            try await page.consent()
            _ = try await page.save()
            await station.removeCard()
            try await page.shows("Không có máy in")
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            // It is told before anything is asked.
            try await page.shows("Hồ sơ trùng")
            try await page.shows("(000-001, ")
            await keep(page.browser, "desk-duplicate")
            try await page.phone("0912345678")
            try await page.consent()
            try await page.shows("Số điện thoại đã dùng")
            #expect(
                try await eventually {
                    try await page.browser.value("document.getElementById('portrait').naturalWidth") != "0"
                })
            await keep(page.browser, "desk-overrides")
            try await page.sign(second.operatorId, second.secret)
            // The keyboard is there from the start; what was refused is said when the answer is here.
            try await page.shows(FailureCode.fieldMissing.text.titleVi)
            try await page.focus(on: "override-duplicateToday")
            try await page.fill("override-duplicateToday", "công dân khai sai số điện thoại")
            try await page.fill("override-phoneReused", "cùng một người")
            try await page.sign(second.operatorId, second.secret)
            try await page.focus(on: "print")
            try await page.shows("000-002")
        }
    }

    @Test func whoHasNoFingerprintIsTakenInWithTheReason() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.browser.value("document.getElementById('special').open = true")
            try await page.set("finger", "notObtainable")
            await keep(page.browser, "desk-special")
            try await page.fill("phone", "0912345678")
            try await page.submit("phone")
            try await page.focus(on: "finger-reason")
            try await page.fill("finger-reason", "vân tay mòn do cạo mủ cao su")
            try await page.submit("phone")
            try await page.shows("Đọc lại số điện thoại")
            try await page.consent()
            try await page.shows("Không lấy được")
            _ = try await page.save()
            try await page.shows("Cấp trên đã tiếp nhận")
        }
    }

    @Test func whoDoesNotMatchIsHeldOnTheWordOfTwo() async throws {
        try await withDesk { station, page, citizen in
            let second = try await station.coSignature()
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.set("face", "notMatched")
            try await page.fill("phone", "0912345678")
            try await page.submit("phone")
            try await page.shows("Đọc lại số điện thoại")
            try await page.consent()
            try await page.sign(second.operatorId, second.secret)
            try await page.focus(on: "print")
            try await page.shows("Hồ sơ đã lưu, tạm giữ")
        }
    }

    @Test func whoCannotReadAgreesBeforeAWitnessAndWhoDoesNotAgreeIsNotTakenIn() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.phone("0912345678")
            try await page.submit("consent")
            try await page.shows("Chưa ghi nhận sự đồng ý")
            try await page.answer("refused")
            try await page.submit("consent")
            try await page.shows("không lập hồ sơ")
            try await page.answer("witnessed")
            try await page.click("read-aloud")
            try await page.submit("consent")
            try await page.focus(on: "witness-name")
            await keep(page.browser, "desk-witness")
            try await page.fill("witness-name", "Điểu Thị Sa")
            try await page.submit("consent")
            try await page.shows("Mời công dân xem lại")
            _ = try await page.save()
            try await page.shows("Cấp trên đã tiếp nhận")
        }
    }

    @Test func aChildComesWithARepresentativeAndThePhoneIsTheRepresentatives() async throws {
        let year = Int(SystemClock().now.vietnamDay.year) - 10
        try await withDesk(card: ["--birth", "\(year)-01-15"]) { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.openChip(citizen)
            try await page.shows("cần người đại diện đi cùng")
            try await page.shows("Số điện thoại của người đại diện")
            await keep(page.browser, "desk-child")
            try await page.fill("phone", "0912345678")
            try await page.submit("phone")
            try await page.focus(on: "rep-number")
            try await page.fill("rep-number", "070180001234")
            try await page.fill("rep-name", "Thị Hương")
            try await page.set("rep-relationship", "mother")
            try await page.submit("phone")
            try await page.shows("Đọc lại số điện thoại")
            try await page.consent()
            try await page.shows("Thị Hương")
            _ = try await page.save()
            try await page.shows("Cấp trên đã tiếp nhận")
        }
    }

    @Test(arguments: [("foreign-zone", FailureCode.cardForeign), ("application-absent", .cardNotDocument)])
    func aCardOfAnotherKindIsRefusedByName(fault: String, code: FailureCode) async throws {
        try await withDesk(card: ["--fault", fault]) { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.shows("Đã nhận thẻ")
            try await page.keys(String(citizen.number.suffix(6)))
            try await page.enter()
            try await page.shows(code.text.titleVi)
            try await page.shows(code.text.remedyVi)
            await keep(page.browser, "desk-\(fault)")
            // The next code is waited for, and there is no form for this card but the one by hand.
            try await page.focus(on: "credential")
            #expect(try await page.browser.value("document.getElementById('work').hidden") == "1")
            try await page.forgot([citizen.name, citizen.number, citizen.residence])
            #expect(try await station.client.applications().applications.isEmpty)
        }
    }

    @Test func anOldCardsNumberAndAnInsuranceCardsCodeAreRefusedByName() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.shows("Đã nhận thẻ")
            try await page.keys("280123456")
            try await page.enter()
            try await page.shows(FailureCode.idCardOld.text.titleVi)
            try await page.shows(FailureCode.idCardOld.text.remedyVi)
            await keep(page.browser, "desk-old-card")
            try await page.focus(on: "credential")
            try await page.scan("DN4010112345678|4e|01/01/1990|1|x|79 - 023|-|01/01/2020|-")
            try await page.shows(FailureCode.healthInsuranceCard.text.titleVi)
            await keep(page.browser, "desk-insurance")
            #expect(try await station.client.applications().applications.isEmpty)
            // The chip card beside it opens all the same.
            try await page.openChip(citizen)
        }
    }

    @Test(arguments: [
        (["--birth", "2023-01-15"], "Chưa đủ tuổi"), (["--expiry", Self.yesterday], "Thẻ đã hết hạn ngày"),
        (["--fault", "forged-signature"], "Thẻ không đạt kiểm tra"),
    ])
    func ofWhomNoApplicationCanBeMadeThereIsNoForm(card: [String], words: String) async throws {
        try await withDesk(card: card) { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.shows("Đã nhận thẻ")
            try await page.keys(String(citizen.number.suffix(6)))
            try await page.enter()
            try await page.shows(words)
            await keep(page.browser, "desk-refused-\(words.count)")
            #expect(await eventually { (try? await page.browser.value("document.getElementById('work').hidden")) == "1" })
            #expect(try await station.client.applications().applications.isEmpty)
            await station.removeCard()
            try await page.focus(on: "credential")
            try await page.forgot([citizen.name, citizen.number, citizen.residence])
        }
    }

    private static let yesterday = SystemClock().now.adding(.seconds(-86_400)).vietnamDay.text

    @Test func numberAndDatesOpenAChipToo() async throws {
        try await withDesk { station, page, citizen in
            try await station.insertCard(citizen.directory)
            try await page.shows("Đã nhận thẻ")
            try await page.click("by-document")
            try await page.focus(on: "document-number")
            try await page.enter()
            try await page.shows("Nhập đủ số thẻ và ngày sinh")
            await keep(page.browser, "desk-document")
            try await page.keys(String(citizen.number.suffix(9)))
            try await page.fill("document-birth", citizen.birth)
            try await page.fill("document-expiry", citizen.expiry)
            try await page.enter()
            try await page.shows(citizen.name)
        }
    }
}

extension DeskPage {
    /// Sends a step's form, wherever the keyboard is.
    func submit(_ step: String) async throws {
        try await browser.value("document.getElementById('step-\(step)').requestSubmit()")
    }

    func answer(_ answer: String) async throws {
        try await browser.value("document.querySelector('[name=answer][value=\(answer)]').click()")
    }

    /// The second person signs.
    func sign(_ name: String, _ secret: String) async throws {
        try await browser.value("document.getElementById('second-name').value = '\(name)'")
        try await browser.value("document.getElementById('second-secret').value = '\(secret)'")
        try await submit("review")
    }
}
