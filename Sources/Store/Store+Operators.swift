import GRDB
package import People
package import StationCore

/// An operator's account.
package struct OperatorAccount: Hashable, Sendable {
    /// The sign-in name.
    package let person: OperatorID
    /// What the person may do.
    package var role: OperatorRole
    /// What the secret is recognised by.
    package var credential: OperatorCredential
    /// Whether somebody else set the secret, so that it has to be changed before anything else.
    package var mustChangeSecret: Bool
    /// Whether an administrator has shut the account.
    package var isSuspended: Bool
    /// Wrong secrets.
    package var lockOut: LockOut

    /// Makes an account.
    package init(
        person: OperatorID, role: OperatorRole, credential: OperatorCredential, mustChangeSecret: Bool,
        isSuspended: Bool = false, lockOut: LockOut = LockOut()
    ) {
        self.person = person
        self.role = role
        self.credential = credential
        self.mustChangeSecret = mustChangeSecret
        self.isSuspended = isSuspended
        self.lockOut = lockOut
    }
}

extension Store {
    /// An account; nil when there is none.
    package func account(of person: OperatorID) async throws(Failure) -> OperatorAccount? {
        try await read { db in try Self.account(of: person, db) }
    }

    /// All accounts by name.
    package func accounts() async throws(Failure) -> [OperatorAccount] {
        try await read { db in
            try db.rows("SELECT * FROM operator ORDER BY id LIMIT ?", [Limits.People.operators]).map(Self.account)
        }
    }

    /// Enters an account, with an audit row. Throws `operatorExists`, `operatorUnknown` when there are too many.
    package func enter(_ account: OperatorAccount, by actor: WireName) async throws(Failure) {
        try await write { [configuration] db in
            guard try Self.account(of: account.person, db) == nil else { throw Failure(.operatorExists) }
            guard try db.row("SELECT count(*) AS n FROM operator")?.count("n") ?? 0 < Limits.People.operators else {
                throw Failure(.requestTooLarge, "operators")
            }
            let moment = Moment(configuration.clock)
            try Self.keep(account, at: moment, db)
            try Self.note(.entered, account.person, by: actor, detail: WireName(account.role.rawValue), at: moment, db)
        }
    }

    /// Changes an account in one transaction with its audit row; `action` says what it is called there. Throws
    /// `operatorUnknown`, and what `change` throws; then nothing has changed.
    package func change(
        _ person: OperatorID, _ action: OperatorAction, by actor: WireName,
        _ change: @escaping @Sendable (inout OperatorAccount) throws(Failure) -> Void
    ) async throws(Failure) {
        try await write { [configuration] db in
            guard var account = try Self.account(of: person, db) else { throw Failure(.operatorUnknown) }
            try change(&account)
            let moment = Moment(configuration.clock)
            try Self.keep(account, at: moment, db)
            try Self.note(action, person, by: actor, detail: nil, at: moment, db)
        }
    }

    /// Whether nothing may be tried for a while: how long; nil when an attempt may be made. Throws `operatorUnknown`.
    package func lockOutWait(of person: OperatorID) async throws(Failure) -> Duration? {
        try await write { [configuration] db in
            guard var account = try Self.account(of: person, db) else { throw Failure(.operatorUnknown) }
            let moment = Moment(configuration.clock)
            let before = account.lockOut
            let wait = account.lockOut.wait(epoch: configuration.clockEpoch, elapsed: moment.elapsed)
            if account.lockOut != before { try Self.keep(account, at: moment, db) }
            return wait
        }
    }

    /// Counts a wrong secret, with an audit row.
    package func secretWasWrong(_ person: OperatorID, by actor: WireName) async throws(Failure) {
        try await write { [configuration] db in
            guard var account = try Self.account(of: person, db) else { return }
            let moment = Moment(configuration.clock)
            account.lockOut.failed(epoch: configuration.clockEpoch, elapsed: moment.elapsed)
            try Self.keep(account, at: moment, db)
            let action: OperatorAction = account.lockOut.isLocking ? .lockedOut : .refused
            try Self.note(action, person, by: actor, detail: nil, at: moment, db)
        }
    }

