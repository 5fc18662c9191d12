import StationAPI
import StationBench
import StationCore
import Testing

/// Cards that are wrong in their data, from `virtual-card --fault` through a real card service to the daemon's answer.
/// Each is a case of BSI TR-03105-5.1; the other cases are run in memory, see docs/conformance.md.
@Suite(.serialized) struct HostileCardTests {
    /// Fault, check and reason of the finding that fails.
    @Test(arguments: [
        ("com-omits-group", "comAgainstSOD", "comListsLess"), ("com-without-list", "comAgainstSOD", "comMalformed"),
        ("wrong-check-digit", "mrzCheckDigits", "wrongCheckDigit"),
        ("malformed-dg15", "activeAuthentication", "keyMalformed"),
        ("altered-portrait", "dataGroupHashes", "hashMismatch"),
    ])
    func aFailedCheckIsNamedAndGivesNoApplication(fault: String, check: String, reason: String) async throws {
        try await withStation(card: ["--fault", fault]) { station, run, citizen in
            let read = try await station.read(citizen, run)
            #expect(read.state == .finished && read.verdict == .failed)
            #expect(read.findings.first { $0.check == check }?.reason == reason)
            // A portrait that is not the signed one is not shown.
            #expect(read.portraitAvailable == (fault != "altered-portrait"))
            await expectProblem(.cardForged) { try await run.submit(read: read, phone: "0912345678") }
        }
    }

    @Test(arguments: [
        ("foreign-zone", FailureCode.cardForeign), ("nameless-zone", .cardDataMalformed),
        ("malformed-dg14", .cardDataMalformed), ("unknown-list-version", .cardDataMalformed),
        ("unknown-digest", .cardUnsupported), ("unsigned-dg1", .cardDataMalformed),
    ])
    func aCardThatCannotBeJudgedEndsTheReadByName(fault: String, code: FailureCode) async throws {
        try await withStation(card: ["--fault", fault]) { station, run, citizen in
            let read = try await station.read(citizen, run)
            #expect(read.state == .failed && read.problem?.code == code.rawValue, "\(read.problem?.code ?? "none")")
            #expect(read.problem?.remedyVi == code.text.remedyVi && read.citizen == nil)
            // The station is none the worse for it.
            let sound = try await station.issueCard("sound")
            #expect(try await station.read(Citizen(directory: sound), run).state == .finished)
        }
    }

    @Test func aRefusedPortraitLeavesTheProvenText() async throws {
        try await withStation(card: ["--fault", "formatless-portrait"]) { station, run, citizen in
            let read = try await station.read(citizen, run)
            #expect(read.state == .finished && read.citizen != nil && !read.portraitAvailable)
        }
    }
}
