import Foundation
package import StationCore

/// What a person knows: a passphrase, or a PIN where the machine itself keeps the station data key.
package struct OperatorSecret: Sendable {
    let bytes: Redacted<[UInt8]>
    private let characters: Redacted<[Character]>

    /// The text in Unicode's composed form (NFC), so that two keyboards give the same. Throws `secretTooWeak` for nothing,
    /// `requestTooLarge` for more than `Limits.People.secretBytes`.
    package init(_ text: String) throws(Failure) {
        guard !text.isEmpty else { throw Failure(.secretTooWeak) }
        guard text.utf8.count <= Limits.People.secretBytes else { throw Failure(.requestTooLarge, "secret") }
        let composed = text.precomposedStringWithCanonicalMapping
        bytes = Redacted(Array(composed.utf8))
        characters = Redacted(Array(composed))
    }

    /// Throws `secretTooWeak`.
    package func check(_ rule: SecretRule) throws(Failure) {
        let characters = characters.unredacted
        guard characters.count >= rule.leastCharacters, Set(characters).count > 2, !isSequence else {
            throw Failure(.secretTooWeak)
        }
    }

    /// `123456` and `fedcba`: each step the same.
    private var isSequence: Bool {
        let values = characters.unredacted.flatMap(\.unicodeScalars).map { Int($0.value) }
        let steps = Set(zip(values.dropFirst(), values).map { $0 - $1 })
        return steps == [1] || steps == [-1]
    }
}

/// What a secret has to withstand.
package enum SecretRule: Sendable {
    /// Attempts at this station only, which are counted: the data key does not hang on the secret.
    case pin
    /// Somebody who has the disk: the data key is wrapped under the secret.
    case passphrase

    var leastCharacters: Int {
        switch self {
        case .pin: Limits.People.pinCharacters
        case .passphrase: Limits.People.passphraseCharacters
        }
    }
}
