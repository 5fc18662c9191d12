import StationCore
import Testing
import USBInventory

@testable import IntakeStation

@Suite struct ReaderIDsTests {
    @Test func `a name becomes a path's word, and no two names the same`() {
        var ids = ReaderIDs()
        let made = ["ACS ACR122U 00 00", "ACS (ACR122U) 00 00", "ACS ACR122U 00 00", "Đ!"].map { ids.id(of: $0) }
        #expect(made == ["acs-acr122u-00-00", "acs-acr122u-00-00-2", "acs-acr122u-00-00", "reader"])
        #expect(ids.name(of: "acs-acr122u-00-00-2") == "ACS (ACR122U) 00 00")
    }

    // The card service numbers twins in the order in which they answer.
    @Test func `twins keep their ids when a reboot swaps their names`() {
        var before = ReaderIDs()
        let isNew = before.place([("A 00 00", "left"), ("A 01 00", "right")])
        let (left, right) = (before.id(of: "A 00 00"), before.id(of: "A 01 00"))
        let isNewAgain = before.place([("A 00 00", "left"), ("A 01 00", "right")])
        #expect(isNew && !isNewAgain)
        var after = ReaderIDs(remembered: before.remembered)
        let isNewAfter = after.place([("A 00 00", "right"), ("A 01 00", "left")])
        #expect(!isNewAfter)
        #expect(after.name(of: left) == "A 01 00" && after.name(of: right) == "A 00 00")
    }

    @Test func `a new reader does not take the id of one that is away`() {
        var before = ReaderIDs()
        _ = before.place([("A 00 00", "left")])
        var after = ReaderIDs(remembered: before.remembered)
        _ = after.place([("A 00 00", "right")])
        #expect(after.name(of: "a-00-00-2") == "A 00 00")
        _ = after.place([("A 00 00", "right"), ("A 01 00", "left")])
        #expect(after.name(of: "a-00-00") == "A 01 00")
    }

    @Test func `one that was placed without USB gives way when the id's owner is recognised`() {
        var ids = ReaderIDs(remembered: [.init(key: "left", id: "a-00-00")])
        let isNew = ids.place([("A 00 00", nil), ("A 01 00", nil)])
        #expect(!isNew && ids.name(of: "a-00-00") == "A 00 00")
        _ = ids.place([("A 00 00", "right"), ("A 01 00", "left")])
        #expect(ids.name(of: "a-00-00") == "A 01 00")
        let other = ids.id(of: "A 00 00")
        #expect(other != "a-00-00" && ids.name(of: other) == "A 00 00")
    }

    @Test func `the oldest are forgotten`() {
        var ids = ReaderIDs(limit: 2)
        for number in 0..<4 { _ = ids.place([("R \(number)", "key \(number)")]) }
        #expect(ids.remembered.map(\.key) == ["key 2", "key 3"])
    }
}

@Suite struct ReaderKeyTests {
    private func device(_ port: String, serial: String? = nil) -> USBDevice {
        USBDevice(
            port: USBPort(port)!, bus: 1, address: 2, vendor: USBNumber(0x072f), product: USBNumber(0x2200),
            serial: serial)
    }

    @Test func `a serial number follows the reader to another port`() {
        let (here, there) = (device("1-1", serial: "S"), device("1-2", serial: "S"))
        #expect(
            ReaderKey.text(name: "A (S) 00 00", device: here, among: [here])
                == ReaderKey.text(name: "A (S) 01 00", device: there, among: [there]))
    }

    @Test func `a serial number that twins share says nothing`() {
        let (left, right) = (device("1-1", serial: "0001"), device("1-2", serial: "0001"))
        let keys = [left, right].map { ReaderKey.text(name: "A 00 00", device: $0, among: [left, right]) }
        #expect(keys[0] != keys[1] && keys[0].contains("port 1-1"))
    }

    @Test func `slots of one device differ, numbers of the reader do not`() {
        let one = device("1-1")
        let key = { ReaderKey.text(name: $0, device: one, among: [one]) }
        #expect(key("A 00 00") == key("A 01 00"))
        #expect(key("A 00 00") != key("A 00 01"))
        #expect(key("O [contact] 00 00") != key("O [contactless] 00 00"))
    }

    @Test(arguments: [
        ("ACS ACR122U PICC Interface 00 00", "ACS ACR122U PICC Interface"),
        ("HID OMNIKEY 5022 [OMNIKEY 5022] (KX1) 01 00", "HID OMNIKEY 5022 [OMNIKEY 5022]"), ("A", "A"), ("", ""),
        ("00 00", "00 00"),
    ])
    func `a model is the name without its numbers`(name: String, model: String) {
        #expect(ReaderKey.model(name) == model)
    }
}
