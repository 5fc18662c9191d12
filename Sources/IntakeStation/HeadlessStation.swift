package import ApplicationForm
package import LocalServer
package import Logging
package import StationAPI
package import StationCore
package import Store
package import Uplink

/// The station without desk, socket and card: saving, transmission and housekeeping as the daemon runs them, over a
/// store, a clock, a transport and a randomness that are given. Whoever wants to see days of a station in seconds runs
/// this.
package struct HeadlessStation: Sendable {
    /// As the sample configuration has it.
    private static let housekeepingInterval: Duration = .seconds(60)

    /// What it lives on.
    package struct Surroundings: Sendable {
        /// Who it is, and whose receipts and keys it believes.
        package var identity: UplinkIdentity
        /// Signs items and audit heads.
        package var signingKey: StationSigningKey
        /// Directory of the small files beside the spool; it exists.
        package var stateDirectory: String
        /// Path of the consent text.
        package var consentFile: String
        /// Path of the list of recipient keys handed out at enrolment; nil: none.
        package var keyList: String?
        /// Days for which the payload of an accepted application is kept.
        package var payloadDays: Int
        /// Days for which follow-up data is kept.
        package var followUpDays: Int
        /// Both clocks.
        package var clock: any StationClock
        /// Everything random, except what the cryptographic library draws.
        package var random: any RandomSource
        /// The way to upstream.
        package var transport: any Transport
        /// Where the parts log.
        package var logger: Logger

        /// Names everything.
        package init(
            identity: UplinkIdentity, signingKey: StationSigningKey, stateDirectory: String, consentFile: String,
            keyList: String?, payloadDays: Int, followUpDays: Int, clock: any StationClock, random: any RandomSource,
            transport: any Transport, logger: Logger
        ) {
            self.identity = identity
            self.signingKey = signingKey
            self.stateDirectory = stateDirectory
            self.consentFile = consentFile
            self.keyList = keyList
            self.payloadDays = payloadDays
            self.followUpDays = followUpDays
            self.clock = clock
            self.random = random
            self.transport = transport
            self.logger = logger
        }
    }

    private let uplink: UplinkService
    private let decisions: DecisionFollower
    private let transmission: TransmissionSwitch
    private let store: Store
    private let clock: any StationClock
    private let settings: SettingsBox
    private let reads: ReadRegistry
    private let saving: SavingService
    private let housekeeping: Housekeeping

    /// Puts the parts together; nothing runs yet. Throws `configurationInvalid`.
    ///
    /// - Parameters:
    ///   - store: open; to be closed by the caller after `run` has ended.
    ///   - observed: the spool as the uplink shall see it; by default as it is. For who looks on.
    package init(
        _ surroundings: Surroundings, store: Store,
        observed: (any SpoolPort) -> any SpoolPort = { $0 }
    ) throws {
        let clock = surroundings.clock
        let random = surroundings.random
        self.store = store
        self.clock = clock
        settings = SettingsBox(try ActiveSettings(Self.configuration(surroundings)))
        let keys = RecipientKeyStore(
            path: surroundings.stateDirectory + "/recipient-keys.json", enrolled: surroundings.keyList,
            authorities: surroundings.identity.authorities)
        reads = ReadRegistry(clock: clock, random: random, hub: EventHub())
        saving = SavingService(
            stateDirectory: surroundings.stateDirectory, rules: ApplicationRules(), settings: settings, clock: clock,
            store: store, reads: reads,
            sealer: ApplicationSealer(
                stationID: surroundings.identity.stationId, clock: clock, random: random, store: store,
                recipientKeys: keys, signingKey: surroundings.signingKey), needsShift: false)
        let status = TransmissionStatus(clock: clock)
        transmission = TransmissionSwitch(stateDirectory: surroundings.stateDirectory, status: status)
        let sending = TransmissionParts(
            identity: surroundings.identity, transport: surroundings.transport, store: store, keys: keys,
            signingKey: surroundings.signingKey, status: status, position: transmission,
            clock: clock, random: random, logger: surroundings.logger, observed: observed, changed: {})
        uplink = sending.uplink
        decisions = sending.decisions
        housekeeping = Housekeeping(
            stationID: surroundings.identity.stationId, store: store, checks: CheckState(), reads: reads,
            payloadDays: surroundings.payloadDays,
            interval: Self.housekeepingInterval,
            clock: clock, stop: StopCause(),
            logger: surroundings.logger)
    }

    /// Sends and keeps house until the task is cancelled (`CancellationError`), or until a fault after which the daemon
    /// ends (its `Failure`).
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await TransmissionService.transmit(by: uplink, following: decisions, from: store, clock: clock) {
                    _ in
                }
            }
            group.addTask {
                while true {
                    try await housekeeping.roundOrNoRoom()
                    try await clock.sleep(for: Self.housekeepingInterval)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Sends nothing until `resume`, remembered beside the spool. Throws `diskWriteFailed`.
    package func pause() throws(Failure) { try transmission.pause() }

    /// Sends again. Throws `diskWriteFailed`.
    package func resume() throws(Failure) { try transmission.resume() }

    /// Tries now, whatever is waited for.
    package func flush() async throws(Failure) {
        try await store.makeAllDue()
        transmission.flush()
    }

    /// The network came up.
    package func networkUp() { uplink.networkUp() }

    /// The consent text in force.
    package var consent: StationAPI.ConsentText { settings.current.consent }

    /// Has a read as if a card had been read whole; returns its id, for the submission.
    package func read(
        _ citizen: CitizenSnapshot, card: CardFacts, files: [SealedContent.File], by person: ProvenPerson
    ) async throws(Failure) -> String {
        let id = try await reads.begin(reader: "simulated", for: person.actor).id
        await reads.update(id) { $0.state = .finished }
        await reads.keep(FinishedRead(id: id, citizen: citizen, card: card, files: files, isWhole: true))
        return id
    }

    /// `POST /v1/applications`; what it returns is on disk.
    package func submit(
        _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> SavedAnswer {
        try await saving.submit(body, idempotencyKey: idempotencyKey, by: person, with: nil)
    }

    private static func configuration(_ surroundings: Surroundings) -> StationConfiguration {
        StationConfiguration(
            stationID: surroundings.identity.stationId, stateDirectory: surroundings.stateDirectory,
            credentialsDirectory: nil,
            local: .init(operatorSocket: "", operatorGroup: nil, adminSocket: "", adminGroup: nil, usbSocket: ""),
            payloadDays: surroundings.payloadDays, stick: .init(directories: [], mustBeMounted: true),
            housekeepingInterval: Self.housekeepingInterval,
            card: .init(
                anchors: [], trustDirectory: surroundings.stateDirectory, allowsBAC: false,
                policy: CardVerificationPolicy(mustPass: [], mayBeUndetermined: [], acceptsManualEntry: false),
                files: [], portraitDecoder: "", resetsWedgedReaders: false),
            upstream: nil,
            application: .init(
                consentFile: surroundings.consentFile, consentVersion: "1", consentLanguage: "vi", integrations: [],
                followUpDays: surroundings.followUpDays, receipt: ReceiptTerms()),
            idleTime: .seconds(600))
    }
}
