import Logging
import PCSCReaders
import StationAPI
import StationCore
import Synchronization
import USBInventory

/// Who the readers are: their ids, and what USB knows of each.
final class ReaderDirectory: Sendable {
    private struct State {
        var ids: ReaderIDs
        /// What the card service said of the readers that are present, by name.
        var identities: [String: ReaderIdentity] = [:]
        /// The readers on the USB tree; nil while nobody tells.
        var devices: [USBDevice]?
        var match = ReaderMatch(devices: [], readers: [])
        /// Since when each device has been without a reader.
        var unservedSince: [USBDevice: Duration] = [:]
    }

    private let file: StateFile<[ReaderIDs.Remembered]>
    private let identify: @Sendable (String) async -> ReaderIdentity
    private let clock: any StationClock
    private let logger: Logger
    private let state: Mutex<State>
    /// Settled by the first word about USB, or when nobody waits any longer.
    private let firstWord = Outcome<Void>()

    /// - Parameters:
    ///   - stateDirectory: where ids are remembered.
    ///   - identify: asks the card service about a reader.
    init(
        stateDirectory: String, clock: any StationClock, logger: Logger,
        identify: @escaping @Sendable (String) async -> ReaderIdentity
    ) {
        file = StateFile(path: stateDirectory + "/readers.json")
        self.identify = identify
        self.clock = clock
        self.logger = logger
        state = Mutex(State(ids: ReaderIDs(remembered: file.read() ?? [], limit: Limits.USB.rememberedReaders)))
    }

    /// Waits until it is known whether USB tells anything, so that no reader gets an id that it must lose a moment
    /// later. For one task.
    func awaitFirstWord() async {
        let timer = Task {
            try? await clock.sleep(for: Limits.USB.firstInventoryDuration)
            firstWord.settle(())
        }
        defer { timer.cancel() }
        await firstWord.value
    }

    /// Takes the readers of the card service that are present; asks about those that are new.
    func take(readers names: [String]) async {
        let fresh = state.withLock { state in
            state.identities = state.identities.filter { names.contains($0.key) }
            return names.filter { state.identities[$0] == nil }
        }
        for name in fresh {
            let identity = await identify(name)
            state.withLock { $0.identities[name] = identity }
        }
        place(names)
    }

    /// Takes what USB tells; nil when it tells nothing any more. Readers keep what was known of them meanwhile.
    /// - Parameter isReading: whether a reader must be left alone.
    func take(devices: [USBDevice]?, isReading: (_ id: String) async -> Bool) async {
        let names = state.withLock { state in
            state.devices = devices
            return Array(state.identities.keys).sorted()
        }
        place(names)
        // A reader that was plugged in again under the same name has another channel now: it is asked once more.
        for name in staleReaders() where !(await isReading(id(of: name))) {
            let identity = await identify(name)
            state.withLock { if $0.identities[name] != nil { $0.identities[name] = identity } }
        }
        place(names)
        firstWord.settle(())
    }

    /// The id of a reader's name.
    func id(of name: String) -> String { state.withLock { $0.ids.id(of: name) } }

    /// The name of an id; nil for one that nobody has.
    func name(of id: String) -> String? { state.withLock { $0.ids.name(of: id) } }

    /// The port of a reader; nil when USB does not know it.
    func port(of name: String) -> USBPort? { state.withLock { $0.match.devices[name]?.port } }

    /// What USB knows of a reader.
    func place(of name: String) -> USBPlace? { state.withLock { $0.match.devices[name].map(USBPlace.init) } }

    /// Whether a reader that was just plugged in may still be taken by the card service.
    var isSettling: Bool {
        let now = clock.elapsed
        return state.withLock { $0.unservedSince.values.contains { now - $0 < Limits.USB.settleDuration } }
    }

    /// Readers that are plugged in and, after the time that it takes the card service to see one, not served; nil while
    /// nobody tells, or while the card service is down, when nothing is served.
    func notServed(serviceRunning: Bool) -> [UnservedReader]? {
        let now = clock.elapsed
        return state.withLock { state in
            guard state.devices != nil, serviceRunning else { return nil }
            return state.match.notServed.filter { unserved in
                state.unservedSince[unserved.device].map { now - $0 >= Limits.USB.settleDuration } == true
            }.map(UnservedReader.init)
        }
    }

    private func staleReaders() -> [String] {
        state.withLock { state in
            guard state.devices != nil else { return [] }
            return state.identities.filter { name, identity in
                ServedReader(name: name, identity).isOnUSB && state.match.devices[name] == nil
            }.keys.sorted()
        }
    }

    private func place(_ names: [String]) {
        let now = clock.elapsed
        let remembered = state.withLock { state -> [ReaderIDs.Remembered]? in
            let devices = state.devices ?? []
            state.match = ReaderMatch(
                devices: devices,
                readers: names.compactMap { name in state.identities[name].map { ServedReader(name: name, $0) } })
            let unserved = state.match.notServed.map { ($0.device, state.unservedSince[$0.device] ?? now) }
            state.unservedSince = Dictionary(unserved) { first, _ in first }
            let keys = names.map { name in
                (
                    name: name,
                    key: state.match.devices[name].map { ReaderKey.text(name: name, device: $0, among: devices) }
                )
            }
            return state.ids.place(keys) ? state.ids.remembered : nil
        }
        guard let remembered else { return }
        do { try file.write(remembered) } catch {
            logger.warning("reader ids are not remembered", metadata: ["code": "\(error.code.rawValue)"])
        }
    }
}

extension ServedReader {
    fileprivate init(name: String, _ identity: ReaderIdentity) {
        self.init(
            name: name, channel: identity.channel, vendor: identity.vendor.map(USBNumber.init),
            product: identity.product.map(USBNumber.init), serial: identity.serial)
    }
}

extension USBPlace {
    fileprivate init(_ device: USBDevice) {
        self.init(
            port: device.port.text, vendor: device.vendor.description, product: device.product.description,
            manufacturer: device.manufacturer, productName: device.productName, serial: device.serial)
    }
}

extension UnservedReader {
    fileprivate init(_ unserved: ReaderMatch.NotServed) {
        self.init(usb: USBPlace(unserved.device), problem: Problem(unserved.reason.failure))
    }
}

extension NotServedReason {
    /// The named stop that it is.
    var failure: Failure {
        switch self {
        case .notAuthorized: Failure(.readerNotAuthorized)
        case .noPower: Failure(.readerNoPower)
        case .kernelDriver(let name): Failure(.readerKernelDriver, name)
        case .heldByProgram: Failure(.readerHeld)
        case .noPermission: Failure(.readerNoAccess)
        case .noDriver: Failure(.readerDriverMissing)
        }
    }
}
