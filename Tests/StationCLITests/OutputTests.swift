import StationAPI
import StationCore
import Testing

@testable import StationCLI

/// What people see, word by word.
struct OutputTests {
    @Test func `Status in Vietnamese`() {
        #expect(
            StatusText(.vi).text(Samples.status(decisions: Samples.decisions)) == """
                Trạm          tram-01  (intaked 0.1.0)
                Tình trạng    tốt
                Đầu đọc       ACS ACR39U 00 00 (đang đọc)
                Hồ sơ chờ     3, lâu nhất 10 min  (accepted 40, saved 3)
                Đường truyền  sẵn sàng, cấp trên trả lời 30 s trước
                Quyết định    Hồ sơ được cấp 12, "Đang xem xét" 1  (tính đến 2026-08-03T05:00:00.000Z)
                Đĩa           còn chỗ cho 1234 hồ sơ
                Đồng hồ       2026-08-03T05:00:00.000Z  (đã đồng bộ, lệch -12 ms)
                """)
    }

    @Test func `Status in English, degraded, with its remedy`() {
        #expect(
            StatusText(.en).text(Samples.status(.degraded, problems: [Samples.network])) == """
                Station       tram-01  (intaked 0.1.0)
                Health        needs attention
                Readers       ACS ACR39U 00 00 (reading)
                Waiting       3, oldest 10 min  (accepted 40, saved 3)
                Uplink        waiting to retry, in 45 s, upstream answered 30 s ago
                Decisions     no figures yet
                Disk          room for 1234 applications
                Clock         2026-08-03T05:00:00.000Z  (synchronised, offset -12 ms)

                ! Connection to upstream lost [network-unreachable]
                  → Intake goes on; check the network
                """)
    }

    @Test func `The queue says what each application waits for, and how to go on`() {
        let list = ApplicationList(applications: [Samples.summary], next: 41)
        #expect(
            ApplicationText(.vi).text(list) == """
                SEQ  BIÊN NHẬN  LÚC NHẬN                  ID                                    LẦN GỬI  TRẠNG THÁI
                41   T01-0041   2026-08-03T05:00:00.000Z  01987abc-0000-7000-8000-000000000001  2        Chờ truyền lại: Mất kết nối với cơ quan cấp trên [network-unreachable]
                Trang sau: --after 41
                """)
    }

    @Test func `What a person decided is said with the reason and who`() {
        let held = ApplicationSummary(
            itemId: Samples.item, receiptNumber: "000-042", sequence: 42, state: "held", stateVi: "Tạm giữ, cần xử lý",
            capturedAt: Samples.noon, size: 1, attempts: 0, problem: nil, revision: 2, supersedes: Samples.item,
            reason: "document-awaited", by: "uid:1000",
            decision: .init(label: "Hồ sơ được cấp", at: Samples.noon, meaning: .granted))
        let list = ApplicationText(.vi).text(ApplicationList(applications: [held], next: nil))
        #expect(list.hasSuffix("Tạm giữ, cần xử lý: Chờ bổ sung giấy tờ [document-awaited, uid:1000]"))
        let detail = ApplicationDetail(summary: held, sha256: "ab", keyId: "k1", receipt: nil, history: [])
        let text = ApplicationText(.en).text(detail)
        #expect(text.contains("upstream decided: Hồ sơ được cấp (granted), 2026-08-03T05:00:00.000Z"))
        #expect(text.contains("revision 2 of \(Samples.item.text)"))
    }

    @Test func `One application with its history`() {
        #expect(
            ApplicationText(.en).text(Samples.detail) == """
                T01-0041  01987abc-0000-7000-8000-000000000001
                  deferred: Connection to upstream lost [network-unreachable]
                  captured 2026-08-03T05:00:00.000Z, SEQ 41, 40960 B, attempts 2
                  SHA-256 ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12ab12
                  sealed to key k1
                  → Intake goes on; check the network
                  upstream's receipt R-9: accepted, 2026-08-03T05:00:00.000Z, a1

                AUDIT  AT                        ACTION             WHO
                7      2026-08-03T05:00:00.000Z  application.saved  uid:1000
                8      2026-08-03T05:00:00.000Z  batch              station
                """)
    }

    @Test func `Readers`() {
        #expect(
            ReaderText(.en).text(ReaderList(serviceRunning: true, readers: [Samples.reader])) == """
                ID        NAME              STATE
                reader-0  ACS ACR39U 00 00  reading
                """)
    }

    @Test func `Readers with their ports, and those that are not served with the remedy`() {
        let twin = USBPlace(
            port: "1-2.3", vendor: "072f", product: "2200", manufacturer: "ACS", productName: "ACR122U", serial: nil)
        let list = ReaderList(
            serviceRunning: true,
            readers: [
                ReaderReport(
                    id: "desk-1", name: "ACS ACR122U 00 00", state: .empty, insertion: 0, readId: nil, usb: twin),
                ReaderReport(id: "virtual", name: "Virtual PCD 00 00", state: .card, insertion: 1, readId: nil),
            ],
            notServed: [
                UnservedReader(
                    usb: USBPlace(
                        port: "1-4", vendor: "04e6", product: "5591", manufacturer: "SCM", productName: "SCL3711",
                        serial: "S7"), problem: Problem(.readerHeld))
            ])
        #expect(
            ReaderText(.en).text(list) == """
                ID       NAME               PORT   USB        SERIAL  STATE
                desk-1   ACS ACR122U 00 00  1-2.3  072f:2200  -       empty
                virtual  Virtual PCD 00 00  -      -          -       card present

                ! 1-4  04e6:5591  S7  SCM SCL3711
                  Another program has taken the reader [reader-held]
                  → Administrator: find it by sudo fuser -v /dev/bus/usb/*/* (often GnuPG's scdaemon), end it, then replug
                """)
    }

    @Test func `Without any reader what is plugged in is told all the same`() {
        let place = USBPlace(
            port: "1-4", vendor: "072f", product: "2200", manufacturer: nil, productName: nil, serial: nil)
        let list = ReaderList(
            serviceRunning: true, readers: [],
            notServed: [
                UnservedReader(usb: place, problem: Problem(.readerKernelDriver, "pn533_usb"))
            ])
        #expect(
            ReaderText(.vi).text(list) == """
                ! 1-4  072f:2200
                  Trình điều khiển NFC của hệ điều hành chiếm đầu đọc (pn533_usb) [reader-kernel-driver]
                  → Quản trị viên: printf 'blacklist pn533_usb\\nblacklist pn533\\nblacklist nfc\\n' | sudo tee /etc/modprobe.d/intake-station.conf; sudo modprobe -r pn533_usb; rồi cắm lại đầu đọc
                """)
        #expect(ReaderText(.vi).text(ReaderList(serviceRunning: true, readers: [])) == "")
    }

    @Test func `The record of a read, command by command`() {
        #expect(
            ReadRecordText(.vi).text(Samples.record) == """
                r1  reader-0  2026-08-03T05:00:00.000Z  (intaked 0.1.0)
                  1 lần thử, [card-removed]

                Lần 1: VNM-2021, CAN, độ dài mở rộng, 65544/65538 B, EF.COM DG1
                #  MS     GIAI ĐOẠN        LỆNH      GỬI ĐI    LC  LE    GỬI  NHẬN  SW            MẤT MS
                1  0.0    openingChip      00a4020c  00a4020c  2   -     7    2     9000          11.2
                2  412.5  readingPortrait  00b01000  0cb01000  0   4057  23   0     card-removed  3.0
                và 2 lệnh không được giữ
                """)
        #expect(ReadRecordText(.en).text(Samples.record).contains("\n  1 attempts, [card-removed]\n"))
        let empty = ReadRecord(
            id: "r2", reader: "reader-0", startedAt: Samples.noon, software: "0.1.0", problem: "card-mute",
            attempts: [])
        #expect(
            ReadRecordText(.en).text(empty) == """
                r2  reader-0  2026-08-03T05:00:00.000Z  (intaked 0.1.0)
                  0 attempts, [card-mute]
                """)
    }

    @Test func `A problem is told in both languages with its code`() {
        #expect(
            problemText(Samples.network) == """
                intakectl: Mất kết nối với cơ quan cấp trên / Connection to upstream lost [network-unreachable]
                  → Vẫn thu nhận được; kiểm tra mạng
                  → Intake goes on; check the network
                  (connect timed out)
                """)
    }

    @Test func `An event of a read names nobody, as text and as JSON`() throws {
        let event = StationEvent.read(Samples.read)
        #expect(EventText(.en).line(event) == "-  read  r1 reader-0 finished, done, passed, 31 APDU")
        let json = String(decoding: try StrictJSON.encode(EventText.impersonal(event)), as: UTF8.self)
        for personal in ["070187001234", "Điểu", "1987", "Sóc"] {
            #expect(!json.contains(personal))
            #expect(!EventText(.vi).line(event).contains(personal))
        }
        #expect(json.contains("chipAuthentication"))
    }

    @Test func `Other events are one line each`() {
        #expect(
            EventText(.vi).line(.application(Samples.summary, id: 9))
                == "#9  application  T01-0041 Chờ truyền lại: Mất kết nối với cơ quan cấp trên [network-unreachable]")
        #expect(EventText(.en).line(.snapshot(Samples.status(), id: 3)) == "#3  snapshot  ok, uplink open, waiting 3")
        #expect(
            EventText(.vi).line(.readers(ReaderList(serviceRunning: true, readers: [])))
                == "-  readers  không có đầu đọc")
    }

    @Test(arguments: [
        (119, "119 s"), (120, "2 min"), (7_199, "119 min"), (7_200, "2 h"), (172_800, "2 d"), (-5, "0 s"),
    ])
    func `Ages are said in one unit`(seconds: Int, expected: String) {
        #expect(age(from: Samples.noon, to: Samples.noon.adding(.seconds(seconds))) == expected)
    }

    @Test(
        arguments: [
            ([:], .vi), (["LANG": "vi_VN.UTF-8"], .vi), (["LANG": "C.UTF-8"], .vi), (["LANG": "en_US.UTF-8"], .en),
            (["LANG": "vi_VN", "LC_ALL": "en_GB"], .en), (["LC_ALL": "", "LANG": "de"], .en),
        ] as [([String: String], Language)])
    func `The locale chooses the language`(environment: [String: String], expected: Language) {
        #expect(Language(environment: environment) == expected)
    }
}
