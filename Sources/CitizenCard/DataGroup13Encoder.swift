package import ChipDocument

/// Writes DG13, for cards of our own making.
package enum DataGroup13Encoder {
    /// The two forms in which father and mother have been seen.
    package enum ParentLayout: Sendable, CaseIterable {
        /// Two sequences of one text each.
        case siblings
        /// One sequence of both texts.
        case nested
    }

    /// One numbered field with its encoded values; no value is what an empty field has.
    package struct Entry: Hashable, Sendable {
        /// The field's number, also one of no known meaning.
        package let number: Int
        /// Its values.
        package let values: [TLV]

        /// Makes an entry.
        package init(_ number: Int, _ values: [TLV]) {
            self.number = number
            self.values = values
        }

        /// A known field with one text, in the string type that cards use for it.
        package init(_ field: DataGroup13.Field, _ text: String) {
            let tag: TLVTag =
                switch field {
                case .number, .birthDate, .issueDate, .oldNumber, .serial: .printableString
                default: .utf8String
                }
            self.init(field.rawValue, [TLV(tag, Array(text.utf8))])
        }

        /// Father and mother.
        package init(father: String, mother: String, layout: ParentLayout) {
            let texts = [father, mother].map { TLV(.utf8String, Array($0.utf8)) }
            let values =
                switch layout {
                case .siblings: texts.map { TLV(.sequence, [$0]) }
                case .nested: [TLV(.sequence, texts)]
                }
            self.init(DataGroup13.Field.parents.rawValue, values)
        }
    }

    /// The file's content, tag 6D included; the entries keep the order given.
    package static func encode(_ entries: [Entry], version: Int = 1) -> [UInt8] {
        let fields = entries.map { TLV(.sequence, [integer($0.number)] + $0.values) }
        let parts = [
            integer(version), TLV(.objectIdentifier, DataGroup13.utf8Identifier), TLV(.set, fields),
        ]
        return TLV(0x6D, [TLV(.sequence, parts)]).encoded
    }

    /// A small non-negative INTEGER, at most 32,767.
    private static func integer(_ number: Int) -> TLV {
        let bytes = [UInt8(number >> 8 & 0x7F), UInt8(number & 0xFF)]
        return TLV(.integer, bytes[0] == 0 && bytes[1] < 0x80 ? [bytes[1]] : bytes)
    }
}
