import ChipDocument
import DocumentCrypto
import StationCore

extension ConformanceCases {
    private static let check = "chipAuthenticationMapping"

    /// EF.CardSecurity, on a chip with chip authentication mapping.
    static let ldsJ: [ConformanceCase] = [
        .init(
            "LDS_J_01", .stated, .pass, "EF.CardSecurity has one entry more than EF.CardAccess and DG14",
            expect: .passes
        ) { card in
            try card.editCardSecurity { infos, _ in
                infos.append(
                    TLV(.sequence, [TLV(.objectIdentifier, ObjectIdentifier.smartcard + [2]), TLV(.integer, [1])]))
            }
        },
        .init(
            "LDS_J_02", .stated, .fail, "EF.CardSecurity lacks the PACE entry of EF.CardAccess",
            expect: .finding(check, .failed, "cardAccessDiffers")
        ) { card in
            try card.editCardSecurity { infos, _ in infos.removeAll(where: isPACE) }
        },
        .init(
            "LDS_J_03", .stated, .fail, "The PACE entry of EF.CardSecurity names other domain parameters",
            expect: .finding(check, .failed, "cardAccessDiffers")
        ) { card in
            try card.editCardSecurity { infos, _ in
                infos = infos.map { info in
                    guard isPACE(info), let fields = try? info.children() else { return info }
                    return TLV(.sequence, Array(fields.dropLast()) + [TLV(.integer, [0x10])])
                }
            }
        },
        .init(
            "LDS_J_04", .stated, .fail, "The static key of EF.CardSecurity has no object identifier",
            expect: .finding(check, .failed, "cardSecurityMalformed")
        ) { card in
            try card.editCardSecurity { infos, _ in
                infos = infos.map { info in
                    guard let fields = try? info.children(),
                        fields.first?.value == ObjectIdentifier.smartcard + [1, 2]
                    else { return info }
                    return TLV(.sequence, Array(fields.dropFirst()))
                }
            }
        },
    ]

    static let cardSecurityAltered = ConformanceCase(
        "LDS_H_93", .stated, .fail, "The signature of EF.CardSecurity is wrong",
        expect: .finding(check, .failed, "signatureInvalid")
    ) { card in
        try card.editCardSecurity { _, signed in signed.flipsSignature = true }
    }

    private static func isPACE(_ info: TLV) -> Bool {
        (try? info.children())?.first?.value.starts(with: ObjectIdentifier.smartcard + [4]) == true
    }
}

extension PersonalisationEditor {
    /// Takes the chip with EF.CardSecurity, edits its entries and signs it anew.
    mutating func editCardSecurity(_ edit: (inout [TLV], inout SignedDataComposer) -> Void) throws {
        image = ConformanceKeys.mappingImage
        let content = try CardSecurity(self[.cardSecurity]).signedData.content
        var infos = try TLV(parsing: content, tag: .set).children()
        var signed = SignedDataComposer([])
        edit(&infos, &signed)
        signed.content = TLV(.set, infos).encoded
        signed.contentType = DEREncoder.cardSecurityType
        self[.cardSecurity] = try signed.encoded(by: chain)
    }
}
