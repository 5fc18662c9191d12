import ChipDocument
import CitizenCard
import StationCore

/// What one input gives to open a chip with, the likeliest first. Each is tried once: a chip may count the tries or slow
/// down after them.
struct CredentialLadder: Sendable {
    let credentials: [AccessCredential]
    /// What the QR code said, where one was scanned: held against the chip afterwards.
    let qrCode: CitizenQRCode?

    init(_ credentials: [AccessCredential], qrCode: CitizenQRCode? = nil) {
        self.credentials = credentials
        self.qrCode = qrCode
    }

    /// Runs a read with one credential after the other, as long as it is the credential that stands in the way.
    func climb<Reading>(
        _ read: (AccessCredential) async throws(Failure) -> Reading
    ) async throws(Failure) -> Reading {
        for credential in credentials.dropLast() {
            do throws(Failure) { return try await read(credential) } catch {
                guard Self.concernsCredential(error) else { throw error }
            }
        }
        guard let last = credentials.last else { throw Failure(.credentialInvalid, "no credential") }
        return try await read(last)
    }

    private static func concernsCredential(_ failure: Failure) -> Bool {
        switch failure.code {
        case .cardWrongCredential, .cardAccessRefused, .cardUnsupported: true
        default: false
        }
    }
}
