import ChipDocument
import StationCore

extension ConformanceCases {
    private static let headerNotUsed =
        "the biometric header is not used, the record says what it is; encoding checks of LDS are not claimed"
    private static let valueNotUsed =
        "descriptive fields of the record are neither shown nor decided by; the profile ISO19794-5 is not claimed"

    /// DG2: the portrait.
    static let ldsC: [ConformanceCase] = ldsCTemplate + ldsCRecord + ldsCValues

    /// A refusal of the portrait leaves the proven text.
    private static let refused = ConformanceCase.Expectation.refusesPortrait(.cardDataMalformed)

    private static let ldsCTemplate: [ConformanceCase] = [
        .init("LDS_C_01", .inferred, .pass, "A JPEG 2000 portrait", expect: .passes) { _ in },
        .init("LDS_C_02", .inferred, .pass, "A JPEG portrait", expect: .passes) { card in
            try card.editFace { face in
                face.setImage([0xff, 0xd8, 0xff, 0xe0] + [UInt8](repeating: 0x55, count: 64), dataType: 0)
            }
        },
        .init("LDS_C_03", .inferred, .pass, "A portrait with two feature points", expect: .passes) { card in
            try card.editFace { face in face.addPoints(2, adjusting: true) }
        },
        .init("LDS_C_04", .inferred, .fail, "DG2 begins with tag 76", expect: .stops(.cardDataMalformed)) { card in
            card[.dg2][0] = 0x76
        },
        .init("LDS_C_05", .inferred, .fail, "The length of DG2 is one too small", expect: refused) { card in
            card.shiftLength(of: .dg2, by: -1)
        },
        .init(
            "LDS_C_06", .inferred, .fail, "The length of DG2 is one too big", expect: .stops(.cardProtocolError)
        ) { card in card.shiftLength(of: .dg2, by: 1) },
        .init("LDS_C_07", .inferred, .fail, "DG2 has no number of templates", expect: refused) { card in
            try card.editFace { face in face.count = nil }
        },
        .init(
            "LDS_C_08", .inferred, .fail, "The biometric header's format owner is FF", expect: .passes,
            deviation: headerNotUsed
        ) { card in
            try card.editFace { face in face.setHeader(0x87, [0xff]) }
        },
        .init(
            "LDS_C_09", .inferred, .fail, "The biometric header has no format owner", expect: .passes,
            deviation: headerNotUsed
        ) { card in
            try card.editFace { face in face.setHeader(0x87, nil) }
        },
        .init(
            "LDS_C_10", .inferred, .fail, "The biometric header's format type is 0009", expect: .passes,
            deviation: headerNotUsed
        ) { card in
            try card.editFace { face in face.setHeader(0x88, [0x00, 0x09]) }
        },
        .init(
            "LDS_C_11", .inferred, .fail, "The biometric header has no format type", expect: .passes,
            deviation: headerNotUsed
        ) { card in
            try card.editFace { face in face.setHeader(0x88, nil) }
        },
        .init(
            "LDS_C_12", .inferred, .open, "The biometric type is written in three bytes", expect: .passes
        ) { card in
            try card.editFace { face in face.setHeader(0x81, [0, 0, 2]) }
        },
        .init(
            "LDS_C_13", .inferred, .fail, "The biometric type is 08, a finger", expect: .passes,
            deviation: headerNotUsed
        ) { card in
            try card.editFace { face in face.setHeader(0x81, [8]) }
        },
        .init("LDS_C_28", .inferred, .fail, "DG2 has no biometric data block", expect: refused) { card in
            try card.editFace { face in face.hasRecord = false }
        },
    ]

    private static let ldsCRecord: [ConformanceCase] = [
        .init("LDS_C_14", .inferred, .fail, "The facial record does not begin with FAC", expect: refused) { card in
            try card.editFace { face in face.record[0] = 0x47 }
        },
        .init("LDS_C_15", .inferred, .fail, "The facial record is of version 011", expect: refused) { card in
            try card.editFace { face in face.record[6] = 0x31 }
        },
        .init(
            "LDS_C_16", .inferred, .fail, "Two feature points were added, the block's length was not", expect: refused,
            knownIssue: "the image is cut by 16 bytes; being corrected in FaceImage"
        ) { card in
            try card.editFace { face in face.addPoints(2, adjusting: false) }
        },
    ]

    /// Offset in the record, value, what it is.
    private static let values: [(id: String, offset: Int, value: UInt8, name: String)] = [
        ("LDS_C_17", 20, 0x10, "gender"), ("LDS_C_18", 21, 0x20, "eye colour"), ("LDS_C_19", 22, 0x20, "hair colour"),
        ("LDS_C_20", 28, 0xfe, "yaw"), ("LDS_C_21", 29, 0xfe, "pitch"), ("LDS_C_22", 30, 0xfe, "roll"),
        ("LDS_C_23", 31, 0xfe, "yaw's uncertainty"), ("LDS_C_24", 32, 0xfe, "pitch's uncertainty"),
        ("LDS_C_25", 33, 0xfe, "roll's uncertainty"), ("LDS_C_26", 34, 0x10, "face image type"),
        ("LDS_C_27", 35, 0x02, "image data type"),
    ]

    private static let ldsCValues: [ConformanceCase] = values.map { item in
        ConformanceCase(
            item.id, .inferred, .fail, "The record's \(item.name) is out of range", expect: .passes,
            deviation: valueNotUsed
        ) { card in
            try card.editFace { face in face.record[item.offset] = item.value }
        }
    }
}
