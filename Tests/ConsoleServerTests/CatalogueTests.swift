import ApplicationForm
import ChipDocument
import Foundation
import StationCore
import Store
import Testing

@testable import ConsoleServer

/// Every word that the station can say stands in the page's catalogue, in both languages.
struct CatalogueTests {
    /// The catalogue's lines without their indentation.
    private let catalogue = PageFile.all.filter { $0.name.hasPrefix("strings") }
        .flatMap { String(decoding: $0.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) }
        .map { String($0.drop { $0 == " " }) }.joined(separator: "\n")

    @Test func `Every entry has a Vietnamese and an English text, and no key comes twice`() {
        let entries = catalogue.matches(of: /(?m)^(?:"([\w.-]+)"|(\w+)): \[(.*)\],$/)
        #expect(entries.count > 350)
        var keys: Set<Substring> = []
        for entry in entries {
            let key = entry.1 ?? entry.2 ?? ""
            #expect(keys.insert(key).inserted, "\(key) comes twice")
            #expect(entry.3.firstMatch(of: /^"[^"]+", "[^"]+"$/) != nil, "\(key) has not two texts")
            let placeholders = entry.3.matches(of: /\{\w+\}/).map { String($0.0) }
            #expect(placeholders.count == 2 * Set(placeholders).count, "\(key) has other values in one language")
        }
    }

    @Test func `Every phase, state and downgrade has its words`() {
        for phase in ReadPhase.allCases { expect("phase.\(phase.rawValue)") }
        for state in ItemState.allCases { expect("state.\(state.rawValue)") }
        for verdict in Verdict.allCases { #expect(catalogue.contains("\n\(verdict.rawValue): [")) }
        for outcome in CertificateChain.Outcome.allCases where outcome != .anchored {
            expect("reason.\(outcome.rawValue)")
        }
        for unknown in ["revocationUnknown", "revocationUnknownListOutdated", "revocationUnknownClock"] {
            expect("reason.\(unknown)")
        }
        for reason in ["paceNotOffered", "paceUnsupported", "paceRefused"] { expect("reason.\(reason)") }
    }

    /// The words of findings are literals in the sources of the modules that judge cards.
    @Test func `Every check and every reason of the sources has its words`() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        var checks: Set<String> = []
        var reasons: Set<String> = []
        for module in ["ChipDocument", "CitizenCard"] {
            let files = FileManager.default.enumerator(
                at: sources.appendingPathComponent(module), includingPropertiesForKeys: nil)
            for case let file as URL in try #require(files) where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /(?:check: |let check = |finding\(|compare\()"(\w+)"/) {
                    checks.insert(String(match.1))
                }
                for match in text.matches(of: /reason: (?:\w+ \? )?"(\w+)"(?: : "(\w+)")?/) {
                    reasons.formUnion([match.1, match.2].compactMap { $0.map(String.init) })
                }
                for match in text.matches(
                    of:
                        /\? "([a-z]\w+)" : "([a-z]\w+)"|finding\("\w+",.*"(\w+)"\)|\(\.(?:failed|notDetermined), "(\w+)"\)/
                ) {
                    reasons.formUnion([match.1, match.2, match.3, match.4].compactMap { $0.map(String.init) })
                }
            }
        }
        #expect(checks.count > 12 && reasons.count > 20)
        for check in checks.union(CardVerificationPolicy.checks) { expect("check.\(check)") }
        // Checks whose names are put together are words of the page too, so that both have all.
        for match in catalogue.matches(of: /\n"check\.(\w+)": \[/) {
            #expect(CardVerificationPolicy.checks.contains(String(match.1)), "\(match.1)")
        }
        for reason in reasons { expect("reason.\(reason)") }
    }

    @Test func `Every key that the page uses exists`() {
        for file in PageFile.all where file.name.hasSuffix(".js") || file.name.isEmpty {
            let text = String(decoding: file.bytes, as: UTF8.self)
            for match in text.matches(of: /\bt\("([\w.]+)"|data-(?:text|label)="([\w.]+)"|data-ask="[\w-]+ ([\w.]+)|"data-label": "(\w+)"/) {
                let key = String(match.1 ?? match.2 ?? match.3 ?? match.4 ?? "")
                #expect(
                    catalogue.contains("\n\(key): [") || catalogue.contains("\n\"\(key)\": ["),
                    "\(key) in \(file.name)")
            }
        }
    }

    private func expect(_ key: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(catalogue.contains("\n\"\(key)\": ["), "\(key) is missing", sourceLocation: sourceLocation)
    }
}
