import ChipDocument
import DocumentCrypto
import StationCore
import Testing

/// ICAO 9303-11, appendices H.1 (integrated mapping) and I (chip authentication mapping).
@Suite struct PACEMappingTests {
    /// The worked example's password is not printed; its Kπ is that of the characters 123456.
    @Test func `H1 worked example`() throws {
        let info = PACEInfo(mapping: .integrated, suite: .aes128, parameterID: 13)
        let random = try ScriptedRandom([
            hex("5DD4CBFC96F5453B130D890A1CDBAE32"),
            ScriptedRandom.scalar(hex("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595")),
        ])
        var pace = try PACE(info: info, credential: .can(digits: "123456"), random: random)
        let terminal = """
            89CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4
            6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C37
            """
        let chip = """
            67F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8
            932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753
            """
        #expect(try pace.start(ambiguous: false).encoded() == hex("0022C1A40F800A04007F00070202040402830102"))
        #expect(try command(pace.next(.ok())) == hex("10860000027C0000"))
        #expect(
            try command(pace.next(.ok(hex("7C128010143DC40C08C8E891FBED7DEDB92B64AD"))))
                == hex("10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200"))
        #expect(try command(pace.next(.ok(hex("7C028200")))) == hex("10860000457C43834104\(terminal)00"))
        #expect(
            try command(pace.next(.ok(hex("7C43844104\(chip)")))) == hex("008600000C7C0A8508450F02B86F6A090900"))
        guard case .established(let session, nil) = try pace.next(.ok(hex("7C0A860875D4D96E8D5B0308"))) else {
            Issue.record("not established")
            return
        }
        try expect(session, has: "4F150FDE1D4F0E38E95017B891BAE17133A0DF45B0D3E18B60BA7BEAFDC2C713")
    }

    @Test func `H1 generator, both coordinates`() throws {
        let generator = try IntegratedMapping.generator(
            nonce: hex("2923BE84E16CD6AE529049F1F1BBE9EB"), terminalNonce: hex("5DD4CBFC96F5453B130D890A1CDBAE32"),
            curve: .brainpoolP256r1, suite: .aes128)
        #expect(generator.x == (try hex("8E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427")))
        #expect(generator.y == (try hex("4C1AE14BD0C3DBAC0C871B7F3608169364437CA30AC243A089D3F266C1E60FAD")))
    }

    /// No standard prints these; an independent implementation, which reproduces H.1 and H.2, made them, s being 00 01 02 …
    /// and t 40 41 42 …. Both branches of appendix B.2 occur.
    @Test(arguments: [
        (13, CipherSuite.tripleDES, "964455AB082452D46035E1C73BA5784D9C078D39FBBFA48D136009A183A763F7"),
        (13, .aes192, "A9AC10C6CF010825D7A41F9B29A03D425D3E008BFFAF83DBDABDC2C2D95C7DA1"),
        (13, .aes256, "54BA706E558B9E4FD9E23D8C4B39E727BE7332555CAC8B32D0CD212D36DDA707"),
        (8, .tripleDES, "5DD444C2E7864B2C20F05A36973F7A03053DC30EA52BEAB1"),
        (9, .aes128, "1B03C7FD89EA07D90F20053FEB1B6F2C0AADE15A4153558B"),
        (11, .aes128, "1B8110DD01F915A547E1851AEE9EA471185ED445DC19728585A7A27A"),
        (12, .aes128, "5C686AFB5D7D6EC6E877326D2FA2FBC5228E8A3DB8E98C579D257916046C3333"),
        (14, .aes128, "791EE7A82A5A0B19565997DD0527DB8A24FDAD2973EBF0EEB8916800B235B1A1D82533D4FE28AA67"),
        (
            15, .aes192,
            "FE57C05E1714950536D7893FD144164DE302D7D5FDB1C7EDDF4C3C9063DCAF5FF73943FEC817DCCFAA5F2C324ABB3140"
        ),
        (
            16, .aes192,
            "80D4BCA99F4DFE68298F0EDBC2394D10BB699D46E15A537C0BB56A0B9BB38655A6A7EA8676F5C1B3E7F7CB4E444AACD1"
        ),
        (
            17, .aes256,
            """
            49D6F72E5D9466F3DA8D6D6E836A9FBC5E121F05BF48D6DF4500FFACFF9DAB4C
            F338ED5A2829C3386C85E766891CA4F319A076A82B021B252171FE0839530ABA
            """
        ),
        (
            18, .aes256,
            """
            01AEC20CEB1D7AFB993A7061161564DD3FF6792E528738A5D7BB23491B27F9E858AF
            D9BC41BF52C1502043FD912B588034F7CC47323E658F9148274D402791D1BD71
            """
        ),
    ])
    func `integrated mapping on every curve`(parameter: Int, suite: CipherSuite, x: String) throws {
        let curve = try #require(NamedCurve(rawValue: parameter))
        func counting(from first: UInt8, _ count: Int) -> [UInt8] { (0..<count).map { first + UInt8($0) } }
        let generator = try IntegratedMapping.generator(
            nonce: counting(from: 0, PACEComputation.nonceBytes(suite)),
            terminalNonce: counting(from: 0x40, IntegratedMapping.terminalNonceBytes(suite)), curve: curve,
            suite: suite)
        #expect(generator.x == (try hex(x)))
    }

    @Test func `secp224r1 has no integrated mapping, and the elements 0, 1 and -1 have no point`() throws {
        #expect(throws: CryptoFailure.self) { try CurvePoint(encoding: [2], on: .secp224r1) }
        #expect(!PACE.supports(PACEInfo(mapping: .integrated, suite: .aes128, parameterID: 10)))
        var prime = try hex("A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377")
        #expect(throws: CryptoFailure.self) { try CurvePoint(encoding: prime, on: .brainpoolP256r1) }
        prime[31] -= 1
        for element in [[0], [1], prime] {
            #expect(throws: CryptoFailure.self) { try CurvePoint(encoding: element, on: .brainpoolP256r1) }
        }
        #expect(throws: Never.self) { try CurvePoint(encoding: [2], on: .brainpoolP256r1) }
    }

    @Test func `I worked example`() throws {
        let info = PACEInfo(mapping: .chipAuthentication, suite: .aes128, parameterID: 13)
        #expect(info.encoded.encoded == (try hex("3012060A04007F0007020204060202010202010D")))
        let random = try ScriptedRandom([
            ScriptedRandom.scalar(hex("5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC")),
            ScriptedRandom.scalar(hex("76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120")),
        ])
        let credential = try AccessCredential.mrz(documentNumber: "C11T002JM", birth: "960812", expiry: "231031")
        var pace = try PACE(info: info, credential: credential, random: random)
        let exchange = [
            (
                "7C128010CB60E8E0D85B76A9BD304747C2AD42E2",
                """
                10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE
                1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100
                """
            ),
            (
                """
                7C43824104A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3
                04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23
                """,
                """
                10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95
                5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00
                """
            ),
            (
                """
                7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA9933331
                11C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E1
                """,
                "008600000C7C0A8508E86BD06018A1CD3B00"
            ),
        ]
        #expect(try pace.start(ambiguous: false).encoded() == hex("0022C1A40F800A04007F00070202040602830101"))
        #expect(try command(pace.next(.ok())) == hex("10860000027C0000"))
        for (answer, next) in exchange { #expect(try command(pace.next(.ok(hex(answer)))) == hex(next)) }
        let last = """
            7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353
            BFC89A6704D93DA8798CF77F5B7A54BD10CBA372B42BE0B9B5F28AA8DE2F4F92
            """
        guard case .established(let session, let mapping?) = try pace.next(.ok(hex(last))) else {
            Issue.record("not established")
            return
        }
        try expect(session, has: "67950559D0C06B4D4B86972D14460837461087F8419FDBC36AAF6CEAAC462832")
        let key = """
            3062060904007F0007020201023052300C060704007F0007010202010D03420004
            1872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC8
            84D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F02010D
            """
        let infos = try SecurityInfos(TLV(.set, hex(key)).encoded)
        #expect(mapping.isGenuine(accordingTo: infos) == true)
        var other = try hex(key)
        other[other.count - 1] = 12
        #expect(mapping.isGenuine(accordingTo: try SecurityInfos(TLV(.set, other).encoded)) == nil)
        let stranger = try CurveKeyPair(
            generator: .generator(of: .brainpoolP256r1), random: SystemRandomSource()
        ).publicPoint
        let forged = try ChipAuthenticationKey.encoded(
            subjectPublicKeyInfo: PublicKey(point: stranger).der, keyID: 13)
        #expect(mapping.isGenuine(accordingTo: try SecurityInfos(TLV(.set, [forged]).encoded)) == false)
    }

    /// The card's side of appendix I: the quotient of its private keys under the session's key.
    @Test func `I chip authentication data`() throws {
        let generator = try CurvePoint.generator(of: .brainpoolP256r1)
        let mappingKey = try CurveKeyPair(
            generator: generator, scalar: hex("9E56A6B59C95D06ECE5CD10F983BB2F4F1943528E577F23881D89D8C3BBEE0AA"))
        let staticKey = try CurveKeyPair(
            generator: generator, scalar: hex("86C88A4579CE48135878E6348A734B5D47CE5BC1E54C0E8978687B49FDE2E2C2"))
        let keys = SessionKeys(
            secret: try hex("67950559D0C06B4D4B86972D14460837461087F8419FDBC36AAF6CEAAC462832"), suite: .aes128)
        let data = try ChipAuthenticationMapping.encrypted(mappingKey: mappingKey, staticKey: staticKey, keys: keys)
        #expect(
            data
                == (try hex(
                    """
                    1EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD
                    10CBA372B42BE0B9B5F28AA8DE2F4F92
                    """)))
    }

    @Test func `a mapping that also proves the chip is preferred, and AES before 3DES`() {
        func info(_ mapping: PACEMapping, _ suite: CipherSuite, _ parameter: Int = 13) -> PACEInfo {
            PACEInfo(mapping: mapping, suite: suite, parameterID: parameter)
        }
        let offered = [
            info(.generic, .tripleDES), info(.genericFiniteField, .aes128, 0), info(.integrated, .aes256),
            info(.generic, .aes128), info(.chipAuthentication, .aes128),
        ]
        #expect(PACE.preferred(of: offered) == offered[4])
        #expect(PACE.preferred(of: Array(offered[..<4])) == offered[2])
        #expect(PACE.preferred(of: Array(offered[..<2])) == offered[0])
        #expect(PACE.preferred(of: [offered[1]]) == nil)
    }

    private func command(_ action: PACE.Action) throws -> [UInt8] {
        guard case .send(let command) = action else {
            Issue.record("nothing to send")
            return []
        }
        return try command.encoded()
    }

    private func expect(_ session: SecureMessaging, has secret: String) throws {
        var ours = session
        var reference = SecureMessaging(keys: SessionKeys(secret: try hex(secret), suite: .aes128))
        let read = CommandAPDU(ins: 0xb0, expectedLength: 4)
        #expect(try ours.protect(read, extended: false) == reference.protect(read, extended: false))
    }
}
