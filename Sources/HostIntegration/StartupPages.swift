import Glibc

/// The pages of code that only the start needed.
package enum StartupPages {
    /// Takes every page of code out of this process's resident memory. What runs again comes back from the page cache, or
    /// from the file; nothing is lost, since code is mapped for reading and executing only and nobody changed it. Linking
    /// and start-up touch a little of everything, and the kernel maps the neighbours of each page that is touched.
    package static func giveBack() {
        guard let file = unsafe fopen("/proc/self/maps", "re") else { return }
        defer { unsafe fclose(file) }
        while let line = unsafe readLine(of: file) {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
            // A refusal leaves the pages where they are, which costs memory and nothing else.
            _ = unsafe madvise(
                UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }

    private static func readLine(of file: UnsafeMutablePointer<FILE>) -> String? {
        var buffer = [CChar](repeating: 0, count: 4_096 + 256)
        let count = CInt(buffer.count)
        guard unsafe fgets(&buffer, count, file) != nil else { return nil }
        return String(
            decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
