/// Every case, from the files that contribute them. A family is added by a file `ConformanceCases+….swift` with a static
/// list, named here; a case whose card is no edited image gives its own channel (`present:`).
enum ConformanceCases {
    static let all: [ConformanceCase] =
        (iso7816A + iso7816B + iso7816C + iso7816D + iso7816F + iso7816G + ldsA + ldsB + ldsC + ldsF + ldsH + ldsI
        + ldsJ + ldsK)
        .sorted { $0.id < $1.id }

    /// EF.SOD.
    static let ldsH: [ConformanceCase] =
        ldsHAlgorithms + ldsHStructure + ldsHList + ldsHCertificate + [cardSecurityAltered]
}
