import ApplicationForm
import Foundation
import HostIntegration
import LocalServer
package import Logging
import PCSCReaders
import People
import PortraitDecoding
import ServiceLifecycle
import StationCore
import Store
import Synchronization
import USBInventory
import UnixSignals
import Uplink

/// The daemon, put together: the only place where the parts meet.
///
/// Order at start: limits, instance lock, secrets, store, then everything that speaks to the outside. The socket comes
/// last, so that nobody is served by half a station, and ends first.
package struct IntakeStation: Sendable {
    private let configuration: StationConfiguration
    private let configurationPath: String
    private let logger: Logger
    private let controlCommitDelay: Duration?

    /// - Parameters:
    ///   - configurationPath: read again on SIGHUP.
    ///   - controlCommitDelay: makes of this daemon a control that must lose data: it acknowledges before it commits.
    package init(
        configuration: StationConfiguration, configurationPath: String, logger: Logger,
        controlCommitDelay: Duration? = nil
    ) {
        self.controlCommitDelay = controlCommitDelay
        self.configuration = configuration
        self.configurationPath = configurationPath
        self.logger = logger
    }

    /// Looks at everything that the configuration names, without taking or changing anything. Returns whether the keys were
    /// among it, which an administrator's shell is not given. Throws what `run` would, and for a list of recipient keys that
    /// does not help.
    package static func check(_ configuration: StationConfiguration) throws -> Bool {
        try checkLimits()
        _ = try ActiveSettings(configuration)
        try configuration.checkHost()
        let connection = try configuration.upstream.map { try ConnectionFiles($0, of: configuration.stationID) }
        try configuration.upstream.map(RecipientKeyStore.check)
        guard configuration.credentialsDirectory != nil || CredentialDirectory.isGiven() else { return false }
        let secrets = try StationSecrets(configuration)
        _ = try connection?.credentials(secrets)
        return true
    }

    /// Runs until SIGTERM or SIGINT, or until a fault after which it must not go on; then it throws.
    package func run() async throws {
        try Self.checkLimits()
        try CoreDumps.forbid()
        try CoreDumps.endAtCrashSignals()
        let settings = SettingsBox(try ActiveSettings(configuration))
        let secrets = try StationSecrets(configuration)
        // Before the store and the sockets: binding a socket takes away whatever socket stands at its path.
        let lock = try InstanceLock(path: configuration.stateDirectory + "/intaked.lock")
        let past = PastMoment()
        let upstreamTime = UpstreamTime()
        let clock = HostClock.station {
            past.moment
        } isContradicted: {
            upstreamTime.contradicts($0, elapsed: SystemClock().elapsed)
        }
        var storage = try SpoolOpening.configuration(configuration, secrets: secrets, clock: clock)
        storage.controlCommitDelay = controlCommitDelay
        let store = try await Store.open(storage)
        // A clock that lost its battery is months behind what the audit says.
        if let newest = try await store.newestVouchedMoment() { past.learn(newest) }
        if let recovery = store.recovery { SpoolOpening.report(recovery, logger) }
        let services = try services(
            settings: settings, secrets: secrets, clock: clock, upstreamTime: upstreamTime, store: store)
        var group = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = Limits.Process.shutdownDuration
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
        if let poison = store.poison { throw poison }
        withExtendedLifetime(lock) {}
    }

    private func services(
        settings: SettingsBox, secrets: StationSecrets, clock: SystemClock, upstreamTime: UpstreamTime, store: Store
    ) throws -> [any Service] {
        let random = SystemRandomSource()
        let notifier = ServiceNotifier()
        let hub = EventHub()
        let bell = Bell()
        let stop = StopCause()
        let transmission = TransmissionStatus(clock: clock) { offset in
            upstreamTime.measured(offset, now: clock.now, elapsed: clock.elapsed)
        }
        let authorities = configuration.upstream?.authorities ?? AuthorityKeys([])
        let keys = RecipientKeyStore(
            path: configuration.stateDirectory + "/recipient-keys.json",
            enrolled: configuration.upstream?.keyList, authorities: authorities)
        let reads = ReadRegistry(clock: clock, random: random, hub: hub)
        let sealer = ApplicationSealer(
            stationID: configuration.stationID, clock: clock, random: random, store: store, recipientKeys: keys,
            signingKey: secrets.signingKey)
        let usb = USBServiceClient(path: configuration.local.usbSocket, clock: clock)
        let reading = ReadingService(
            reads: reads, hub: hub, settings: settings,
            portraits: PortraitDecoder(executable: configuration.card.portraitDecoder, clock: clock),
            directory: ReaderDirectory(stateDirectory: configuration.stateDirectory, clock: clock, logger: logger) {
                await ReaderIdentity.ask($0, clock: clock)
            },
            usb: usb,
            wedged: WedgedReaders(
                isAllowed: { settings.current.card.resetsWedgedReaders }, reset: { await usb.reset($0) },
                audit: { (note) throws(Failure) in _ = try await store.audit(note) }, clock: clock, logger: logger),
            limits: LearnedLimits(stateDirectory: configuration.stateDirectory, logger: logger),
            audit: { (note) throws(Failure) in _ = try await store.audit(note) }, prepareSeal: sealer.prepare,
            clock: clock, random: random, logger: logger)
        let rules = ApplicationRules()
        let saving = SavingService(
            stateDirectory: configuration.stateDirectory, rules: rules, settings: settings, clock: clock, store: store,
            reads: reads, sealer: sealer, needsShift: true)
        let meanings = configuration.upstream?.decisionMeanings ?? .none
        let sessions = SessionRegistry(clock: clock, random: random, idle: configuration.idleTime)
        let vault = DataKeyVault(
            store: store, sessions: sessions, machineKey: secrets.dataKey, clock: clock, changed: { bell.ring() })
        let people = PeopleService(store: store, sessions: sessions, vault: vault, random: random)
        let checks = CheckState()
        let reporter = StatusReporter(
            stationID: configuration.stationID, startedAt: clock.now, clock: clock, store: store, checks: checks,
            saving: saving, reading: reading, transmission: transmission, recipientKeys: keys,
            decisionMeanings: meanings)
        let stick = StickService(
            stationID: configuration.stationID,
            places: StickPlaces(
                roots: configuration.stick.directories,
                unlike: configuration.stick.mustBeMounted ? configuration.stateDirectory : nil),
            store: store, signingKey: secrets.signingKey, authorities: authorities, clock: clock, random: random,
            clockOffset: { transmission.clockOffset }, applicationsLeft: { saving.applicationsLeft() })
        let transmissionSwitch = TransmissionSwitch(
            stateDirectory: configuration.stateDirectory, status: transmission)
        let controller = StationController(
            settings: settings, store: store, hub: hub, reading: reading, saving: saving,
            corrections: CorrectionService(
                rules: rules, settings: settings, clock: clock, store: store, saving: saving, sealer: sealer),
            stick: stick, transmission: transmissionSwitch, people: people,
            shifts: ShiftService(store: store, vault: vault, random: random), reporter: reporter, meanings: meanings,
            stop: stop)
        let administration = AdministrationController(
            stationID: configuration.stationID, settings: settings, store: store, signingKey: secrets.signingKey,
            reporter: reporter, transmission: transmissionSwitch, stick: stick, people: people, views: controller,
            stop: stop)
        let sending = try configuration.upstream.map { upstream in
            try transmissionService(
                upstream, secrets: secrets, keys: keys, status: transmission, transmissionSwitch, store: store,
                clock: clock, random: random, stop: stop, ring: { bell.ring() })
        }
        let servers = try sockets(controller, administration, notifier: notifier)

        var services: [any Service] = [
            stop, vault, EventPump(store: store, meanings: meanings, hub: hub, logger: logger), reading,
            Housekeeping(
                stationID: configuration.stationID, store: store, checks: checks, reads: reads,
                payloadDays: configuration.payloadDays,
                interval: configuration.housekeepingInterval, clock: clock, stop: stop, logger: logger),
            StatusPump(reporter: reporter, hub: hub, clock: clock, bell: bell),
            ReloadService(
                path: configurationPath, settings: settings, transmission: sending.map { $0.reload }, logger: logger),
        ]
        if let sending { services.append(sending) }
        services.append(Watchdog(notifier: notifier, store: store, reporter: reporter, clock: clock))
        services.append(SocketService(servers: servers, notifier: notifier, hub: hub))
        return services
    }

    /// Both sockets; the service manager hears that the station serves once both take connections.
    private func sockets(
        _ operators: StationController, _ administrators: AdministrationController, notifier: ServiceNotifier
    ) throws -> [LocalServer] {
        let local = configuration.local
        let missing = Mutex(2)
        return try [
            (SocketSurface.administrators(administrators), local.adminSocket, local.adminGroup),
            (.operators(operators), local.operatorSocket, local.operatorGroup),
        ].map { surface, path, group in
            try LocalServer(surface, socketPath: path, group: group, logger: logger) {
                let isLast = missing.withLock { missing in
                    missing -= 1
                    return missing == 0
                }
                guard isLast else { return }
                logger.notice(
                    "serving",
                    metadata: ["operators": "\(local.operatorSocket)", "administrators": "\(local.adminSocket)"])
                StartupPages.giveBack()
                notifier.ready(status: "serving")
            }
        }
    }

    private func transmissionService(
        _ upstream: StationConfiguration.Upstream, secrets: StationSecrets, keys: RecipientKeyStore,
        status: TransmissionStatus, _ transmissionSwitch: TransmissionSwitch, store: Store, clock: SystemClock,
        random: SystemRandomSource, stop: StopCause,
        ring: @escaping @Sendable () -> Void
    ) throws -> TransmissionService {
        let credentials = try ConnectionFiles(upstream, of: configuration.stationID).credentials(secrets)
        status.configured(certificateNotAfter: credentials.notAfter)
        let transport = HTTPSTransport(base: upstream.base, credentials: credentials, clock: clock)
        let gate = TransmissionGate(rules: upstream.rules, clock: clock)
        let parts = TransmissionParts(
            identity: UplinkIdentity(
                stationId: configuration.stationID, base: upstream.base, authorities: upstream.authorities),
            transport: transport, store: store, keys: keys, signingKey: secrets.signingKey, status: status, gate: gate,
            position: transmissionSwitch, clock: clock, random: random, logger: logger, changed: ring)
        return TransmissionService(
            station: configuration.stationID, uplink: parts.uplink, decisions: parts.decisions, transport: transport,
            gate: gate, status: status,
            store: store, clock: clock, stop: stop, logger: logger)
    }

    private static func checkLimits() throws(Failure) {
        let violations = Limits.violations
        guard violations.isEmpty else {
            throw Failure(.internalFault, "limits contradict: \(violations.joined(separator: "; "))")
        }
    }
}

/// The sockets as a service: it says STOPPING first, so that systemd knows before anything ends.
private struct SocketService: Service {
    let servers: [LocalServer]
    let notifier: ServiceNotifier
    let hub: EventHub

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for server in servers { group.addTask { try await server.run() } }
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            notifier.stopping(status: "stopping")
        }
        await hub.finish()
    }
}
