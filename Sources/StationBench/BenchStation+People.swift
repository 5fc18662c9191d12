import Foundation
package import StationAPI
package import StationCore

/// Somebody who works at a bench's desk.
package struct DeskPerson: Hashable, Sendable {
    /// The sign-in name.
    package let name: String
    /// What the person may do.
    package let role: OperatorRank
    /// The secret that the person sets; a PIN, because the bench's machine keeps the data key.
    package let secret: String

    /// Describes a person.
    package init(name: String, role: OperatorRank, secret: String) {
        self.name = name
        self.role = role
        self.secret = secret
    }

    /// An operator.
    package static let lan = DeskPerson(name: "lan", role: .operator, secret: "482913")
    /// A supervisor.
    package static let hoa = DeskPerson(name: "hoa", role: .supervisor, secret: "915826")

    /// What the person signs as the second one.
    package var signature: CoSignature { CoSignature(operatorId: name, secret: secret) }
    /// What the person signs in with.
    package var signIn: SignInOrder { SignInOrder(operatorId: name, secret: secret) }
}

extension BenchStation {
    /// The administrator socket.
    package nonisolated var administration: StationClient { StationClient(socketPath: layout.adminSocket) }

    /// Signs Lan in on the bench's client, and opens an intake session where none is open.
    /// - Parameter onNewState: the daemon began with an empty state directory, where nobody is entered yet.
    package func manDesk(onNewState: Bool = false) async throws(Failure) {
        if onNewState { forgetPeople() }
        try await named { () throws(Problem) in
            try await enter(.lan)
            try await client.signIn(DeskPerson.lan.signIn)
            if try await client.currentShift() == nil {
                _ = try await client.openShift(ShiftOrder(team: "Tổ 1", point: "Bộ phận Một cửa", kind: "fixed"))
            }
        }
    }

    /// Enters a person who sets the secret; once per bench.
    package func enter(_ person: DeskPerson) async throws(Problem) {
        guard !has(person) else { return }
        let temporary = "begin-" + person.secret
        do {
            _ = try await administration.enter(
                OperatorEntry(operatorId: person.name, role: person.role, secret: temporary))
        } catch  where error.code == FailureCode.operatorExists.rawValue {
            // An earlier bench on the same state directory entered the person.
            return
        }
        let own = StationClient(socketPath: layout.operatorSocket)
        try await own.signIn(SignInOrder(operatorId: person.name, secret: temporary))
        _ = try await own.changeSecret(SecretChange(secret: temporary, newSecret: person.secret))
        try await own.signOut()
    }

    /// A person's own client, signed in.
    package func client(of person: DeskPerson) async throws(Problem) -> StationClient {
        try await enter(person)
        let client = StationClient(socketPath: layout.operatorSocket)
        try await client.signIn(person.signIn)
        return client
    }

    /// The supervisor's signature, entered where that is still to be done.
    package func coSignature() async throws(Problem) -> CoSignature {
        try await enter(.hoa)
        return DeskPerson.hoa.signature
    }

    /// Runs a command of `intakectl` that the supervisor co-signs.
    package func coSignedControl(_ arguments: [String]) async throws -> ManagedProcess.Output {
        let signature = try await coSignature()
        let file = layout.root + "/second"
        try signature.secret.write(toFile: file, atomically: true, encoding: .utf8)
        return try await control(
            arguments + ["--co-signer", signature.operatorId, "--co-signer-secret-file", file])
    }

    private func named(_ work: () async throws(Problem) -> Void) async throws(Failure) {
        do {
            try await work()
        } catch {
            throw Failure(FailureCode(rawValue: error.code) ?? .internalFault, error.detail ?? error.title)
        }
    }
}
