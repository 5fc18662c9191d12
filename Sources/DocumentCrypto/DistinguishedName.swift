import COpenSSL

/// Names of certificates (RFC 5280, 4.1.2.4).
package enum DistinguishedName {
    /// Whether two names are the same: RFC 5280, 7.1, so that case, spaces and kind of string do not count. Some
    /// states write the issuer of their document signers in another kind of string than the subject of their CSCA.
    package static func matches(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        if left == right { return true }
        guard let first = try? decode(left), let second = try? decode(right) else { return false }
        return unsafe X509_NAME_cmp(first.pointer, second.pointer) == 0
    }

    /// RFC 2253 text. It names an authority, never a citizen.
    package static func text(_ der: [UInt8]) -> String { (try? decode(der)).map(text) ?? "" }

    /// The first country of a name, upper case; nil when absent.
    package static func country(_ der: [UInt8]) -> String? {
        guard let name = try? decode(der) else { return nil }
        let index = unsafe X509_NAME_get_index_by_NID(name.pointer, NID_countryName, -1)
        guard index >= 0, let entry = unsafe X509_NAME_get_entry(name.pointer, index),
            let string = unsafe X509_NAME_ENTRY_get_data(entry), let data = unsafe ASN1_STRING_get0_data(string)
        else { return nil }
        let value = unsafe Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
        return String(validating: value, as: UTF8.self)?.uppercased()
    }

    private static func decode(_ der: [UInt8]) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try decodeDER(der, named: "name", release: { unsafe X509_NAME_free($0) }) {
            unsafe d2i_X509_NAME(nil, $0, $1)
        }
    }

    private static func text(_ name: OpenSSLObject) -> String {
        guard let memory = unsafe BIO_new(BIO_s_mem()) else { return "" }
        defer { unsafe BIO_free(memory) }
        guard unsafe X509_NAME_print_ex(memory, name.pointer, 0, shim_name_flags()) >= 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe BIO_read(memory, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(Int(max(count, 0))), as: UTF8.self)
    }
}
