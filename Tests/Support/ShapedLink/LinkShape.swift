/// How a link behaves: its rate each way, its delay, and when its connections are cut.
package struct LinkShape: Sendable {
    /// Bytes a second each way, headers of IP and TCP included.
    package var bytesPerSecond: Int
    /// Round trip without a queue.
    package var roundTrip: Duration
    /// Every connection is cut after so many bytes on the link, drawn anew each time; nil for never.
    package var cutEvery: ClosedRange<Int>?
    /// Decides when.
    package var seed: UInt64

    /// Describes a link.
    package init(bytesPerSecond: Int, roundTrip: Duration, cutEvery: ClosedRange<Int>? = nil, seed: UInt64 = 1) {
        self.bytesPerSecond = bytesPerSecond
        self.roundTrip = roundTrip
        self.cutEvery = cutEvery
        self.seed = seed
    }

    /// 256 kbit/s each way and 300 ms: a valley with one bar of signal.
    package static func mountain(cutEvery: ClosedRange<Int>? = nil, seed: UInt64) -> LinkShape {
        LinkShape(bytesPerSecond: 32_000, roundTrip: .milliseconds(300), cutEvery: cutEvery, seed: seed)
    }

    /// Cuts of a link that mostly holds.
    package static let rareCuts = 200_000...2_000_000
    /// Cuts of one that hardly does: often within one application.
    package static let frequentCuts = 20_000...200_000
}

/// What passed over a link.
package struct LinkTraffic: Hashable, Sendable {
    /// Bytes of IP packets towards upstream: data, headers, acknowledgements; those that a cut dropped included.
    package var upBytes = 0
    /// The same towards the station.
    package var downBytes = 0
    /// Of `upBytes`, what TCP carried.
    package var upStreamBytes = 0
    /// Of `downBytes`, what TCP carried.
    package var downStreamBytes = 0
    /// Connections that were made.
    package var connections = 0
    /// Times at which every connection was cut.
    package var cuts = 0

    /// No traffic yet.
    package init() {}

    /// Bytes both ways.
    package var bytes: Int { upBytes + downBytes }
}
