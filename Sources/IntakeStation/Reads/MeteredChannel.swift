import ChipDocument
import StationCore
import Synchronization

/// Counts what passes a channel, so that a stage of a read can say what it cost.
final class MeteredChannel: CardChannel {
    private struct Meter {
        var apdus = 0
        var inChannel: Duration = .zero
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

    var capabilities: ChannelCapabilities { get async { await channel.capabilities } }

    func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
        let start = clock.elapsed
        defer {
            let took = clock.elapsed - start
            meter.withLock {
                $0.apdus += 1
                $0.inChannel += took
            }
        }
        return try await channel.transmit(command)
    }
}
