import CPCSC
import ChipDocument
import Foundation
import StationCore
import Synchronization

/// How a card is held against other programs.
package enum CardSharing: Hashable, Sendable {
    /// No other program may connect.
    case exclusive
    /// Others may connect, but none may speak to the card before the channel is disconnected.
    case shared
}

/// One connection to one card: every call blocks.
///
/// Sendable by proof: a session is made by one channel, and every call of it runs on that channel's worker thread,
/// one at a time.
@safe final class CardSession: @unchecked Sendable {
    /// What becomes of the card's power when a session ends; never "leave": an open secure channel would stay open
    /// for whoever comes next.
    enum Disposition {
        case reset, unpower

        var code: DWORD { DWORD(self == .reset ? SCARD_RESET_CARD : SCARD_UNPOWER_CARD) }
    }

    /// How many sessions are open at this moment, those left behind in a call included.
    static var openCount: Int { count.load(ordering: .relaxed) }
    private static let count = Atomic(0)

    private let insertion: CardInsertion
    private let sharing: CardSharing
    private var context: PCSCContext?
    private var card: SCARDHANDLE?
    private var activeProtocol = DWORD(SCARD_PROTOCOL_T1)
    private let response = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Limits.Card.responseBufferBytes)

    init(insertion: CardInsertion, sharing: CardSharing) {
        self.insertion = insertion
        self.sharing = sharing
    }

    deinit { unsafe response.deallocate() }

    /// Connects to the card, makes sure it is the one that was seen, resets it, and asks what the reader carries.
    func open() -> Result<ChannelCapabilities, Failure> {
        do {
            let context = try call("SCardEstablishContext") { () throws(PCSCStatus) in try PCSCContext.establish() }
            self.context = context
            Self.count.add(1, ordering: .relaxed)
            try confirmInsertion(context)
            try connect(context)
            try confirmInsertion(context)
            return .success(capabilities())
        } catch {
            close(.unpower)
            return .failure(error)
        }
    }

    /// Sends one command.
    func transmit(_ command: [UInt8]) -> Result<[UInt8], Failure> {
        guard let context, let card else { return .failure(Failure(.cardSessionBroken, "not connected")) }
        var length = unsafe DWORD(response.count)
        let status = unsafe PCSCStatus(
            SCardTransmit(
                card, cpcsc_protocol_header(activeProtocol), command, DWORD(command.count), nil,
                response.baseAddress, &length))
        guard status == .success else { return .failure(explain(status, "SCardTransmit", context)) }
        // A virtual reader whose card is gone says success with nothing.
        guard length > 0 else {
            let isGone = (try? hasLeft(context)) ?? true
            return .failure(Failure(isGone ? .cardRemoved : .cardMute, "empty response"))
        }
        guard length >= 2, unsafe Int(length) <= response.count else {
            return .failure(Failure(.cardProtocolError, "a response of \(length) bytes"))
        }
        return unsafe .success(Array(response[..<Int(length)]))
    }

    /// Ends the session. The card loses whatever state it had.
    func close(_ disposition: Disposition) {
        if let card {
            if sharing == .shared { _ = SCardEndTransaction(card, disposition.code) }
            _ = SCardDisconnect(card, disposition.code)
        }
        card = nil
        if let context {
            context.release()
            Self.count.subtract(1, ordering: .relaxed)
        }
        context = nil
        // What a card said is personal.
        if let base = unsafe response.baseAddress { unsafe explicit_bzero(base, response.count) }
    }

    private func connect(_ context: PCSCContext) throws(Failure) {
        let mode = DWORD(sharing == .exclusive ? SCARD_SHARE_EXCLUSIVE : SCARD_SHARE_SHARED)
        let protocols = DWORD(SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
        var card = SCARDHANDLE()
        let connected = unsafe PCSCStatus(
            SCardConnect(context.handle, insertion.reader, mode, protocols, &card, &activeProtocol))
        guard connected == .success else { throw explain(connected, "SCardConnect", context) }
        self.card = card
        // In shared mode nobody may speak between the reset and our last command.
        if sharing == .shared {
            let begun = PCSCStatus(SCardBeginTransaction(card))
            guard begun == .success else { throw explain(begun, "SCardBeginTransaction", context) }
        }
        // The service does not say whether the card is fresh or whether another program left it in the middle of
        // something, so it is reset.
        let reset = unsafe PCSCStatus(
            SCardReconnect(card, mode, protocols, DWORD(SCARD_RESET_CARD), &activeProtocol))
        guard reset == .success else { throw explain(reset, "SCardReconnect", context) }
    }

    private func confirmInsertion(_ context: PCSCContext) throws(Failure) {
        let observation = try call("SCardGetStatusChange") { () throws(PCSCStatus) in
            try context.observe(insertion.reader)
        }
        guard isOurs(observation) else { throw Failure(.cardRemoved, "not the card that was seen") }
    }

    private func isOurs(_ observation: ReaderTable.Observation) -> Bool {
        observation.has(ReaderTable.present) && observation.eventCounter == insertion.eventCounter
    }

    /// Finds out what a failed call means: the same code comes of a card that left, a reader that left, and a service
    /// that left.
    private func explain(_ status: PCSCStatus, _ call: String, _ context: PCSCContext) -> Failure {
        do {
            let observation = try context.observe(insertion.reader)
            if observation.has(ReaderTable.unusable) {
                return Failure(.readerDisconnected, status.failure(call).detail)
            }
            // An exchange that failed is the first that is heard of a card that is being taken away.
            let isGone = status.failureCode == .cardMute ? try hasLeft(context) : !isOurs(observation)
            if isGone { return Failure(.cardRemoved, status.failure(call).detail) }
        } catch {
            return Failure(error.failureCode, status.failure(call).detail)
        }
        // The service answers and the card is there: then it is our handle that is gone, by a reset under us.
        if status.failureCode == .readerServiceDown { return Failure(.cardSessionBroken, status.failure(call).detail) }
        return status.failure(call)
    }

    /// Whether the card that was seen is gone. The service looks at its readers only every few hundred milliseconds, so
    /// one that seems to be there is waited for until the service has looked again.
    private func hasLeft(_ context: PCSCContext) throws(PCSCStatus) -> Bool {
        let states = ReaderStates(names: [insertion.reader], withReaderList: false)
        let limit = UInt32(clamping: Limits.Card.removalNoticeDuration.wholeMilliseconds)
        let first = context.waitForChange(of: states, timeout: 0)
        guard first == .success || first == .timeout else { throw first }
        guard states.observations.allSatisfy(isOurs) else { return true }
        states.accept()
        let second = context.waitForChange(of: states, timeout: limit)
        guard second == .success || second == .timeout else { throw second }
        return !states.observations.allSatisfy(isOurs)
    }

    private func call<Value>(_ name: String, _ body: () throws(PCSCStatus) -> Value) throws(Failure) -> Value {
        do { return try body() } catch { throw error.failure(name) }
    }

    /// What the reader says it carries (PC/SC part 10); a reader that says nothing is taken to carry everything, as
    /// the drivers in use do, except under T=0, where an extended APDU needs envelopes (ISO 7816-4, annex A).
    private func capabilities() -> ChannelCapabilities {
        guard activeProtocol != DWORD(SCARD_PROTOCOL_T0) else { return .short }
        guard let card, let properties = ReaderControl(card: card).properties(),
            let largest = ReaderFeatures.maximumDataBytes(properties: properties)
        else { return .extended }
        return .carrying(dataBytes: largest)
    }
}

extension ChannelCapabilities {
    /// What a reader carries that announces a largest APDU data size. Taken as the size of the whole APDU, which is
    /// what readers that exchange APDUs mean by it.
    static func carrying(dataBytes: Int) -> ChannelCapabilities {
        guard dataBytes > Limits.Card.shortResponseBytes else { return .short }
        return ChannelCapabilities(
            extendedLength: true,
            maximumCommandBytes: dataBytes >= 65_536
                ? ChannelCapabilities.extended.maximumCommandBytes : dataBytes,
            maximumResponseBytes: dataBytes >= 65_536
                ? ChannelCapabilities.extended.maximumResponseBytes : dataBytes)
    }
}
