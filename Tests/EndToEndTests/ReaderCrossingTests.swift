import Foundation
import StationAPI
import StationBench
import StationCore
import Testing

/// Two persons at one reader and one person at two: what is read stays with who read it and with the card that it is of.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ReaderCrossingTests {
    /// Hoa starts on the reader where Lan's read is done: Lan's citizen is gone from the station, and neither sees or saves
    /// the other's.
    @Test func whoStartsOnTheSameReaderSeesTheirOwnReadOnly() async throws {
        try await withStation { station, run, citizen in
            let other = try await station.client(of: .hoa)
            let theirs = IntakeRun(client: other)
            let (mine, seen) = (try await station.client.events(), try await other.events())
            let read = try await station.read(citizen, run)
            let submission = try await run.submission(read: read, phone: "0912345678")
            for answer in [
                await refusal({ try await other.read(read.id) }), await refusal({ try await other.portrait(read.id) }),
                await refusal({ try await other.readRecord(read.id) }),
                await refusal({ try await other.submit(submission, idempotencyKey: "hoa") }),
            ] {
                #expect(answer == FailureCode.readOfAnother.rawValue)
            }
            let reader = try await run.readerWithCard(named: station.readerName)
            let second = try await theirs.read(reader: reader, credential: citizen.credential)
            #expect(second.id != read.id && second.state == .finished)
            for answer in [
                await refusal({ try await station.client.read(second.id) }),
                await refusal({ try await station.client.portrait(second.id) }),
                await refusal({ try await run.submit(read: second, phone: "0912345678") }),
            ] {
                #expect(answer == FailureCode.readOfAnother.rawValue)
            }
            let saved = try await theirs.submit(read: second, phone: "0987654321")
            _ = try await run.wait(for: saved.itemId, until: ["accepted"])
            try await expectOnly([read.id], in: mine, until: saved.itemId)
            try await expectOnly([second.id], in: seen, until: saved.itemId)
            let rows = try await station.auditRows()
            #expect(rows.contains("op:lan card.read \(read.id)") && rows.contains("op:hoa card.read \(second.id)"))
        }
    }

    /// One person, two readers, two cards, both read at the same time: each application is its own card's.
    @Test func onePersonsTwoReadersKeepTheirCitizensApart() async throws {
        try await withStation { station, run, first in
            let second = try Citizen(directory: try await station.issueCard("second", ["--seed", "77"]))
            try await station.insertCard(first.directory)
            try await station.insertCard(second.directory, slot: 1)
            var readers: [String] = []
            for name in station.cardService.readerNames.prefix(2) {
                readers.append(try await run.readerWithCard(named: name))
            }
            #expect(Set(readers).count == 2)
            let (one, two) = (readers[0], readers[1])
            async let left = run.read(reader: one, credential: first.credential)
            async let right = run.read(reader: two, credential: second.credential)
            let reads = [try await left, try await right]
            let expected = [(first, "0912345678"), (second, "0987654321")]
            for (read, (citizen, _)) in zip(reads, expected) {
                #expect(read.state == .finished && read.citizen?.name == citizen.name)
                #expect(read.citizen?.number == citizen.number)
            }
            // Saved in the other order, so that nothing can hang on the last one read.
            for (read, (citizen, phone)) in zip(reads, expected).reversed() {
                let saved = try await run.submit(read: read, phone: phone)
                let found = try await station.client.find(PersonQuestion(personalNumber: citizen.number))
                #expect(found.entries.map(\.application.itemId) == [saved.itemId])
                #expect(found.entries.map(\.phone) == [phone] && found.entries.map(\.name) == [citizen.name])
                _ = try await run.wait(for: saved.itemId, until: ["accepted"])
                let shown = try await station.shownUpstream(saved.itemId)
                #expect(shown.contains(citizen.number) && shown.contains(phone))
                for (another, number) in expected where another.number != citizen.number {
                    #expect(!shown.contains(another.number) && !shown.contains(number))
                }
            }
        }
    }

    /// Each of two persons has a reader, both read at once.
    @Test func twoPersonsTwoReadersNothingCrosses() async throws {
        try await withStation { station, run, first in
            let other = try await station.client(of: .hoa)
            let theirs = IntakeRun(client: other)
            let second = try Citizen(directory: try await station.issueCard("second", ["--seed", "77"]))
            try await station.insertCard(first.directory)
            try await station.insertCard(second.directory, slot: 1)
            let one = try await run.readerWithCard(named: station.cardService.readerNames[0])
            let two = try await run.readerWithCard(named: station.cardService.readerNames[1])
            let (mine, seen) = (try await station.client.events(), try await other.events())
            async let left = run.read(reader: one, credential: first.credential)
            async let right = theirs.read(reader: two, credential: second.credential)
            let (lans, hoas) = (try await left, try await right)
            #expect(lans.citizen?.number == first.number && hoas.citizen?.number == second.number)
            await expectProblem(.readOfAnother) { try await other.read(lans.id) }
            await expectProblem(.readOfAnother) { try await station.client.read(hoas.id) }
            async let a = run.submit(read: lans, phone: "0912345678")
            async let b = theirs.submit(read: hoas, phone: "0987654321")
            let (savedA, savedB) = (try await a, try await b)
            _ = try await run.wait(for: savedA.itemId, until: ["accepted"])
            _ = try await run.wait(for: savedB.itemId, until: ["accepted"])
            try await expectOnly([lans.id], in: mine, until: savedA.itemId)
            try await expectOnly([hoas.id], in: seen, until: savedB.itemId)
            let rows = try await station.auditRows()
            #expect(rows.contains("op:lan item.saved \(savedA.itemId)"))
            #expect(rows.contains("op:hoa item.saved \(savedB.itemId)"))
        }
    }

    // MARK: Helpers

    private func refusal(_ body: () async throws -> some Any) async -> String? {
        do { _ = try await body() } catch { return (error as? Problem)?.code ?? "\(error)" }
        return nil
    }

    /// A stream told of these reads and of no other, up to the acceptance of an application.
    private func expectOnly(_ reads: Set<String>, in events: StationEvents, until item: ItemID) async throws {
        for try await event in events {
            if let read = event.read { #expect(reads.contains(read.id), "another's read was told") }
            if event.application?.itemId == item, event.application?.state == "accepted" { return }
        }
    }
}

extension BenchStation {
    /// One item as upstream opened it, as JSON.
    func shownUpstream(_ item: ItemID) async throws -> String {
        let output = try await upstreamCommand(["show"], [item.text])
        try #require(output.status == .exited(0), "\(output.error)")
        return output.output.joined(separator: "\n")
    }
}
