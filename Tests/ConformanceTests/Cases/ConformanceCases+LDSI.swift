import ChipDocument
import StationCore

extension ConformanceCases {
    /// DG15: the key of active authentication.
    static let ldsI: [ConformanceCase] = [
        .init("LDS_I_01", .stated, .fail, "DG15 begins with tag 70", expect: .stops(.cardDataMalformed)) { card in
            card[.dg15][0] = 0x70
        },
        .init(
            "LDS_I_02", .stated, .fail, "The length of DG15 is one too small",
            expect: .finding("activeAuthentication", .failed, "keyMalformed")
        ) { card in card.shiftLength(of: .dg15, by: -1) },
        .init(
            "LDS_I_03", .stated, .fail, "The length of DG15 is one too big", expect: .stops(.cardProtocolError)
        ) { card in card.shiftLength(of: .dg15, by: 1) },
    ]
}
