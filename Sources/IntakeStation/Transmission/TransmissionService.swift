import HostIntegration
import Logging
import ServiceLifecycle
import StationCore
import Store
import Synchronization
import Uplink

/// Runs the uplink, wakes it when an application was saved or the network came up, and tells the status how it fares.
struct TransmissionService: Service {
    let station: StationID
    let uplink: UplinkService
    let decisions: DecisionFollower
    let transport: HTTPSTransport
    let gate: TransmissionGate
    let status: TransmissionStatus
    let store: Store
    let clock: any StationClock
    let stop: StopCause
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let told = Mutex<FailureCode?>(nil)
                        try await Self.transmit(by: uplink, following: decisions, from: store, clock: clock) { code in
                            // Once a cause: it may last for days.
                            let isNew = told.withLock { last in
                                defer { last = code }
                                return last != code
                            }
                            logger.log(
                                level: isNew ? .warning : .debug, "decisions not heard",
                                metadata: ["code": "\(code.rawValue)"])
                        }
                    }
                    group.addTask { await heedNetwork() }
                    try await group.waitForAll()
                }
            }
        } catch is CancellationError {
            logger.debug("transmission ended")
        } catch let failure as Failure {
            logger.critical("transmission stopped", metadata: ["problem": "\(failure)"])
            stop.stop(with: failure)
            // The cause ends the group; a service that returned early would cut the requests that are being answered.
            try? await gracefulShutdown()
        }
        await transport.shutdown()
    }

    /// Ends our own waits when a way out comes up.
    private func heedNetwork() async {
        do {
            let watch = try NetworkWatch()
            for await _ in watch.changes() { uplink.networkUp() }
            watch.stop()
        } catch {
            logger.warning("the network is not watched: waits run their time", metadata: ["problem": "\(error)"])
        }
    }

    /// Reads certificate, key and CA again and takes the rules of sending, or throws and changes nothing. What it gives
    /// puts them in force: connections from then on use them, and the lane tries at once.
    @Sendable func reload(_ configuration: StationConfiguration) throws -> @Sendable () -> Void {
        guard let upstream = configuration.upstream else {
            throw Failure(.configurationInvalid, "upstream cannot be taken away without a restart")
        }
        let credentials = try ConnectionFiles(upstream, of: station).credentials(try StationSecrets(configuration))
        return {
            transport.replaceCredentials(credentials)
            status.configured(certificateNotAfter: credentials.notAfter)
            gate.replace(upstream.rules)
            uplink.hasten()
        }
    }

    /// Sends, and is woken by every change of the store; until the task is cancelled or the spool fails. A full disk is
    /// waited out.
    static func transmit(
        by uplink: UplinkService, following decisions: DecisionFollower, from store: Store, clock: any StationClock,
        onTrouble: @escaping @Sendable (FailureCode) async -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await waitingForRoom(clock, isSettled: store.isSettled) {
                    try await uplink.run()
                } after: {
                    try await store.settle()
                }
            }
            group.addTask {
                try await waitingForRoom(clock) { try await decisions.run(onTrouble: onTrouble) }
            }
            group.addTask {
                for await _ in store.eventNews() { uplink.notifyNewWork() }
            }
            try await group.waitForAll()
        }
    }

    /// Does the work, and does it again after a full disk has ended it, once `settle` finds room for what was left half-way.
    static func waitingForRoom(
        _ clock: any StationClock, isSettled: Bool = true, _ work: () async throws -> Void,
        after settle: () async throws -> Void = {}
    ) async throws {
        var isSettled = isSettled
        while true {
            do {
                if !isSettled { try await settle() }
                isSettled = true
                return try await work()
            } catch let failure as Failure where failure.code == .diskFull {
                isSettled = false
                try await clock.sleep(for: Limits.Store.roomInterval)
            }
        }
    }
}

/// Carries what the uplink observes to the status and the log.
struct TransmissionObserver: UplinkObserver {
    let status: TransmissionStatus
    let changed: @Sendable () async -> Void
    let logger: Logger

    func laneChanged(_ condition: LaneCondition) async {
        status.changed(to: condition)
        let metadata: Logger.Metadata = [
            "lane": "\(condition.state.rawValue)", "code": "\(condition.code?.rawValue ?? "-")",
            "problem": "\(condition.problem ?? "-")", "faults": "\(condition.faults)",
        ]
        if condition.isAlert {
            logger.error("upstream needs attention", metadata: metadata)
        } else {
            logger.info("upstream", metadata: metadata)
        }
        await changed()
    }

    func clockMeasured(offsetMilliseconds: Int64) async { status.answered(offsetMilliseconds: offsetMilliseconds) }

    func answerDoubted(foreignResults: Int, unknownItems: Int) async {
        logger.warning(
            "upstream's answer leaves doubt",
            metadata: ["foreignResults": "\(foreignResults)", "unknownItems": "\(unknownItems)"])
    }

    func keysFailed(_ failure: Failure) async {
        logger.warning("recipient keys not renewed", metadata: ["problem": "\(failure)"])
        await changed()
    }
}

/// The key list's keeper as the uplink sees it.
struct KeyAdapter: KeyPort {
    let keys: RecipientKeyStore
    let changed: @Sendable () async -> Void

    func keyList() async throws -> KeyList? { keys.current }

    func replaceKeyList(_ list: KeyList) async throws {
        try keys.adopt(list)
        await changed()
    }
}
