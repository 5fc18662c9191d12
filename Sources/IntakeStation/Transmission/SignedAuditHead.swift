import Uplink

/// The audit head as upstream's contract carries it; the store has a type of that name too.
typealias SignedAuditHead = AuditHead
