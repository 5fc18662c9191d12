import ChipDocument
import CitizenCard
import DocumentCrypto
import StationCore

/// Writes the files of a synthetic card (ICAO 9303-10 and the national DG13).
enum DataGroupWriter {
    /// The machine readable zone in TD1 form (ICAO 9303-5), three lines of 30 characters as one text.
    static func mrz(_ person: SyntheticPerson) -> String {
        let first =
            "IDVNM" + checked(person.number.mrzDocumentNumber) + checked(person.number.digits, beforeDigit: "<<")
        let birth = checked(shortDate(person.birthDate))
        let expiry = checked(mrzExpiry(person.expiry))
        let second = birth + person.sex.mrzLetter + expiry + "VNM" + String(repeating: "<", count: 11)
        let composite = String(first.dropFirst(5)) + birth + expiry + String(repeating: "<", count: 11)
        return first + second + digit(composite) + VietnameseText.mrzName(person.fullName)
    }

    /// The fields of BAC and PACE's MRZ password, with check digits.
    static func mrzInformation(_ person: SyntheticPerson) -> String {
        checked(person.number.mrzDocumentNumber) + checked(shortDate(person.birthDate))
            + checked(mrzExpiry(person.expiry))
    }

    static func dataGroup1(_ person: SyntheticPerson) -> [UInt8] {
        TLV(0x61, [TLV(0x5F1F, Array(mrz(person).utf8))]).encoded
    }

    /// The synthetic portrait in one of its records; nil for no file at all.
    static func dataGroup2(_ portrait: CardOptions.Portrait) -> [UInt8]? {
        switch portrait {
        case .absent: nil
        case .empty: TLV(0x75, [UInt8]()).encoded
        case .facialRecord:
            dataGroup2(
                portrait: SyntheticPortrait.bytes, width: SyntheticPortrait.width, height: SyntheticPortrait.height)
        case .faceImageDataBlock: template(of: 0x2A, TLV(0x7F2E, [TLV(0xA1, [faceImageDataBlock])]))
        }
    }

    /// One frontal portrait in JPEG 2000, in an ISO/IEC 19794-5:2005 record.
    static func dataGroup2(portrait: [UInt8], width: Int, height: Int) -> [UInt8] {
        let image = [0x01, 0x01] + number(width, 2) + number(height, 2) + [0x01, 0x02] + number(0, 2) + number(0, 2)
        let face = number(20 + image.count + portrait.count, 4) + [UInt8](repeating: 0, count: 16) + image + portrait
        let record = Array("FAC\0010\0".utf8) + number(14 + face.count, 4) + number(1, 2) + face
        return template(of: 0x08, TLV(0x5F2E, record))
    }

    /// DG2 with one biometric information template (ICAO 9303-10, 4.7.2) of a format type.
    private static func template(of format: UInt8, _ block: TLV) -> [UInt8] {
        let header = [
            TLV(0x80, [0x01, 0x01]), TLV(0x81, [0x02]), TLV(0x82, [0x00]), TLV(0x87, [0x01, 0x01]),
            TLV(0x88, [0x00, format]),
        ]
        let template = TLV(0x7F60, [TLV(0xA1, header), block])
        return TLV(0x75, [TLV(0x7F61, [TLV(.integer, [1]), template])]).encoded
    }

    /// ISO/IEC 39794-5:2019 in ICAO's profile: version 3 of 2019, one representation in lossy JPEG 2000.
    private static var faceImageDataBlock: TLV {
        let size = TLV(
            0xA7,
            [
                TLV(0x80, number(SyntheticPortrait.width, 2)), TLV(0x81, number(SyntheticPortrait.height, 2)),
            ])
        let information = TLV(0xA1, [TLV(0xA0, [TLV(0x80, [3])]), size])
        let plane = TLV(0xA0, [TLV(0x80, SyntheticPortrait.bytes), information])
        let representation = TLV(.sequence, [TLV(0x80, [0]), TLV(0xA1, [TLV(0xA0, [plane])])])
        let version = TLV(0xA0, [TLV(0x80, [3]), TLV(0x81, number(2_019, 2))])
        return TLV(0x65, [version, TLV(0xA1, [representation])])
    }

