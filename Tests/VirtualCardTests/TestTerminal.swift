// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import ChipDocument
import DocumentCrypto
import StationCore
import Testing

@testable import VirtualCard

/// A terminal with the reader's protocol values, for driving the card to a state; it can also misbehave.
struct TestTerminal {
    var card: CardApplet
    var session: SecureMessaging?

    init(_ faults: Set<Fault> = []) { card = TestCards.applet(faults) }

    static func can(_ digits: String? = nil) throws -> AccessCredential {
        try .can(digits: digits ?? TestCards.image.cardAccessNumber.unredacted)
    }

    static var mrz: AccessCredential { .mrz(TestCards.image.mrzInformation) }

    /// Sends bytes as they are.
    mutating func raw(_ hex: String) throws -> ResponseAPDU {
        let bytes = try #require(Hex.bytes(hex.filter { $0 != " " }))
        return try ResponseAPDU(parsing: card.process(bytes))
    }

    /// Sends a command, protected when there is a session.
    mutating func send(_ command: CommandAPDU, extended: Bool = false) throws -> ResponseAPDU {
        guard session != nil else {
            return try ResponseAPDU(parsing: card.process(command.encoded(extended: extended)))
        }
        let protected = try session!.protect(command, extended: extended)
        var response = try ResponseAPDU(parsing: card.process(protected.encoded(extended: extended)))
        while let more = response.status.remainingBytes {
            let next = try raw("00C00000" + Hex.text([UInt8(truncatingIfNeeded: more)]))
            response = ResponseAPDU(data: response.data + next.data, status: next.status)
        }
        return try session!.unprotect(response, oddInstruction: command.ins & 1 == 1)
    }

    /// A SELECT of the application.
    mutating func selectApplication() throws -> StatusWord {
        try send(CommandAPDU(ins: 0xA4, p1: 0x04, p2: 0x0C, data: CardApplet.applicationIdentifier)).status
    }

    /// A SELECT of a file.
    mutating func select(_ file: FileIdentifier) throws -> StatusWord {
        let identifier = [UInt8(file.fileID >> 8), UInt8(file.fileID & 0xFF)]
        return try send(CommandAPDU(ins: 0xA4, p1: 0x02, p2: 0x0C, data: identifier)).status
    }

    /// READ BINARY of the current file, or by short identifier.
    mutating func read(
        _ file: FileIdentifier? = nil, at offset: Int = 0, count: Int, extended: Bool = false
    ) throws -> ResponseAPDU {
        let p1 = file.map { 0x80 | $0.shortIdentifier } ?? UInt8(offset >> 8)
        let command = CommandAPDU(ins: 0xB0, p1: p1, p2: UInt8(offset & 0xFF), expectedLength: count)
        return try send(command, extended: extended)
    }

    /// Runs PACE to its end; returns the status that ended it.
    mutating func pace(_ credential: AccessCredential) throws -> StatusWord {
        let announced = try #require(TestCards.image.files[.cardAccess])
        let info = try #require(SecurityInfos(announced).pace.first)
        var pace = try PACE(info: info, credential: credential, random: SystemRandomSource())
        var command = pace.start(ambiguous: false)
        while true {
            let response = try send(command)
            guard response.status == .success else { return response.status }
            switch try pace.next(response) {
            case .send(let next): command = next
            case .established(let messaging, _):
                session = messaging
                return .success
            }
        }
    }

    /// Runs BAC to its end; returns the status that ended it.
    mutating func basicAccess(_ credential: AccessCredential = Self.mrz) throws -> StatusWord {
        var access = try BasicAccessControl(credential: credential, random: SystemRandomSource())
        let challenge = try send(access.challengeCommand)
        guard challenge.status == .success else { return challenge.status }
        let answer = try send(access.authenticate(challenge))
        guard answer.status == .success else { return answer.status }
        session = try access.finish(answer)
        return .success
    }

    /// A terminal inside the application: by PACE with the CAN, or by BAC.
    static func opened(bac: Bool = false, _ faults: Set<Fault> = []) throws -> TestTerminal {
        var terminal = TestTerminal(faults)
        if bac {
            #expect(try terminal.selectApplication() == .success)
            #expect(try terminal.basicAccess() == .success)
        } else {
            #expect(try terminal.pace(can()) == .success)
            #expect(try terminal.selectApplication() == .success)
        }
        return terminal
    }
}
