import COpenSSL

/// The elliptic curves of ICAO 9303-11, table 6. The raw value is the standardized domain parameter id (8 to 18).
package enum NamedCurve: Int, Sendable, CaseIterable {
    case secp192r1 = 8
    case brainpoolP192r1 = 9
    case secp224r1 = 10
    case brainpoolP224r1 = 11
    case secp256r1 = 12
    case brainpoolP256r1 = 13
    case brainpoolP320r1 = 14
    case secp384r1 = 15
    case brainpoolP384r1 = 16
    case brainpoolP512r1 = 17
    case secp521r1 = 18

    /// Length of a coordinate in bytes.
    package var fieldBytes: Int {
        switch self {
        case .secp192r1, .brainpoolP192r1: 24
        case .secp224r1, .brainpoolP224r1: 28
        case .secp256r1, .brainpoolP256r1: 32
        case .brainpoolP320r1: 40
        case .secp384r1, .brainpoolP384r1: 48
        case .brainpoolP512r1: 64
        case .secp521r1: 66
        }
    }

    /// Length of the order in bytes: of all these curves that of the field.
    package var orderBytes: Int { fieldBytes }

    /// Bits of the field's prime.
    package var fieldBits: Int { self == .secp521r1 ? 521 : fieldBytes * 8 }

    /// OpenSSL's name of the curve, which certificates and keys report.
    package var name: String {
        switch self {
        case .secp192r1: "prime192v1"
        case .secp256r1: "prime256v1"
        case .secp224r1: "secp224r1"
        case .secp384r1: "secp384r1"
        case .secp521r1: "secp521r1"
        case .brainpoolP192r1: "brainpoolP192r1"
        case .brainpoolP224r1: "brainpoolP224r1"
        case .brainpoolP256r1: "brainpoolP256r1"
        case .brainpoolP320r1: "brainpoolP320r1"
        case .brainpoolP384r1: "brainpoolP384r1"
        case .brainpoolP512r1: "brainpoolP512r1"
        }
    }

    /// The curve with OpenSSL's name; nil when it is none of ours.
    package init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    func group() throws(CryptoFailure) -> OpenSSLObject {
        unsafe try OpenSSLObject(
            EC_GROUP_new_by_curve_name(OBJ_txt2nid(name)),
            { unsafe EC_GROUP_free($0) },
            else: .unsupported(name)
        )
    }
}
