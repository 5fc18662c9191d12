import StationCore
import Uplink

/// Whether a station waits as it must: what came back last says when it may come again.
struct Pace {
    enum Trouble: Equatable {
        /// A network fault: our own back-off.
        case fault
        /// A busy upstream that names no time: our own back-off too, but the link has carried its answer.
        case busy
        /// Retry-After.
        case obey(seconds: Int)
        /// The station is not let in: one item at the longest back-off.
        case stop
        /// Upstream does not speak our form: one item an hour.
        case pause
    }

    private var notBefore = Duration.zero
    private var isOwnWait = true
    private var networkEndsIt = true
    /// Until when upstream wants nothing.
    private(set) var obeyUntil: Duration
    /// Lists are asked for beside the batches, each with a back-off of its own.
    private var listNotBefore: [String: Duration] = [:]
    private var probesOnly = false
    /// Whether the last exchange met a fault: only the first of a row may be a mere cut.
    private var isFailing = false
    /// What ends a wait counts for the exchange that was under way as well.
    private var flushedAt: Duration?
    private var networkUpAt: Duration?

    /// - Parameter obeyUntil: what an earlier process of this boot was told and has kept.
    init(obeyUntil: Duration = .zero) { self.obeyUntil = obeyUntil }

    private static func isList(_ path: String) -> Bool { path.hasSuffix("/keys") || path.hasSuffix("/decisions") }

    /// What is wrong with a request at this moment; nil: nothing.
    func complaint(about path: String, items: Int, at now: Duration) -> String? {
        if Self.isList(path) {
            let until = listNotBefore[path] ?? .zero
            return now < until ? "\(path) asked \(until - now) too early" : nil
        }
        if now < obeyUntil { return "\(path) comes \(obeyUntil - now) before Retry-After is over" }
        if now < notBefore { return "\(path) comes \(notBefore - now) before the back-off is over" }
        if probesOnly, items > 1 { return "\(path) of \(items) where one item probes" }
        return nil
    }

    /// What came back, of a request that left at a time.
    mutating func failed(_ trouble: Trouble, path: String, since start: Duration, at now: Duration) {
        wait(after: trouble, path: path, lasting: now - start, at: now)
        if let flushedAt, flushedAt >= start { flushed(at: flushedAt) }
        if let networkUpAt, networkUpAt >= start { networkUp(at: networkUpAt) }
    }

    private mutating func wait(after trouble: Trouble, path: String, lasting: Duration, at now: Duration) {
        if Self.isList(path) { return listNotBefore[path] = now + Limits.Uplink.backoffShortest }
        let wasFailing = isFailing
        isFailing = trouble == .fault
        switch trouble {
        case .fault where !wasFailing && path.hasSuffix("/batches") && lasting >= Limits.Uplink.longExchange:
            // What a batch brought that was cut after a long time may be asked at once.
            networkEndsIt = !probesOnly
        case .fault, .busy:
            notBefore = max(notBefore, now + Limits.Uplink.backoffShortest)
            networkEndsIt = !probesOnly
        case .obey(let seconds):
            let wait = min(
                max(.seconds(seconds), Limits.Uplink.retryAfterShortest), Limits.Uplink.retryAfterLongest)
            obeyUntil = now + wait
        case .stop:
            notBefore = now + Limits.Uplink.backoffLongest
            networkEndsIt = false
            probesOnly = true
        case .pause:
            notBefore = now + Limits.Uplink.pauseProbe
            networkEndsIt = false
            probesOnly = true
        }
    }

    /// Upstream answered what was asked.
    mutating func succeeded(path: String) {
        guard !Self.isList(path) else { return }
        notBefore = .zero
        isFailing = false
        probesOnly = false
        networkEndsIt = true
    }

    /// A person asked to try now.
    mutating func flushed(at now: Duration) {
        flushedAt = now
        notBefore = .zero
        listNotBefore = [:]
    }

    /// The network came up.
    mutating func networkUp(at now: Duration) {
        networkUpAt = now
        guard networkEndsIt else { return }
        notBefore = .zero
        listNotBefore["/v1/intake/keys"] = nil
    }
}
