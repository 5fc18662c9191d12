import Foundation
package import StationCore

/// The identity of this boot of the host: random, new at every boot (random(4)).
///
/// Two readings of a boot-time clock compare only under the same one.
package struct BootID: Hashable, Sendable {
    /// 32 hexadecimal digits in groups, lower case.
    package let text: String

    /// Accepts the kernel's form: groups of 8, 4, 4, 4, 12 lower-case hexadecimal digits.
    package init?(text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12],
            groups.allSatisfy({ $0.utf8.allSatisfy(isHexadecimal) })
        else { return nil }
        self.text = text
    }

    /// A number that is the same for the whole boot and another one for the next: the first 62 bits of the id.
    package var epoch: Int64 {
        let digits = text.filter { $0 != "-" }.prefix(16)
        return Int64((UInt64(digits, radix: 16) ?? 0) >> 2)
    }

    /// Asks the kernel.
    package static func current() throws(Failure) -> BootID {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        guard let text, text.last == "\n", let value = BootID(text: String(text.dropLast())) else {
            throw Failure(.internalFault, "the kernel names no boot id")
        }
        return value
    }
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
