import StationCore
import Testing
import USBInventory

@Suite struct MatchTests {
    private func device(
        _ port: String, _ address: Int, product: UInt16 = 0x2200, serial: String? = nil, drivers: [String] = [],
        access: USBDevice.Access = .granted, authorized: Bool = true, configured: Bool = true
    ) -> USBDevice {
        USBDevice(
            port: USBPort(port)!, bus: 1, address: address, vendor: USBNumber(0x072f), product: USBNumber(product),
            serial: serial, authorized: authorized, configured: configured, drivers: drivers, access: access)
    }

    private func reader(
        _ name: String, channel: UInt32? = nil, vendor: UInt16? = 0x072f, product: UInt16? = 0x2200,
        serial: String? = nil
    ) -> ServedReader {
        ServedReader(
            name: name, channel: channel, vendor: vendor.map(USBNumber.init), product: product.map(USBNumber.init),
            serial: serial)
    }

    @Test func `twins are told apart by their channels`() {
        let (left, right) = (device("1-1", 5), device("1-2", 4))
        let match = ReaderMatch(
            devices: [left, right],
            readers: [reader("A 00 00", channel: 0x0020_0104), reader("A 01 00", channel: 0x0020_0105)])
        #expect(match.devices == ["A 00 00": right, "A 01 00": left])
        #expect(match.notServed == [])
    }

    @Test func `slots share their device`() {
        let one = device("1-1", 5)
        let match = ReaderMatch(
            devices: [one],
            readers: [reader("A 00 00", channel: 0x0020_0105), reader("A 00 01", channel: 0x0020_0105)])
        #expect(match.devices == ["A 00 00": one, "A 00 01": one])
    }

    @Test func `a channel that is no longer right finds nothing`() {
        let other = device("1-1", 5, product: 0x1255)
        let match = ReaderMatch(devices: [other], readers: [reader("A 00 00", channel: 0x0020_0105)])
        #expect(match.devices == [:] && match.notServed.map(\.device) == [other])
        // Neither does a channel of another kind: its high half is not USB's.
        #expect(ReaderMatch(devices: [device("1-1", 5)], readers: [reader("A", channel: 0x0001_0105)]).devices == [:])
    }

    @Test func `without a channel the product decides when there is one of it`() {
        let (one, other) = (device("1-1", 5), device("1-2", 6, product: 0x1255))
        let match = ReaderMatch(devices: [one, other], readers: [reader("A 00 00")])
        #expect(match.devices == ["A 00 00": one])
        #expect(match.notServed.map(\.device) == [other])
    }

    @Test func `twins without a channel stay ambiguous, and neither is said not to be served`() {
        let match = ReaderMatch(
            devices: [device("1-1", 5), device("1-2", 6)], readers: [reader("A 00 00"), reader("A 01 00")])
        #expect(match.devices == [:] && match.notServed == [])
    }

    @Test func `a serial number tells twins apart`() {
        let (left, right) = (device("1-1", 5, serial: "L"), device("1-2", 6, serial: "R"))
        let match = ReaderMatch(devices: [left, right], readers: [reader("A (R) 00 00", serial: "R")])
        #expect(match.devices == ["A (R) 00 00": right])
        #expect(match.notServed.map(\.device) == [left])
    }

    @Test func `a reader that tells nothing, such as a virtual one, is no device`() {
        let match = ReaderMatch(
            devices: [device("1-1", 5)], readers: [reader("Virtual PCD 00 00", vendor: nil, product: nil)])
        #expect(match.devices == [:] && match.notServed.count == 1)
    }

    @Test func `the reason is the first thing in the way`() {
        let cases: [(USBDevice, NotServedReason)] = [
            (device("1-1", 5, drivers: ["pn533_usb"], authorized: false, configured: false), .notAuthorized),
            (device("1-1", 5, configured: false), .noPower),
            (device("1-1", 5, drivers: ["usbfs", "pn533_usb"], access: .denied), .kernelDriver("pn533_usb")),
            (device("1-1", 5, drivers: ["usbfs"]), .heldByProgram),
            (device("1-1", 5, access: .denied), .noPermission), (device("1-1", 5), .noDriver),
        ]
        for (device, reason) in cases {
            #expect(ReaderMatch(devices: [device], readers: []).notServed.map(\.reason) == [reason])
        }
    }
}
