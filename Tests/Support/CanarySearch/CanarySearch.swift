package import Foundation
import Glibc

/// Looks for texts that must not be on disk, in every form in which software commonly leaves text behind.
package struct CanarySearch: Sendable {
    /// One form of one canary in one file.
    package struct Finding: Hashable, Sendable, CustomStringConvertible {
        /// Path below the searched directory.
        package let file: String
        /// Which canary, by its index.
        package let canary: Int
        /// In which form.
        package let form: String

        /// File, canary, form.
        package var description: String { "canary \(canary) as \(form) in \(file)" }
    }

    private struct Pattern: Sendable {
        let canary: Int
        let form: String
        let bytes: [UInt8]
    }

    private let patterns: [Pattern]

    /// Prepares every form of every canary: UTF-8 as given, NFC and NFD, UTF-16 both ways, the hex of each of these in
    /// both cases, base64 (both alphabets) of UTF-8 in all three alignments, and JSON's escapes.
    package init(_ canaries: [String]) {
        patterns = canaries.enumerated().flatMap { index, text in
            Self.forms(of: text).map { Pattern(canary: index, form: $0.0, bytes: $0.1) }
        }
    }

    /// Every finding in some bytes.
    package func findings(in bytes: Data, file: String) -> Set<Finding> {
        var found: Set<Finding> = []
        for pattern in patterns where Self.contains(bytes, pattern.bytes) {
            found.insert(Finding(file: file, canary: pattern.canary, form: pattern.form))
        }
        return found
    }

    /// Every finding in the regular files below a directory, and in their names.
    package func findings(below directory: String) throws -> Set<Finding> {
        var found: Set<Finding> = []
        let root = URL(fileURLWithPath: directory)
        for name in try FileManager.default.subpathsOfDirectory(atPath: directory) {
            found.formUnion(findings(in: Data(name.utf8), file: "(name of) \(name)"))
            let file = root.appendingPathComponent(name)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            found.formUnion(findings(in: try Data(contentsOf: file), file: name))
        }
        return found
    }

    /// The names of the forms that are looked for.
    package static func formNames(of text: String) -> Set<String> { Set(forms(of: text).map(\.0)) }

    private static func forms(of text: String) -> [(String, [UInt8])] {
        let nfc = text.precomposedStringWithCanonicalMapping
        let nfd = text.decomposedStringWithCanonicalMapping
        let plain: [(String, [UInt8])] = [
            ("UTF-8", Array(text.utf8)), ("NFC", Array(nfc.utf8)), ("NFD", Array(nfd.utf8)),
            ("UTF-16LE", nfc.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }),
            ("UTF-16BE", nfc.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }),
        ]
        var forms = plain
        for (name, bytes) in plain {
            let hex = bytes.map { String(format: "%02x", Int($0)) }.joined()
            forms.append(("hex of \(name)", Array(hex.utf8)))
            forms.append(("upper-case hex of \(name)", Array(hex.uppercased().utf8)))
        }
        for alignment in 0..<3 {
            for (name, bytes) in [("NFC", Array(nfc.utf8)), ("NFD", Array(nfd.utf8))] {
                let code = base64(bytes, alignment: alignment)
                forms.append(("base64 of \(name), alignment \(alignment)", Array(code.utf8)))
                let urlSafe = code.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                forms.append(("base64url of \(name), alignment \(alignment)", Array(urlSafe.utf8)))
            }
        }
        let escaped = nfc.utf16.map { $0 < 128 ? String(UnicodeScalar(UInt8($0))) : String(format: "\\u%04x", Int($0)) }
        forms.append(("JSON escapes", Array(escaped.joined().utf8)))
        return forms
    }

    /// The characters that these bytes determine alone when they start `alignment` bytes into a group of three.
    private static func base64(_ bytes: [UInt8], alignment: Int) -> String {
        let encoded = Array(Data([UInt8](repeating: 0, count: alignment) + bytes).base64EncodedString())
        let first = (alignment * 8 + 5) / 6
        let end = (alignment + bytes.count) * 8 / 6
        return String(encoded[first..<max(first, end)])
    }

    private static func contains(_ haystack: Data, _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        return haystack.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, buffer.count >= needle.count else { return false }
            let end = base + (buffer.count - needle.count + 1)
            var position = UnsafeRawPointer(base)
            while position < end, let hit = memchr(position, CInt(first), end - position) {
                if memcmp(hit, needle, needle.count) == 0 { return true }
                position = UnsafeRawPointer(hit) + 1
            }
            return false
        }
    }
}
