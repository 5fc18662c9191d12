import DocumentCrypto
import StationCore
import Testing

func hex(_ text: String) throws -> [UInt8] { try #require(Hex.bytes(text.filter { !$0.isWhitespace })) }

@Suite struct CipherTests {
    @Test(arguments: [
        (DigestAlgorithm.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        ),
        (
            .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ])
    func `FIPS 180-4 digests of abc`(algorithm: DigestAlgorithm, expected: String) {
        #expect(Hex.text(algorithm.digest(Array("abc".utf8))) == expected)
        #expect(DigestAlgorithm(objectIdentifier: algorithm.objectIdentifier) == algorithm)
    }

    /// SP 800-38A, F.2.1, F.2.3, F.2.5: CBC-AES encryption, first two blocks.
    @Test(arguments: [
        (
            BlockCipher.aes128, "2b7e151628aed2a6abf7158809cf4f3c",
            "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
        ),
        (
            .aes192, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
        ),
        (
            .aes256, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
        ),
    ])
    func `SP 800-38A CBC vectors`(cipher: BlockCipher, key: String, expected: String) throws {
        let plain = try hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
        let iv = try hex("000102030405060708090a0b0c0d0e0f")
        let encrypted = try cipher.encryptCBC(plain, key: hex(key), iv: iv)
        #expect(Hex.text(encrypted) == expected)
        #expect(try cipher.decryptCBC(encrypted, key: hex(key), iv: iv) == plain)
    }

    /// ICAO 9303-11, D.3: E_IFD and M_IFD.
    @Test func `ICAO 9303-11 D3 encryption and retail MAC`() throws {
        let secret = try hex("781723860C06C2264608F919887022120B795240CB7049B01C19B33E32804F0B")
        let key = try hex("AB94FDECF2674FDFB9B391F85D7F76F2")
        let encrypted = try BlockCipher.tripleDES.encryptCBC(secret, key: key, iv: BlockCipher.tripleDES.zeroIV)
        #expect(
            Hex.text(encrypted) == "72c29c2371cc9bdb65b779b8e8d37b29ecc154aa56a8799fae2f498f76ed92f2"
        )
        let mac = try MessageAuthentication.retailMAC(
            BlockPadding.padded(encrypted, blockBytes: 8),
            key: hex("7962D9ECE03D1ACD4C76089DCE131543")
        )
        #expect(Hex.text(mac) == "5f1448eea8ad90a7")
    }

    /// RFC 4493, section 4.
    @Test(arguments: [
        (0, "bb1d6929e95937287fa37d129b756746"), (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"), (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ])
    func `RFC 4493 examples`(length: Int, expected: String) throws {
        let message = try hex(
            """
            6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51
            30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710
            """
        )
        let mac = try MessageAuthentication.cmac(
            Array(message.prefix(length)),
            key: hex("2b7e151628aed2a6abf7158809cf4f3c")
        )
        #expect(Hex.text(mac) == expected)
    }

    @Test func `padding method 2 is removed only when it is there`() {
        for count in 0..<40 {
            let data = [UInt8](repeating: 0x80, count: count)
            let padded = BlockPadding.padded(data, blockBytes: 16)
            #expect(padded.count.isMultiple(of: 16) && padded.count > count)
            #expect(BlockPadding.unpadded(padded, blockBytes: 16) == data)
        }
        #expect(BlockPadding.unpadded([], blockBytes: 8) == nil)
        #expect(BlockPadding.unpadded([UInt8](repeating: 0, count: 8), blockBytes: 8) == nil)
        #expect(BlockPadding.unpadded([1, 2, 3, 4, 5, 6, 7, 8], blockBytes: 8) == nil)
        let tooLong: [UInt8] = [0x80] + [UInt8](repeating: 0, count: 15)
        #expect(BlockPadding.unpadded(tooLong, blockBytes: 8) == nil)
    }

    @Test func `wrong lengths are errors, not crashes`() {
        for cipher in BlockCipher.allCases {
            let key = [UInt8](repeating: 1, count: cipher.keyBytes)
            #expect(throws: CryptoFailure.invalidLength) { try cipher.encryptCBC([1], key: key, iv: cipher.zeroIV) }
            #expect(throws: CryptoFailure.invalidLength) {
                try cipher.decryptCBC(cipher.zeroIV, key: key + [1], iv: cipher.zeroIV)
            }
            #expect(throws: CryptoFailure.invalidLength) { try cipher.decryptCBC(cipher.zeroIV, key: key, iv: []) }
        }
        #expect(throws: CryptoFailure.invalidLength) { try MessageAuthentication.cmac([], key: [1]) }
        #expect(throws: CryptoFailure.invalidLength) {
            try MessageAuthentication.retailMAC([1], key: [UInt8](repeating: 1, count: 16))
        }
    }

    @Test func `codes compare by value`() {
        #expect(MessageAuthentication.equal([1, 2], [1, 2]))
        #expect(!MessageAuthentication.equal([1, 2], [1, 3]))
        #expect(!MessageAuthentication.equal([1, 2], [1]))
    }
}
