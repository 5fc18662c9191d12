import FakeStation
import HeadlessBrowser
import StationAPI
import StationCore
import Testing

/// The list of applications in a real browser.
@Suite(.enabled(if: Browser.executable != nil, "Chromium is not installed"), .serialized, .timeLimit(.minutes(5)))
struct QueuePageTests {
    @Test func `Each application says what it waits for, why, and what is to be done`() async throws {
        try await onList { bench, browser in
            #expect(try await browser.focused() == "queue-title")
            #expect(try await browser.value("document.getElementById('alarms').textContent") == "3")
            for words in ["Cần xử lý (3)", "Đang chờ (3)", "000-044", "Mất kết nối với cơ quan cấp trên"] {
                try await shows(words, browser)
            }
            try await browser.click("[data-filter=action]")
            #expect(try await browser.value("document.querySelectorAll('#rows button').length") == "3")
            try await browser.visit("queue", "000-043")
            for words in [
                "Tạm giữ, cần xử lý", "Nhập tay, chưa kiểm tra được bằng chip", "hai người ký", "Người quyết định",
            ] {
                try await shows(words, browser)
            }
            try await browser.visit("queue", "000-042")
            for words in ["Nội dung hồ sơ chưa hợp lệ", "Liên hệ công dân", "Bổ sung và gửi lại"] {
                try await shows(words, browser)
            }
            try await browser.click("[data-filter=waiting]")
            // Its time is set now, because the minutes left go on counting while the page opens.
            QueueScene.keep(QueueScene.deferred, on: bench.station)
            try await browser.visit("queue", "000-044")
            #expect(
                await eventually {
                    let text = (try? await browser.value("document.getElementById('item').innerText")) ?? ""
                    return text.contains(/Trạm tự truyền lại sau [34] phút\./)
                })
            // The history comes with the application's details.
            try await shows("Nhật ký hồ sơ", browser)
            try await browser.click("#item-facts details summary")
            try await shows("Đã lưu (lan)", browser)
        }
    }

    @Test func `What goes on again needs two persons, and each question says what is missing`() async throws {
        try await onList { bench, browser in
            try await browser.visit("queue", "000-043")
            try await browser.click("#item-verbs [data-verb=release]")
            #expect(try await browser.focused() == "act-reason")
            try await browser.value("document.getElementById('item-form').requestSubmit()")
            try await shows("Chọn lý do.", browser)
            try await browser.choose("act-reason", "settled")
            try await browser.value("document.getElementById('item-form').requestSubmit()")
            try await shows("Người thứ hai chưa ký", browser)
            #expect(try await browser.focused() == "act-name")
            #expect(bench.station.desk.orders.isEmpty)
            try await browser.fill("act-name", "HOA")
            try await browser.fill("act-secret", "wrong")
            try await browser.press("Enter")
            try await shows(FailureCode.coSignatureRefused.text.titleVi, browser)
            #expect(
                await eventually { (try? await browser.value("document.getElementById('act-secret').value")) == "" })
            #expect(bench.station.desk.orders.isEmpty)
            try await browser.fill("act-secret", "a:b")
            try await browser.press("Enter")
            try await shows("Đã cho truyền tiếp.", browser)
            #expect(bench.station.desk.orders == ["release settled hoa"])
            #expect(try await !browser.value("document.documentElement.outerHTML").contains("a:b"))
        }
    }

    @Test func `Holding, cancelling, closing, forgetting and sending at once are ordered with their reason`()
        async throws
    {
        try await onList { bench, browser in
            for (number, verb, reason) in [
                ("000-045", "hold", "document-awaited"), ("000-045", "cancel", "citizen-request"),
                ("000-042", "close", "duplicate"), ("000-044", "forget", nil), ("000-044", "retry", nil),
            ] as [(String, String, String?)] {
                try await browser.visit("queue", number)
                try await browser.click("#item-verbs [data-verb=\(verb)]")
                if let reason { try await browser.choose("act-reason", reason) }
                if verb != "retry" {
                    try await browser.value("document.getElementById('item-form').requestSubmit()")
                }
                let wanted = [verb, reason].compactMap(\.self).joined(separator: " ")
                #expect(await eventually { bench.station.desk.orders.last == wanted }, "\(wanted)")
            }
        }
    }

    @Test func `What is ordered while another order's answer is awaited is ordered too`() async throws {
        try await onList { bench, browser in
            try await browser.value(
                """
                (() => { const real = window.fetch; window.fetch = async (...each) => { const answer = await real(...each);
                if (String(each[0]).endsWith("/hold")) await new Promise((go) => { window.answerHold = go; }); return answer; } })()
                """)
            try await browser.visit("queue", "000-045")
            try await browser.click("#item-verbs [data-verb=hold]")
            try await browser.choose("act-reason", "document-awaited")
            try await browser.value("document.getElementById('item-form').requestSubmit()")
            #expect(try await eventually { try await browser.value("String(Boolean(window.answerHold))") == "true" })
            try await browser.visit("queue", "000-044")
            try await browser.click("#item-verbs [data-verb=forget]")
            try await browser.value("document.getElementById('item-form').requestSubmit()")
            try await browser.value("window.answerHold()")
            #expect(await eventually { bench.station.desk.orders == ["hold document-awaited", "forget"] })
            try await shows("Hồ sơ 000-044", browser)
        }
    }

    @Test func `A correction carries what changed and nothing else; a withdrawal how it was confirmed`() async throws {
        try await onList { bench, browser in
            bench.station.change { $0.saved = Scene.saved() }
            try await browser.visit("queue", "000-042")
            try await browser.click("#item-verbs [data-verb=amend]")
            try await browser.value("document.getElementById('item-form').requestSubmit()")
            try await shows("Chưa ghi điều gì thay đổi", browser)
            try await browser.fill("act-phone", "0912345679")
            try await browser.choose("act-smart", "true")
            try await browser.fill("act-words", "ghi nhầm số")
            try await browser.press("Enter")
            try await shows("Đã lưu bản bổ sung, số 000-017", browser)
            #expect(
                bench.station.desk.orders == [
                    #"amend {"noSmartphone":true,"phone":"0912345679","reason":"ghi nhầm số"} keyed"#
                ])
            try await forgot(browser, and: ["0912345679", "ghi nhầm số"])
            try await browser.click("#item-verbs [data-verb=withdraw]")
            try await browser.value("document.getElementById('item-form').requestSubmit()")
            try await shows("Chọn cách công dân xác nhận", browser)
            try await browser.choose("act-confirmation", "spoken")
            try await browser.value("document.getElementById('item-form').requestSubmit()")
            try await shows("Đã ghi nhận công dân rút hồ sơ", browser)
            #expect(bench.station.desk.orders.last == #"withdraw {"confirmation":"spoken"}"#)
        }
    }

    @Test func `A card read again makes the next revision of the application that it is for`() async throws {
        try await onList { bench, browser in
            bench.station.change { $0.saved = Scene.saved() }
            try await browser.visit("queue", "000-042")
            try await browser.click("#item-verbs [data-verb=again]")
            try await shows("Hồ sơ lập tới đây thay hồ sơ 000-042", browser)
            bench.station.tell(.readers(Scene.readers(.card, read: "read-1")))
            bench.station.tell(Scene.read(state: .finished, verdict: .passed))
            try await takeIn(browser)
            #expect(bench.station.submissions.map(\.submission.supersedes) == [QueueScene.rejected.itemId.text])
            #expect(try await browser.value("document.getElementById('replaced').textContent") == "")
        }
    }

    @Test func `What is typed stays while the station goes on`() async throws {
        try await onList { bench, browser in
            try await browser.visit("queue", "000-042")
            try await browser.click("#item-verbs [data-verb=amend]")
            try await browser.fill("act-phone", "09123")
            bench.station.tell(.application(QueueScene.rejected, id: 90))
            bench.station.tell(QueueScene.application(48, "saved", "Hồ sơ đã lưu, chờ truyền"))
            try await shows("000-048", browser)
            #expect(try await browser.value("document.getElementById('act-phone').value") == "09123")
            #expect(try await browser.focused() == "act-phone")
        }
    }

    @Test func `A search finds by last digits, and whom it found is forgotten with the view`() async throws {
        try await onList { _, browser in
            try await browser.fill("digits", "044")
            try await browser.press("Enter")
            try await shows("Kết quả tìm (1)", browser)
            try await shows("Hồ sơ 000-044", browser)
            try await browser.fill("digits", "999")
            try await browser.press("Enter")
            try await shows("Không tìm thấy hồ sơ nào", browser)
            try await browser.fill("digits", "0912 345 678")
            try await browser.press("Enter")
            try await shows(Scene.name, browser)
            try await shows("070*****1234", browser)
            #expect(try await browser.value("document.getElementById('digits').value") == "")
            try await browser.visit("desk")
            try await forgot(browser, and: [Scene.phone, "070*****1234"])
            try await browser.visit("queue")
            try await browser.fill("digits", Scene.number)
            try await browser.press("Enter")
            try await shows(Scene.name, browser)
            try await browser.click("#sign-out")
            try await shows("Đã đăng xuất", browser)
            try await forgot(browser, and: [Scene.phone, "070*****1234", "000-044"])
        }
    }

    @Test func `A long export says how far it is, also to a page that was opened meanwhile`() async throws {
        try await onList { bench, browser in
            func media(_ done: Int?) -> MediaList {
                MediaList(
                    media: [.init(directory: "/media/KINGSTON", freeBytes: 8 << 30, problem: nil)],
                    work: done.map { MediaList.Work(kind: .export, done: $0, total: 12_000) })
            }
            let (writing, written) = AsyncStream.makeStream(of: Never.self)
            bench.station.change {
                $0.media = media(nil)
                $0.writing = writing
            }
            try await browser.click("#stick-open")
            try await shows("/media/KINGSTON", browser)
            try await browser.fill("stick-name", "hoa")
            try await browser.fill("stick-secret", "a:b")
            try await browser.click("#stick-export")
            try await shows("Đã xong 0/?", browser)
            for (done, words) in [(4_000, "Đã xong 4.000/12.000"), (12_000, "Đang đọc lại để kiểm tra...")] {
                bench.station.change { $0.media = media(done) }
                try await shows(words, browser)
                #expect(try await browser.value("String(document.getElementById('stick-bar').value)") == "\(done)")
                #expect(try await browser.value("document.getElementById('stick-export').disabled") == "1")
            }
            // A page that is opened anew finds the run, and sees its end.
            bench.station.change { $0.media = media(6_000) }
            try await browser.reload()
            try await shows("Phiên 12:", browser)
            try await browser.visit("queue")
            try await browser.click("#stick-open")
            try await shows("Đã xong 6.000/12.000", browser)
            #expect(try await browser.value("document.getElementById('stick-export').disabled") == "1")
            bench.station.change { $0.media = media(nil) }
            written.finish()
            #expect(
                try await eventually {
                    try await browser.value("document.getElementById('stick-progress').hidden") == "1"
                })
            #expect(try await browser.value("document.getElementById('stick-export').disabled") == "0")
            #expect(bench.station.desk.orders == ["export /media/KINGSTON hoa"])
        }
    }

    @Test func `A stick is written by two, receipts come back, and both say what came of it`() async throws {
        try await onList { bench, browser in
            try await browser.click("#stick-open")
            try await shows("Chưa thấy USB", browser)
            bench.station.change {
                $0.media = MediaList(
                    media: [
                        .init(directory: "/media/KINGSTON", freeBytes: 8 << 30, problem: nil),
                        .init(directory: "/media/OLD", freeBytes: nil, problem: Problem(.stickReadOnly)),
                    ], work: nil)
                $0.receipts = ReceiptImportReport(
                    bundles: [
                        .init(
                            bundleId: "b", writerId: "authority-1", accepted: 4, rejected: 1, known: 2, foreign: 3,
                            invalid: 0)
                    ], refused: [RefusedBundle(name: "intake-receipts-x", problem: Problem(.bundleInvalid))])
            }
            try await browser.click("#stick-again")
            try await shows("/media/KINGSTON (còn trống 8.192 MB)", browser)
            try await browser.click("#stick-export")
            try await shows("Người thứ hai chưa ký", browser)
            try await browser.fill("stick-name", "hoa")
            try await browser.fill("stick-secret", "a:b")
            try await browser.click("#stick-lost")
            try await browser.click("#stick-export")
            try await shows("Đã chép và kiểm tra 1 hồ sơ, thư mục bundle-b", browser)
            try await browser.click("#stick-import")
            try await shows("Biên nhận: 4 tiếp nhận, 1 từ chối, 2 đã biết.", browser)
            try await shows("3 biên nhận không phải của trạm này", browser)
            try await shows("intake-receipts-x", browser)
            try await browser.click("#stick-recall")
            try await shows("Trạm hỏi cấp trên về 0 hồ sơ", browser)
            #expect(
                bench.station.desk.orders == ["export /media/KINGSTON again hoa", "receipts /media/KINGSTON", "recall"])
        }
    }
}
