import ChipDocument
import MockReaders
import PCSCReaders
import StationCore
import USBInventory

extension FuzzTarget {
    /// What readers say of themselves, `intake-usb` says of readers, and cards say of what they carry.
    static var readers: [FuzzTarget] {
        [
            FuzzTarget("ccid-descriptor", corpus: { [MockReader.ccid, [3, 0x25, 1] + MockReader.ccid + [2, 0x30]] }) {
                guard let found = CCIDDescriptor(following: $0) else { throw Failure(.readerFault) }
                try Violation.unless((1...256).contains(found.slots) && found.volts.count <= 3, "slots or volts")
                try Violation.unless(
                    (11...Limits.Card.apduBytes + 10).contains(found.maximumMessageBytes), "a message's length")
            },
            FuzzTarget(
                "usb-line", tokens: ["\"", "{", "}", "1-2.3", "null", ","].map { Array($0.utf8) }, corpus: lines
            ) {
                let message = try USBMessage(line: $0)
                try Violation.unless((message.devices == nil) != (message.reset == nil), "a message of no kind")
                let again = try USBMessage(line: try StrictJSON.encode(message))
                try Violation.unless(again == message, "a message changes when it is written again")
            },
            FuzzTarget(
                "reader-identity", corpus: { [[0x2f, 0x07, 0, 0], [11, 2, 0x2f, 0x07], Array("KX1".utf8) + [0]] }
            ) {
                let serial = ReaderFeatures.serialNumber($0)
                if let serial {
                    try Violation.unless(
                        (1...Limits.Card.readerNameBytes).contains(serial.utf8.count), "a serial number")
                }
                let vendor = ReaderFeatures.half(11, properties: $0)
                if serial == nil, vendor == nil, ReaderFeatures.channel($0) == nil { throw Failure(.readerFault) }
            },
            FuzzTarget("card-attributes", corpus: { attributes }) { input in
                let found = try CardAttributes(input)
                let lengths = [found.maximumCommandBytes, found.maximumResponseBytes].compactMap { $0 }
                try Violation.unless(lengths.allSatisfy((4...Limits.Card.apduBytes).contains), "an APDU's length")
                let both = ChannelCapabilities.extended.limited(by: found)
                try Violation.unless(both.maximumResponseBytes >= 258, "less than a short command's answer")
            },
            FuzzTarget("answer-to-reset", corpus: { answers }) { input in
                guard CardCapabilities(answerToReset: input) != nil else { throw Failure(.cardDataMalformed) }
                try Violation.unless((2...Limits.Card.answerToResetBytes).contains(input.count), "an answer's length")
            },
        ]
    }

    @Sendable private static func lines() throws -> [[UInt8]] {
        guard let port = USBPort("1-2.3") else { throw Failure(.internalFault, "port") }
        let device = USBDevice(
            port: port, bus: 1, address: 7, vendor: USBNumber(0x072f), product: USBNumber(0x2200), manufacturer: "ACS",
            serial: "S1", ccid: CCIDDescriptor(following: MockReader.ccid), drivers: ["usbfs"])
        return try [
            StrictJSON.encode(USBMessage(devices: [device])),
            StrictJSON.encode(USBMessage(reset: ResetAnswer(port: port, outcome: .failed, detail: "LIBUSB_ERROR_IO"))),
        ]
    }

    private static let attributes: [[UInt8]] = [
        [0x47, 3, 0, 0, 0x60, 0x7f, 0x66, 9, 2, 3, 1, 0, 0, 2, 2, 8, 0, 0, 0], [0x43, 1, 0xb8],
    ]
    private static let answers: [[UInt8]] = [
        [0x3b, 0x85, 0x80, 0x01, 0x80, 0x73, 0, 0, 0xe0, 0x17], [0x3b, 0x05, 0x80, 0x73, 0, 0, 0xe0],
    ]
}
