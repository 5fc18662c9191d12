import ChipDocument
import CitizenCard
import DocumentCrypto
import StationCore

extension FuzzTarget {
    /// The files of the chip.
    static var files: [FuzzTarget] {
        [
            FuzzTarget("card-access", corpus: { [try FuzzCard.shared().file(.cardAccess)] + otherInfos }) { input in
                try check(SecurityInfos(input))
            },
            FuzzTarget("dg14", corpus: { try dataGroup14Seeds() }) { input in
                let infos = try SecurityInfos(dataGroup14: input)
                try check(infos)
                _ = infos.chipAuthenticationKeys
                _ = infos.activeAuthenticationDigest
                _ = try ChipAuthentication(infos, random: SeededSource(seed: 1))?.firstCommand
            },
            FuzzTarget("ef-com", corpus: { [try FuzzCard.shared().file(.com)] }) { input in
                let groups = try CommonData(input).dataGroups
                try Violation.unless(
                    Set(groups).count == groups.count && groups.count <= Limits.Card.dataGroups, "groups of EF.COM")
            },
            FuzzTarget("mrz", tokens: zoneTokens, corpus: { try zoneSeeds() }) { input in
                let zone = try MachineReadableZone(input)
                try Violation.unless(
                    zone.lines.flatMap { Array($0.utf8) } == input, "the zone's lines are not the zone")
                try Violation.unless(zone.wrongCheckDigits.count <= 5, "check digits that do not exist")
                _ = try? CitizenMRZ(zone)
            },
            FuzzTarget("dg1", tokens: zoneTokens, corpus: { [try FuzzCard.shared().file(.dg1)] }) { input in
                _ = try MachineReadableZone(dataGroup1: input)
            },
            FuzzTarget("dg13", tokens: textTokens, corpus: { try dataGroup13Seeds() }) { input in
                let group = try DataGroup13(parsing: input)
                for field in DataGroup13.Field.allCases {
                    let texts = group.list(field)
                    try Violation.unless(
                        group.has(field) || texts.isEmpty, "a text of a field that is not there")
                    for text in texts {
                        try Violation.unless(
                            text.utf8.count <= 4 * Limits.Citizen.dataGroup13TextBytes, "a text over the limit")
                    }
                }
                try Violation.unless("\(group)".hasPrefix("DG13 of "), "DG13 prints")
            },
            FuzzTarget("citizen-identity", tokens: textTokens, shape: .frames, corpus: { try identitySeeds() }) {
                input in
                let parts = Framed.split(input)
                guard parts.count >= 2 else { throw Failure(.cardDataMalformed) }
                let identity = try CitizenIdentity(dataGroup1: parts[0], dataGroup13: parts[1])
                try Violation.unless(!identity.fullName.isEmpty, "a person without a name")
                try Violation.unless(!"\(identity)".contains(identity.number.digits), "an identity prints its number")
            },
            FuzzTarget("dg2", corpus: { [try smallPortrait(), try FuzzCard.shared().file(.dg2)] }) { input in
                let image = try FaceImage(dataGroup2: input)
                try Violation.unless(
                    !image.bytes.isEmpty && image.bytes.count <= Limits.Portrait.encodedBytes, "size of the portrait")
            },
        ]
    }

    private static func dataGroup14Seeds() throws -> [[UInt8]] {
        [
            try FuzzCard.shared().file(.dg14), try FuzzCard.withMapping().file(.dg14),
            try FuzzCard.finiteFieldDataGroup14(),
        ]
    }

    private static let zoneTokens = ["<", "<<", "VNM", "9", "M", "F"].map { Array($0.utf8) }
    static let textTokens: [[UInt8]] =
        ["|", "\u{301}", "\u{1100}\u{1161}", "Ệ", "\u{feff}", "\u{202e}", "31/02/2000", "Không thời hạn", "\0", " "].map
    {
        Array($0.utf8)
    } + [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0x31, 0x0c], [0x30, 0x80]]

    private static func check(_ infos: SecurityInfos) throws {
        try Violation.unless(infos.entries.count <= Limits.Card.securityInfos, "too many SecurityInfos")
        for entry in infos.entries {
            try Violation.unless(!entry.identifier.description.isEmpty, "an object identifier without text")
        }
        for info in infos.pace where PACE.supports(info) {
            _ = try PACE(info: info, credential: .can(digits: "123456"), random: SeededSource(seed: 1))
        }
        _ = infos.chipAuthentication
    }

    /// Several mappings, suites and parameters in one file.
    private static var otherInfos: [[UInt8]] {
        let infos = [
            PACEInfo(mapping: .generic, suite: .aes256, parameterID: 16),
            PACEInfo(mapping: .integrated, suite: .tripleDES, parameterID: nil),
            PACEInfo(mapping: .chipAuthentication, suite: .aes192, parameterID: 12),
        ]
        let rest = [
            ChipAuthenticationInfo(suite: .aes256, keyID: 3), ChipAuthenticationInfo(suite: .tripleDES, keyID: nil),
        ]
        return [TLV(.set, infos.map(\.encoded) + rest.map(\.encoded)).encoded]
    }

    private static func zoneSeeds() throws -> [[UInt8]] {
        // ICAO 9303-5 and -4, appendices: specimens of nobody.
        [
            try FuzzCard.shared().zone(),
            Array(
                ("I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<"
                    + "").utf8),
            Array("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6".utf8),
            Array(
                "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10".utf8),
        ]
    }

    private static func dataGroup13Seeds() throws -> [[UInt8]] {
        let entries: [DataGroup13Encoder.Entry] = [
            .init(.fullName, "A"), .init(.spouse, ""), .init(father: "B", mother: "", layout: .nested), .init(99, []),
        ]
        return [try FuzzCard.shared().file(.dg13), DataGroup13Encoder.encode(entries, version: 2)]
    }

    private static func identitySeeds() throws -> [[UInt8]] {
        let card = try FuzzCard.shared()
        return [Framed.join([try card.file(.dg1), try card.file(.dg13)])]
    }

    /// DG2 with a few bytes of image: mutations meet its structure more often.
    private static func smallPortrait() throws -> [UInt8] {
        let image = try FaceImage(dataGroup2: FuzzCard.shared().file(.dg2)).bytes.prefix(60)
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        let points = [UInt8](repeating: 3, count: 16)
        let face =
            number(20 + points.count + 12 + image.count, 4) + number(2, 2) + [UInt8](repeating: 0, count: 14) + points
            + [1, 1] + number(413, 2) + number(531, 2) + [UInt8](repeating: 0, count: 6) + image
        let record = Array("FAC\u{0}010\u{0}".utf8) + number(14 + face.count, 4) + number(1, 2) + face
        let template = TLV(0x7f60, [TLV(0xa1, [TLV(0x81, [2])]), TLV(0x5f2e, record)])
        return TLV(0x75, [TLV(0x7f61, [TLV(.integer, [1]), template])]).encoded
    }
}
