import ChipDocument
import DocumentCrypto
import StationCore

extension ConformanceCases {
    private static let malformed = ConformanceCase.Expectation.stops(.cardDataMalformed)

    /// EF.SOD whose list of hashes is wrong though well signed, or differs from EF.COM.
    static let ldsHList: [ConformanceCase] = ldsHObject + ldsHHashes + ldsHVersions

    private static let ldsHObject: [ConformanceCase] = [
        .init("LDS_H_39", .inferred, .fail, "The list of hashes is of version 2", expect: malformed) { card in
            card.editSecurityObject = { $0.version = DEREncoder.integer(2) }
        },
        .init("LDS_H_40", .inferred, .fail, "The list of hashes has no version", expect: malformed) { card in
            card.editSecurityObject = { $0.version = nil }
        },
        .init(
            "LDS_H_41", .inferred, .fail, "The list of hashes names MD5", expect: .stops(.cardUnsupported)
        ) { card in
            card.editSecurityObject = { $0.digestAlgorithm = DEREncoder.md5 }
        },
        .init("LDS_H_42", .inferred, .fail, "The list of hashes names no digest", expect: malformed) { card in
            card.editSecurityObject = { $0.digestAlgorithm = .some(nil) }
        },
        .init("LDS_H_46", .stated, .fail, "The hash of DG1 stands under number FF", expect: malformed) { card in
            card.editSecurityObject = { object in
                guard let index = object.index(of: .dg1) else { return }
                object.entries[index].number = DEREncoder.integer(0xff)
            }
        },
        .init("LDS_H_47", .stated, .fail, "The hash of DG2 stands under no number", expect: malformed) { card in
            card.editSecurityObject = { object in
                guard let index = object.index(of: .dg2) else { return }
                object.entries[index].number = nil
            }
        },
    ]

    private static let ldsHHashes: [ConformanceCase] = [
        .init(
            "LDS_H_43", .inferred, .fail, "The hash of DG2 is another",
            expect: .finding("dataGroupHashes", .failed, "hashMismatch")
        ) { card in
            card.editSecurityObject = { object in
                guard let index = object.index(of: .dg2) else { return }
                object.entries[index].hash[0] ^= 1
            }
        },
        .init(
            "LDS_H_44", .inferred, .fail, "The hash of DG1 is missing: nothing signed says who the holder is",
            expect: .stops(.cardDataMalformed)
        ) { card in
            card.editSecurityObject = { object in
                if let index = object.index(of: .dg1) { object.entries.remove(at: index) }
            }
        },
        .init(
            "LDS_H_45", .stated, .fail, "There is a hash of DG10, which is neither there nor listed",
            expect: .finding("comAgainstSOD", .failed, "comListsLess")
        ) { card in
            card.editSecurityObject = { object in
                object.entries.append((DEREncoder.integer(10), [UInt8](repeating: 0xff, count: 32)))
            }
        },
        .init(
            "LDS_H_69", .stated, .fail,
            "The last byte of DG2 is another than was signed: the portrait must not be decoded",
            expect: .finding("dataGroupHashes", .failed, "hashMismatch")
        ) { card in
            card.editAfterSigning = { files in
                guard var file = files[.dg2] else { return }
                file[file.count - 1] ^= 1
                files[.dg2] = file
            }
        },
        .init(
            "LDS_H_90", .stated, .fail, "EF.COM does not list DG3, which is there and signed",
            expect: .finding("comAgainstSOD", .failed, "comListsLess")
        ) { card in
            try card.editObjects(of: .com) { objects in
                objects[2] = TLV(0x5c, objects[2].value.filter { $0 != FileIdentifier.dg3.tag })
            }
        },
        .init(
            "LDS_H_91", .stated, .fail, "EF.COM lists DG2, which has no hash",
            expect: .finding("comAgainstSOD", .failed, "comListsMore")
        ) { card in
            card.editSecurityObject = { object in
                if let index = object.index(of: .dg2) { object.entries.remove(at: index) }
            }
        },
        .init(
            "LDS_H_92", .stated, .fail, "In place of DG2's there is a hash of DG4, which EF.COM does not list",
            expect: .finding("comAgainstSOD", .failed, "comListsMore")
        ) { card in
            card.editSecurityObject = { object in
                guard let index = object.index(of: .dg2) else { return }
                object.entries[index].number = DEREncoder.integer(4)
            }
        },
    ]

    private static let ldsHVersions: [ConformanceCase] = [
        .init("LDS_H_86", .inferred, .pass, "LDS 1.8: a list of version 1 that says so", expect: .passes) { card in
            card.state("0108", object: 1)
        },
        .init(
            "LDS_H_87", .inferred, .fail, "LDS 1.8 stated in a list of version 0", expect: malformed
        ) { card in card.state("0108", object: 0) },
        .init("LDS_H_88", .inferred, .fail, "A list of version 1 without LDS version", expect: malformed) { card in
            card.editSecurityObject = { $0.version = DEREncoder.integer(1) }
        },
        .init(
            "LDS_H_89", .inferred, .open, "LDS 1.9: a list of version 1 that says so; EF.COM of LDS 1.8",
            expect: .passes
        ) { card in card.state("0109", object: 1) },
    ]
}

extension PersonalisationEditor {
    /// States an LDS version in the list of hashes, and LDS 1.8 in EF.COM.
    mutating func state(_ version: String, object: UInt8) {
        try? editObjects(of: .com) { objects in objects[0] = TLV(0x5f01, Array("0108".utf8)) }
        editSecurityObject = {
            $0.version = DEREncoder.integer(object)
            $0.versionInfo = SecurityObjectComposer.versionInfo(version)
        }
    }
}
