import StationCore
import Testing

@testable import People

@Suite struct CredentialTests {
    private let person = OperatorID("lan.nguyen")!
    private let key = Redacted((0..<32).map { UInt8($0) })

    @Test func theRightSecretOpensWhatItWrapped() throws {
        let secret = try OperatorSecret("một cụm mật khẩu dài")
        let credential = try OperatorCredential(of: person, secret: secret, dataKey: key, random: SeededBytes())
        #expect(try credential.open(secret, of: person)?.dataKey == key)
        #expect(try credential.open(OperatorSecret("một cụm mật khẩu dai"), of: person) == nil)
        // Typed on another keyboard: decomposed marks.
        let decomposed = "mo\u{302}\u{323}t cu\u{323}m ma\u{302}\u{323}t kha\u{302}\u{309}u da\u{300}i"
        #expect(try credential.open(OperatorSecret(decomposed), of: person)?.dataKey == key)
    }

    @Test func aWrappedKeyIsNobodyElses() throws {
        let secret = try OperatorSecret("một cụm mật khẩu dài")
        let credential = try OperatorCredential(of: person, secret: secret, dataKey: key, random: SeededBytes())
        #expect(throws: Failure(.storeDamaged, "an operator's wrapped key")) {
            try credential.open(secret, of: OperatorID("hoa")!)
        }
        #expect(credential.wrappedKey?.contains(key.unredacted) == false)
    }

    @Test func aMachinesKeyIsNotWrapped() throws {
        let secret = try OperatorSecret("482913")
        let credential = try OperatorCredential(of: person, secret: secret, dataKey: nil, random: SeededBytes())
        #expect(try credential.open(secret, of: person)?.dataKey == nil)
        #expect(credential.wrappedKey == nil)
    }

    @Test(arguments: ["123456", "654321", "111111", "121212", "12345", "abcdef", ""])
    func weakPINsAreRefused(_ text: String) {
        #expect(throws: Failure(.secretTooWeak)) { try OperatorSecret(text).check(.pin) }
    }

    @Test func aPassphraseIsLongerThanAPIN() throws {
        try OperatorSecret("482913").check(.pin)
        #expect(throws: Failure(.secretTooWeak)) { try OperatorSecret("48291357024").check(.passphrase) }
        try OperatorSecret("482913570246").check(.passphrase)
        #expect(throws: Failure(.requestTooLarge, "secret")) {
            try OperatorSecret(String(repeating: "ab1", count: Limits.People.secretBytes))
        }
    }

    @Test(arguments: ["", "Lan", "lan nguyen", "1lan", "lan:1", "lân", String(repeating: "a", count: 65)])
    func whatIsNoSignInName(_ text: String) { #expect(OperatorID(text) == nil) }
}
