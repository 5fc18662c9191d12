import ChipDocument
import StationCore
import Synchronization

/// Counts what passes a channel, so that a stage of a read can say what it cost and what it proved.
final class MeteredChannel: CardChannel {
    private struct Meter {
        var apdus = 0
        var inChannel: Duration = .zero
        var trial = LengthTrial()
    }

    private let channel: any CardChannel
    private let clock: any StationClock
    private let meter = Mutex(Meter())

    init(_ channel: any CardChannel, clock: any StationClock) {
        self.channel = channel
        self.clock = clock
    }

    /// Commands sent so far.
    var apdus: Int { meter.withLock { $0.apdus } }
    /// Time spent waiting for reader and card so far.
    var inChannel: Duration { meter.withLock { $0.inChannel } }

    /// What the commands so far proved of extended length.
    var evidence: LengthTrial.Evidence? { meter.withLock { $0.trial.evidence } }

    var capabilities: ChannelCapabilities { get async { await channel.capabilities } }
    var answerToReset: [UInt8] { get async { await channel.answerToReset } }

    func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
        let start = clock.elapsed
        let result: Result<[UInt8], Failure>
        do { result = .success(try await channel.transmit(command)) } catch { result = .failure(error) }
        let took = clock.elapsed - start
        meter.withLock {
            $0.apdus += 1
            $0.inChannel += took
            $0.trial.take(command, result)
        }
        return try result.get()
    }
}
