import COpenSSL

/// Owns one OpenSSL object and frees it. Lives inside one function call: values that leave this module hold bytes,
/// never pointers, and therefore nothing here needs to be Sendable.
@safe final class OpenSSLObject {
    let pointer: OpaquePointer
    private let release: (OpaquePointer?) -> Void

    /// Takes ownership; nil, which OpenSSL returns on failure, becomes an error.
    init(
        _ pointer: OpaquePointer?,
        _ release: @escaping (OpaquePointer?) -> Void,
        else failure: CryptoFailure
    ) throws(CryptoFailure) {
        guard let pointer = unsafe pointer else {
            ERR_clear_error()
            throw failure
        }
        unsafe self.pointer = pointer
        unsafe self.release = release
    }

    deinit { unsafe release(pointer) }
}

/// Runs one of OpenSSL's d2i functions; the structure must fill the bytes exactly.
func decodeDER(
    _ der: [UInt8],
    named name: String,
    release: @escaping (OpaquePointer?) -> Void,
    _ decode: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?
) throws(CryptoFailure) -> OpenSSLObject {
    var consumed = 0
    let pointer = unsafe der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
        var cursor = buffer.baseAddress
        let result = unsafe decode(&cursor, buffer.count)
        if let start = buffer.baseAddress, let end = unsafe cursor { consumed = unsafe end - start }
        return unsafe result
    }
    let object = unsafe try OpenSSLObject(pointer, release, else: .malformed(name))
    guard consumed == der.count else { throw .malformed(name) }
    return object
}

/// Runs one of OpenSSL's i2d functions, first for the length, then for the bytes.
func encodeDER(
    named name: String,
    _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
) throws(CryptoFailure) -> [UInt8] {
    let length = encode(nil)
    guard length > 0 else { throw .library(name) }
    var bytes = [UInt8](repeating: 0, count: Int(length))
    let written = unsafe bytes.withUnsafeMutableBufferPointer { buffer -> Int32 in
        var cursor = buffer.baseAddress
        return unsafe encode(&cursor)
    }
    guard written == length else { throw .library(name) }
    return bytes
}

/// Turns OpenSSL's "1 is success" into an error; the error queue of the thread is left empty.
func check(_ result: Int32, _ operation: String) throws(CryptoFailure) {
    guard result == 1 else {
        ERR_clear_error()
        throw .library(operation)
    }
}
