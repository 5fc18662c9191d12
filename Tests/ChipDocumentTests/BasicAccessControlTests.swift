import ChipDocument
import DocumentCrypto
import StationCore
import Testing

/// ICAO 9303-11, appendix D.
@Suite struct BasicAccessControlTests {
    let credential: AccessCredential

    init() throws {
        credential = try .mrz(documentNumber: "L898902C", birth: "690806", expiry: "940623")
    }

    @Test func `D2 document keys`() throws {
        #expect(credential.secret == (try hex("239AB9CB282DAF66231DC5A4DF6BFBAEDF477565")))
        let keys = BasicAccessControl.accessKeys(credential)
        #expect(keys.encryption.unredacted == (try hex("AB94FDECF2674FDFB9B391F85D7F76F2")))
        #expect(keys.authentication.unredacted == (try hex("7962D9ECE03D1ACD4C76089DCE131543")))
    }

    @Test func `D3 authentication and D4 secure messaging`() throws {
        var bac = try BasicAccessControl(
            credential: credential,
            random: ScriptedRandom([hex("781723860C06C226"), hex("0B795240CB7049B01C19B33E32804F0B")])
        )
        #expect(try bac.challengeCommand.encoded() == hex("0084000008"))
        let command = try bac.authenticate(.ok(hex("4608F91988702212")))
        #expect(
            try command.encoded()
                == hex(
                    """
                    0082000028 72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2
                    5F1448EEA8AD90A7 28
                    """
                )
        )
        var session = try bac.finish(
            .ok(hex("46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"))
        )

        let select = try session.protect(CommandAPDU(ins: 0xa4, p1: 2, p2: 0x0c, data: [1, 0x1e]), extended: false)
        #expect(try select.encoded() == hex("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800"))
        #expect(try session.unprotect(.ok(hex("990290008E08FA855A5D4C50A8ED"))) == .ok())

        let first = try session.protect(CommandAPDU(ins: 0xb0, expectedLength: 4), extended: false)
        #expect(try first.encoded() == hex("0CB000000D9701048E08ED6705417E96BA5500"))
        #expect(
            try session.unprotect(.ok(hex("8709019FF0EC34F9922651990290008E08AD55CC17140B2DED")))
                == .ok(hex("60145F01"))
        )

        let second = try session.protect(CommandAPDU(ins: 0xb0, p2: 4, expectedLength: 0x12), extended: false)
        #expect(try second.encoded() == hex("0CB000040D9701128E082EA28A70F3C7B53500"))
        #expect(
            try session.unprotect(
                .ok(hex("871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D74"))
            )
                == .ok(hex("04303130365F36063034303030305C026175"))
        )
    }

    @Test func `a refused, bent or replayed proof opens nothing`() async throws {
        let random = SystemRandomSource()
        func start() throws -> BasicAccessControl {
            var bac = try BasicAccessControl(credential: credential, random: random)
            _ = try bac.authenticate(.ok(random.bytes(8)))
            return bac
        }
        await expectFailure(.cardWrongCredential) {
            var bac = try start()
            _ = try bac.finish(ResponseAPDU(status: .authenticationFailed))
        }
        await expectFailure(.cardProtocolError) {
            var bac = try start()
            _ = try bac.finish(.ok(random.bytes(40)))
        }
        await expectFailure(.cardProtocolError) {
            var bac = try start()
            // Sealed under the right keys, but over other nonces.
            _ = try bac.finish(
                .ok(BasicAccessControl.seal(random.bytes(32), keys: BasicAccessControl.accessKeys(credential)))
            )
        }
        await expectFailure(.cardProtocolError) {
            var bac = try BasicAccessControl(credential: credential, random: random)
            _ = try bac.authenticate(.ok([1, 2, 3]))
        }
        await expectFailure(.credentialInvalid) {
            _ = try BasicAccessControl(credential: .can(digits: "000001"), random: random)
        }
    }

    @Test func `credentials are checked and never print`() async throws {
        for bad in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            await expectFailure(.credentialInvalid) { _ = try AccessCredential.can(digits: bad) }
        }
        await expectFailure(.credentialInvalid) {
            _ = try AccessCredential.mrz(documentNumber: "L898902c", birth: "690806", expiry: "940623")
        }
        await expectFailure(.credentialInvalid) {
            _ = try AccessCredential.mrz(documentNumber: "L898902C", birth: "69080", expiry: "940623")
        }
        await expectFailure(.credentialInvalid) {
            _ = try AccessCredential.mrz(documentNumber: "L898902C", birth: "690806", expiry: "9406<<")
        }
        #expect(!"\(credential) \(String(reflecting: credential))".contains("898902"))
        // The citizen card's example: MRZ information and BAC seed.
        let citizen = try AccessCredential.mrz(documentNumber: "099000001", birth: "990101", expiry: "390101")
        #expect(Array(citizen.secret.prefix(16)) == (try hex("5018EF56CF945ED970D0E2C16B14BA2B")))
        let can = try AccessCredential.can(digits: "000001")
        #expect(
            PACEComputation.passwordKey(secret: can.secret, suite: .aes128)
                == (try hex("66F0EF4FBA597AFA5AEEBEFF94B8A752"))
        )
    }
}
