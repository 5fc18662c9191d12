import ChipDocument
import SeededRandom
import StationCore
import Testing

@Suite struct SecurityInfosTests {
    static let citizenCard =
        "3134300D060804007F0007020202020101300F060A04007F000702020302020201013012060A04007F0007020204020202010202010D"

    @Test func `the citizen card's EF.CardAccess`() throws {
        let infos = try SecurityInfos(hex(Self.citizenCard))
        #expect(infos.entries.count == 3)
        #expect(infos.pace == [PACEInfo(mapping: .generic, suite: .aes128, parameterID: 13)])
        #expect(infos.chipAuthentication == [ChipAuthenticationInfo(suite: .aes128, keyID: nil)])
    }

    @Test func `entries are found wherever they stand`() throws {
        let entries = try TLV(parsing: hex(Self.citizenCard)).children()
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2]] {
            let infos = try SecurityInfos(TLV(.set, order.map { entries[$0] }).encoded)
            #expect(infos.pace.count == 1)
        }
    }

    @Test func `other versions and ciphers are left out`() throws {
        let pace = PACEInfo(mapping: .generic, suite: .aes256, parameterID: 17)
        #expect(try SecurityInfos(TLV(.set, [pace.encoded]).encoded).pace == [pace])
        let versionOne = TLV(.sequence, [pace.identifier.encoded, TLV(.integer, [1])])
        let unknownCipher = TLV(
            .sequence,
            [TLV(.objectIdentifier, ObjectIdentifier.smartcard + [4, 2, 9]), TLV(.integer, [2])]
        )
        #expect(try SecurityInfos(TLV(.set, [versionOne, unknownCipher]).encoded).pace.isEmpty)
    }

    @Test func `too many entries and wrong shapes are refused`() async throws {
        let pace = PACEInfo(mapping: .generic, suite: .aes128, parameterID: 13).encoded
        await expectFailure(.cardDataTooLarge) {
            _ = try SecurityInfos(TLV(.set, [TLV](repeating: pace, count: Limits.Card.securityInfos + 1)).encoded)
        }
        for bad in ["", "30", "3100ff", "31023000", "3103020101"] {
            await expectFailure(.cardDataMalformed) { _ = try SecurityInfos(hex(bad)) }
        }
    }

    @Test func `mutations never crash`() throws {
        let seed = try hex(Self.citizenCard)
        var mutator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            guard let infos = try? SecurityInfos(mutator.mutated(seed)) else { continue }
            _ = infos.pace
            _ = infos.chipAuthentication
            _ = infos.chipAuthenticationKeys
            _ = infos.activeAuthenticationDigest
        }
    }
}
