import Foundation

/// What an operator may do.
public enum OperatorRank: String, Codable, Sendable, CaseIterable {
    /// Takes applications in.
    case `operator`
    /// Also co-signs, resets secrets, and closes what others opened.
    case supervisor
}

/// Body of `POST /v1/operators/sign-in`. Secret.
public struct SignInOrder: Codable, Sendable {
    /// The sign-in name.
    public let operatorId: String
    /// The passphrase or PIN.
    public let secret: String

    /// Makes an order.
    public init(operatorId: String, secret: String) {
        self.operatorId = operatorId
        self.secret = secret
    }
}

/// The answer to a sign-in. Secret: who has the token acts as this person until it runs out.
public struct SignInReport: Codable, Sendable {
    /// To be sent as `Authorization: Bearer …`, by processes of the user that signed in.
    public let token: String
    /// Who signed in.
    public let person: SignedIn

    /// Makes a report.
    public init(token: String, person: SignedIn) {
        self.token = token
        self.person = person
    }
}

/// Who a token stands for: `GET /v1/operators/me`.
public struct SignedIn: Codable, Hashable, Sendable {
    /// The sign-in name.
    public let operatorId: String
    /// What the person may do.
    public let role: OperatorRank
    /// Whether nothing may be done but setting a new secret.
    public let mustChangeSecret: Bool
    /// Seconds without a request after which the session ends.
    public let idleSeconds: Int

    /// Makes a description.
    public init(operatorId: String, role: OperatorRank, mustChangeSecret: Bool, idleSeconds: Int) {
        self.operatorId = operatorId
        self.role = role
        self.mustChangeSecret = mustChangeSecret
        self.idleSeconds = idleSeconds
    }
}

/// Body of `POST /v1/operators/secret`: a person's own new secret. Secret.
public struct SecretChange: Codable, Sendable {
    /// The present one.
    public let secret: String
    /// The one that is to be.
    public let newSecret: String

    /// Makes an order.
    public init(secret: String, newSecret: String) {
        self.secret = secret
        self.newSecret = newSecret
    }
}

/// Body of `POST /v1/operators/{id}/secret`: a temporary secret, to be changed at the next sign-in. Secret.
public struct SecretReset: Codable, Sendable {
    /// The temporary one.
    public let newSecret: String

    /// Makes an order.
    public init(newSecret: String) { self.newSecret = newSecret }
}

/// Body of `POST /v1/keys/data`: a station that nobody can open any more gets another data key. Secret.
public struct DataKeyOrder: Codable, Sendable {
    /// Whose secret opens the station from then on.
    public let operatorId: String
    /// A temporary secret, to be changed at the next sign-in.
    public let secret: String
    /// Of how many applications the follow-up data may be deleted. Without the right number nothing is done, and the
    /// problem's detail says it.
    public let forget: Int?

    /// Makes an order.
    public init(operatorId: String, secret: String, forget: Int?) {
        self.operatorId = operatorId
        self.secret = secret
        self.forget = forget
    }
}

/// What became of a station that was given another data key.
public struct DataKeyReport: Codable, Hashable, Sendable {
    /// Whose secret opens it.
    public let account: OperatorList.Entry
    /// Of how many applications the follow-up data was deleted.
    public let forgotten: Int

    /// Makes a report.
    public init(account: OperatorList.Entry, forgotten: Int) {
        self.account = account
        self.forgotten = forgotten
    }
}

/// Body of `POST /v1/operators`, administrator socket. Secret.
public struct OperatorEntry: Codable, Sendable {
    /// The sign-in name: `a-z`, `0-9`, `.`, `-`.
    public let operatorId: String
    /// What the person may do.
    public let role: OperatorRank
    /// A temporary secret, to be changed at the first sign-in.
    public let secret: String

    /// Makes an order.
    public init(operatorId: String, role: OperatorRank, secret: String) {
        self.operatorId = operatorId
        self.role = role
        self.secret = secret
    }
}

/// The accounts of a station: `GET /v1/operators`.
public struct OperatorList: Codable, Hashable, Sendable {
    /// One account.
    public struct Entry: Codable, Hashable, Sendable {
        /// The sign-in name.
        public let operatorId: String
        /// What the person may do.
        public let role: OperatorRank
        /// Whether a new secret has to be set at the next sign-in.
        public let mustChangeSecret: Bool
        /// Whether an administrator has shut the account.
        public let suspended: Bool
        /// Wrong secrets since the last right one.
        public let wrongSecrets: Int
        /// Whether the person's secret opens the station data key; false for who has to be reset by somebody who opens it,
        /// true for everybody where the machine keeps the key.
        public let opensStation: Bool

        /// Makes an entry.
        public init(
            operatorId: String, role: OperatorRank, mustChangeSecret: Bool, suspended: Bool, wrongSecrets: Int,
            opensStation: Bool
        ) {
            self.operatorId = operatorId
            self.role = role
            self.mustChangeSecret = mustChangeSecret
            self.suspended = suspended
            self.wrongSecrets = wrongSecrets
            self.opensStation = opensStation
        }
    }

    /// By name.
    public let operators: [Entry]

    /// Makes a list.
    public init(operators: [Entry]) { self.operators = operators }
}

/// What an administrator may do to an account: `POST /v1/operators/{id}/{verb}`, administrator socket.
public enum OperatorAccountVerb: String, Codable, Sendable, CaseIterable {
    /// Shut it: no sign-in, and every session of the person ends.
    case suspend
    /// Open it again, and forget wrong secrets.
    case unlock
}

/// The second person of a request that needs two: header `Co-Signature: Basic …`, the base64 of `name:secret` (RFC 7617),
/// so that the secret never stands in a body that is kept. Secret.
public struct CoSignature: Sendable {
    /// The second person's sign-in name.
    public let operatorId: String
    /// The second person's secret.
    public let secret: String

    /// Names the second person.
    public init(operatorId: String, secret: String) {
        self.operatorId = operatorId
        self.secret = secret
    }

    /// Reads the header's value; nil when it is not one.
    public init?(headerValue: String) {
        let parts = headerValue.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "basic", let bytes = Data(base64Encoded: String(parts[1])),
            let text = String(validating: bytes, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { return nil }
        operatorId = String(text[..<colon])
        secret = String(text[text.index(after: colon)...])
    }

    /// The header's value.
    public var headerValue: String { "Basic " + Data("\(operatorId):\(secret)".utf8).base64EncodedString() }

    /// The header's name.
    public static let headerName = "Co-Signature"
}
