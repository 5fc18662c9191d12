import MockReaders
import SeededRandom
import StationCore
import Testing
import USBInventory

@Suite struct MessageTests {
    private let sample = USBMessage(devices: [
        USBDevice(
            port: USBPort("1-2.3")!, bus: 1, address: 7, vendor: USBNumber(0x072f), product: USBNumber(0x2200),
            manufacturer: "ACS", productName: "ACR122U", serial: "S1",
            ccid: CCIDDescriptor(following: MockReader.ccid), drivers: ["usbfs"])
    ])

    @Test func `what is written is read again`() throws {
        #expect(try USBMessage(line: StrictJSON.encode(sample)) == sample)
        let answer = USBMessage(reset: ResetAnswer(port: USBPort("1-2"), outcome: .failed, detail: "LIBUSB_ERROR_IO"))
        #expect(try USBMessage(line: StrictJSON.encode(answer)) == answer)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"devices":null}"#, #"{"devices":[],"reset":{"outcome":"done","port":"1-1"}}"#,
        #"{"reset":{"outcome":"perhaps","port":"1-1"}}"#, #"{"devices":[{}]}"#,
    ])
    func `what is no message is refused`(line: String) {
        #expect(throws: Failure.self) { try USBMessage(line: Array(line.utf8)) }
    }

    @Test func `more devices than a tree has are refused`() throws {
        let many = USBMessage(devices: Array(repeating: sample.devices![0], count: Limits.USB.devices + 1))
        #expect(throws: Failure.self) { try USBMessage(line: StrictJSON.encode(many)) }
    }

    @Test func `mutated lines never crash, and what is accepted keeps to the limits`() throws {
        var generator = SeededGenerator(seed: 1_997)
        let line = try StrictJSON.encode(sample)
        for _ in 0..<3_000 {
            guard let message = try? USBMessage(line: generator.mutated(line)) else { continue }
            for device in message.devices ?? [] {
                #expect((1...255).contains(device.bus) && (1...255).contains(device.address))
            }
        }
    }

    @Test func `lines are cut wherever the bytes come in`() throws {
        var buffer = LineBuffer(limit: 4)
        #expect(try buffer.take(Array("ab".utf8)) == [])
        #expect(
            try buffer.take(Array("c\n\nabcd\nx".utf8)).map { String(decoding: $0, as: UTF8.self) } == [
                "abc", "", "abcd",
            ])
        #expect(throws: Failure.self) { try buffer.take(Array("yzzz".utf8)) }
    }
}
