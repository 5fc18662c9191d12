import LocalServer
import People
import StationAPI
import StationCore
import Store

/// Proves who somebody is, and keeps the accounts.
struct PeopleService: Sendable {
    let store: Store
    let sessions: SessionRegistry
    let vault: DataKeyVault
    let random: any RandomSource
    private let queue = SignInQueue()
    /// One change of who opens the station at a time: between what a secret opened and what is kept of it no other key
    /// may be put in force.
    private let keyChanges = SignInQueue()
    /// scrypt takes a tenth of a second of a processor: a thread of its own.
    private let worker = WorkerThread(name: "sign-in")

    init(store: Store, sessions: SessionRegistry, vault: DataKeyVault, random: any RandomSource) {
        self.store = store
        self.sessions = sessions
        self.vault = vault
        self.random = random
    }

    // MARK: Sessions

    /// Throws `signInRefused`, `operatorLockedOut`, `operatorSuspended`, `signInBusy`, `operatorsNone`.
    func signIn(_ order: SignInOrder, from peer: Peer) async throws(Failure) -> SignInReport {
        try await keyChanges.turn { () throws(Failure) in try await signInNow(order, from: peer) }
    }

    private func signInNow(_ order: SignInOrder, from peer: Peer) async throws(Failure) -> SignInReport {
        let (account, opened) = try await prove(order.operatorId, order.secret, to: peer.actor)
        let token = try sessions.begin(
            account.person, role: account.role, userID: peer.userID, mustChangeSecret: account.mustChangeSecret,
            dataKey: opened.dataKey)
        do throws(Failure) {
            // Only now: who is shut out from here on finds the session to end.
            try await noteProof(of: account.person, .signedIn, by: peer.actor)
        } catch {
            _ = sessions.end(token)
            throw error
        }
        try await vault.sessionsChanged()
        return SignInReport(token: token, person: described(account.person, account.role, account.mustChangeSecret))
    }

    /// Throws `signInRequired`, `sessionExpired`, `secretChangeRequired`.
    func person(token: String?, from peer: Peer, isLeaving: Bool) throws(Failure) -> ProvenPerson {
        let session = try sessions.session(of: token, userID: peer.userID)
        guard isLeaving || !session.mustChangeSecret else { throw Failure(.secretChangeRequired) }
        return ProvenPerson(
            operatorId: session.person.text, role: OperatorRank(session.role), actor: session.person.actor, peer: peer,
            token: token)
    }

    /// Whether the person's session has not ended since they proved themselves.
    func isSignedIn(_ person: ProvenPerson) -> Bool {
        person.token.unredacted.map { sessions.isLive($0, userID: person.peer.userID) } ?? false
    }

    /// A second person, who must be another one; one of the two is a supervisor. Throws `coSignatureRefused`,
    /// `operatorLockedOut`, `supervisorRequired`.
    func second(_ signature: CoSignature, beside person: ProvenPerson) async throws(Failure) -> ProvenPerson {
        guard signature.operatorId != person.operatorId else { throw Failure(.coSignatureRefused, "the same person") }
        let account: OperatorAccount
        do {
            account = try await prove(signature.operatorId, signature.secret, to: person.actor).0
        } catch  where error.code == .signInRefused {
            throw Failure(.coSignatureRefused)
        }
        guard !account.mustChangeSecret else { throw Failure(.secretChangeRequired) }
        guard account.role == .supervisor || person.role == .supervisor else { throw Failure(.supervisorRequired) }
        try await noteProof(of: account.person, .coSigned, by: person.actor)
        return ProvenPerson(
            operatorId: account.person.text, role: OperatorRank(account.role), actor: account.person.actor,
            peer: person.peer, token: nil)
    }

    /// What a right secret leaves behind. Throws `operatorSuspended` for whom an administrator has shut out while it was
    /// being verified.
    private func noteProof(
        of person: OperatorID, _ action: OperatorAction, by actor: WireName
    ) async throws(Failure) {
        try await store.change(person, action, by: actor) { account throws(Failure) in
            guard !account.isSuspended else { throw Failure(.operatorSuspended) }
            account.lockOut = LockOut()
        }
    }

    func signOut(_ person: ProvenPerson) async throws(Failure) {
        guard let token = person.token.unredacted, sessions.end(token) else { return }
        try await vault.sessionsChanged()
        // Last: whatever becomes of the row, nobody acts as this person any more.
        try await store.audit(
            AuditNote(actor: person.actor, action: OperatorAction.signedOut.name, object: person.actor))
    }

