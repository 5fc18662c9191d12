import Crypto
package import StationCore
import Synchronization

/// Who is signed in, in memory only: a restart signs everybody out.
///
/// A token is known here by its digest alone, holds for the kernel's user id that signed in and for nobody else, ends by
/// idleness and by age, and never comes back.
package final class SessionRegistry: Sendable {
    /// A person who proved to be themselves.
    package struct Session: Sendable {
        /// Who.
        package let person: OperatorID
        /// As what.
        package let role: OperatorRole
        /// The user id of the process that signed in.
        package let userID: UInt32
        /// Whether nothing may be done but setting a new secret.
        package var mustChangeSecret: Bool
        /// The station data key that the secret opened.
        package let dataKey: Redacted<[UInt8]>?
        fileprivate let endsAt: Duration
        fileprivate var idleAt: Duration
    }

    private let clock: any StationClock
    private let random: any RandomSource
    private let idle: Duration
    private let sessions = Mutex<[[UInt8]: Session]>([:])

    /// - Parameter idle: how long a session lives without being used.
    package init(clock: any StationClock, random: any RandomSource, idle: Duration) {
        self.clock = clock
        self.random = random
        self.idle = idle
    }

    /// Begins a session; returns its token, 32 random bytes in hexadecimal. Throws `signInBusy` when there are too many.
    package func begin(
        _ person: OperatorID, role: OperatorRole, userID: UInt32, mustChangeSecret: Bool, dataKey: Redacted<[UInt8]>?
    ) throws(Failure) -> String {
        let token = Hex.text(random.bytes(32))
        let now = clock.elapsed
        let isRoom = sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.isLive(at: now) }
            guard sessions.count < Limits.People.operators else { return false }
            sessions[Self.digest(token)] = Session(
                person: person, role: role, userID: userID, mustChangeSecret: mustChangeSecret, dataKey: dataKey,
                endsAt: now + Limits.People.session, idleAt: now + idle)
            return true
        }
        guard isRoom else { throw Failure(.signInBusy, "too many sessions") }
        return token
    }

    /// The session of a token, and a new lease of its idle time. Throws `signInRequired` without a token,
    /// `sessionExpired` for one that is not, or no longer, known, or that another user id brings.
    package func session(of token: String?, userID: UInt32) throws(Failure) -> Session {
        guard let token else { throw Failure(.signInRequired) }
        let now = clock.elapsed
        let key = Self.digest(token)
        let found = sessions.withLock { sessions -> Session? in
            guard var session = sessions[key], session.userID == userID else { return nil }
            guard session.isLive(at: now) else {
                sessions[key] = nil
                return nil
            }
            session.idleAt = now + idle
            sessions[key] = session
            return session
        }
        guard let found else { throw Failure(.sessionExpired) }
        return found
    }

    /// Whether the session of a token lives still; no use of it, so that it gives no new lease.
    package func isLive(_ token: String, userID: UInt32) -> Bool {
        let now = clock.elapsed
        return sessions.withLock { sessions in
            guard let session = sessions[Self.digest(token)], session.userID == userID else { return false }
            return session.isLive(at: now)
        }
    }

    /// Ends a session; whether there was one.
    @discardableResult
    package func end(_ token: String) -> Bool {
        sessions.withLock { $0.removeValue(forKey: Self.digest(token)) != nil }
    }

    /// Ends every session of a person but the one given: their secret or their rights changed.
    package func end(of person: OperatorID, except token: String? = nil) {
        let kept = token.map(Self.digest)
        sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.person != person || $0.key == kept }
        }
    }

    /// Ends every session: what they opened is no longer in force.
    package func endAll() { sessions.withLock { $0 = [:] } }

    /// The person set a secret of their own.
    package func secretChanged(_ token: String) {
        sessions.withLock { $0[Self.digest(token)]?.mustChangeSecret = false }
    }

    /// Forgets what has run out. The station data key of one who is signed in, and when the next session runs out; nil
    /// for both when nobody is.
    package func look() -> (isAnybody: Bool, dataKey: Redacted<[UInt8]>?, nextEnd: Duration?) {
        let now = clock.elapsed
        return sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.isLive(at: now) }
            let next = sessions.values.map { min($0.endsAt, $0.idleAt) }.min()
            return (!sessions.isEmpty, sessions.values.lazy.compactMap(\.dataKey).first, next.map { $0 - now })
        }
    }

    /// How long a session lives without being used.
    package var idleTime: Duration { idle }

    private static func digest(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }
}

extension SessionRegistry.Session {
    fileprivate func isLive(at now: Duration) -> Bool { now < endsAt && now < idleAt }
}
