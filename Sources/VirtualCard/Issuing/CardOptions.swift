/// How a card is made, where the rules leave a choice. Nothing of it is a fault.
package struct CardOptions: Hashable, Sendable {
    /// Which fields DG13 has and how the QR code is laid out.
    package enum Series: String, Sendable, CaseIterable {
        /// All sixteen fields of DG13; the seven fields of the QR code.
        case citizenCard2021 = "2021"
        /// Of DG13 only what Circular 16/2024 (article 6) leaves to ICAO's coding, the least that a card of the series
        /// may have; the order of 2024 in the QR code.
        case identityCard2024 = "2024"
    }

    /// What DG2 holds.
    package enum Portrait: String, Sendable, CaseIterable {
        /// A facial record of ISO/IEC 19794-5.
        case facialRecord = "19794-5"
        /// A face image data block of ISO/IEC 39794-5.
        case faceImageDataBlock = "39794-5"
        /// A file without template.
        case empty
        /// No such file, as on cards of young children.
        case absent
    }

    /// The series.
    package var series: Series
    /// The portrait.
    package var portrait: Portrait

    /// The card of 2021 with a facial record, unless told otherwise.
    package init(series: Series = .citizenCard2021, portrait: Portrait = .facialRecord) {
        self.series = series
        self.portrait = portrait
    }
}
