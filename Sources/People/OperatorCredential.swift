import Crypto
import CryptoExtras
package import StationCore

import struct Foundation.Data

/// What the station keeps of a secret: enough to recognise it, and the station data key wrapped under it.
///
/// scrypt (RFC 7914) gives 64 bytes: the first half recognises the secret, the second wraps the key, so that either costs
/// a guess the whole computation.
package struct OperatorCredential: Hashable, Sendable {
    /// 16 random bytes.
    package let salt: [UInt8]
    /// Base-2 logarithm of scrypt's rounds when the secret was set.
    package let roundsLog2: Int
    /// SHA-256 of the first half, 32 bytes.
    package let verifier: [UInt8]
    /// The station data key: nonce, ciphertext and tag of ChaCha20-Poly1305 under the second half, bound to the operator.
    /// Nil where the machine keeps the key, and for who was entered while the station was locked.
    package let wrappedKey: [UInt8]?

    /// Takes what was kept. Throws `storeDamaged` for what nobody can have kept.
    package init(
        salt: [UInt8], roundsLog2: Int, verifier: [UInt8], wrappedKey: [UInt8]?
    ) throws(Failure) {
        guard salt.count == 16, (10...20).contains(roundsLog2), verifier.count == 32,
            wrappedKey.map({ $0.count == 12 + 32 + 16 }) ?? true
        else { throw Failure(.storeDamaged, "an operator's credential") }
        self.salt = salt
        self.roundsLog2 = roundsLog2
        self.verifier = verifier
        self.wrappedKey = wrappedKey
    }

    /// Makes a credential. Blocks for about a tenth of a second: not to be called on the cooperative pool.
    package init(
        of person: OperatorID, secret: OperatorSecret, dataKey: Redacted<[UInt8]>?, random: any RandomSource
    ) throws(Failure) {
        let salt = random.bytes(16)
        do {
            let derived = try Derived(secret, salt: salt, roundsLog2: Limits.People.scryptRoundsLog2)
            let wrapped = try dataKey.map { key in
                Array(
                    try ChaChaPoly.seal(
                        key.unredacted, using: derived.wrapping, nonce: .init(data: random.bytes(12)),
                        authenticating: Self.context(person)
                    ).combined)
            }
            try self.init(
                salt: salt, roundsLog2: Limits.People.scryptRoundsLog2, verifier: derived.verifier,
                wrappedKey: wrapped)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.internalFault, "a credential cannot be made: \(type(of: error))")
        }
    }

    /// What the right secret opens.
    package struct Opened: Sendable {
        /// The 32 bytes of the station data key, when it is wrapped here.
        package let dataKey: Redacted<[UInt8]>?
    }

    /// Nil for a wrong secret. Blocks as making does. Throws `storeDamaged` when the secret is right and the wrapped key is
    /// not what was wrapped.
    package func open(_ secret: OperatorSecret, of person: OperatorID) throws(Failure) -> Opened? {
        let derived: Derived
        do {
            derived = try Derived(secret, salt: salt, roundsLog2: roundsLog2)
        } catch {
            throw Failure(.internalFault, "scrypt: \(type(of: error))")
        }
        guard Self.isEqual(derived.verifier, verifier) else { return nil }
        guard let wrappedKey else { return Opened(dataKey: nil) }
        do {
            let box = try ChaChaPoly.SealedBox(combined: wrappedKey)
            let key = try ChaChaPoly.open(box, using: derived.wrapping, authenticating: Self.context(person))
            return Opened(dataKey: Redacted(Array(key)))
        } catch {
            throw Failure(.storeDamaged, "an operator's wrapped key")
        }
    }

    /// As long as a real one: who is not there answers as slowly as who is.
    package static func waste(_ secret: OperatorSecret) {
        _ = try? Derived(secret, salt: [UInt8](repeating: 0, count: 16), roundsLog2: Limits.People.scryptRoundsLog2)
    }

    private static func context(_ person: OperatorID) -> Data {
        Data("intake-station/data-key/v1\n\(person.text)".utf8)
    }

    /// In a time that tells nothing of where they differ.
    private static func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private struct Derived {
        let verifier: [UInt8]
        let wrapping: SymmetricKey

        init(_ secret: OperatorSecret, salt: [UInt8], roundsLog2: Int) throws {
            let key = try KDF.Scrypt.deriveKey(
                from: secret.bytes.unredacted, salt: salt, outputByteCount: 64, rounds: 1 << roundsLog2, blockSize: 8,
                parallelism: 1)
            let bytes = key.withUnsafeBytes { Array($0) }
            verifier = Array(SHA256.hash(data: bytes.prefix(32)))
            wrapping = SymmetricKey(data: bytes.suffix(32))
        }
    }
}
