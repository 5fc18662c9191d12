import ChipDocument
import DocumentCrypto
import StationCore
import Testing

/// What BSI publishes: the reference data set of TR-03105-5 and the worked example of extended access control.
@Suite struct ReferenceDataTests {
    @Test func `EF_COM of the reference data set`() throws {
        let common = try CommonData(hex("60175F0104303130375F36063034303030305C05617563766E"))
        #expect(common.ldsVersion == "0107" && common.unicodeVersion == "040000" && common.hasKnownVersions)
        #expect(common.dataGroups == [.dg1, .dg2, .dg3, .dg4, .dg14])
    }

    /// The example is of version 2; its keys and secret serve version 1, whose session keys follow by ICAO 9303-11, 9.7.1.
    @Test func `chip authentication by ECDH on brainpoolP256r1`() throws {
        let terminal = try CurveKeyPair(
            generator: .generator(of: .brainpoolP256r1),
            scalar: hex("A6A4D255C5BF7A77EC3D0553DB74F693CF044E18C98364D4977A296108AF19BD"))
        #expect(
            terminal.publicPoint.encoded
                == (try hex(
                    """
                    045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799
                    A34EE57EC55268CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F
                    """)))
        let chip = try CurvePoint(
            curve: .brainpoolP256r1,
            encoded: hex(
                """
                04A44EBE5451DF7AADB01E459B8C928A87746A57927C8C28A6775C97A7E1FE8D9A
                46FF4A1CC7E4D1389AEA19758E4F75C28C598FD734AEBEB135337CF95BE12E94
                """))
        let secret = try terminal.sharedPoint(with: chip).x
        #expect(secret == (try hex("791DA04273CCFE862E52DF60347E2557192E1F8D7517822CE3D306056C1CDEB4")))
        let keys = SessionKeys(secret: secret, suite: .aes128)
        #expect(keys.encryption.unredacted == (try hex("74DFF1029B548FA273C13D86CE775A5B")))
        #expect(keys.authentication.unredacted == (try hex("4AE4F2F70ABC8C4C3DA7588BE9A1C9E2")))
        let long = SessionKeys(secret: secret, suite: .aes256)
        #expect(
            long.encryption.unredacted
                == (try hex("B82D6850069074B582275B79F9BA690593791A9E1928F6A1C6315895F7146F1C")))
        let old = SessionKeys(secret: secret, suite: .tripleDES)
        #expect(old.encryption.unredacted == (try hex("75DFF1029B548FA273C13D86CE765B5B")))
    }

    /// RFC 5114, 2.1, 1024-bit prime with 160-bit order.
    @Test func `chip authentication by DH`() throws {
        let group = FiniteFieldGroup(
            prime: try hex(
                """
                B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA52D23B616073E28675A23D189838EF1E2EE652C0
                13ECB4AEA906112324975C3CD49B83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0
                A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A4371
                """),
            generator: try hex(
                """
                A4D1CBD5C3FD34126765A442EFB99905F8104DD258AC507FD6406CFF14266D31266FEA1E5C41564B777E690F5504F213
                160217B4B01B886A5E91547F9E2749F4D7FBD7D3B9A92EE1909D0D2263F80A76A6A24C087A091F531DBF0A0169B6A28A
                D662A4D18E73AFA32D779D5918D08BC8858F4DCEF97C2A24855E6EEB22B3B2E5
                """),
            order: try hex("F518AA8781A8DF278ABA4E7D64B7CB9D49462353"))
        let chip = try FiniteFieldKeyPair(group: group, exponent: hex("D0E5A95ECA541DEF4FE92B9FF9920D49A454C297"))
        #expect(
            chip.publicKey.value
                == (try hex(
                    """
                    1B3345F8DC04341BF8B2C97F652FA680E5D4FA4C146AE4B839431A644A79BC368C4822C89CD018A57F953644BEDA679C
                    5B532902320E83E13B80DEEF8C18AF3E7D493AE3F88196101B9F78EAFE4B3025EF8BFF916B2FC02D762D0838DEA29C09
                    B485591C2F47F87C71F530BB358F56AF6459D86DBF85EAF9EDBD962CD364F7B8
                    """)))
        let terminal = try FiniteFieldPublicKey(
            group: group,
            value: hex(
                """
                A2830947A6FCAACDE2FCB88B29AB38E07C3453ABC4BCB466087E11C79F32A19E6EF22BE108F8DD18FE8249C960951511
                200DC985AA3EC0CCAD59A5F9BBCC33EE5F1577E20330B4DD10EB06B740277C97A189180EDE52BEE9D429F10FB77F180F
                05D6A99C499CB5E1ECEEB8E92284F66EA98479674CE73F53C567A03B0D297833
                """))
        let secret = try chip.sharedSecret(with: terminal)
        let keys = SessionKeys(secret: secret, suite: .aes128)
        #expect(keys.encryption.unredacted == (try hex("28F573F8B089997CA5DEE2A732C1F319")))
        #expect(keys.authentication.unredacted == (try hex("EBC487505C0400D047366A2BDDF9EB37")))
    }
}