    func describe(_ person: ProvenPerson) throws(Failure) -> SignedIn {
        let session = try sessions.session(of: person.token.unredacted, userID: person.peer.userID)
        return described(session.person, session.role, session.mustChangeSecret)
    }

    private func described(_ person: OperatorID, _ role: OperatorRole, _ mustChange: Bool) -> SignedIn {
        SignedIn(
            operatorId: person.text, role: OperatorRank(role), mustChangeSecret: mustChange,
            idleSeconds: Int(sessions.idleTime.components.seconds))
    }

    /// The account of who knows the secret. Every wrong one is counted and stands in the audit.
    private func prove(
        _ name: String, _ secret: String, to witness: WireName
    ) async throws(Failure) -> (OperatorAccount, OperatorCredential.Opened) {
        // Nothing at all is a wrong secret; that it is also a weak one is for whoever sets it.
        guard let person = OperatorID(name), !secret.isEmpty else { throw Failure(.signInRefused) }
        let secret = try OperatorSecret(secret)
        return try await queue.turn { () throws(Failure) in try await proveNow(person, secret, to: witness) }
    }

    private func proveNow(
        _ person: OperatorID, _ secret: OperatorSecret, to witness: WireName
    ) async throws(Failure) -> (OperatorAccount, OperatorCredential.Opened) {
        guard let account = try await store.account(of: person) else {
            // A new station tells what it lacks; where there are accounts, a name that is none looks like a wrong secret.
            guard try await !store.accounts().isEmpty else { throw Failure(.operatorsNone) }
            await worker.run { OperatorCredential.waste(secret) }
            throw Failure(.signInRefused)
        }
        if let wait = try await store.lockOutWait(of: person) {
            throw Failure(.operatorLockedOut, "\(max(1, wait.components.seconds)) s left")
        }
        let opened = try await worker.run {
            Result { () throws(Failure) in try account.credential.open(secret, of: person) }
        }.get()
        guard let opened else {
            try await store.secretWasWrong(person, by: witness)
            throw Failure(.signInRefused)
        }
        guard !account.isSuspended else { throw Failure(.operatorSuspended) }
        return (account, opened)
    }

    // MARK: Secrets

    /// Throws `signInRefused` for a wrong present secret, `secretTooWeak`.
    func changeSecret(_ change: SecretChange, by person: ProvenPerson) async throws(Failure) -> SignedIn {
        try await keyChanges.turn { () throws(Failure) in try await changeSecretNow(change, by: person) }
    }

    private func changeSecretNow(
        _ change: SecretChange, by person: ProvenPerson
    ) async throws(Failure) -> SignedIn {
        let session = try sessions.session(of: person.token.unredacted, userID: person.peer.userID)
        let (account, opened) = try await prove(person.operatorId, change.secret, to: person.actor)
        guard change.newSecret != change.secret else { throw Failure(.secretTooWeak, "the same as before") }
        let credential = try await credential(
            of: account.person, change.newSecret, dataKey: opened.dataKey ?? vault.dataKey)
        try await store.change(account.person, .secretChanged, by: person.actor) { account in
            account.credential = credential
            account.mustChangeSecret = false
            account.lockOut = LockOut()
        }
        sessions.end(of: account.person, except: person.token.unredacted)
        if let token = person.token.unredacted { sessions.secretChanged(token) }
        return described(session.person, session.role, false)
    }

    /// Throws `operatorUnknown`, `secretTooWeak`.
    func resetSecret(
        of name: String, _ reset: SecretReset, by actor: WireName
    ) async throws(Failure) -> OperatorList.Entry {
        let person = try await known(name)
        try await keyChanges.turn { () throws(Failure) in
            let credential = try await credential(of: person, reset.newSecret, dataKey: vault.dataKey)
            try await store.change(person, .secretReset, by: actor) { account in
                account.credential = credential
                account.mustChangeSecret = true
                account.lockOut = LockOut()
            }
            sessions.end(of: person)
        }
        try await vault.sessionsChanged()
        return try await entry(of: person)
    }

