package import StationCore

/// What a bundle holds; it gives directory and files their names.
package enum BundleKind: String, Sendable, CaseIterable {
    /// Batches on their way to upstream.
    case items
    /// Receipts on their way back.
    case receipts

    /// The name of a file, by its number from 1.
    package func fileName(_ number: Int) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return switch self {
        case .items: "batch-\(padded).body"
        case .receipts: "receipts-\(padded).json"
        }
    }

    /// Largest file of this kind, in bytes.
    package var fileBytes: Int {
        switch self {
        case .items: Limits.Bundle.batchFileBytes
        case .receipts: Limits.Bundle.receiptFileBytes
        }
    }

    /// The name of a finished bundle's directory.
    package func directoryName(_ bundleId: RequestID) -> String { "intake-\(rawValue)-\(bundleId.text)" }

    /// The kind and the bundle that a directory's name announces; nil for every other name.
    package static func announced(by name: String) -> (kind: BundleKind, bundleId: RequestID)? {
        for kind in allCases {
            let prefix = "intake-\(kind.rawValue)-"
            guard name.hasPrefix(prefix), let id = RequestID(String(name.dropFirst(prefix.count))) else { continue }
            return (kind, id)
        }
        return nil
    }

    /// The name of the directory while it is written.
    static func unfinishedName(_ bundleId: RequestID) -> String { ".intake-\(bundleId.text).part" }

    /// Whether a directory was left by a writer that did not finish.
    static func isUnfinished(_ name: String) -> Bool {
        name.hasPrefix(".intake-") && name.hasSuffix(".part")
            && RequestID(String(name.dropFirst(8).dropLast(5))) != nil
    }

    /// The name of the manifest in every bundle.
    static let manifestName = "manifest.json"
}
