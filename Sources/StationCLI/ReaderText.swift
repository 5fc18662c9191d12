package import StationAPI

/// `intakectl readers` for people.
package struct ReaderText {
    private let language: Language

    /// Renders in a language.
    package init(_ language: Language) { self.language = language }

    /// A table of readers, then those that are plugged in and not served, with what to do.
    package func text(_ list: ReaderList) -> String {
        let parts = [list.readers.isEmpty ? nil : served(list.readers)] + (list.notServed ?? []).map(unserved)
        return parts.compactMap { $0 }.joined(separator: "\n\n")
    }

    private func served(_ readers: [ReaderReport]) -> String {
        let state = language.pick("TRẠNG THÁI", "STATE")
        guard readers.contains(where: { $0.usb != nil }) else {
            var table = Table(["ID", language.pick("TÊN", "NAME"), state])
            for reader in readers { table.add([reader.id, reader.name, self.state(reader.state)]) }
            return table.text
        }
        var table = Table([
            "ID", language.pick("TÊN", "NAME"), language.pick("CỔNG", "PORT"), "USB",
            language.pick("SỐ SÊ-RI", "SERIAL"), state,
        ])
        for reader in readers {
            table.add([
                reader.id, reader.name, reader.usb?.port ?? "-",
                reader.usb.map { "\($0.vendor):\($0.product)" } ?? "-", reader.usb?.serial ?? "-",
                self.state(reader.state),
            ])
        }
        return table.text
    }

    private func unserved(_ reader: UnservedReader) -> String {
        let usb = reader.usb
        let name = [usb.manufacturer, usb.productName].compactMap { $0 }.joined(separator: " ")
        let detail = reader.problem.detail.map { " (\($0))" } ?? ""
        let which = ["\(usb.vendor):\(usb.product)", usb.serial, name].compactMap { $0 }.filter { !$0.isEmpty }
        return """
            ! \(usb.port)  \(which.joined(separator: "  "))
              \(language.title(of: reader.problem))\(detail) [\(reader.problem.code)]
              → \(language.remedy(of: reader.problem))
            """
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