    /// Puts another station data key in force, in one transaction: one person's secret opens it, nobody else's does, and
    /// what lay under the old one is deleted. Returns of how many applications. Throws `operatorUnknown`, and
    /// `rekeyRefused` when that is another number than the one agreed to.
    package func replaceDataKey(
        openedBy person: OperatorID, _ credential: OperatorCredential, forgetting agreed: Int, by actor: WireName
    ) async throws(Failure) -> Int {
        try await write { [configuration] db in
            guard var account = try Self.account(of: person, db) else { throw Failure(.operatorUnknown) }
            let lost = try Self.followUpCount(db)
            guard lost == agreed else {
                throw Failure(.rekeyRefused, "the follow-up data of \(lost) applications would be deleted")
            }
            try db.run("DELETE FROM follow_up")
            try db.run("UPDATE operator SET wrapped_key = NULL")
            account.credential = credential
            account.mustChangeSecret = true
            account.lockOut = LockOut()
            let moment = Moment(configuration.clock)
            try Self.keep(account, at: moment, db)
            try Self.note(.keyReplaced, person, by: actor, detail: WireName("forgotten:\(lost)"), at: moment, db)
            return lost
        }
    }

    static func account(_ row: Row) throws -> OperatorAccount {
        OperatorAccount(
            person: try row.value("id", OperatorID.init), role: try row.value("role", OperatorRole.init(rawValue:)),
            credential: try OperatorCredential(
                salt: try row.bytes("salt"), roundsLog2: try row.count("rounds_log2"),
                verifier: try row.bytes("verifier"), wrappedKey: try row.optionalBytes("wrapped_key")),
            mustChangeSecret: try row.flag("must_change"), isSuspended: try row.flag("is_suspended"),
            lockOut: LockOut(
                failures: try row.count("failures"), epoch: try row.integer("locked_epoch"),
                until: try row.integer("locked_until")))
    }

    private static func account(of person: OperatorID, _ db: Database) throws -> OperatorAccount? {
        try db.row("SELECT * FROM operator WHERE id = ?", [person.text]).map(account)
    }

    private static func keep(_ account: OperatorAccount, at moment: Moment, _ db: Database) throws {
        try db.run(
            "INSERT OR REPLACE INTO operator VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                account.person.text, account.role.rawValue, blob(account.credential.salt),
                account.credential.roundsLog2, blob(account.credential.verifier),
                account.credential.wrappedKey.map(blob), account.mustChangeSecret, account.isSuspended,
                account.lockOut.failures, account.lockOut.epoch, account.lockOut.until, moment.now.milliseconds,
            ])
    }

    private static func note(
        _ action: OperatorAction, _ person: OperatorID, by actor: WireName, detail: WireName?, at moment: Moment,
        _ db: Database
    ) throws {
        try appendAudit(
            AuditNote(actor: actor, action: action.name, object: person.actor, detail: detail), at: moment, db)
    }
}

/// What the audit calls a change of an account.
package enum OperatorAction: String, Sendable {
    /// Entered by an administrator.
    case entered
    /// Signed in; wrong secrets are forgotten.
    case signedIn = "signed-in"
    /// Signed out; a session that runs out by itself leaves no row.
    case signedOut = "signed-out"
    /// Signed as the second person.
    case coSigned = "co-signed"
    /// A wrong secret.
    case refused = "sign-in-refused"
    /// One too many of them.
    case lockedOut = "locked-out"
    /// The person set a secret of their own.
    case secretChanged = "secret-changed"
    /// Somebody else set one.
    case secretReset = "secret-reset"
    /// Somebody set a temporary secret that opens another station data key than before.
    case keyReplaced = "data-key-replaced"
    /// Shut by an administrator.
    case suspended
    /// Opened again.
    case unlocked

    /// `operator.` and the word.
    package var name: WireName {
        guard let name = WireName("operator.\(rawValue)") else { preconditionFailure("every word is in the alphabet") }
        return name
    }
}
