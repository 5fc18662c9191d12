import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What the kernel counts of a process.
struct ProcessFigures {
    let process: Int32

    /// Resident memory now, in MiB.
    var resident: Double { mebibytes("VmRSS") }
    /// The most it ever was, in MiB.
    var mostResident: Double { mebibytes("VmHWM") }

    /// Processor time used, in milliseconds.
    var cpuMilliseconds: Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        // After the name, which is in parentheses: fields 14 and 15 of proc(5) count from the third.
        let fields = text.drop { $0 != ")" }.split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let kernel = Double(fields[13]) else { return .nan }
        return (user + kernel) * 1_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func mebibytes(_ field: String) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first).flatMap { Double($0) }.map { $0 / 1_024 }
            ?? .nan
    }
}
