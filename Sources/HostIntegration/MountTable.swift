import Foundation
import StationCore

/// What is mounted where, as the kernel tells it (proc(5), /proc/self/mountinfo).
package enum MountTable {
    /// The directories below these, each of them a mount point, in the order of their names.
    package static func directories(below roots: [String]) -> [String] {
        guard let data = FileManager.default.contents(atPath: "/proc/self/mountinfo"),
            data.count <= Limits.Process.mountTableBytes
        else { return [] }
        return directories(below: roots, in: String(decoding: data, as: UTF8.self))
    }

    /// Reads the table: the fifth field of a line is the mount point, with blanks as `\\040`.
    static func directories(below roots: [String], in text: String) -> [String] {
        let points = text.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            guard fields.count > 5 else { return nil }
            let point = unescaped(fields[4])
            let isBelow = roots.contains { root in
                point.hasPrefix(root.hasSuffix("/") ? root : root + "/") && point != root
            }
            return isBelow ? point : nil
        }
        return Set(points).sorted()
    }

    /// The kernel writes blank, tab, line feed and backslash as three octal digits.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
