package import StationAPI

/// `intakectl readers` for people.
package struct ReaderText {
    private let language: Language

    /// Renders in a language.
    package init(_ language: Language) { self.language = language }

    /// A table of readers.
    package func text(_ list: ReaderList) -> String {
        var table = Table(["ID", language.pick("TÊN", "NAME"), language.pick("TRẠNG THÁI", "STATE")])
        for reader in list.readers { table.add([reader.id, reader.name, state(reader.state)]) }
        return table.text
    }

    func state(_ state: ReaderReport.State) -> String {
        switch state {
        case .empty: language.pick("trống", "empty")
        case .card: language.pick("có thẻ", "card present")
        case .reading: language.pick("đang đọc", "reading")
        case .mute: language.pick("không trả lời", "not answering")
        }
    }
}
