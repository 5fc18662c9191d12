import StationCore
import Uplink

/// The audit head as upstream's contract carries it; the store has a type of that name too.
typealias SignedAuditHead = AuditHead

extension AuditHead {
    /// Signs the head of the store's chain. Throws `storeDamaged`, `keyInvalid`.
    init(sequence: Int64, hash: [UInt8], of station: StationID, key: StationSigningKey) throws {
        guard let digest = ContentDigest(bytes: hash) else {
            throw Failure(.storeDamaged, "the audit head is not 32 bytes long")
        }
        try self.init(stationId: station, sequence: sequence, head: digest, key: key)
    }
}
