import GRDB
package import StationCore

extension Store {
    /// Keeps how long upstream wants nothing of this station; nil: that is over.
    package func keepUpstreamWait(_ wait: Duration?) async throws(Failure) {
        try await write { [configuration] db in
            guard let wait else { return try db.run("DELETE FROM upstream_wait") }
            // Rounded up: a millisecond early is early.
            let until = Moment(configuration.clock).elapsed + wait.wholeMilliseconds + 1
            try db.run("INSERT OR REPLACE INTO upstream_wait VALUES (1, ?, ?)", [configuration.clockEpoch, until])
        }
    }

    /// What is left of the wait that was kept; nil when nothing is.
    package func upstreamWait() async throws(Failure) -> Duration? {
        let elapsed = Moment(configuration.clock).elapsed
        return try await read { db in
            guard let until = try db.row("SELECT until FROM upstream_wait")?.integer("until"), until > elapsed else {
                return nil
            }
            return min(.milliseconds(until - elapsed), Limits.Uplink.retryAfterLongest)
        }
    }

    /// A wait of an earlier boot is over, after a moment of this store's own.
    func adoptUpstreamWait(at moment: Moment, after delay: Int64, _ db: Database) throws {
        try db.run(
            "UPDATE upstream_wait SET epoch = :epoch, until = :until WHERE epoch IS NOT :epoch",
            ["epoch": configuration.clockEpoch, "until": moment.elapsed + delay])
    }
}
