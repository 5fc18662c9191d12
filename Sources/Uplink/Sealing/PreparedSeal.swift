import Crypto
import Foundation
import StationCore
import Synchronization

/// The part of sealing that needs nothing to seal: one encapsulation to one key (RFC 9180, 5.1.1), made while nobody waits.
///
/// It is good for one item, once, so that no two items ever share a key stream. It is as secret as what it will seal, and
/// is to be held no longer than that.
package final class PreparedSeal: Sendable {
    private let recipient: RecipientPublicKey
    private let sender: Mutex<HPKE.Sender?>

    /// Encapsulates to a key. Throws `keyInvalid` when the key is weak.
    package init(to recipient: RecipientPublicKey) throws {
        self.recipient = recipient
        sender = Mutex(try recipient.sender(info: SigningBytes.applicationInfo))
    }

    /// What was prepared, the first time that it is asked for its own key; nil ever after, and for any other.
    func take(for recipient: RecipientPublicKey) -> HPKE.Sender? {
        guard recipient == self.recipient else { return nil }
        return sender.withLock { $0.take() }
    }
}

extension RecipientPublicKey {
    /// A new context to this key. Throws `keyInvalid` when the key is weak.
    func sender(info: [UInt8]) throws -> HPKE.Sender {
        do {
            return switch backing {
            case .x25519(let key):
                try HPKE.Sender(recipientKey: key, ciphersuite: suite.ciphersuite, info: Data(info))
            case .xwing(let key):
                try HPKE.Sender(recipientKey: key, ciphersuite: suite.ciphersuite, info: Data(info))
            }
        } catch {
            throw Failure(.keyInvalid, "the recipient key cannot be sealed to")
        }
    }
}
