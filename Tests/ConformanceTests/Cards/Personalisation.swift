// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import ChipDocument
import DocumentCrypto
import StationCore

@testable import VirtualCard

/// Cards for the cases: each authentic but for what the case is about.
enum Personalisation {
    static let person = try! SyntheticPerson(seed: 5, today: CivilDate(text: "2026-06-01")!)
    static let authority = try! NationalAuthority(random: SystemRandomSource())
    static let issuer = CardIssuer(authority: authority)
    static let anchors = TrustAnchors(certificates: [authority.certificate])
    /// The citizen card; RSA active authentication.
    static let plain = try! issuer.issue(person)
    static let signedAt = person.issueDate.midnight

    /// A chip with these protocols.
    static func chip(_ change: (inout ChipPersonalisation) -> Void) throws -> CardImage {
        var chip = ChipPersonalisation.citizenCard2021
        chip.activeAuthentication = .ellipticCurve(.secp256r1, .sha256)
        change(&chip)
        return try issuer.issue(person, chip: chip)
    }

    /// The citizen card with faults of the chip.
    static func faulty(_ faults: Fault..., chip image: CardImage = plain) -> ProtocolSetting {
        var image = image
        image.faults.formUnion(faults)
        return ProtocolSetting(image: image)
    }

    /// The citizen card with other files, signed anew.
    static func edited(
        _ image: CardImage = plain, _ change: (inout [FileIdentifier: [UInt8]]) throws -> Void
    ) throws -> ProtocolSetting {
        ProtocolSetting(image: try issuer.reissue(image, signedAt: signedAt, change))
    }

    /// The citizen card by BAC: the chip refuses PACE.
    static func basicAccess(_ faults: Fault..., image: CardImage = plain) -> ProtocolSetting {
        var image = image
        image.faults.formUnion(faults + [.paceRefused])
        return ProtocolSetting(image: image, credential: .mrz(image.mrzInformation), allowsBAC: true)
    }

    /// EF.CardAccess of other entries, confirmed by DG14 where that is wanted.
    static func announcing(_ entries: [TLV], confirmed: Bool = true) throws -> ProtocolSetting {
        try edited { files in
            files[.cardAccess] = DER.set(entries.map(\.encoded))
            guard confirmed, let group = files[.dg14] else { return }
            let infos = try SecurityInfos(dataGroup14: group)
            let others = infos.entries.filter { !infos.pace.map(\.identifier).contains($0.identifier) }
            let kept = others.map { info in
                TLV(.sequence, [info.identifier.encoded, info.required] + [info.optional].compactMap(\.self)).encoded
            }
            files[.dg14] = TLV(0x6E, DER.set(kept + entries.map(\.encoded))).encoded
        }
    }
}
