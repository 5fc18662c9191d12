/// What is simulated: one seed, one run.
package struct Scenario: Sendable {
    /// A fault built in on purpose, which the same invariants must find.
    package enum Control: String, Sendable, CaseIterable {
        /// The desk takes an application for saved when it hands it over.
        case acknowledgesBeforeCommit
        /// The store does not sync at all.
        case synchronousOff
        /// After each network fault somebody makes the lane try at once.
        case impatient
        /// A process that begins anew knows nothing of what upstream told the one before to wait.
        case forgetful
    }

    /// Decides everything.
    package var seed: UInt64
    /// Days of the station before everything is repaired and the rest drains.
    package var days: Int
    /// The built-in fault; nil: the product as it is.
    package var control: Control?
    /// Most applications of one day.
    package var mostApplications: Int

    /// Makes a scenario.
    package init(seed: UInt64, days: Int, control: Control? = nil, mostApplications: Int = 300) {
        self.seed = seed
        self.days = days
        self.control = control
        self.mostApplications = mostApplications
    }
}

/// What a run showed.
package struct SimulationReport: Sendable {
    /// The seed.
    package let seed: UInt64
    /// Promises that were broken; the run ends at the first. Empty: all were kept.
    package let violations: [String]
    /// SHA-256 of the whole trace: the same for the same seed.
    package let digest: String
    /// The trace's last lines.
    package let tail: [String]
    /// How often what happened.
    package let counts: [(name: String, count: Int)]

    /// The counts in one line.
    package var summary: String { counts.map { "\($0.name) \($0.count)" }.joined(separator: ", ") }
}

/// What is counted in a run.
enum Occasion: String, CaseIterable {
    case applications, acknowledged, accepted, purged, requests, cutRequests, lostReplies, mangledReplies, refusals
    case offlineSpells, powerLosses, kills, restarts, diskFull, failedSyncs, clockJumps, keyRotations, verbs, lostWrites
    case resumedParts, forgottenParts
}
