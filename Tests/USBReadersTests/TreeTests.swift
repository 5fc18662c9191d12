import MockReaders
import StationCore
import Testing
import USBInventory

/// The real `intake-usb` with the real libusb on a tree of umockdev.
@Suite(.serialized) struct TreeTests {
    @Test func `a reader is told of with all that identifies it, and a hub is not`() async throws {
        try await Testbed.with { bench in
            let reader = MockReader(port: 3, serial: "ACR-1")
            try await bench.run([MockReader.hub, reader.description])
            let device = try #require(try await bench.inventory().first)
            #expect(device.port.text == "1-3" && device.bus == 1 && device.address == 2)
            #expect(device.vendor.description == "072f" && device.product.description == "2200")
            #expect(device.manufacturer == "ACS" && device.productName == "ACR122U PICC Interface")
            #expect(device.serial == "ACR-1" && device.ccid?.maximumMessageBytes == 271)
            #expect(device.authorized && device.configured && device.access == .granted && device.drivers == [])
            #expect(try await bench.end() == 0)
        }
    }

    @Test func `plugging in and pulling out are told at once`() async throws {
        try await Testbed.with { bench in
            try await bench.run([MockReader.hub])
            #expect(try await bench.inventory() == [])
            let reader = MockReader()
            try await bench.add(reader)
            let port = try await bench.inventory { !$0.isEmpty }.map(\.port.text)
            #expect(port == ["1-1"])
            try await bench.remove(reader)
            _ = try await bench.inventory { $0.isEmpty }
        }
    }

    @Test func `two identical ones are two ports`() async throws {
        try await Testbed.with { bench in
            let (left, right) = (MockReader(port: 1, address: 5), MockReader(port: 2, address: 4))
            try await bench.run([MockReader.hub, left.description, right.description])
            let devices = try await bench.inventory { $0.count == 2 }
            #expect(devices.map(\.port.text) == ["1-1", "1-2"] && devices.map(\.address) == [5, 4])
            #expect(devices[0].vendor == devices[1].vendor && devices[0].serial == nil && devices[1].serial == nil)
        }
    }

    @Test func `a node that shuts us out is told of, and a reset says so`() async throws {
        try await Testbed.with(arguments: ["--allow-reset"]) { bench in
            let reader = MockReader()
            try await bench.run([MockReader.hub, reader.description], mode: 0, of: reader)
            #expect(try await bench.inventory().map(\.access) == [.denied])
            try await bench.tell("reset 1-1")
            #expect(try await bench.answer().outcome == .noPermission)
        }
    }

    @Test(arguments: [
        (MockReader(driver: "pn533_usb"), NotServedReason.kernelDriver("pn533_usb")),
        (MockReader(driver: "usbfs"), .heldByProgram), (MockReader(configured: false), .noPower),
        (MockReader(authorized: false, configured: false), .notAuthorized), (MockReader(), .noDriver),
        (MockReader(vendor: 0x04cc, product: 0x2533, interfaceClass: 0xff), .noDriver),
    ])
    func `what keeps it from being served is seen`(reader: MockReader, reason: NotServedReason) async throws {
        try await Testbed.with { bench in
            try await bench.run([MockReader.hub, reader.description])
            let devices = try await bench.inventory()
            #expect(ReaderMatch(devices: devices, readers: []).notServed.map(\.reason) == [reason])
        }
    }

    @Test func `a device that is no reader is neither told of nor reset`() async throws {
        try await Testbed.with(arguments: ["--allow-reset"]) { bench in
            let keyboard = MockReader(vendor: 0x046d, product: 0xc31c, interfaceClass: 0x03)
            try await bench.run([MockReader.hub, keyboard.description])
            #expect(try await bench.inventory() == [])
            try await bench.answerIoctls(of: keyboard)
            for request in ["reset 1-1", "reset 1-9", "reset ../1-1", "reset", "rest 1-1"] {
                try await bench.tell(request)
                #expect(try await bench.answer().outcome == .unknownPort)
            }
            #expect(!bench.happened.contains("reset"))
        }
    }

    @Test func `a wedged reader is reset over USB`() async throws {
        try await Testbed.with(arguments: ["--allow-reset"]) { bench in
            let reader = MockReader()
            try await bench.run([MockReader.hub, reader.description], answeringIoctlsOf: reader)
            _ = try await bench.inventory()
            try await bench.tell("reset 1-1")
            #expect(try await bench.answer() == ResetAnswer(port: USBPort("1-1"), outcome: .done))
            #expect(bench.happened.filter { $0 == "reset" }.count == 1)
            #expect(!bench.happened.contains("claim"))
        }
    }

    @Test(arguments: [("ENODEV", ResetAnswer.Outcome.returning), ("EIO", .failed)])
    func `a reset that goes another way says which`(error: String, outcome: ResetAnswer.Outcome) async throws {
        try await Testbed.with(arguments: ["--allow-reset"]) { bench in
            let reader = MockReader()
            try await bench.run([MockReader.hub, reader.description], answeringIoctlsOf: reader, reset: error)
            _ = try await bench.inventory()
            try await bench.tell("reset 1-1")
            #expect(try await bench.answer().outcome == outcome)
        }
    }

    @Test func `without leave nothing is reset`() async throws {
        try await Testbed.with { bench in
            let reader = MockReader()
            try await bench.run([MockReader.hub, reader.description], answeringIoctlsOf: reader)
            _ = try await bench.inventory()
            try await bench.tell("reset 1-1")
            #expect(try await bench.answer().outcome == .notAllowed)
            #expect(!bench.happened.contains("reset"))
            #expect(try await bench.end() == 0)
        }
    }
}

extension Testbed.Session {
    /// Prepares the tree and starts the program on it.
    mutating func run(
        _ devices: [String], mode: Int? = nil, of reader: MockReader? = nil,
        answeringIoctlsOf answering: MockReader? = nil,
        reset error: String = ""
    ) async throws {
        for device in devices { try await add(device) }
        if let reader, let mode { try await setMode(mode, of: reader) }
        if let answering { try await answerIoctls(of: answering, reset: error) }
        try await start()
    }
}
