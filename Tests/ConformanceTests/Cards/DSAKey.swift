import DocumentCrypto
import Foundation
import Synchronization

/// A DSA key of 2048 bits, made and used by the `openssl` command: the product has no use for one.
final class DSAKey: Sendable {
    let publicKeyInfo: [UInt8]
    private let directory: URL

    private static let made = Mutex<DSAKey?>(nil)

    /// One key for the whole run.
    static func shared() throws -> DSAKey {
        try made.withLock { made in
            if let made { return made }
            let key = try DSAKey()
            made = key
            return key
        }
    }

    private init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("dsa-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Self.run("dsaparam -genkey -noout -out key.pem 2048", in: directory)
        try Self.run("dsa -in key.pem -pubout -outform DER -out public.der", in: directory)
        publicKeyInfo = Array(try Data(contentsOf: directory.appendingPathComponent("public.der")))
    }

    func sign(_ data: [UInt8], _ digest: DigestAlgorithm) throws -> [UInt8] {
        let name = UUID().uuidString
        try Data(data).write(to: directory.appendingPathComponent(name))
        try Self.run("dgst -\(digest.rawValue.lowercased()) -sign key.pem -out \(name).sig \(name)", in: directory)
        return Array(try Data(contentsOf: directory.appendingPathComponent("\(name).sig")))
    }

    private static func run(_ arguments: String, in directory: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = directory
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CryptoFailure.library("openssl \(arguments)") }
    }
}
