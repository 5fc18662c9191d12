import Foundation
import StationCore
import Testing

/// BSI TR-03105 part 5.1, inspection systems: every case that concerns this reader, by its id.
@Suite struct ConformanceTests {
    static let all =
        ConformanceCases.iso7816A + ConformanceCases.iso7816B + ConformanceCases.iso7816C + ConformanceCases.iso7816D
        + ConformanceCases.iso7816F + ConformanceCases.iso7816G

    @Test(arguments: all)
    func conforms(_ one: ConformanceCase) async throws {
        for (index, setting) in try one.settings().enumerated() {
            let start = ContinuousClock.now
            let outcome = await ConformanceOutcome.of(setting, one.expectation)
            #expect(outcome.meets, "\(one.id)[\(index)] \(one.card): \(outcome)")
            #expect(ContinuousClock.now - start < Limits.Card.readDuration)
        }
    }

    @Test func everyIDStandsOnce() {
        let ids = Self.all.map(\.id) + ConformanceCases.leftOut.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    /// docs/conformance.md is made here: with RECORD_CONFORMANCE=1 it is written, without it is compared.
    @Test func theTableIsWhatTheRunGave() async throws {
        let table = try await ConformanceTable(cases: Self.all, leftOut: ConformanceCases.leftOut).text()
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/conformance.md")
        if ProcessInfo.processInfo.environment["RECORD_CONFORMANCE"] == "1" {
            try table.write(to: path, atomically: true, encoding: .utf8)
        }
        #expect(
            try String(contentsOf: path, encoding: .utf8) == table,
            "run the tests with RECORD_CONFORMANCE=1 and look at the difference")
    }
}
