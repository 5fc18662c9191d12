// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import ChipDocument
import CitizenCard
import DocumentCrypto
import StationCore
import VirtualCard

/// Keys and the card that the cases start from, made once.
enum ConformanceKeys {
    static let today = CivilDate(text: "2026-06-01")!
    static let person = try! SyntheticPerson(seed: 51, today: today)

    /// The CSCA's and the document signer's RSA keys, at the guideline's lengths.
    static let authorityRSA = try! SigningKey.generateRSA(bits: 3_072)
    static let signerRSA = try! SigningKey.generateRSA(bits: 2_048)
    private static let curves: [NamedCurve] = [
        .brainpoolP224r1, .brainpoolP256r1, .brainpoolP384r1, .brainpoolP512r1,
    ]
    private static let authorityKeys = keys()
    private static let signerKeys = keys()

    static func authority(_ curve: NamedCurve) -> SigningKey { authorityKeys[curve]! }
    static func signer(_ curve: NamedCurve) -> SigningKey { signerKeys[curve]! }

    private static func keys() -> [NamedCurve: SigningKey] {
        Dictionary(
            uniqueKeysWithValues: curves.map {
                ($0, try! SigningKey(CurveKeyPair(generator: .generator(of: $0), random: SystemRandomSource())))
            })
    }

    /// A chip as the issuer makes it; its files are edited and signed anew.
    static let issuer = CardIssuer(authority: try! NationalAuthority(random: SystemRandomSource()))
    static let image = try! issuer.issue(person)
    /// A chip with chip authentication mapping, and so with EF.CardSecurity.
    static let mappingImage = try! issuer.issue(
        person,
        chip: ChipPersonalisation(pace: [
            PACEInfo(
                mapping: .chipAuthentication, suite: .aes128, parameterID: NamedCurve.brainpoolP256r1.rawValue)
        ]))

    /// The signers of cases that are not about signers.
    static let chain = CertificateChainComposer()
    static let anchors = try! chain.anchors()
}
