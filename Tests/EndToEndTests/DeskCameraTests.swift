import Foundation
import HeadlessBrowser
import StationAPI
import StationBench
import StationCore
import Testing
import Uplink

/// The desk's camera: a portrait that goes with the application, where the desk has a camera and nowhere else.
@Suite(
    .enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(10)))
struct DeskCameraTests {
    @Test func aPortraitIsTakenGoesWithTheApplicationAndIsForgotten() async throws {
        try await withDesk(console: ["--camera"], browser: Browser.camera) { station, page, citizen in
            try await review(station, page, citizen)
            try await page.click("camera-start")
            try await page.focus(on: "camera-take")
            #expect(try await eventually { try await page.browser.value("\(Self.view).videoWidth") != "0" })
            await keep(page.browser, "desk-camera")
            try await page.click("camera-take")
            try await page.shows("Ảnh sẽ gửi kèm hồ sơ.")
            #expect(try await eventually { try await page.browser.value("\(Self.picture).naturalWidth") != "0" })
            await keep(page.browser, "desk-camera-taken")
            // Nobody is looked at any longer than that takes.
            #expect(try await page.browser.value("\(Self.view).srcObject === null") == "1")
            try await page.browser.value(
                """
                (() => { const real = window.fetch; window.fetch = (...each) => {
                if (each[0] === "/api/applications") window.sent = JSON.parse(each[1].body).attachments;
                return real(...each); } })()
                """)
            _ = try await page.save()
            let sent = try await page.browser.value("String(sent.map((each) => each.mediaType))")
            #expect(sent == "image/jpeg")
            let content = try await page.browser.value("sent[0].content")
            let picture = Array(try #require(Data(base64Encoded: content)))
            try await page.browser.value("delete window.sent")
            let saved = try #require(try await station.client.applications().applications.first)
            #expect(picture.count > 3_000 && saved.size > picture.count)
            try await page.shows("Cấp trên đã tiếp nhận")
            // What upstream opened and keeps is the picture that was looked at, byte for byte.
            let files = try await station.partsUpstream(saved.itemId)
            #expect(
                files.first { $0.name == "attachment-1" }?.sha256 == Hex.text(ContentDigest(of: picture).bytes))
            try await page.forgot([citizen.name, citizen.number, "/9j/"])
        }
    }

    @Test func aPictureThatIsNotWantedIsNotSent() async throws {
        try await withDesk(console: ["--camera"], browser: Browser.camera) { station, page, citizen in
            try await review(station, page, citizen)
            try await page.click("camera-start")
            try await page.focus(on: "camera-take")
            #expect(try await eventually { try await page.browser.value("\(Self.view).videoWidth") != "0" })
            // Whoever goes to another step leaves no camera running.
            try await page.browser.press("Escape")
            try await page.shows("Công dân trả lời")
            #expect(try await eventually { try await page.browser.value("\(Self.view).srcObject === null") == "1" })
            try await page.submit("consent")
            try await page.focus(on: "save")
            try await page.click("camera-start")
            try await page.focus(on: "camera-take")
            #expect(try await eventually { try await page.browser.value("\(Self.view).videoWidth") != "0" })
            try await page.click("camera-take")
            try await page.shows("Ảnh sẽ gửi kèm hồ sơ.")
            try await page.click("camera-drop")
            try await page.lacks("Ảnh sẽ gửi kèm hồ sơ.")
            try await page.browser.value(
                """
                (() => { const real = window.fetch; window.fetch = (...each) => {
                if (each[0] === "/api/applications") window.sent = String(JSON.parse(each[1].body).attachments);
                return real(...each); } })()
                """)
            _ = try await page.save()
            #expect(try await page.browser.value("sent") == "undefined")
        }
    }

    /// The browser has a camera, the desk was not given one; and the other way round.
    @Test(arguments: [([], Browser.camera), (["--camera"], [])])
    func withoutACameraOfTheDesksThePageAsksForNone(console: [String], browser: [String]) async throws {
        try await withDesk(console: console, browser: browser) { station, page, citizen in
            try await review(station, page, citizen)
            let hidden = try await page.browser.value(
                "`${document.getElementById('camera').hidden} ${document.getElementById('step-review').hidden}`")
            #expect(hidden == "true false")
            let refusal = try await page.browser.value(
                "navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'taken', (error) => error.name)")
            #expect(refusal == (console.isEmpty ? "NotAllowedError" : "NotFoundError"))
        }
    }

    private func review(_ station: BenchStation, _ page: DeskPage, _ citizen: Citizen) async throws {
        try await station.insertCard(citizen.directory)
        try await page.openChip(citizen)
        try await page.phone("0912345678")
        try await page.consent()
        try await page.focus(on: "save")
    }

    private static let view = "document.getElementById('camera-view')"
    private static let picture = "document.getElementById('camera-picture')"
}
