import ChipDocument
import DocumentCrypto
import StationCore
import Testing

/// ICAO 9303-11, appendix G.1: ECDH, generic mapping, brainpoolP256r1, AES-128: the citizen card's own suite.
@Suite struct PACETests {
    let info = PACEInfo(mapping: .generic, suite: .aes128, parameterID: 13)

    func run(_ random: any RandomSource) throws -> PACE {
        let credential = try AccessCredential.mrz(documentNumber: "T22000129", birth: "640812", expiry: "101031")
        return try PACE(info: info, credential: credential, random: random)
    }

    func command(_ action: PACE.Action) throws -> [UInt8] {
        guard case .send(let command) = action else {
            Issue.record("nothing to send")
            return []
        }
        return try command.encoded()
    }

    @Test func `G1 worked example`() throws {
        let random = try ScriptedRandom([
            ScriptedRandom.scalar(hex("7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99")),
            ScriptedRandom.scalar(hex("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595")),
        ])
        var pace = try run(random)
        #expect(
            try pace.start(ambiguous: false).encoded() == hex("0022C1A40F 800A04007F00070202040202 830101")
        )
        #expect(try command(pace.next(.ok())) == hex("10860000027C0000"))
        #expect(
            try command(pace.next(.ok(hex("7C12801095A3A016522EE98D01E76CB6B98B42C3"))))
                == hex(
                    """
                    10860000457C43814104
                    7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E
                    544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D 00
                    """
                )
        )
        #expect(
            try command(
                pace.next(
                    .ok(
                        hex(
                            """
                            7C43824104
                            824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57
                            30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54
                            """
                        )
                    )
                )
            )
                == hex(
                    """
                    10860000457C43834104
                    2DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C
                    3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462 00
                    """
                )
        )
        #expect(
            try command(
                pace.next(
                    .ok(
                        hex(
                            """
                            7C43844104
                            9E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB
                            7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094
                            """
                        )
                    )
                )
            )
                == hex("008600000C7C0A8508C2B0BD78D94BA866 00")
        )
        guard case .established(let session, _) = try pace.next(.ok(hex("7C0A86083ABB9674BCE93C08"))) else {
            Issue.record("not established")
            return
        }
        let expected = SessionKeys(
            secret: try hex("28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925"),
            suite: .aes128
        )
        #expect(expected.encryption.unredacted == (try hex("F5F0E35C0D7161EE6724EE513A0D9A7F")))
        #expect(expected.authentication.unredacted == (try hex("FE251C7858B356B24514B3BD5F4297D1")))
        var ours = session
        var reference = SecureMessaging(keys: expected)
        let read = CommandAPDU(ins: 0xb0, expectedLength: 4)
        #expect(try ours.protect(read, extended: false) == reference.protect(read, extended: false))
    }

    @Test func `password key and nonce of G1`() throws {
        let credential = try AccessCredential.mrz(documentNumber: "T22000129", birth: "640812", expiry: "101031")
        #expect(credential.secret == (try hex("7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD")))
        #expect(
            PACEComputation.passwordKey(secret: credential.secret, suite: .aes128)
                == (try hex("89DED1B26624EC1E634C1989302849DD"))
        )
        let nonce = try hex("3F00C4D39D153F2B2A214A078D899B22")
        let encrypted = try PACEComputation.encryptNonce(nonce, secret: credential.secret, suite: .aes128)
        #expect(encrypted == (try hex("95A3A016522EE98D01E76CB6B98B42C3")))
        #expect(
            try PACEComputation.decryptNonce(encrypted, secret: credential.secret, suite: .aes128) == nonce
        )
    }

    /// Both ends, every curve of table 6 and every cipher.
    @Test(arguments: NamedCurve.allCases, CipherSuite.allCases)
    func `both ends agree`(curve: NamedCurve, suite: CipherSuite) throws {
        let info = PACEInfo(mapping: .generic, suite: suite, parameterID: curve.rawValue)
        var card = TestPACECard(info: info, curve: curve, secret: try AccessCredential.can(digits: "123456").secret)
        var pace = try PACE(info: info, credential: .can(digits: "123456"), random: SystemRandomSource())
        var action = PACE.Action.send(pace.start(ambiguous: true))
        while case .send(let command) = action { action = try pace.next(try card.answer(command)) }
        guard case .established(var terminal, _) = action, var chip = card.session else {
            Issue.record("not established")
            return
        }
        let read = CommandAPDU(ins: 0xb0, expectedLength: 16)
        #expect(try chip.unprotect(terminal.protect(read, extended: false)) == read)
        #expect(try terminal.unprotect(chip.protect(.ok([1, 2, 3]))) == .ok([1, 2, 3]))
    }

    @Test func `a wrong number is refused by the card and named`() async throws {
        await expectFailure(.cardWrongCredential) {
            var card = TestPACECard(
                info: info,
                curve: .brainpoolP256r1,
                secret: try AccessCredential.can(digits: "123456").secret
            )
            var pace = try PACE(info: info, credential: .can(digits: "654321"), random: SystemRandomSource())
            var action = PACE.Action.send(pace.start(ambiguous: false))
            while case .send(let command) = action { action = try pace.next(try card.answer(command)) }
        }
    }

    @Test(arguments: TestPACECard.Misbehaviour.allCases)
    func `a card against the standard is stopped`(fault: TestPACECard.Misbehaviour) async throws {
        await expectFailure(fault == .refusesTemplate ? .cardAccessRefused : .cardProtocolError) {
            let secret = try AccessCredential.can(digits: "123456").secret
            var card = TestPACECard(info: info, curve: .brainpoolP256r1, secret: secret, fault: fault)
            var pace = try PACE(info: info, credential: .can(digits: "123456"), random: SystemRandomSource())
            var action = PACE.Action.send(pace.start(ambiguous: false))
            while case .send(let command) = action { action = try pace.next(try card.answer(command)) }
        }
    }

    @Test func `domain parameters are named when the card asks for them`() throws {
        var pace = try run(SystemRandomSource())
        _ = pace.start(ambiguous: false)
        let again = try command(pace.next(ResponseAPDU(status: StatusWord(rawValue: 0x6a87))))
        #expect(again == (try hex("0022C1A412 800A04007F00070202040202 830101 84010D")))
    }

    @Test func `other mappings and parameters are unsupported, not attempted`() async throws {
        for mapping in [PACEMapping.genericFiniteField, .integratedFiniteField] {
            await expectFailure(.cardUnsupported) {
                _ = try PACE(
                    info: PACEInfo(mapping: mapping, suite: .aes128, parameterID: 13),
                    credential: .can(digits: "123456"),
                    random: SystemRandomSource()
                )
            }
        }
        for parameter in [nil, 0, 2, 19, 32] as [Int?] {
            #expect(!PACE.supports(PACEInfo(mapping: .generic, suite: .aes128, parameterID: parameter)))
        }
    }
}
