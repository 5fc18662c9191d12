import Logging
import StationCore
import Store
import Uplink

/// The parts that send and ask, put together: the daemon's wiring, which a station without desk and socket shares.
struct TransmissionParts: Sendable {
    let uplink: UplinkService
    let decisions: DecisionFollower

    /// Nothing runs yet; the switch's position, as it was left, is in force.
    ///
    /// - Parameters:
    ///   - gate: the station's rules of sending.
    ///   - observed: the spool as the uplink shall see it; for who looks on.
    ///   - changed: told whenever the status may read otherwise.
    init(
        identity: UplinkIdentity, transport: any Transport, store: Store, keys: RecipientKeyStore,
        signingKey: StationSigningKey, status: TransmissionStatus, gate: any SendingGate = OpenGate(),
        position: TransmissionSwitch, clock: any StationClock, random: any RandomSource, logger: Logger,
        observed: (any SpoolPort) -> any SpoolPort = { $0 }, changed: @escaping @Sendable () -> Void
    ) {
        let spool = SpoolAdapter(
            stationID: identity.stationId, store: store, signingKey: signingKey, random: random)
        uplink = UplinkService(
            identity: identity, transport: transport, spool: observed(spool),
            keys: KeyAdapter(keys: keys, changed: changed),
            observer: TransmissionObserver(status: status, changed: changed, logger: logger), gate: gate,
            clock: clock, random: random)
        decisions = DecisionFollower(
            base: identity.base, transport: transport, port: DecisionAdapter(store: store, changed: changed),
            clock: clock, random: random, isHeld: { position.isPaused })
        position.connect(uplink, decisions)
    }
}