    /// Gives a station that nobody can open any more another data key, which one person's temporary secret opens; what lay
    /// under the old one is deleted. Nobody can co-sign it: whoever could, opens the station. Throws `operatorUnknown`,
    /// `secretTooWeak`, and `rekeyRefused` where the machine or somebody who is signed in has the key, or where the order
    /// does not say what is lost.
    func replaceDataKey(_ order: DataKeyOrder, by actor: WireName) async throws(Failure) -> DataKeyReport {
        let person = try await known(order.operatorId)
        let forgotten = try await keyChanges.turn { () throws(Failure) in
            guard !vault.isMachines else { throw Failure(.rekeyRefused, "the machine keeps the key") }
            guard vault.dataKey == nil else {
                throw Failure(.rekeyRefused, "somebody who is signed in opens the station")
            }
            let credential = try await credential(of: person, order.secret, dataKey: Redacted(random.bytes(32)))
            let forgotten = try await store.replaceDataKey(
                openedBy: person, credential, forgetting: order.forget ?? 0, by: actor)
            sessions.endAll()
            return forgotten
        }
        try await vault.sessionsChanged()
        return DataKeyReport(account: try await entry(of: person), forgotten: forgotten)
    }

    private func known(_ name: String) async throws(Failure) -> OperatorID {
        guard let person = OperatorID(name), try await store.account(of: person) != nil else {
            throw Failure(.operatorUnknown)
        }
        return person
    }

    private func credential(
        of person: OperatorID, _ secret: String, dataKey: Redacted<[UInt8]>?
    ) async throws(Failure) -> OperatorCredential {
        let secret = try OperatorSecret(secret)
        try secret.check(vault.secretRule)
        let wrapped = vault.isMachines ? nil : dataKey
        let random = random
        return try await worker.run {
            Result { () throws(Failure) in
                try OperatorCredential(of: person, secret: secret, dataKey: wrapped, random: random)
            }
        }.get()
    }

    // MARK: Accounts

    /// Throws `operatorExists`, `secretTooWeak`, `requestMalformed` for a name that is none.
    func enter(_ entry: OperatorEntry, by actor: WireName) async throws(Failure) -> OperatorList.Entry {
        guard let person = OperatorID(entry.operatorId) else { throw Failure(.requestMalformed, "operatorId") }
        guard try await store.account(of: person) == nil else { throw Failure(.operatorExists) }
        try await keyChanges.turn { () throws(Failure) in
            // The first one's secret wraps a new data key. Where something lies under an old one, only the order for it
            // makes another.
            var key = vault.dataKey
            if key == nil, !vault.isMachines, try await store.followUpCount() == 0,
                try await store.accounts().allSatisfy({ $0.credential.wrappedKey == nil })
            {
                key = Redacted(random.bytes(32))
            }
            let credential = try await credential(of: person, entry.secret, dataKey: key)
            try await store.enter(
                OperatorAccount(
                    person: person, role: OperatorRole(entry.role), credential: credential, mustChangeSecret: true),
                by: actor)
        }
        return try await self.entry(of: person)
    }

    /// Throws `operatorUnknown`.
    func perform(
        _ verb: OperatorAccountVerb, on name: String, by actor: WireName
    ) async throws(Failure) -> OperatorList.Entry {
        guard let person = OperatorID(name) else { throw Failure(.operatorUnknown) }
        switch verb {
        case .suspend:
            try await store.change(person, .suspended, by: actor) { $0.isSuspended = true }
            sessions.end(of: person)
            try await vault.sessionsChanged()
        case .unlock:
            try await store.change(person, .unlocked, by: actor) { account in
                account.isSuspended = false
                account.lockOut = LockOut()
            }
        }
        return try await entry(of: person)
    }

    func list() async throws(Failure) -> OperatorList {
        let isMachines = vault.isMachines
        return OperatorList(
            operators: try await store.accounts().map { OperatorList.Entry($0, isMachines: isMachines) })
    }

    private func entry(of person: OperatorID) async throws(Failure) -> OperatorList.Entry {
        guard let account = try await store.account(of: person) else { throw Failure(.operatorUnknown) }
        return OperatorList.Entry(account, isMachines: vault.isMachines)
    }
}

extension OperatorList.Entry {
    fileprivate init(_ account: OperatorAccount, isMachines: Bool) {
        self.init(
            operatorId: account.person.text, role: OperatorRank(account.role),
            mustChangeSecret: account.mustChangeSecret, suspended: account.isSuspended,
            wrongSecrets: account.lockOut.failures, opensStation: isMachines || account.credential.wrappedKey != nil)
    }
}

extension OperatorRank {
    init(_ role: OperatorRole) {
        switch role {
        case .operator: self = .operator
        case .supervisor: self = .supervisor
        }
    }
}

extension OperatorRole {
    init(_ rank: OperatorRank) {
        switch rank {
        case .operator: self = .operator
        case .supervisor: self = .supervisor
        }
    }
}
