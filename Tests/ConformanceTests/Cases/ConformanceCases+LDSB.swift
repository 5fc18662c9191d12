import ChipDocument
import StationCore
import VirtualCard

extension ConformanceCases {
    private static let withoutYear =
        "the personal number states the year of birth and is compared with it; a citizen card whose zone has none is refused"

    /// DG1: the machine-readable zone, here of a TD1 card.
    static let ldsB: [ConformanceCase] = ldsBEncoding + ldsBContent + ldsBDates

    private static let ldsBEncoding: [ConformanceCase] = [
        .init(
            "LDS_B_01", .inferred, .pass, "The zone's second optional data is filled", expect: .passes
        ) { card in
            try card.editZone { zone in zone.put("12345678", 1, 18) }
        },
        .init(
            "LDS_B_02", .inferred, .pass, "A name longer than its line, cut within a word", expect: .passes
        ) { card in
            card.personalise { $0.fullName = "Trần Thị Hoàng Phương Khánh Linh" }
        },
        .init(
            "LDS_B_03", .inferred, .pass, "A name of one word: no secondary identifier", expect: .passes
        ) { card in
            card.personalise { $0.fullName = "Nguyễn" }
        },
        .init(
            "LDS_B_05", .inferred, .fail, "DG1 begins with tag 62", expect: .stops(.cardDataMalformed)
        ) { card in card[.dg1][0] = 0x62 },
        .init(
            "LDS_B_06", .inferred, .fail, "The length of DG1 is one too small", expect: .stops(.cardDataMalformed)
        ) { card in card.shiftLength(of: .dg1, by: -1) },
        .init(
            "LDS_B_07", .inferred, .fail, "The length of DG1 is one too big", expect: .stops(.cardProtocolError)
        ) { card in card.shiftLength(of: .dg1, by: 1) },
        .init(
            "LDS_B_24", .inferred, .fail, "DG1 is empty: no zone inside", expect: .stops(.cardDataMalformed)
        ) { card in card[.dg1] = [0x61, 0x00] },
    ]

    private static let ldsBContent: [ConformanceCase] = [
        .init(
            "LDS_B_08", .inferred, .fail, "The document code is X", expect: .stops(.cardUnsupported)
        ) { card in
            try card.editZone { zone in zone.put("X<", 0, 0) }
        },
        .init(
            "LDS_B_09", .inferred, .fail, "The issuing state is V1M", expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editZone { zone in zone.put("V1M", 0, 2) }
        },
        .init(
            "LDS_B_10", .inferred, .fail, "The name line is empty", expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editZone { zone in zone.put(String(repeating: "<", count: 30), 2, 0) }
        },
        .init(
            "LDS_B_11", .inferred, .fail,
            "DG1 has another name than the card's text (no page is read here: DG13 takes its place)",
            expect: .finding("nameInDG13", .failed, "differs")
        ) { card in
            try card.editZone { zone in zone.put("MUSTERMANN<<ERIKA<<<<<<<<<<<<<", 2, 0) }
        },
        .init(
            "LDS_B_12", .inferred, .fail,
            "DG1 has another document number than the personal number gives (no page is read here)",
            expect: .finding("mrzDocumentNumber", .failed, "notTheNumbersEnd")
        ) { card in
            try card.editZone { zone in
                zone.put("987654321", 0, 5)
                zone.fix(.documentNumber)
            }
        },
        .init(
            "LDS_B_13", .inferred, .fail, "The document number's check digit is wrong",
            expect: .finding("mrzCheckDigits", .failed, "wrongCheckDigit")
        ) { card in
            try card.editZone { zone in zone.spoil(.documentNumber) }
        },
        .init(
            "LDS_B_14", .inferred, .fail, "The nationality is V1<", expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editZone { zone in zone.put("V1<", 1, 15) }
        },
        .init(
            "LDS_B_18", .inferred, .fail, "The sex is Q", expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editZone { zone in zone.put("Q", 1, 7) }
        },
        .init(
            "LDS_B_22", .inferred, .fail,
            "The check digit of the optional data is wrong: on this card, the personal number's",
            expect: .finding("mrzNumberDigit", .failed, "wrongCheckDigit")
        ) { card in
            try card.editZone { zone in zone.spoil(.personalNumber) }
        },
        .init(
            "LDS_B_23", .inferred, .fail, "The composite check digit is wrong",
            expect: .finding("mrzCheckDigits", .failed, "wrongCheckDigit")
        ) { card in
            try card.editZone(fixingComposite: false) { zone in zone.spoil(.composite) }
        },
    ]

    private static let ldsBDates: [ConformanceCase] = [
        .init(
            "LDS_B_15", .inferred, .fail, "The birth date has a letter", expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editZone { zone in
                zone.put("A", 1, 4)
                zone.fix(.birth)
            }
        },
        .init(
            "LDS_B_16", .inferred, .fail, "The birth is in month 13, on day 32", expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editZone { zone in
                zone.put("1332", 1, 2)
                zone.fix(.birth)
            }
        },
        .init(
            "LDS_B_17", .inferred, .fail, "The birth date's check digit is wrong",
            expect: .finding("mrzCheckDigits", .failed, "wrongCheckDigit")
        ) { card in
            try card.editZone { zone in zone.spoil(.birth) }
        },
        .init(
            "LDS_B_19", .inferred, .fail, "The expiry date has a letter", expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editZone { zone in
                zone.put("A", 1, 12)
                zone.fix(.expiry)
            }
        },
        .init(
            "LDS_B_20", .inferred, .fail, "The expiry is in month 13, on day 32", expect: .stops(.cardDataMalformed)
        ) { card in
            try card.editZone { zone in
                zone.put("1332", 1, 10)
                zone.fix(.expiry)
            }
        },
        .init(
            "LDS_B_21", .inferred, .fail, "The expiry date's check digit is wrong",
            expect: .finding("mrzCheckDigits", .failed, "wrongCheckDigit")
        ) { card in
            try card.editZone { zone in zone.spoil(.expiry) }
        },
        .init(
            "LDS_B_25", .inferred, .pass, "The day of birth is unknown", expect: .passes
        ) { card in
            try card.editZone { zone in
                zone.put("<<", 1, 4)
                zone.fix(.birth)
            }
        },
        .init(
            "LDS_B_26", .inferred, .pass, "The month of birth is unknown", expect: .passes
        ) { card in
            try card.editZone { zone in
                zone.put("<<", 1, 2)
                zone.fix(.birth)
            }
        },
        .init(
            "LDS_B_27", .inferred, .pass, "The year of birth is unknown", expect: .stops(.cardDataMalformed),
            deviation: withoutYear
        ) { card in
            try card.editZone { zone in
                zone.put("<<", 1, 0)
                zone.fix(.birth)
            }
        },
        .init(
            "LDS_B_28", .inferred, .pass, "The whole birth date is unknown", expect: .stops(.cardDataMalformed),
            deviation: withoutYear
        ) { card in
            try card.editZone { zone in
                zone.put("<<<<<<", 1, 0)
                zone.fix(.birth)
            }
        },
    ]
}
