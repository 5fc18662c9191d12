import Foundation
import SeededRandom
import StationCore
import Testing

@testable import ApplicationForm

@Suite struct DocumentTests {
    private func schema() throws -> [String: Any] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/schema/application-1.json")
        return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    }

    private func json(_ document: ApplicationDocument) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(document.encoded())) as? [String: Any])
    }

    @Test func `schema and type name the same members`() throws {
        var checker = SchemaChecker(try schema())
        #expect(checker.errors(in: try json(fullApplication())) == [])
        #expect(checker.errors(in: try json(fullAmendment())) == [])
        #expect(checker.properties.subtracting(checker.visited).sorted() == [])
    }

    @Test(arguments: [
        ["itemId"], ["schemaVersion"], ["application", "citizen", "personalNumber"],
        ["application", "card", "readMethod"],
        ["application", "declared", "noSmartphone"], ["application", "consent", "granted"], ["capturedAt"], ["kind"],
        ["application", "consent", "textSHA256"], ["application", "citizen", "birthDate"], ["application"],
    ])
    func `schema and type both refuse a wrong or missing member`(path: [String]) throws {
        func changed(_ object: [String: Any], _ path: ArraySlice<String>, to value: Any?) -> [String: Any] {
            var object = object
            if path.count == 1 {
                object[path.first!] = value
            } else {
                object[path.first!] = changed(object[path.first!] as! [String: Any], path.dropFirst(), to: value)
            }
            return object
        }
        let sample = try json(fullApplication())
        for value in ["?", nil] as [Any?] {
            let wrong = changed(sample, path[...], to: value)
            var checker = SchemaChecker(try schema())
            #expect(checker.errors(in: wrong) != [])
            let bytes = Array(try JSONSerialization.data(withJSONObject: wrong))
            let sound = (try? ApplicationDocument.decode(bytes)).map { $0.problems.isEmpty } ?? false
            #expect(!sound)
        }
    }

    @Test func `documents survive the wire`() throws {
        for document in [fullApplication(), fullAmendment()] {
            #expect(try ApplicationDocument.decode(document.encoded()) == document)
            #expect(document.problems == [])
        }
    }

    @Test func `unknown members are ignored, repeated ones refused`() throws {
        let text = String(decoding: try fullAmendment().encoded(), as: UTF8.self)
        let extended = "{\"future\":[1]," + text.dropFirst()
        #expect(try ApplicationDocument.decode(Array(extended.utf8)) == fullAmendment())
        let repeated = "{\"revision\":7," + text.dropFirst()
        #expect(throws: StrictJSON.Refusal.self) { try ApplicationDocument.decode(Array(repeated.utf8)) }
    }

    @Test func `contradictions have names`() {
        guard case .application(let content) = fullApplication().content else { return }
        func said(_ document: ApplicationDocument) -> [String] { document.problems.map(\.field) }
        #expect(said(document(.application(content), revision: 2)) == ["supersedes"])
        #expect(said(document(.application(content), revision: 0)) == ["revision", "supersedes"])
        #expect(said(document(.application(content), revision: 2, supersedes: itemId)) == ["supersedes"])
        #expect(said(document(.amendment(.init(reason: "why", phone: "0912345678")))) == ["supersedes"])
        #expect(said(document(.amendment(.init(reason: "why")), revision: 2, supersedes: earlierId)) == ["amendment"])
        let twice = content.carrying(cardFiles: content.cardFiles + content.cardFiles)
        #expect(said(document(.application(twice))) == ["attachments"])
        let odd = content.carrying(cardFiles: [PartDescriptor(contentId: "EF SOD", size: -1, sha256: "AB")])
        #expect(said(document(.application(odd))) == ["cardFiles[0]"])
    }

    @Test func `mutated documents never trap and never pass unnoticed as another version`() throws {
        var generator = SeededGenerator(seed: 7)
        let sample = try fullApplication().encoded()
        var decoded = 0
        for _ in 0..<4_000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: index)
                }
            }
            guard let document = try? ApplicationDocument.decode(bytes) else { continue }
            decoded += 1
            _ = document.problems
            #expect(try ApplicationDocument.decode(document.encoded()) == document)
        }
        #expect(decoded > 100)
    }
}
