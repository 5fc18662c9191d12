import StationCore

/// The thin owner of a channel during one read: protects, sends, counts, keeps the time limit.
final class CardSession {
    private let channel: any CardChannel
    /// What the card says of its lengths before it is asked; nil when it says nothing.
    let cardCapabilities: CardCapabilities?
    private let clock: any StationClock
    private let started: Duration
    private let limit: Duration
    /// What reader and card carry together: the reader's word, until the card is known to take less.
    private(set) var capabilities: ChannelCapabilities
    /// What the reader carries, whatever the card says of itself.
    let readerCapabilities: ChannelCapabilities
    private(set) var statistics = ReadStatistics()
    /// What was said to the card so far.
    private(set) var record: FlightRecord
    /// Where the read stands, for the record.
    var phase = ReadPhase.openingChip
    private var messaging: SecureMessaging?

    init(channel: any CardChannel, clock: any StationClock, plan: ReadPlan, credential: AccessCredential.Kind) async {
        self.channel = channel
        self.clock = clock
        limit = plan.limit
        started = clock.elapsed
        let capabilities = await channel.capabilities
        self.capabilities = capabilities
        readerCapabilities = capabilities
        cardCapabilities = CardCapabilities(answerToReset: await channel.answerToReset)
        record = FlightRecord(
            conditions: .init(plan: plan, credential: credential, capabilities: capabilities))
    }

    /// Most plain data bytes that one response can bring.
    var responseCapacity: Int {
        let wire =
            capabilities.extendedLength
            ? min(capabilities.maximumResponseBytes - 2, Limits.Card.extendedResponseBytes)
            : min(capabilities.maximumResponseBytes - 2, Limits.Card.shortResponseBytes)
        guard let suite = messaging?.suite else { return max(1, wire) }
        return max(1, SecureMessaging.capacity(of: wire, suite: suite))
    }

    var isProtected: Bool { messaging != nil }

    /// From now on only short commands: the card does not take others. Found out before access, never under secure
    /// messaging, where a trial would cost the session.
    func useShortLengths() {
        capabilities = ChannelCapabilities(
            extendedLength: false,
            maximumCommandBytes: capabilities.maximumCommandBytes,
            maximumResponseBytes: capabilities.maximumResponseBytes
        )
    }

    /// From now on only what the card says that it carries.
    func limit(by card: CardAttributes) { capabilities = capabilities.limited(by: card) }

    /// Everything from now on goes under this session.
    func protect(with messaging: SecureMessaging) { self.messaging = messaging }

    /// Sends a command and returns the card's answer, opened. Throws `cardSessionBroken` when the answer is not
    /// protected as it must be, `cardReadTimeout` past the limit, and whatever the channel throws.
    func send(_ command: CommandAPDU) async throws(Failure) -> ResponseAPDU {
        guard messaging != nil else {
            return try await exchange(command, extended: needsExtended(command), plain: command)
        }
        // A command that fits neither form of this reader is not sent at all.
        let extended = needsExtended(command)
        let protected: CommandAPDU
        do { protected = try protect(command, extended: extended) } catch { throw broken(error, status: nil) }
        let response = try await exchange(protected, extended: extended, plain: command)
        do { return try unprotect(response, command: command) } catch { throw broken(error, status: response.status) }
    }

    /// The clock's answer at the end.
    func finishedStatistics() -> ReadStatistics {
        statistics.milliseconds = (clock.elapsed - started).milliseconds
        return statistics
    }

    private func protect(
        _ command: CommandAPDU,
        extended: Bool
    ) throws(SecureMessagingFault) -> CommandAPDU {
        guard var session = messaging else { throw .broken }
        defer { messaging = session }
        return try session.protect(command, extended: extended)
    }

    private func unprotect(
        _ response: ResponseAPDU,
        command: CommandAPDU
    ) throws(SecureMessagingFault) -> ResponseAPDU {
        guard var session = messaging else { throw .broken }
        defer { messaging = session }
        return try session.unprotect(response, oddInstruction: command.isOdd)
    }

