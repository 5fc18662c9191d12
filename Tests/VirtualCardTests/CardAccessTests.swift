import ChipDocument
import StationCore
import Testing

@testable import VirtualCard

/// Who may do what before and after an access protocol.
@Suite struct CardAccessTests {
    @Test(arguments: ["00A4000C023F00", "00A4000C", "00A40000", "00A40000023F00", "00A4000C02011C"])
    func `there is no master file`(command: String) throws {
        var terminal = TestTerminal()
        #expect(try terminal.raw(command) == ResponseAPDU(status: .instructionNotSupported))
    }

    @Test func `EF CardAccess is readable by anybody, by file and short identifier`() throws {
        let announced = TestCards.image.files[.cardAccess]
        var terminal = TestTerminal()
        #expect(try terminal.raw("00B0000000").status.rawValue == Status.noCurrentFile)
        #expect(try terminal.select(.cardAccess) == .success)
        #expect(try terminal.read(count: 256).data == announced)
        terminal.card.reset()
        #expect(try terminal.raw("00B09C0000").data == announced)
        #expect(try terminal.selectApplication() == .success)
        #expect(try terminal.raw("00B09C0000").data == announced)
    }

    static let protectedFiles: [FileIdentifier] = [.com, .sod, .dg1, .dg2, .dg3, .dg13, .dg14, .dg15]

    @Test(arguments: protectedFiles)
    func `every other file is closed until access is proven`(file: FileIdentifier) throws {
        var terminal = TestTerminal()
        // Outside the application the file does not exist; inside it is closed.
        #expect(try terminal.select(file) == .fileNotFound)
        #expect(try terminal.read(file, count: 10).status == .fileNotFound)
        #expect(try terminal.selectApplication() == .success)
        #expect(try terminal.select(file) == .securityStatusNotSatisfied)
        #expect(try terminal.read(file, count: 10) == ResponseAPDU(status: .securityStatusNotSatisfied))
        let odd = try terminal.raw("00B100" + Hex.text([file.shortIdentifier]) + "03540100" + "00")
        #expect(odd == ResponseAPDU(status: .securityStatusNotSatisfied))
    }

    @Test(arguments: protectedFiles, [true, false])
    func `after BAC or PACE they are open, fingerprints never`(file: FileIdentifier, bac: Bool) throws {
        var terminal = try TestTerminal.opened(bac: bac)
        if file == .dg3 {
            #expect(try terminal.select(file) == .securityStatusNotSatisfied)
            #expect(try terminal.read(file, count: 10).status == .securityStatusNotSatisfied)
        } else {
            #expect(try terminal.select(file) == .success)
            #expect(try terminal.read(count: 8).data == Array(try #require(TestCards.image.files[file]).prefix(8)))
        }
        #expect(try terminal.select(.dg11) == .fileNotFound)
    }

    @Test func `PACE with the MRZ opens as well`() throws {
        var terminal = TestTerminal()
        #expect(try terminal.pace(TestTerminal.mrz) == .success)
        #expect(try terminal.selectApplication() == .success)
        #expect(try terminal.read(.dg1, count: 256).data == TestCards.image.files[.dg1])
    }

    @Test func `a wrong CAN fails at the token, a second try may succeed`() throws {
        var terminal = TestTerminal()
        let wrong = TestCards.image.cardAccessNumber.unredacted == "111111" ? "222222" : "111111"
        #expect(try terminal.pace(TestTerminal.can(wrong)) == .authenticationFailed)
        #expect(try terminal.raw("10860000027C0000").status == .conditionsNotSatisfied)
        #expect(try terminal.pace(TestTerminal.can()) == .success)
    }

    @Test func `a wrong MRZ fails BAC, and a challenge serves once`() throws {
        var terminal = TestTerminal()
        #expect(try terminal.basicAccess() == .conditionsNotSatisfied)
        #expect(try terminal.selectApplication() == .success)
        let wrong = try AccessCredential.mrz(documentNumber: "123456789", birth: "900101", expiry: "300101")
        #expect(try terminal.basicAccess(wrong) == .authenticationFailed)
        var access = try BasicAccessControl(credential: TestTerminal.mrz, random: SystemRandomSource())
        let command = try access.authenticate(terminal.send(access.challengeCommand))
        #expect(try terminal.raw("00B09C0000").status == .success)
        #expect(try terminal.send(command).status == .conditionsNotSatisfied)
        #expect(try terminal.basicAccess() == .success)
    }

