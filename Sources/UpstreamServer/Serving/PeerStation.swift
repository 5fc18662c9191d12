import NIOCore
import NIOSSL
import StationCore
import SwiftASN1
import Uplink
import X509

/// Who is at the other end: the subject CN of the certificate that the handshake verified.
struct PeerStation {
    /// The station's name.
    let stationId: StationID
    /// The certificate's serial number, in hexadecimal: which one a station shows after a renewal.
    let certificateSerial: String

    /// Throws a 403 problem when the name is not exactly one station name.
    init(_ channel: any Channel) async throws {
        guard let peer = try await channel.nioSSL_peerCertificate().get() else {
            throw RequestProblem(403, .stationRefused, "no client certificate")
        }
        guard let certificate = try? Certificate(derEncoded: try peer.toDERBytes()) else {
            throw RequestProblem(403, .stationRefused, "the client certificate cannot be read")
        }
        guard let station = StationCertificate.station(try peer.toDERBytes()) else {
            throw RequestProblem(403, .stationRefused, "the certificate's subject CN is no station name")
        }
        stationId = station
        certificateSerial = certificate.serialText
    }
}

extension Certificate {
    /// The serial number's bytes in hexadecimal.
    var serialText: String { Hex.text(Array(serialNumber.bytes)) }
}
