import ChipDocument
import StationCore

extension ConformanceCases {
    /// A failed check would call a new series of cards forged for a number that nobody signed: undetermined is right.
    private static let versionsNotJudged = "the versions of EF.COM are read and not judged"

    /// EF.COM: the unsigned list of files.
    static let ldsA: [ConformanceCase] = [
        .init(
            "LDS_A_01", .inferred, .fail, "EF.COM begins with tag 61", expect: .stops(.cardDataMalformed)
        ) { card in card[.com][0] = 0x61 },
        .init(
            "LDS_A_02", .inferred, .fail, "The length of EF.COM is one too small",
            expect: .finding("comAgainstSOD", .failed, "comMalformed")
        ) { card in card.shiftLength(of: .com, by: -1) },
        .init(
            "LDS_A_03", .inferred, .fail, "The length of EF.COM is one too big", expect: .stops(.cardProtocolError)
        ) { card in card.shiftLength(of: .com, by: 1) },
        .init(
            "LDS_A_04", .inferred, .fail, "EF.COM states LDS version 3.0",
            expect: .finding("comAgainstSOD", .notDetermined, "comVersionUnknown"), knownIssue: versionsNotJudged
        ) { card in
            try card.editObjects(of: .com) { objects in objects[0] = TLV(0x5f01, Array("0300".utf8)) }
        },
        .init(
            "LDS_A_05", .inferred, .fail, "EF.COM has no LDS version",
            expect: .finding("comAgainstSOD", .failed, "comMalformed")
        ) { card in
            try card.editObjects(of: .com) { objects in objects.remove(at: 0) }
        },
        .init(
            "LDS_A_06", .inferred, .fail, "EF.COM states Unicode version 5.0.0",
            expect: .finding("comAgainstSOD", .notDetermined, "comVersionUnknown"), knownIssue: versionsNotJudged
        ) { card in
            try card.editObjects(of: .com) { objects in objects[1] = TLV(0x5f36, Array("050000".utf8)) }
        },
        .init(
            "LDS_A_07", .inferred, .fail, "EF.COM has no Unicode version",
            expect: .finding("comAgainstSOD", .failed, "comMalformed")
        ) { card in
            try card.editObjects(of: .com) { objects in objects.remove(at: 1) }
        },
        .init(
            "LDS_A_08", .inferred, .fail, "EF.COM does not list DG1, which is there and signed",
            expect: .finding("comAgainstSOD", .failed, "comListsLess")
        ) { card in
            try card.editObjects(of: .com) { objects in
                objects[2] = TLV(0x5c, objects[2].value.filter { $0 != FileIdentifier.dg1.tag })
            }
        },
        .init(
            "LDS_A_09", .inferred, .fail, "EF.COM has no list of data groups",
            expect: .finding("comAgainstSOD", .failed, "comMalformed")
        ) { card in
            try card.editObjects(of: .com) { objects in objects.remove(at: 2) }
        },
        .init(
            "LDS_A_10", .inferred, .pass, "LDS 1.8: EF.COM says 0108, the signed list is of version 1 and says so too",
            expect: .passes
        ) { card in
            try card.editObjects(of: .com) { objects in objects[0] = TLV(0x5f01, Array("0108".utf8)) }
            card.editSecurityObject = { object in
                object.version = DEREncoder.integer(1)
                object.versionInfo = SecurityObjectComposer.versionInfo("0108")
            }
        },
    ]
}
