import LocalServer
import StationAPI
import StationCore

extension Problem {
    /// An answer as it is kept with its request. Throws `internalFault` when it cannot be encoded.
    static func answer(_ value: some Encodable) throws(Problem) -> [UInt8] {
        do { return try StrictJSON.encode(value) } catch { throw Problem(.internalFault, "an answer does not encode") }
    }
}

extension Peer {
    /// The peer as the audit's rows name it.
    var actor: WireName { WireName(auditName) ?? .unknownPeer }
}

extension WireName {
    fileprivate static var unknownPeer: WireName {
        guard let name = WireName("uid:unknown") else { preconditionFailure("a constant within the alphabet") }
        return name
    }
}
