package import StationCore
import SwiftASN1
import X509

/// Who a station's TLS certificate says that it is.
package enum StationCertificate {
    /// The one subject CN of a certificate in DER, as a station's name; nil where it has none, several, or another text.
    package static func station(_ der: [UInt8]) -> StationID? {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        let names = certificate.subject.flatMap { $0 }
            .filter { $0.type == ASN1ObjectIdentifier.RDNAttributeType.commonName }
            .map { String(describing: $0.value) }
        return names.count == 1 ? StationID(names[0]) : nil
    }
}
