import Foundation
import StationCore

/// The interface over which the host reaches the world, as the kernel's tables of routes say (proc(5), /proc/net/route).
package enum DefaultRoute {
    /// The names of the interfaces that carry a default route, the preferred first; IPv4 before IPv6. Empty without one.
    package static func interfaces() -> [String] {
        let four = contents("/proc/net/route").map(interfaces(inIPv4:)) ?? []
        let six = contents("/proc/net/ipv6_route").map(interfaces(inIPv6:)) ?? []
        return four + six.filter { !four.contains($0) }
    }

    /// Reads /proc/net/route: `Iface Destination Gateway Flags RefCnt Use Metric Mask …`. Lines of another form are left
    /// out.
    static func interfaces(inIPv4 text: String) -> [String] {
        preferred(
            text.split(separator: "\n").dropFirst().compactMap { line in
                let fields = line.split { $0 == "\t" || $0 == " " }
                guard fields.count >= 8, fields[1] == "00000000", fields[7] == "00000000",
                    let flags = UInt32(fields[3], radix: 16), isUsable(flags), let metric = UInt32(fields[6])
                else { return nil }
                return (String(fields[0]), metric)
            })
    }

    /// Reads /proc/net/ipv6_route: destination, its length, source, its length, next hop, metric, two counts, flags,
    /// interface.
    static func interfaces(inIPv6 text: String) -> [String] {
        preferred(
            text.split(separator: "\n").compactMap { line in
                let fields = line.split { $0 == "\t" || $0 == " " }
                guard fields.count == 10, fields[1] == "00", fields[0].allSatisfy({ $0 == "0" }), fields[9] != "lo",
                    let flags = UInt32(fields[8], radix: 16), isUsable(flags),
                    let metric = UInt32(fields[5], radix: 16)
                else { return nil }
                return (String(fields[9]), metric)
            })
    }

    /// RTF_UP without RTF_REJECT (route.h).
    private static func isUsable(_ flags: UInt32) -> Bool { flags & 0x1 != 0 && flags & 0x200 == 0 }

    private static func preferred(_ routes: [(name: String, metric: UInt32)]) -> [String] {
        var names: [String] = []
        for route in routes.sorted(by: { ($0.metric, $0.name) < ($1.metric, $1.name) })
        where !names.contains(route.name) && names.count < Limits.Network.interfaces {
            names.append(route.name)
        }
        return names
    }

    private static func contents(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Limits.Network.tableBytes else {
            return nil
        }
        return String(decoding: data, as: UTF8.self)
    }
}
