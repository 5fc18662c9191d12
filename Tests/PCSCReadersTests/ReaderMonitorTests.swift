import Foundation
import SeededRandom
import StationBench
import StationCore
import Testing

@testable import PCSCReaders

extension RealCardService {
    @Suite(.timeLimit(.minutes(5))) struct ReaderMonitorTests {
        @Test func `readers come with the service, go with it, and come back`() async throws {
            try await CardBench.withService(started: false) { service in
                var snapshots = PCSCReaderMonitor().makeAsyncIterator()
                let first = try await CardBench.next(&snapshots) { _ in true }
                #expect(first.serviceFailure?.code == .readerServiceDown)
                for isKilled in [true, false, true] {
                    try await service.start()
                    let up = try await CardBench.next(&snapshots) { $0.readers.count == 2 }
                    #expect(up.serviceFailure == nil)
                    #expect(up.readers.map(\.name) == service.readerNames)
                    #expect(up.readers.map(\.card) == [.absent, .absent])
                    // Killed, it leaves its socket file behind; stopped, it takes it away.
                    if isKilled { await service.kill() } else { await service.stop() }
                    let down = try await CardBench.next(&snapshots) { $0.serviceFailure != nil }
                    #expect(down.serviceFailure?.code == .readerServiceDown)
                    #expect(down.readers.isEmpty)
                }
            }
        }

        @Test func `cards come and go on two readers, each placing with a number of its own`() async throws {
            try await CardBench.withService { service in
                var snapshots = PCSCReaderMonitor().makeAsyncIterator()
                func card(_ slot: Int) async throws -> ScriptedCard {
                    ScriptedCard(connection: try await service.cardConnection(slot: slot)) { _ in .silence }
                }
                _ = try await CardBench.cards(&snapshots) { $0 == [.absent, .absent] }
                let first = try await card(0)
                let one = try await CardBench.cards(&snapshots) { $0[0].insertion != nil }
                #expect(one[0].insertion?.answerToReset == ScriptedCard.answerToReset)
                #expect(one[0].insertion?.reader == service.readerNames[0])
                #expect(one[1] == .absent)
                let second = try await card(1)
                let two = try await CardBench.cards(&snapshots) { $0[1].insertion != nil }
                #expect(two[0] == one[0])
                #expect(two[1].insertion?.reader == service.readerNames[1])
                first.remove()
                let left = try await CardBench.cards(&snapshots) { $0[0] == .absent }
                #expect(left[1] == two[1])
                let again = try await card(0)
                let back = try await CardBench.cards(&snapshots) { $0[0].insertion != nil }
                #expect(back[0].insertion?.eventCounter != one[0].insertion?.eventCounter)
                #expect(Set([one[0], two[1], back[0]].compactMap { $0.insertion?.number }).count == 3)
                second.remove()
                again.remove()
                _ = try await CardBench.cards(&snapshots) { $0 == [.absent, .absent] }
            }
        }

        @Test func `a card that does not answer its reset is mute`() async throws {
            try await CardBench.withService { service in
                let card = ScriptedCard(
                    connection: try await service.cardConnection(slot: 0), answerToReset: [0xFF]
                ) { _ in .silence }
                let snapshot = try await CardBench.firstSnapshot { $0.readers.first?.card.insertion != nil }
                #expect(snapshot.readers[0].card.insertion?.reader == service.readerNames[0])
                card.remove()
            }
        }

        @Test(arguments: [true, false])
        func `cancelled at fifty random moments, the monitor ends each time`(isServiceUp: Bool) async throws {
            var generator = SeededGenerator(seed: 20_261)
            let waits = (0..<50).map { _ in Duration.microseconds(Int64.random(in: 0...40_000, using: &generator)) }
            try await CardBench.withService(started: isServiceUp) { service in
                for wait in waits {
                    let task = Task {
                        var count = 0
                        for await _ in PCSCReaderMonitor() { count += 1 }
                        return count
                    }
                    try await ContinuousClock().sleep(for: wait)
                    task.cancel()
                    _ = await task.value
                }
                // Sooner than a wait ends by itself: it was the cancellation.
                let isEnded = try await CardBench.threadsEnded(within: Limits.Card.readerListDuration - .seconds(1))
                #expect(isEnded)
            }
        }

        // Right after a snapshot the thread is on its way into its next wait, where a cancellation that comes too early
        // has no effect.
        @Test func `a monitor that is dropped at its first answer ends its thread`() async throws {
            var generator = SeededGenerator(seed: 7_816)
            let waits = (0..<100).map { _ in Duration.nanoseconds(Int64.random(in: 0...600_000, using: &generator)) }
            try await CardBench.withService { _ in
                for wait in waits {
                    for await snapshot in PCSCReaderMonitor() where snapshot.readers.count == 2 {
                        let start = ContinuousClock.now
                        // Too short for a timer.
                        while ContinuousClock.now - start < wait {}
                        break
                    }
                }
                let isEnded = try await CardBench.threadsEnded(within: Limits.Card.readerListDuration - .seconds(1))
                #expect(isEnded)
            }
        }

        @Test func `a service that hangs does not hold a consumer that leaves`() async throws {
            try await CardBench.withService { service in
                _ = try await CardBench.firstSnapshot { $0.readers.count == 2 }
                #expect(try await CardBench.threadsEnded())
                let process = try #require(await service.processID)
                let (started, signal) = AsyncStream.makeStream(of: Void.self)
                let task = Task {
                    for await _ in PCSCReaderMonitor() { signal.yield() }
                }
                for await _ in started { break }
                #expect(MonitorThread.running == 1)
                try CardBench.suspend(process)
                task.cancel()
                await task.value
                kill(process, SIGCONT)
                #expect(try await CardBench.threadsEnded())
            }
        }
    }
}
