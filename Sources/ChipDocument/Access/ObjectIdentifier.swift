public import StationCore

/// An object identifier of ASN.1.
public struct ObjectIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The content octets, without tag and length.
    public let bytes: [UInt8]

    /// Takes content octets that are known to be right.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads an OBJECT IDENTIFIER; throws `cardDataMalformed` when its content is empty, cut or padded.
    public init(_ object: TLV) throws(Failure) {
        guard object.tag == .objectIdentifier, !object.value.isEmpty, object.value.count <= 32,
            object.value.last.map({ $0 & 0x80 == 0 }) == true, object.value.first != 0x80,
            !zip(object.value, object.value.dropFirst()).contains(where: { $0 & 0x80 == 0 && $1 == 0x80 })
        else { throw Failure(.cardDataMalformed, "object identifier") }
        bytes = object.value
    }

    /// The OBJECT IDENTIFIER.
    public var encoded: TLV { TLV(.objectIdentifier, bytes) }

    /// Dotted text.
    public var description: String {
        var arcs: [UInt64] = []
        var value: UInt64 = 0
        for byte in bytes {
            value = value << 7 | UInt64(byte & 0x7f)
            if byte & 0x80 == 0 {
                arcs.append(value)
                value = 0
            }
        }
        guard let first = arcs.first else { return "" }
        let head = min(first / 40, 2)
        return ([head, first - head * 40] + arcs.dropFirst()).map(String.init).joined(separator: ".")
    }

    /// The arcs after a prefix; nil when the identifier does not start with it. Arcs are taken as single bytes, as all
    /// of BSI's are.
    package func arcs(after prefix: [UInt8]) -> [UInt8]? {
        bytes.starts(with: prefix) ? Array(bytes.dropFirst(prefix.count)) : nil
    }

    /// bsi-de protocols(2) smartcard(2): 0.4.0.127.0.7.2.2.
    package static let smartcard: [UInt8] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02]
    /// id-icao-mrtd-security: 2.23.136.1.1.
    package static let mrtdSecurity: [UInt8] = [0x67, 0x81, 0x08, 0x01, 0x01]
    /// ecdsa-plain-signatures: 0.4.0.127.0.7.1.1.4.1.
    package static let plainECDSA: [UInt8] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01]
}