    /// No fingerprints, padded with random bytes as ICAO 9303-10, 4.7.3.1 asks.
    static func dataGroup3(random: [UInt8]) -> [UInt8] {
        TLV(0x63, [TLV(0x7F61, [TLV(.integer, [0]), TLV(0x53, random)])]).encoded
    }

    static func dataGroup13(
        _ person: SyntheticPerson, series: CardOptions.Series = .citizenCard2021
    ) -> [UInt8] {
        let entries: [DataGroup13Encoder.Entry] = [
            .init(.number, person.number.digits),
            .init(.fullName, person.fullName),
            .init(.birthDate, person.birthDate.vietnameseText),
            .init(.sex, person.sex.vietnameseText),
            .init(.nationality, "Việt Nam"),
            .init(.ethnicity, "Kinh"),
            .init(.religion, "Không"),
            .init(.origin, person.origin),
            .init(.residence, person.residence),
            .init(.identifyingMarks, person.marks),
            .init(.issueDate, person.issueDate.vietnameseText),
            .init(.expiry, person.expiry.vietnameseText),
            .init(father: person.father, mother: person.mother, layout: .siblings),
            .init(
                DataGroup13.Field.spouse.rawValue,
                person.spouse.map { [TLV(.sequence, [TLV(.utf8String, Array($0.utf8))])] } ?? []),
            person.oldNumber.map { .init(.oldNumber, $0) } ?? .init(DataGroup13.Field.oldNumber.rawValue, []),
            .init(.serial, person.serial),
        ]
        switch series {
        case .citizenCard2021: return DataGroup13Encoder.encode(entries)
        case .identityCard2024:
            let kept: [DataGroup13.Field] = [.number, .fullName, .birthDate, .sex, .nationality, .origin, .expiry]
            let numbers = Set(kept.map(\.rawValue))
            return DataGroup13Encoder.encode(entries.filter { numbers.contains($0.number) })
        }
    }

    static func dataGroup15(activeAuthentication key: PublicKey) -> [UInt8] { TLV(0x6F, key.der).encoded }

    /// EF.COM: LDS 1.7, Unicode 4.0, the tags of the data groups present.
    static func common(_ groups: [FileIdentifier]) -> [UInt8] {
        TLV(
            0x60,
            [
                TLV(0x5F01, Array("0107".utf8)), TLV(0x5F36, Array("040000".utf8)), TLV(0x5C, groups.map(\.tag)),
            ]
        ).encoded
    }

    /// LDSSecurityObject version 0 (ICAO 9303-10, 4.6.2.3): SHA-256 of every data group.
    static func securityObjectContent(_ files: [FileIdentifier: [UInt8]]) -> [UInt8] {
        let hashes = FileIdentifier.allCases.compactMap { file -> [UInt8]? in
            guard let group = file.dataGroup, let contents = files[file] else { return nil }
            return DER.sequence(
                DER.integer(UInt8(group)), DER.octetString(DigestAlgorithm.sha256.digest(contents)))
        }
        let algorithm = DER.sequence(DER.objectIdentifier(DigestAlgorithm.sha256.objectIdentifier))
        return DER.sequence(DER.integer(0), algorithm, DER.sequence(hashes.flatMap(\.self)))
    }

    private static func mrzExpiry(_ expiry: CardExpiry) -> String {
        switch expiry {
        case .day(let day): shortDate(day)
        case .unlimited: CardProfile.vnm2021.unlimitedExpiry
        }
    }

    private static func shortDate(_ date: CivilDate) -> String {
        let text = date.text.utf8.filter { $0 != UInt8(ascii: "-") }
        return String(decoding: text.dropFirst(2), as: UTF8.self)
    }

    private static func checked(_ field: String, beforeDigit filler: String = "") -> String {
        field + filler + digit(field)
    }

    private static func digit(_ field: some StringProtocol) -> String {
        CheckDigit.compute(field).map(String.init) ?? "<"
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
