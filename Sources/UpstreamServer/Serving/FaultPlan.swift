package import StationCore
import Synchronization

/// Misbehaviour on request, for training and tests: what an upstream may do to a station on a bad day.
package final class FaultPlan: Sendable {
    /// What every batch is answered.
    package enum Refusal: String, Codable, Sendable, CaseIterable {
        /// 503 with Retry-After.
        case busy
        /// Each item `retry`.
        case retry
        /// 403 with a problem.
        case forbidden
        /// Each item `rejected`, policy-refused.
        case policy
        /// 200 with a page of HTML, as captive portals do.
        case portal
    }

    /// What every batch is answered; nil for the truth.
    package let refusal: Refusal?
    private let lostReplies: Double
    private let random: any RandomSource

    /// - Parameters:
    ///   - lostReplies: share of batches, 0...1, that are processed and committed, and then cut without an answer.
    ///   - random: decides which.
    package init(lostReplies: Double = 0, refusal: Refusal? = nil, random: any RandomSource = SystemRandomSource()) {
        self.lostReplies = lostReplies
        self.refusal = refusal
        self.random = random
    }

    /// Whether the reply to this batch is lost.
    func losesReply() -> Bool { lostReplies > 0 && random.fraction() < lostReplies }
}

/// A repeatable source of bytes (SplitMix64): one seed, one run. For faults only, never for keys.
package final class SeededRandomSource: RandomSource {
    private let state: Mutex<UInt64>

    /// Starts from a seed.
    package init(seed: UInt64) { state = Mutex(seed) }

    /// The next bytes.
    package func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            var result: [UInt8] = []
            while result.count < count {
                state &+= 0x9e37_79b9_7f4a_7c15
                var word = state
                word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
                word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
                word ^= word >> 31
                for shift in 0..<min(8, count - result.count) {
                    result.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * shift)))
                }
            }
            return result
        }
    }
}
