/// Why an operation on keys, certificates or signed data did not give a result. Says nothing personal.
package enum CryptoFailure: Error, Hashable, Sendable {
    /// A key, IV, block or number has a length that the algorithm does not take.
    case invalidLength
    /// Bytes that are not the structure they should be; the word names the structure.
    case malformed(String)
    /// Well-formed, but of an algorithm or curve outside the supported set; the word names what.
    case unsupported(String)
    /// A point that is not on its curve, or the point at infinity.
    case invalidPoint
    /// Signed data without the certificate of its signer: it may be had from elsewhere (ICAO 9303-10, 4.6.2.2).
    case signerAbsent
    /// Signed data whose signer info names none of the certificates inside.
    case signerUnknown
    /// Signed data whose signed digest or content type is of something else (RFC 5652, 5.6).
    case contentAltered
    /// A signature that does not verify.
    case signatureInvalid
    /// The library refused an operation that the arguments allow; the word names the operation.
    case library(String)
}
