import ChipDocument

/// A command as the card receives it: header, data, expected length (ISO 7816-4, 5.1).
package struct ReceivedCommand: Hashable, Sendable {
    /// Class byte.
    package var cla: UInt8
    /// Instruction byte.
    package var ins: UInt8
    /// First parameter.
    package var p1: UInt8
    /// Second parameter.
    package var p2: UInt8
    /// Command data; empty in cases 1 and 2.
    package var data: [UInt8]
    /// How many response bytes are expected, 1 to 65536; nil in cases 1 and 3.
    package var expected: Int?
    /// Whether the expected length was written as zero, "all there is up to the maximum".
    package var expectsAll: Bool
    /// Whether the lengths were extended ones.
    package var isExtended: Bool

    /// Takes apart what the reader sent; nil when its lengths do not add up.
    package init?(_ bytes: [UInt8]) {
        guard let (command, isExtended) = try? CommandAPDU.parse(bytes) else { return nil }
        self.init(header: command.header, isExtended: isExtended)
        data = command.data
        expected = command.expectedLength
        expectsAll = expected == (isExtended ? 65_536 : 256)
    }

    /// The header alone, without data or expected length.
    init(header: [UInt8], isExtended: Bool) {
        (cla, ins, p1, p2) = (header[0], header[1], header[2], header[3])
        (data, expected, expectsAll, self.isExtended) = ([], nil, false, isExtended)
    }

    mutating func setExpected(_ written: Int, maximum: Int) {
        expectsAll = written == 0
        expected = written == 0 ? maximum : written
    }

    /// Whether the class says secure messaging with an authenticated header.
    var isProtected: Bool { cla & 0x0C == 0x0C }
}

/// What a card answers: data and two status bytes.
package struct CardAnswer: Hashable, Sendable {
    /// Response data.
    package var data: [UInt8]
    /// Status word SW1 SW2.
    package var status: UInt16

    /// Makes an answer.
    package init(_ data: [UInt8] = [], status: UInt16 = Status.success) {
        self.data = data
        self.status = status
    }

    var bytes: [UInt8] { data + [UInt8(status >> 8), UInt8(status & 0xFF)] }
}

/// Status words that the card uses (ISO 7816-4, table 6).
package enum Status {
    package static let success: UInt16 = 0x9000
    package static let endOfFile: UInt16 = 0x6282
    package static let verificationFailed: UInt16 = 0x6300
    package static let wrongLength: UInt16 = 0x6700
    package static let chainingNotSupported: UInt16 = 0x6884
    package static let lastOfChainExpected: UInt16 = 0x6883
    package static let securityNotSatisfied: UInt16 = 0x6982
    package static let conditionsNotSatisfied: UInt16 = 0x6985
    package static let noCurrentFile: UInt16 = 0x6986
    package static let protectionMissing: UInt16 = 0x6987
    package static let protectionWrong: UInt16 = 0x6988
    package static let wrongData: UInt16 = 0x6A80
    package static let fileNotFound: UInt16 = 0x6A82
    package static let wrongParameters: UInt16 = 0x6A86
    package static let referenceUnclear: UInt16 = 0x6A87
    package static let referenceNotFound: UInt16 = 0x6A88
    package static let wrongOffset: UInt16 = 0x6B00
    package static let instructionNotSupported: UInt16 = 0x6D00
    package static let classNotSupported: UInt16 = 0x6E00
}
