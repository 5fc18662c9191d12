package import DocumentCrypto
package import StationCore

/// EF.CardSecurity: the signed SecurityInfos of a chip, with the static key of chip authentication mapping (ICAO 9303-10,
/// 3.11.4). Parsed here; its signature is verified by whoever relies on it.
package struct CardSecurity: Sendable {
    /// The CMS structure around the list.
    package let signedData: SignedData
    /// What is signed.
    package let infos: SecurityInfos

    /// id-SecurityObject.
    package static let contentType = "0.4.0.127.0.7.3.2.1"

    /// Parses the file; throws `cardDataMalformed`, `cardDataTooLarge`, or `cardUnsupported`.
    package init(_ bytes: [UInt8]) throws(Failure) {
        do { signedData = try SignedData(bytes) } catch { throw error.asFailure(in: "EF.CardSecurity") }
        guard signedData.contentType == Self.contentType else {
            throw Failure(.cardDataMalformed, "EF.CardSecurity: content type \(signedData.contentType)")
        }
        infos = try SecurityInfos(signedData.content)
    }
}