    @Test func `a reset closes everything`() throws {
        var terminal = try TestTerminal.opened()
        #expect(try terminal.read(.dg1, count: 16).status == .success)
        terminal.card.reset()
        terminal.session = nil
        #expect(try terminal.read(.dg1, count: 16).status == .fileNotFound)
        #expect(try terminal.selectApplication() == .success)
        #expect(try terminal.read(.dg1, count: 16).status == .securityStatusNotSatisfied)
    }

    @Test(arguments: [
        ("0022C1A4 0F 800A04007F00070202040202 830103", "6a88"),  // a password that is neither CAN nor MRZ
        ("0022C1A4 0C 800A04007F00070202040202", "6a88"),
        ("0022C1A4 0F 800A04007F00070202040201 830102", "6a80"),  // 3DES
        ("0022C1A4 12 800A04007F00070202040202 830102 84010C", "6a80"),  // NIST P-256
        ("0022C1A4 12 800A04007F00070202040202 830102 84010D", "9000"),
        ("0022C1A4 15 800A04007F00070202040202 830102 84010D 910100", "6a80"),
        ("0022C1A4 03 830102", "6a80"), ("0022C1A4 02 8305", "6a80"), ("002241A4 0C 800A04007F00070202030202", "6982"),
        ("0022C1A6 0F 800A04007F00070202040202 830102", "6a86"),
    ])
    func `MSE Set AT takes the card's own suite only`(command: String, status: String) throws {
        var terminal = TestTerminal()
        #expect(try terminal.raw(command).status.description == status)
    }

    private static let nonceStep = "10860000027C0000"
    private static let pointOffCurve = "10860000457C43814104" + String(repeating: "11", count: 64) + "00"

    @Test(arguments: [
        [("00860000027C0000", "6884")], [("1086000002810000", "6a80"), (nonceStep, "6985")],
        // A command in between ends the run.
        [(nonceStep, "9000"), ("00B09C0000", "9000"), (nonceStep, "6985")],
        [(nonceStep, "9000"), (nonceStep, "6a80")],
        [(nonceStep, "9000"), (pointOffCurve, "6a80"), (pointOffCurve, "6985")],
        [(nonceStep, "9000"), (pointOffCurve.replacing("4381", with: "4383"), "6a80")],
    ])
    func `PACE steps come in order, chained, with points of the curve`(steps: [(String, String)]) throws {
        var terminal = TestTerminal()
        #expect(try terminal.raw("0022C1A40F800A04007F00070202040202830102").status == .success)
        for (command, status) in steps { #expect(try terminal.raw(command).status.description == status) }
    }

    @Test func `a card whose PACE is broken says so`() throws {
        var terminal = TestTerminal([.paceRefused])
        #expect(try terminal.pace(TestTerminal.can()) == .instructionNotSupported)
        #expect(try terminal.selectApplication() == .success)
        #expect(try terminal.basicAccess() == .success)
    }

    @Test(arguments: [
        ("80A4040C07A0000002471001", "6e00"), ("00A4040C07A0000002471002", "6a82"), ("00A4040C06A00000024710", "6a82"),
        ("00A4040C07A000000247100100", "6700"), ("00A4040007A0000002471001", "6a86"), ("00A4020C02011C00", "6700"),
        ("00CA0000", "6d00"), ("00B0FF0000", "6a86"), ("00B0BF0000", "6a86"), ("00B09C00", "6700"), ("00A404", "6700"),
        ("10A4020C02011C", "6884"), ("0084000008", "6985"), ("0088000008000102030405060700", "6982"),
    ])
    func `what is not of the standard's form is refused`(command: String, status: String) throws {
        var terminal = TestTerminal()
        #expect(try terminal.raw(command).status.description == status)
    }
}
