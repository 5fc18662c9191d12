import DocumentCrypto
import StationCore

extension SecureMessaging {
    /// Keys and counter of exactly one message.
    struct Session {
        let keys: SessionKeys
        let counter: [UInt8]

        /// DO'87' (with padding indicator 01) or, for odd instructions, DO'85' (ICAO 9303-11, 9.8.4).
        func cryptogram(_ data: [UInt8], oddInstruction: Bool) throws(Failure) -> [UInt8] {
            let padded = BlockPadding.padded(data, blockBytes: keys.suite.cipher.blockBytes)
            let encrypted = try keys.encrypt(padded, iv: iv())
            return oddInstruction ? TLV(0x85, encrypted).encoded : TLV(0x87, [1] + encrypted).encoded
        }

        func open(_ object: TLV, oddInstruction: Bool) throws(SecureMessagingFault) -> [UInt8] {
            var encrypted = object.value
            if !oddInstruction {
                guard encrypted.first == 1 else { throw .objectsIncorrect }
                encrypted.removeFirst()
            }
            let block = keys.suite.cipher.blockBytes
            guard !encrypted.isEmpty, let padded = try? keys.decrypt(encrypted, iv: iv()),
                let plain = BlockPadding.unpadded(padded, blockBytes: block)
            else { throw .objectsIncorrect }
            return plain
        }

        /// The code over counter, padded header (commands only) and objects. The header is padded by itself; without
        /// objects nothing is added to it (ISO/IEC 7816-4, 10.2.3.1).
        func code(header: [UInt8], objects: [UInt8]) throws(Failure) -> [UInt8] {
            var message = counter
            if !header.isEmpty {
                message += BlockPadding.padded(header, blockBytes: keys.suite.cipher.blockBytes)
                if objects.isEmpty { return try keys.code(padded: message) }
            }
            return try keys.code(padding: message + objects)
        }

        func verify(_ code: [UInt8], header: [UInt8], objects: [UInt8]) throws(SecureMessagingFault) {
            guard let expected = try? self.code(header: header, objects: objects),
                MessageAuthentication.equal(code, expected)
            else { throw .objectsIncorrect }
        }

        private func iv() throws(Failure) -> [UInt8] {
            let cipher = keys.suite.cipher
            if cipher == .tripleDES { return cipher.zeroIV }
            return try keys.encrypt(counter, iv: cipher.zeroIV)
        }
    }
}
