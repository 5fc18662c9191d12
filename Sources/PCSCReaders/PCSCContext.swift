import CPCSC
import Glibc
import StationCore

extension PCSCStatus: Error {}

/// One context of the card service: a connection of its own, served by a thread of the service.
///
/// Used by one thread; only `cancel` may come from another.
struct PCSCContext: Sendable {
    let handle: SCARDCONTEXT

    /// Connects to the service.
    static func establish() throws(PCSCStatus) -> PCSCContext {
        var handle = SCARDCONTEXT()
        let status = unsafe PCSCStatus(SCardEstablishContext(DWORD(SCARD_SCOPE_SYSTEM), nil, nil, &handle))
        guard status == .success else { throw status }
        return PCSCContext(handle: handle)
    }

    /// Leaves the service; cards connected through this context are reset by it.
    func release() { _ = SCardReleaseContext(handle) }

    /// Ends a wait of this context's thread. Without effect when it is not waiting at this very moment.
    func cancel() { _ = SCardCancel(handle) }

    /// The readers, in the service's order.
    func readerNames() throws(PCSCStatus) -> [String] {
        var size = DWORD(Limits.Card.readers * (Limits.Card.readerNameBytes + 1) + 1)
        var bytes = [CChar](repeating: 0, count: Int(size))
        let status = unsafe PCSCStatus(SCardListReaders(handle, nil, &bytes, &size))
        if status == .noReaders { return [] }
        guard status == .success else { throw status }
        let list = bytes.prefix(Int(size)).map { UInt8(bitPattern: $0) }
        guard let names = ReaderNames.parse(list) else { throw PCSCStatus(code: 0x8010_0014) }
        return names
    }

    /// Waits until a reader's state is no longer the one given, and brings the states up to date.
    /// - Parameter timeout: milliseconds.
    func waitForChange(of states: ReaderStates, timeout: UInt32) -> PCSCStatus {
        unsafe states.withStates { pointer, count in
            unsafe PCSCStatus(SCardGetStatusChange(handle, DWORD(timeout), pointer, DWORD(count)))
        }
    }

    /// The state of one reader now.
    func observe(_ reader: String) throws(PCSCStatus) -> ReaderTable.Observation {
        let states = ReaderStates(names: [reader], withReaderList: false)
        let status = waitForChange(of: states, timeout: 0)
        guard status == .success || status == .timeout, let observation = states.observations.first else {
            throw status
        }
        return observation
    }
}

/// The array of reader states that SCardGetStatusChange reads and writes, with the names it points to.
@safe final class ReaderStates {
    /// The special reader whose state changes when readers come and go.
    static let readerList = "\\\\?PnP?\\Notification"
    /// SCARD_STATE_CHANGED.
    private static let changed: DWORD = 0x0002

    let names: [String]
    private let states: UnsafeMutableBufferPointer<SCARD_READERSTATE>

    /// Prepares states that nothing is known of, so that the first wait returns at once with what is.
    init(names: [String], withReaderList: Bool) {
        self.names = names
        let all = names + (withReaderList ? [Self.readerList] : [])
        unsafe states = .allocate(capacity: all.count)
        for (index, name) in all.enumerated() {
            var state = unsafe SCARD_READERSTATE()
            unsafe state.szReader = UnsafePointer(strdup(name))
            unsafe states.initializeElement(at: index, to: state)
        }
    }

    deinit {
        for index in unsafe states.indices { unsafe free(UnsafeMutablePointer(mutating: states[index].szReader)) }
        unsafe states.deallocate()
    }

    func withStates<Result>(_ body: (UnsafeMutablePointer<SCARD_READERSTATE>?, Int) -> Result) -> Result {
        unsafe body(states.baseAddress, states.count)
    }

    /// Takes what the last wait said as known, so that the next wait waits for something else.
    func accept() {
        for index in unsafe states.indices {
            unsafe states[index].dwCurrentState = states[index].dwEventState & ~Self.changed
        }
    }

    /// What the last wait said of the readers.
    var observations: [ReaderTable.Observation] {
        names.enumerated().map { index, name in
            var state = unsafe states[index]
            let length = unsafe min(Int(state.cbAtr), Limits.Card.answerToResetBytes)
            let atr = unsafe withUnsafeBytes(of: &state.rgbAtr) { unsafe Array($0.prefix(length)) }
            return unsafe ReaderTable.Observation(
                name: name, eventState: UInt32(truncatingIfNeeded: state.dwEventState), answerToReset: atr)
        }
    }
}
