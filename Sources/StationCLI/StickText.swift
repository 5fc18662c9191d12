package import StationAPI

/// What exports and imports did, for people: counts and ids, nothing of a person.
package struct StickText {
    private let language: Language

    /// Renders in a language.
    package init(_ language: Language) { self.language = language }

    /// An export of applications.
    package func exported(_ report: ExportReport) -> String {
        guard let name = report.name else { return language.pick("Không có hồ sơ nào để xuất", "Nothing to export") }
        return language.pick(
            "Đã xuất và kiểm tra \(report.items) hồ sơ, \(report.files) tệp, \(report.bytes) byte: \(name)",
            "Exported and verified \(report.items) applications, \(report.files) files, \(report.bytes) bytes: \(name)")
    }

    /// An export of receipts.
    package func exportedReceipts(_ report: ExportReport) -> String {
        guard let name = report.name else { return language.pick("Không có biên nhận nào", "No receipts") }
        return language.pick(
            "Đã xuất và kiểm tra \(report.items) biên nhận: \(name)",
            "Exported and verified \(report.items) receipts: \(name)")
    }

    /// An import of applications.
    package func imported(_ report: ImportReport) -> String {
        let lines = report.bundles.map { bundle in
            language.pick(
                "\(bundle.stationId) \(bundle.bundleId): nhận \(bundle.taken), đã có \(bundle.known), "
                    + "mâu thuẫn \(bundle.conflicting)",
                "\(bundle.stationId) \(bundle.bundleId): taken \(bundle.taken), already here \(bundle.known), "
                    + "conflicting \(bundle.conflicting)")
        }
        return text(lines, refused: report.refused)
    }

    /// An import of receipts.
    package func imported(_ report: ReceiptImportReport) -> String {
        let lines = report.bundles.map { bundle in
            language.pick(
                "\(bundle.writerId) \(bundle.bundleId): tiếp nhận \(bundle.accepted), từ chối \(bundle.rejected), "
                    + "đã có \(bundle.known), của trạm khác \(bundle.foreign), không hợp lệ \(bundle.invalid)",
                "\(bundle.writerId) \(bundle.bundleId): accepted \(bundle.accepted), rejected \(bundle.rejected), "
                    + "already here \(bundle.known), not ours \(bundle.foreign), invalid \(bundle.invalid)")
        }
        return text(lines, refused: report.refused)
    }

    private func text(_ lines: [String], refused: [RefusedBundle]) -> String {
        let bad = refused.map { language.pick("\($0.name): bị từ chối", "\($0.name): refused") }
        let all = lines + bad
        return all.isEmpty
            ? language.pick("Không có gói nào trên thiết bị", "No bundle on the medium") : all.joined(separator: "\n")
    }
}
