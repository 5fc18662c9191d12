import ChipDocument
import StationCore

extension ConformanceCases {
    /// DG14: the signed SecurityInfos.
    static let ldsF: [ConformanceCase] = [
        .init("LDS_F_01", .stated, .fail, "DG14 begins with tag 6F", expect: .stops(.cardDataMalformed)) { card in
            card[.dg14][0] = 0x6f
        },
        .init(
            "LDS_F_02", .stated, .fail, "The length of DG14 is one too small", expect: .stops(.cardDataMalformed)
        ) { card in card.shiftLength(of: .dg14, by: -1) },
        .init(
            "LDS_F_03", .stated, .fail, "The length of DG14 is one too big", expect: .stops(.cardProtocolError)
        ) { card in card.shiftLength(of: .dg14, by: 1) },
        .init(
            "LDS_F_04", .stated, .fail, "The key of chip authentication is named by an undefined arc of id-PK",
            expect: .finding("chipAuthentication", .notDetermined, "algorithmUnsupported")
        ) { card in
            try card.editInfos { infos in
                infos = infos.map { info in
                    guard info.first?.value == ObjectIdentifier.smartcard + [1, 2] else { return info }
                    return [TLV(.objectIdentifier, ObjectIdentifier.smartcard + [1, 3])] + info.dropFirst()
                }
            }
        },
        .init(
            "LDS_F_05", .stated, .fail, "The entry of chip authentication has no object identifier",
            expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editInfos { infos in
                infos = infos.map { isChipAuthentication($0) ? Array($0.dropFirst()) : $0 }
            }
        },
        .init(
            "LDS_F_06", .stated, .fail, "The entry of chip authentication is of version 10",
            expect: .finding("chipAuthentication", .notDetermined, "algorithmUnsupported"),
            knownIssue: "an entry of an unknown version counts as none, which means 3DES, and the key is proven by that"
        ) { card in
            try card.editInfos { infos in
                infos = infos.map { isChipAuthentication($0) ? [$0[0], TLV(.integer, [10])] : $0 }
            }
        },
        .init(
            "LDS_F_07", .stated, .fail, "The entry of chip authentication has no version",
            expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editInfos { infos in
                infos = infos.map { isChipAuthentication($0) ? [$0[0]] : $0 }
            }
        },
    ]

    private static func isChipAuthentication(_ info: [TLV]) -> Bool {
        info.first?.value.starts(with: ObjectIdentifier.smartcard + [3]) == true
    }
}

extension PersonalisationEditor {
    /// Edits the entries of DG14, each as its fields.
    mutating func editInfos(_ edit: (inout [[TLV]]) -> Void) throws {
        let set = try TLV(parsing: TLV(parsing: self[.dg14]).value, tag: .set)
        var infos = try set.children().map { try $0.children() }
        edit(&infos)
        self[.dg14] = TLV(0x6e, [TLV(.set, infos.map { TLV(.sequence, $0) })]).encoded
    }
}
