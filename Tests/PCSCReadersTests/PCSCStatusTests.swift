import StationCore
import Testing

@testable import PCSCReaders

@Suite struct PCSCStatusTests {
    /// Codes that only Windows gives, or that only a mistake of ours can bring about.
    private static let internalFaults: Set<UInt32> = [
        0x8010_0004, 0x8010_0005, 0x8010_0011, 0x8010_0020, 0x8010_0021, 0x8010_0022, 0x8010_0023, 0x8010_0024,
        0x8010_0025, 0x8010_0026, 0x8010_0028, 0x8010_0029, 0x8010_002A, 0x8010_002C, 0x8010_002D, 0x8010_0030,
        0x8010_006B, 0x8010_006C, 0x8010_006D, 0x8010_006E, 0x8010_006F,
    ]

    @Test func `every code of pcsclite h has a name at the station`() {
        for code in Array(0x8010_0001...0x8010_0031) + Array(0x8010_0065...0x8010_006F) as [UInt32] {
            let isInternal = PCSCStatus(code: code).failureCode == .internalFault
            #expect(isInternal == Self.internalFaults.contains(code), "0x\(String(code, radix: 16))")
        }
    }

    @Test(
        arguments: [
            (0x8010_001D, .readerServiceDown), (0x8010_001E, .readerServiceDown), (0x8010_0003, .readerServiceDown),
            (0x8010_0069, .cardRemoved), (0x8010_000C, .cardRemoved), (0x8010_0066, .cardMute),
            (0x8010_0068, .cardSessionBroken), (0x8010_000B, .readerBusy), (0x8010_0017, .readerDisconnected),
            (0x8010_0009, .readerDisconnected), (0x8010_002E, .readerNone), (0x8010_006A, .permissionDenied),
            (0x8010_0016, .cardMute), (0x8010_000F, .cardUnsupported), (0x8010_0001, .readerFault),
            (0x8010_0014, .readerFault), (0x8010_001F, .readerFault),
        ] as [(UInt32, FailureCode)])
    func `codes mean what they say`(code: UInt32, failure: FailureCode) {
        #expect(PCSCStatus(code: code).failureCode == failure)
    }

    @Test func `a wide negative code is the same code`() {
        #expect(PCSCStatus(Int(Int32(bitPattern: 0x8010_0069))).code == 0x8010_0069)
        #expect(PCSCStatus(0x8010_0069).failure("SCardTransmit").detail == "SCardTransmit 0x80100069")
    }
}
