import StationCore

/// What a datagram of rtnetlink(7) says, as far as it matters here: whether a way out may have come up.
///
/// A way out is a link that runs, an address that others can reach, or a route of the main tables. Loopback, addresses of
/// host and link scope, local routes and everything that goes away are none. A datagram that is not what the kernel
/// writes counts as no news.
package enum LinkNews {
    private static let newLink: UInt16 = 16, newAddress: UInt16 = 20, newRoute: UInt16 = 24
    private static let headerBytes = 16
    /// IFF_RUNNING and IFF_LOOPBACK (if.h).
    private static let running: UInt32 = 0x40, loopback: UInt32 = 0x8
    /// RT_SCOPE_LINK; what is wider counts (rtnetlink.h).
    private static let linkScope: UInt8 = 253
    /// RTN_UNICAST, RT_TABLE_LOCAL, RTM_F_CLONED (rtnetlink.h).
    private static let unicast: UInt8 = 1, localTable: UInt8 = 255, cloned: UInt32 = 0x200

    /// Whether one of the datagram's messages tells of a way out.
    package static func tellsOfWayOut(_ datagram: [UInt8]) -> Bool {
        var start = 0
        while datagram.count - start >= headerBytes {
            let length = Int(word(datagram, start))
            guard length >= headerBytes, length <= datagram.count - start else { return false }
            let type = UInt16(datagram[start + 4]) | UInt16(datagram[start + 5]) << 8
            if isWayOut(type, Array(datagram[(start + headerBytes)..<(start + length)])) { return true }
            start += (length + 3) & ~3
        }
        return false
    }

    private static func isWayOut(_ type: UInt16, _ body: [UInt8]) -> Bool {
        switch type {
        case newLink where body.count >= 16:
            let flags = word(body, 8)
            return flags & running != 0 && flags & loopback == 0
        case newAddress where body.count >= 8: return body[3] < linkScope
        case newRoute where body.count >= 12:
            return body[7] == unicast && body[4] != localTable && word(body, 8) & cloned == 0
        default: return false
        }
    }

    /// The kernel writes in the host's order, which is little-endian on every machine that the product is built for.
    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
}
