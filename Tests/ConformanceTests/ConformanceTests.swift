import Foundation
import StationCore
import Testing

/// The inspection-system cases of BSI TR-03105-5.1 that concern a citizen card, each under its number. What `inferred`
/// cases expect is our own reading of a title: passing them is no conformity.
@Suite struct ConformanceTests {
    @Test(.timeLimit(.minutes(5)), arguments: ConformanceCases.all)
    func `a case ends as it must`(item: ConformanceCase) async throws {
        let answer = try await ConformanceAnswers.shared.answer(to: item)
        let said = "\(item.id): \(answer.verdict) \(answer.reasons) \(answer.failure?.detail ?? "")"
        #expect(answer.meets(item.expectation), "\(said)")
        #expect(answer.complaint == nil, "\(said)")
    }

    @Test(.timeLimit(.minutes(5))) func `no card passes that must fail, unless the deviation is declared`() async throws
    {
        for item in ConformanceCases.all where item.demand == .fail && item.deviation == nil {
            let answer = try await ConformanceAnswers.shared.answer(to: item)
            #expect(!answer.passes, "\(item.id)")
        }
        for item in ConformanceCases.all where item.demand == .pass && item.deviation == nil {
            let answer = try await ConformanceAnswers.shared.answer(to: item)
            #expect(answer.passes, "\(item.id)")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `every answer but a pass has a reason and a text for the operator`()
        async throws
    {
        let strings = try String(
            contentsOf: ConformanceTable.root.appendingPathComponent("Sources/ConsoleServer/Page/strings.js"),
            encoding: .utf8)
        for item in ConformanceCases.all {
            let answer = try await ConformanceAnswers.shared.answer(to: item)
            guard !answer.passes else { continue }
            #expect(!answer.reasons.isEmpty, "\(item.id)")
            let text = try #require(answer.operatorText, "\(item.id)").text
            #expect(!text.titleVi.isEmpty && !text.remedyVi.isEmpty && !text.title.isEmpty && !text.remedy.isEmpty)
            for finding in answer.findings where finding.verdict != .passed {
                #expect(strings.contains("\n  \"check.\(finding.check)\": ["), "\(item.id): \(finding.check)")
                let reason = try #require(finding.reason, "\(item.id): \(finding.check)")
                #expect(strings.contains("\n  \"reason.\(reason)\": ["), "\(item.id): \(reason)")
            }
        }
    }

    /// `RECORD_CONFORMANCE=1` writes the page; without it the page must be what this run would write.
    @Test(.timeLimit(.minutes(5))) func `docs/conformance.md is what this run says`() async throws {
        var answers: [(ConformanceCase, ConformanceAnswer)] = []
        for item in ConformanceCases.all {
            answers.append((item, try await ConformanceAnswers.shared.answer(to: item)))
        }
        let table = ConformanceTable.render(answers)
        if ProcessInfo.processInfo.environment["RECORD_CONFORMANCE"] == "1" {
            try ConformanceTable.page(table).write(to: ConformanceTable.file, atomically: true, encoding: .utf8)
        }
        let recorded = try ConformanceTable.recorded().split(separator: "\n", omittingEmptySubsequences: false)
        let made = table.split(separator: "\n", omittingEmptySubsequences: false)
        for line in made where !recorded.contains(line) { Issue.record("not in the page: \(line)") }
        #expect(recorded == made, "run with RECORD_CONFORMANCE=1 and look at the difference")
    }

    @Test func `every case has its family and its number once`() {
        let ids = ConformanceCases.all.map(\.id) + ConformanceOmission.all.flatMap(\.ids)
        #expect(Set(ids).count == ids.count)
        for item in ConformanceCases.all {
            #expect(ConformanceFamily.all.contains { $0.contains(item.id) }, "\(item.id)")
            if let deviation = item.deviation { #expect(!deviation.isEmpty) }
        }
        // A family that has cases has all of them, run or left out with the reason.
        for family in ConformanceFamily.all where ConformanceCases.all.contains(where: { family.contains($0.id) }) {
            #expect(Set(ids.filter(family.contains)) == Set(family.ids), "\(family.name)")
        }
    }
}
