import ChipDocument
import Foundation
import StationBench
import StationCore
import Testing

/// Readers that others wrote read the virtual card through a real card service: a card and a reader of the same hands
/// could be wrong together.
@Suite(.serialized) struct ForeignReaderTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("ForeignReaders").path
    private static let files: [FileIdentifier] = [.com, .sod, .dg1, .dg2, .dg13, .dg14, .dg15]

    /// What `person.json` and `card.json` of an issued card say.
    private struct Person: Decodable {
        let cardAccessNumber: String
        let mrz: [String]
    }

    private struct Secrets: Decodable {
        let mrzInformation: String
    }

    /// One issued card on a reader of a private service.
    private struct Bench {
        let directory: String
        let card: String
        let service: PrivateCardService
        let person: Person
        let secrets: Secrets

        var environment: [String: String] {
            Command.plainEnvironment.merging(service.environment) { $1 }
                .merging(["READER": service.readerNames[0]]) { $1 }
        }

        func file(_ file: FileIdentifier) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: "\(card)/\(file.rawValue)"))
        }

        func run(
            _ program: String, _ arguments: [String], adding variables: [String: String] = [:]
        ) async throws -> ManagedProcess.Output {
            try await ManagedProcess.run(
                Command(program, arguments, environment: environment.merging(variables) { $1 }))
        }
    }

    private func withCard(_ body: (Bench) async throws -> Void) async throws {
        let layout = try StationLayout()
        defer { layout.remove() }
        let card = "\(layout.cards)/one"
        let issued = try await ManagedProcess.run(Command(BuiltExecutables.path("virtual-card"), ["issue", card]))
        try #require(issued.status == .exited(0), "\(issued.error)")
        func decoded<Value: Decodable>(_ name: String) throws -> Value {
            try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(fileURLWithPath: "\(card)/\(name)")))
        }
        let service = try await PrivateCardService(directory: layout.cardService)
        try await service.start()
        let process = try await service.insertCard(directory: card)
        let bench = Bench(
            directory: layout.root, card: card, service: service, person: try decoded("person.json"),
            secrets: try decoded("card.json"))
        let result: Result<Void, any Error>
        do { result = .success(try await body(bench)) } catch { result = .failure(error) }
        let ended = await process.terminate()
        await service.stop()
        #expect(ended == .exited(0))
        try result.get()
    }

    private func compile(_ source: String, to path: String, _ options: [String]) async throws {
        let output = try await ManagedProcess.run(
            Command("/usr/bin/gcc", ["-I/usr/include/PCSC", "-o", path, "\(Self.sources)/\(source)"] + options))
        try #require(output.status == .exited(0), "\(output.error)")
    }

    /// Debian's mrtdreader, unchanged, on PC/SC instead of libnfc.
    @Test func `mrtdreader reads the card by BAC`() async throws {
        try await withCard { bench in
            let shim = "\(bench.directory)/nfc_over_pcsc.so"
            try await compile("nfc_over_pcsc.c", to: shim, ["-shared", "-fPIC", "-lpcsclite"])
            let reading = try await bench.run(
                "/usr/bin/mrtdreader", [bench.secrets.mrzInformation], adding: ["LD_PRELOAD": shim])
            let printed = reading.output.joined(separator: "\n")
            #expect(printed.contains("Challenge successful!"))
            #expect(printed.contains("File content: " + Hex.text(try bench.file(.com))))
            #expect(printed.contains("File content: " + Hex.text(try bench.file(.sod))))
            #expect(printed.contains(bench.person.mrz.joined()))
            #expect(printed.contains("File size: \(try bench.file(.dg1).count)"))
        }
    }

    @Test(arguments: ["can", "mrz"])
    func `OpenPACE opens the card and reads every file`(kind: String) async throws {
        try await withCard { bench in
            let program = "\(bench.directory)/pace_with_openpace"
            try await compile("pace_with_openpace.c", to: program, ["-leac", "-lcrypto", "-lpcsclite"])
            let secret = kind == "can" ? bench.person.cardAccessNumber : bench.person.mrz.joined()
            let identifiers = Self.files.map {
                Hex.text([UInt8($0.fileID >> 8), UInt8($0.fileID & 0xFF)]).uppercased()
            }
            let reading = try await bench.run(program, [kind, secret, bench.directory] + identifiers)
            try #require(reading.status == .exited(0), "\(reading.error)")
            for (file, identifier) in zip(Self.files, identifiers) {
                let read = try Data(contentsOf: URL(fileURLWithPath: "\(bench.directory)/\(identifier)"))
                #expect(read == (try bench.file(file)), "\(file)")
            }
            let wrong = try await bench.run(
                program, [kind, kind == "can" ? "------" : Self.otherZone, bench.directory, "0101"])
            #expect(wrong.status == .exited(1))
            #expect(wrong.error.contains("GENERAL AUTHENTICATE 85: 6300"))
            try await expectOpenSSLTrusts(bench)
        }
    }

    private static let otherZone =
        "IDVNM0990000017001099000001<<89901018M3901016VNM<<<<<<<<<<<4NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"

    /// The security object as the foreign reader brought it, judged by the openssl command.
    private func expectOpenSSLTrusts(_ bench: Bench) async throws {
        let message = "\(bench.directory)/sod.der"
        // Tag 77 and a three-byte length stand before the CMS structure.
        let file = try Data(contentsOf: URL(fileURLWithPath: "\(bench.directory)/011D"))
        try Data(file.dropFirst(4)).write(to: URL(fileURLWithPath: message))
        let verified = try await bench.run(
            "/usr/bin/openssl",
            [
                "cms", "-verify", "-inform", "DER", "-in", message, "-CAfile", "\(bench.card)/csca.pem", "-purpose",
                "any",
                "-out", "\(bench.directory)/lds",
            ])
        #expect(verified.status == .exited(0), "\(verified.error)")
    }
}
