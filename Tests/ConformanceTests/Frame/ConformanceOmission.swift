/// Cases that are not run, with the reason.
struct ConformanceOmission: Sendable {
    let ids: [String]
    let reason: String

    /// Every case of the guideline that no test here runs.
    static let all = [
        ConformanceOmission(
            ids: numbers("ISO7816_E", 1...38),
            reason: "Terminal authentication: this station holds no certificate to read fingerprints or irises."),
        ConformanceOmission(
            ids: ["ISO7816_A_01"],
            reason: "A chip without access control: citizen cards have it, and a read without it protects nobody."),
        ConformanceOmission(
            ids: ["ISO7816_B_10"],
            reason: "A signer on a revocation list: a test of its own, "
                + "`revocation is known, unknown or outdated, and a revoked signer fails`."),
        ConformanceOmission(
            ids: ["ISO7816_D_10"], reason: "Two reads in a row: a test of its own, `no two reads show the same key`."),
        ConformanceOmission(
            ids: ["ISO7816_G_17", "ISO7816_G_22"],
            reason: "PACE over prime fields is not supported: such a chip is opened by BAC or not at all."),
        ConformanceOmission(
            ids: numbers("LDS_D", 1...16), reason: "DG3: fingerprints are behind terminal authentication."),
        ConformanceOmission(
            ids: numbers("LDS_E", 1...14), reason: "DG4: irises are behind terminal authentication."),
        ConformanceOmission(ids: numbers("LDS_G", 1...2), reason: "EF.CVCA: serves terminal authentication only."),
        ConformanceOmission(
            ids: ["LDS_B_04"], reason: "A TD1 zone has no check digit of empty optional data."),
        ConformanceOmission(
            ids: ["LDS_H_16", "LDS_H_34", "LDS_H_35", "ISO7816_F_03", "ISO7816_G_37"],
            reason: "Deleted from the guideline; the number is kept."),
    ]

    /// Numbers of a family as the guideline writes them.
    static func numbers(_ family: String, _ range: ClosedRange<Int>) -> [String] {
        range.map { "\(family)_\($0 < 10 ? "0" : "")\($0)" }
    }
}
