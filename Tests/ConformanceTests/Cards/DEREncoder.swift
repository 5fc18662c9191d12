import ChipDocument
import DocumentCrypto

/// Small pieces of DER, as bytes, so that any of them can be left out or replaced.
enum DEREncoder {
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { TLV(.sequence, parts.flatMap(\.self)).encoded }
    static func set(_ parts: [[UInt8]]) -> [UInt8] {
        TLV(.set, parts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self)).encoded
    }
    static func tagged(_ tag: TLVTag, _ content: [UInt8]) -> [UInt8] { TLV(tag, content).encoded }
    static func integer(_ content: UInt8...) -> [UInt8] { TLV(.integer, content).encoded }
    static func octets(_ content: [UInt8]) -> [UInt8] { TLV(.octetString, content).encoded }
    static func bits(_ content: [UInt8]) -> [UInt8] { TLV(.bitString, [0] + content).encoded }
    static func identifier(_ content: [UInt8]) -> [UInt8] { TLV(.objectIdentifier, content).encoded }
    static let null: [UInt8] = [0x05, 0x00]

    /// AlgorithmIdentifier of a digest, without parameters.
    static func digest(_ digest: DigestAlgorithm) -> [UInt8] { sequence(identifier(digest.objectIdentifier)) }

    /// AlgorithmIdentifier of MD5, which no document may use.
    static let md5 = sequence(identifier([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05]), null)

    /// id-ldsSecurityObject.
    static let securityObjectType = identifier(ObjectIdentifier.mrtdSecurity + [1])
    /// id-SecurityObject of EF.CardSecurity: 0.4.0.127.0.7.3.2.1.
    static let cardSecurityType = identifier([0x04, 0x00, 0x7f, 0x00, 0x07, 0x03, 0x02, 0x01])
}
