import ChipDocument
package import StationCore

/// The national data group of Vietnamese cards: numbered text fields, in strict BER, found by number and never by place.
///
/// It holds more than the station may keep (ethnicity, religion, relatives); what leaves this module is
/// `CitizenIdentity`. It never prints.
package struct DataGroup13: Sendable {
    /// The fields whose meaning is known.
    package enum Field: Int, Sendable, CaseIterable {
        case number = 1
        case fullName = 2
        case birthDate = 3
        case sex = 4
        case nationality = 5
        case ethnicity = 6
        case religion = 7
        case origin = 8
        case residence = 9
        case identifyingMarks = 10
        case issueDate = 11
        case expiry = 12
        case parents = 13
        case spouse = 14
        case oldNumber = 15
        /// Sixteen characters whose meaning nobody has published.
        case serial = 16
    }

    /// Something on the card that the known schema does not have: the early sign of a new card series.
    package enum Drift: Hashable, Sendable {
        case version(Int)
        case unknownField(Int)
        case unexpectedType(field: Int, tag: UInt32)
    }

    /// The object identifier 1.0.10646.1.0.8 (ISO/IEC 10646, UTF-8), content octets: how the texts are encoded.
    static let utf8Identifier: [UInt8] = [0x28, 0xD3, 0x16, 0x01, 0x00, 0x08]

    /// What the schema does not have, in the order met.
    package let drift: [Drift]
    /// The values of fields with an unknown number, as encoded.
    package let unknownFields: [Int: [UInt8]]
    private let texts: [Int: [String]]

    /// Parses the file's content, tag 6D included. Throws `cardDataMalformed`, `cardDataTooLarge`, or `cardUnsupported`
    /// when texts are not UTF-8 by declaration.
    package init(parsing file: [UInt8]) throws(Failure) {
        let content = try TLV(parsing: file, tag: 0x6D, rules: .ber)
        var outer = TLVReader(try TLV(parsing: content.value, tag: .sequence, rules: .ber).value, rules: .ber)
        var drift: [Drift] = []
        guard let version = try outer.next(.integer).smallInteger else { throw Self.malformed("version") }
        if version != 1 { drift.append(.version(version)) }
        guard try outer.next(.objectIdentifier).value == Self.utf8Identifier else {
            throw Failure(.cardUnsupported, "DG13: text encoding")
        }
        var entries = TLVReader(try outer.next(.set).value, rules: .ber)
        try outer.finish()
        var texts: [Int: [String]] = [:]
        var unknown: [Int: [UInt8]] = [:]
        while !entries.isAtEnd {
            var entry = TLVReader(try entries.next(.sequence).value, rules: .ber)
            guard let number = try entry.next(.integer).smallInteger else { throw Self.malformed("field number") }
            guard texts[number] == nil, unknown[number] == nil else { throw Self.malformed("field \(number) twice") }
            guard texts.count + unknown.count < Limits.Citizen.dataGroup13Fields else {
                throw Failure(.cardDataTooLarge, "DG13: too many fields")
            }
            var values: [TLV] = []
            while !entry.isAtEnd { values.append(try entry.next()) }
            guard Field(rawValue: number) != nil else {
                unknown[number] = values.flatMap(\.encoded)
                drift.append(.unknownField(number))
                continue
            }
            texts[number] = []
            for value in values { try Self.collect(value, of: number, depth: 1, into: &texts, &drift) }
        }
        self.drift = drift
        self.texts = texts
        unknownFields = unknown
    }

    /// A field's first text in NFC; nil when the field is absent, has no value, or is blank.
    package func text(_ field: Field) -> String? { list(field).first }

    /// All texts of a field in NFC: father and mother stand as two, in both layouts met (two sequences side by side, or
    /// one with both). Blank texts keep their place only in `parents`, where the place has a meaning.
    package func list(_ field: Field) -> [String] {
        let all = (texts[field.rawValue] ?? []).map(Self.trimmed)
        return field == .parents ? all : all.filter { !$0.isEmpty }
    }

    /// Whether the field is on the card, with or without a value.
    package func has(_ field: Field) -> Bool { texts[field.rawValue] != nil }

    private static func collect(
        _ value: TLV, of field: Int, depth: Int, into texts: inout [Int: [String]], _ drift: inout [Drift]
    ) throws(Failure) {
        switch value.tag {
        case .utf8String, .printableString:
            guard value.value.count <= Limits.Citizen.dataGroup13TextBytes else {
                throw Failure(.cardDataTooLarge, "DG13: field \(field)")
            }
            guard let text = String(validating: value.value, as: UTF8.self) else { throw malformed("field \(field)") }
            texts[field, default: []].append(text)
        case .sequence where depth < 4:
            for child in try value.children(rules: .ber) {
                try collect(child, of: field, depth: depth + 1, into: &texts, &drift)
            }
        default:
            drift.append(.unexpectedType(field: field, tag: value.tag.rawValue))
        }
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = VietnameseText.normalized(text).unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    private static func malformed(_ detail: String) -> Failure { Failure(.cardDataMalformed, "DG13: \(detail)") }
}

extension DataGroup13: CustomStringConvertible, CustomReflectable {
    /// The number of fields, nothing of their content.
    package var description: String { "DG13 of \(texts.count + unknownFields.count) fields" }
    /// No children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
