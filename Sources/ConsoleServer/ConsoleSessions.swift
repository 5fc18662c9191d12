import HTTPTypes
import StationAPI
import StationCore
import Synchronization

/// Who is signed in through this console, in memory only: each browser's session has a client of the daemon with a token
/// of its own.
///
/// The daemon decides how long a session lives; the console keeps the same idle time beside it, because an event stream
/// that stays open asks the daemon nothing.
final class ConsoleSessions: Sendable {
    /// One person at one browser.
    struct Session: Sendable {
        /// Acts for the person.
        let station: StationClient
        /// Who it is.
        fileprivate(set) var person: SignedIn
        fileprivate var usedAt: Duration
        fileprivate var waiters: [AsyncStream<Never>.Continuation] = []

        fileprivate func left(at now: Duration) -> Duration { usedAt + .seconds(person.idleSeconds) - now }
    }

    private let clock: any StationClock
    private let random: any RandomSource
    private let sessions = Mutex<[String: Session]>([:])

    init(clock: any StationClock, random: any RandomSource) {
        self.clock = clock
        self.random = random
    }

    /// Begins a session; returns its id, which no browser has seen before. Throws `signInBusy` when there are too many.
    func begin(_ person: SignedIn, _ station: StationClient) throws(Problem) -> String {
        let id = SessionCookie.newID(random)
        let now = clock.elapsed
        let (isRoom, over) = sessions.withLock { sessions in
            let over = sessions.filter { $0.value.left(at: now) <= .zero }
            for id in over.keys { sessions[id] = nil }
            guard sessions.count < Limits.Local.consoleSessions else { return (false, over) }
            sessions[id] = Session(station: station, person: person, usedAt: now)
            return (true, over)
        }
        for waiter in over.values.flatMap(\.waiters) { waiter.finish() }
        guard isRoom else { throw Problem(.signInBusy, "too many sessions at this console") }
        return id
    }

    /// The session that a request belongs to, and a new lease of its idle time. Throws `signInRequired` without a cookie,
    /// `sessionExpired` for an id that is not, or no longer, known.
    func session(of request: HTTPFields) throws(Problem) -> (id: String, session: Session) {
        guard let id = SessionCookie.id(in: request) else { throw Problem(.signInRequired) }
        let now = clock.elapsed
        let found = sessions.withLock { sessions -> Session? in
            guard let session = sessions[id], session.left(at: now) > .zero else { return nil }
            sessions[id]?.usedAt = now
            return session
        }
        guard let found else {
            end(id)
            throw Problem(.sessionExpired)
        }
        return (id, found)
    }

    /// What the daemon says of the person now. Streams opened for who had to set a secret first begin anew.
    func update(_ id: String, _ person: SignedIn) {
        let waiters = sessions.withLock { sessions -> [AsyncStream<Never>.Continuation] in
            guard let before = sessions[id] else { return [] }
            sessions[id]?.person = person
            guard before.person.mustChangeSecret != person.mustChangeSecret else { return [] }
            sessions[id]?.waiters = []
            return before.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Forgets a session; every stream of it ends. The client is the caller's to sign out.
    @discardableResult
    func end(_ id: String) -> StationClient? {
        let session = sessions.withLock { $0.removeValue(forKey: id) }
        for waiter in session?.waiters ?? [] { waiter.finish() }
        return session?.station
    }

    /// Returns when the session has ended, be it by being idle, or changed: whether it has ended.
    func waitForEnd(of id: String) async -> Bool {
        let (ends, waiter) = AsyncStream.makeStream(of: Never.self)
        let isThere = sessions.withLock { sessions in
            sessions[id]?.waiters.append(waiter)
            return sessions[id] != nil
        }
        guard isThere else { return true }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in ends {} }
            group.addTask { [self] in
                while let left = sessions.withLock({ $0[id]?.left(at: clock.elapsed) }) {
                    guard left > .zero else {
                        end(id)
                        return
                    }
                    guard (try? await clock.sleep(for: left)) != nil else { return }
                }
            }
            await group.next()
            group.cancelAll()
        }
        return sessions.withLock { $0[id] == nil }
    }

    /// How many there are.
    var count: Int { sessions.withLock(\.count) }
}
