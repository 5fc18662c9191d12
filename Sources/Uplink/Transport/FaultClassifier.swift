import AsyncHTTPClient
import NIOCore
import NIOSSL
import StationCore

/// Names what the HTTP client, TLS and sockets report.
enum FaultClassifier {
    /// - Parameters:
    ///   - bodyBegan: whether bytes of the request's body had been handed over.
    ///   - quality: of the station's clock when the exchange began.
    static func fault(of error: any Error, bodyBegan: Bool, quality: ClockQuality) -> TransportFault {
        switch error {
        case let error as TransportFault: return error
        case let error as HTTPClientError: return fault(of: error, bodyBegan: bodyBegan)
        case let error as NIOSSLExtraError:
            return certificate(String(describing: error), quality: quality)
        case let error as NIOSSLError:
            if case .handshakeFailed(let inner) = error { return fault(of: inner, bodyBegan: false, quality: quality) }
            return TransportFault(.networkUnreachable, mayHaveArrived: bodyBegan, "TLS: \(error)")
        case let error as BoringSSLError: return fault(of: error, bodyBegan: bodyBegan, quality: quality)
        case is ChannelError, is IOError:
            return TransportFault(.networkUnreachable, mayHaveArrived: bodyBegan, "\(error)")
        default:
            // No name, no route, nobody listening, a reply that is not HTTP, or a cause that only a library knows: a
            // network fault all the same.
            return TransportFault(.networkUnreachable, mayHaveArrived: bodyBegan, "\(type(of: error)): \(error)")
        }
    }

    private static func fault(of error: HTTPClientError, bodyBegan: Bool) -> TransportFault {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            TransportFault(.networkTimeout, mayHaveArrived: false, error.shortDescription)
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            TransportFault(.networkTimeout, mayHaveArrived: bodyBegan, error.shortDescription)
        default: TransportFault(.networkUnreachable, mayHaveArrived: bodyBegan, error.shortDescription)
        }
    }

    private static func fault(
        of error: BoringSSLError, bodyBegan: Bool, quality: ClockQuality
    ) -> TransportFault {
        let text = String(describing: error)
        let alerts = receivedAlerts(in: text)
        if let alert = alerts.first(where: { (42...48).contains($0) || $0 == 116 }) {
            return TransportFault(.upstreamRefusedStation, mayHaveArrived: false, "TLS alert \(alert) received")
        }
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return certificate(text, quality: quality) }
        return TransportFault(.networkUnreachable, mayHaveArrived: bodyBegan, "TLS: \(text)")
    }

    private static func certificate(_ text: String, quality: ClockQuality) -> TransportFault {
        quality == .suspect
            ? TransportFault(.clockSuspect, mayHaveArrived: false, "certificate refused under a suspect clock: \(text)")
            : TransportFault(.serverCertificateInvalid, mayHaveArrived: false, text)
    }

    /// The TLS alerts that an error says were received: BoringSSL gives an alert of the peer the reason 1000 + number,
    /// in the low 12 bits of the code that it prints as `error:` and eight hexadecimal digits.
    static func receivedAlerts(in text: String) -> [Int] {
        text.split(separator: "error:", omittingEmptySubsequences: false).dropFirst().compactMap { piece in
            let digits = piece.prefix { $0.isHexDigit }
            guard let code = UInt32(digits, radix: 16) else { return nil }
            let reason = Int(code & 0xfff)
            return (1_000..<1_256).contains(reason) ? reason - 1_000 : nil
        }
    }
}