    private func broken(_ fault: SecureMessagingFault, status: StatusWord?) -> Failure {
        Failure(.cardSessionBroken, "secure messaging: \(fault)" + (status.map { ", \($0)" } ?? ""))
    }

    private func needsExtended(_ command: CommandAPDU) -> Bool {
        guard capabilities.extendedLength else { return false }
        let overhead = isProtected ? 48 : 0
        return command.data.count + overhead > 255 || (command.expectedLength ?? 0) + overhead > 256
    }

    /// One command and what belongs to it: GET RESPONSE after 61xx (ISO/IEC 7816-4, 7.6.1), and, unprotected only, the
    /// same command again after 6Cxx. Under secure messaging a repeat would reuse the counter, so 6Cxx breaks it.
    private func exchange(
        _ command: CommandAPDU,
        extended: Bool,
        plain: CommandAPDU
    ) async throws(Failure) -> ResponseAPDU {
        var response = try await transmit(command.encoded(extended: extended), plain: plain)
        if let length = response.status.correctLength, !isProtected {
            let corrected = CommandAPDU(
                cla: command.cla,
                ins: command.ins,
                p1: command.p1,
                p2: command.p2,
                data: command.data,
                expectedLength: length
            )
            response = try await transmit(corrected.encoded(), plain: corrected)
        }
        var data = response.data
        var rounds = 0
        while let remaining = response.status.remainingBytes {
            rounds += 1
            guard rounds <= Limits.Card.readChunks, data.count <= Limits.Card.apduBytes else {
                throw Failure(.cardDataTooLarge, "61xx without end")
            }
            let fetch = CommandAPDU(ins: 0xc0, expectedLength: remaining)
            response = try await transmit(fetch.encoded(), plain: fetch)
            data += response.data
        }
        return ResponseAPDU(data: data, status: response.status)
    }

    private func transmit(_ bytes: [UInt8], plain: CommandAPDU) async throws(Failure) -> ResponseAPDU {
        guard bytes.count <= capabilities.maximumCommandBytes else {
            throw Failure(.cardUnsupported, "command of \(bytes.count) bytes does not fit the reader")
        }
        let before = clock.elapsed
        guard before - started < limit else {
            throw Failure(.cardReadTimeout, "\((before - started).wholeMilliseconds) ms")
        }
        guard !Task.isCancelled else { throw Failure(.readUnfinished, "cancelled") }
        let response: [UInt8]
        do { response = try await channel.transmit(bytes) } catch {
            note(bytes, plain: plain, answer: [], sentAt: before, failure: error.code)
            throw error
        }
        note(bytes, plain: plain, answer: response, sentAt: before)
        statistics.apdus += 1
        statistics.commandBytes += bytes.count
        statistics.responseBytes += response.count
        statistics.channelMilliseconds += (clock.elapsed - before).milliseconds
        return try ResponseAPDU(parsing: response)
    }

    /// Headers, lengths, status and times only: what an APDU carries never reaches the record.
    private func note(
        _ sent: [UInt8],
        plain: CommandAPDU,
        answer: [UInt8],
        sentAt: Duration,
        failure: FailureCode? = nil
    ) {
        record.append(
            FlightEntry(
                at: Self.rounded(sentAt - started),
                phase: phase,
                command: Hex.text(plain.header),
                wire: Hex.text(Array(sent.prefix(4))),
                lc: plain.data.count,
                le: plain.expectedLength,
                sent: sent.count,
                received: answer.count,
                status: answer.count < 2 ? nil : Hex.text(Array(answer.suffix(2))),
                milliseconds: Self.rounded(clock.elapsed - sentAt),
                failure: failure
            )
        )
    }

    /// Milliseconds to the microsecond: more says nothing.
    private static func rounded(_ duration: Duration) -> Double { (duration.milliseconds * 1_000).rounded() / 1_000 }
}
