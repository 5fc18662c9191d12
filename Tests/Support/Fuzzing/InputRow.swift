import StationCore

/// What came of a row of inputs.
package struct Tally: Codable, Hashable, Sendable {
    /// Inputs answered.
    package var inputs = 0
    /// Those that gave a value; the rest were refused.
    package var accepted = 0
    /// Milliseconds of processor time of the slowest input.
    package var slowestMilliseconds = 0.0
    /// The slowest input's number.
    package var slowestInput = 0
    /// Seconds of processor time of all.
    package var seconds = 0.0

    /// Nothing yet.
    package init() {}

    /// Adds another row of the same target.
    package mutating func add(_ other: Tally) {
        inputs += other.inputs
        accepted += other.accepted
        seconds += other.seconds
        if other.slowestMilliseconds > slowestMilliseconds {
            slowestMilliseconds = other.slowestMilliseconds
            slowestInput = other.slowestInput
        }
    }
}

/// A row of numbered inputs for one target: what one child process does.
package struct InputRow: Sendable {
    /// The parser.
    package let target: FuzzTarget
    /// With the number, what makes an input.
    package let seed: UInt64
    /// The first number.
    package let first: Int
    /// How many.
    package let count: Int
    /// Wall time after which no further input is begun; nil for none.
    package let limit: Duration?

    /// Describes a row.
    package init(target: FuzzTarget, seed: UInt64, first: Int, count: Int, limit: Duration? = nil) {
        self.target = target
        self.seed = seed
        self.first = first
        self.count = count
        self.limit = limit
    }

    /// Answers the row. `onInput` hears of each input before it is tried. Throws `Violation`, and what the corpus throws.
    package func run(onInput: (Int) -> Void) async throws -> Tally {
        let mutator = try await target.mutator(seed: seed)
        let start = ContinuousClock.now
        var tally = Tally()
        let begun = ProcessorTime.now
        var before = begun
        for number in first..<first + count {
            if let limit, tally.inputs % 16 == 0, ContinuousClock.now - start > limit { break }
            onInput(number)
            if try await target.attempt(mutator.input(number)) == .accepted { tally.accepted += 1 }
            tally.inputs += 1
            let after = ProcessorTime.now
            let milliseconds = (after - before).milliseconds
            before = after
            if milliseconds > tally.slowestMilliseconds {
                tally.slowestMilliseconds = milliseconds
                tally.slowestInput = number
            }
        }
        tally.seconds = (before - begun).milliseconds / 1_000
        return tally
    }
}
