import Foundation
import HeadlessBrowser
import StationAPI
import StationBench
import StationCore
import Testing

/// Two readers at one desk, each with a card, in a real browser.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(10)))
struct DeskReadersTests {
    @Test func theLaterCardIsMeantAndTheOperatorMayChooseTheOther() async throws {
        try await withTwoCards { station, page, first, second in
            try await station.insertCard(first.directory)
            try await page.shows("Đã nhận thẻ")
            #expect(try await page.browser.value("document.getElementById('which').hidden") == "1")
            try await station.insertCard(second.directory, slot: 1)
            try await page.shows("Hai đầu đọc đều có thẻ.")
            try await page.shows("Đầu đọc: \(station.cardService.readerNames[1])")
            await keep(page.browser, "desk-two-readers")
            try await choose(page, 0)
            try await page.shows("Đầu đọc: \(station.cardService.readerNames[0])")
            try await page.openChip(first)
            try await page.lacks(second.name)
            try await page.shows("Đầu đọc: \(station.cardService.readerNames[0])")
        }
    }

    @Test func theCodeOfOneOpensNotTheOther() async throws {
        try await withTwoCards { station, page, first, second in
            try await station.insertCard(first.directory)
            try await page.shows("Đã nhận thẻ")
            try await station.insertCard(second.directory, slot: 1)
            try await page.shows("Đầu đọc: \(station.cardService.readerNames[1])")
            // The first one's number, with the second one's card meant: nothing is shown of either.
            try await page.focus(on: "credential")
            try await page.keys(String(first.number.suffix(6)))
            try await page.enter()
            try await page.shows(FailureCode.cardWrongCredential.text.titleVi)
            for citizen in [first, second] { try await page.lacks(citizen.name) }
            try await choose(page, 0)
            try await page.openChip(first)
        }
    }

    @Test func nothingOfOneCitizenComesIntoTheOthersForm() async throws {
        try await withTwoCards { station, page, first, second in
            try await station.insertCard(first.directory)
            try await page.openChip(first)
            try await page.keys("0912", counted: false)
            // The next citizen's card is laid down on the other reader while the form is being filled in.
            try await station.insertCard(second.directory, slot: 1)
            try await page.shows("Đầu đọc: \(station.cardService.readerNames[0])")
            try await page.keys("345678", counted: false)
            try await page.enter()
            try await page.shows("Đọc lại số điện thoại cho công dân xác nhận")
            try await page.shows("0912 345 678")
            try await page.shows(first.name)
            try await page.consent()
            try await page.shows(first.name)
            #expect(try await page.save() == "000-001")
            // The one who is done goes with their card, and the other's turn begins with the receipt's end.
            await station.removeCard()
            try await page.click("receipt-done")
            try await page.shows("Quét mã QR, hoặc nhập 6 số cuối của số thẻ")
            try await page.lacks("Hai đầu đọc đều có thẻ.")
            try await page.openChip(second)
            try await page.forgot([first.name, first.number, first.residence, "0912345678", "0912 345 678"])
            #expect(try await page.browser.value("document.getElementById('phone').value") == "")
            try await page.phone("0987654321")
            try await page.consent()
            #expect(try await page.save() == "000-002")
            for (citizen, phone) in [(first, "0912345678"), (second, "0987654321")] {
                let found = try await station.client.find(PersonQuestion(personalNumber: citizen.number))
                #expect(found.entries.map(\.phone) == [phone])
            }
        }
    }

    @Test func theCardOfAFormGoesAndTheOtherReadersCardIsTheNext() async throws {
        try await withTwoCards { station, page, first, second in
            try await station.insertCard(first.directory)
            try await page.openChip(first)
            try await station.insertCard(second.directory, slot: 1)
            // Nothing was typed yet: who takes the card back takes the data back.
            await station.removeCard()
            try await page.focus(on: "credential")
            try await page.forgot([first.name, first.number, first.residence])
            try await page.openChip(second)
            try await page.lacks(first.name)
        }
    }

    private func choose(_ page: DeskPage, _ index: Int) async throws {
        try await page.browser.value("document.getElementsByName('which')[\(index)].click()")
        try await page.focus(on: "credential")
    }

    private func withTwoCards(
        _ body: @Sendable (BenchStation, DeskPage, Citizen, Citizen) async throws -> Void
    ) async throws {
        try await withDesk { station, page, first in
            let second = try Citizen(directory: try await station.issueCard("second", ["--seed", "77"]))
            try await body(station, page, first, second)
        }
    }
}
