import ChipDocument
import Foundation
import StationBench
import StationCore
import Testing

@testable import PCSCReaders

extension RealCardService {
    @Suite(.timeLimit(.minutes(5))) struct CardChannelTests {
        let command: [UInt8] = [0x00, 0xB0, 0x00, 0x00, 0x04]

        @Test(arguments: [CardSharing.exclusive, .shared])
        func `a channel resets the card, carries commands, and resets it again`(sharing: CardSharing) async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service)
                let before = card.power.count
                let channel = try await PCSCCardChannel.connect(to: insertion, sharing: sharing)
                #expect(card.power.dropFirst(before).contains(.reset))
                #expect(card.commands.isEmpty)
                #expect(channel.capabilities.extendedLength)
                #expect(try await channel.transmit(command) == command + [0x90, 0x00])
                let after = card.power.count
                await channel.disconnect()
                #expect(card.power.dropFirst(after).contains(.reset))
                await expect(.cardSessionBroken) { _ = try await channel.transmit(command) }
                #expect(card.commands == [command])
                card.remove()
            }
        }

        @Test func `a reader is asked who it is without disturbing the card, and is free afterwards`() async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service)
                let before = card.power.count
                // The virtual reader is no USB device and says so.
                let identity = await ReaderIdentity.ask(insertion.reader, clock: SystemClock())
                #expect(identity.vendor == nil && identity.product == nil)
                #expect(identity.channel.map { $0 >> 16 == 0x0020 } != true)
                // The service may put an idle card to sleep by itself; nobody resets it.
                #expect(!card.power.dropFirst(before).contains(.reset) && card.commands.isEmpty)
                let channel = try await PCSCCardChannel.connect(to: insertion)
                #expect(await ReaderIdentity.ask(insertion.reader, clock: SystemClock()) == .unknown)
                #expect(try await channel.transmit(command) == command + [0x90, 0x00])
                await channel.disconnect()
                #expect(await ReaderIdentity.ask("No Such Reader 00 00", clock: SystemClock()) == .unknown)
                card.remove()
            }
        }

        @Test func `a channel that is dropped resets the card and ends its thread`() async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service)
                var channel: PCSCCardChannel? = try await PCSCCardChannel.connect(to: insertion)
                _ = try await channel?.transmit(command)
                let before = card.power.count
                channel = nil
                #expect(try await CardBench.threadsEnded())
                #expect(card.power.dropFirst(before).contains(.reset))
                card.remove()
            }
        }

        @Test func `extended APDUs pass both ways`() async throws {
            try await CardBench.withService { service in
                let response = [UInt8](repeating: 0x5A, count: 65_000) + [0x90, 0x00]
                let (card, insertion) = try await CardBench.insert(into: service) { _ in .answer(response) }
                let channel = try await PCSCCardChannel.connect(to: insertion)
                let long = [0x00, 0xD6, 0x00, 0x00, 0x00, 0xEA, 0x60] + [UInt8](repeating: 0xA5, count: 60_000)
                #expect(try await channel.transmit(long) == response)
                #expect(card.commands == [long])
                await expect(.internalFault) { _ = try await channel.transmit([0x00, 0xB0]) }
                #expect(try await channel.transmit(command) == response)
                await channel.disconnect()
                card.remove()
            }
        }

        @Test func `what the reader carries can be overruled`() async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service)
                let channel = try await PCSCCardChannel.connect(to: insertion, extendedLength: false)
                #expect(channel.capabilities == .short)
                await channel.disconnect()
                card.remove()
            }
        }

        @Test func `a card torn off during a command is a card removed`() async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service) { _ in .tear }
                let channel = try await PCSCCardChannel.connect(to: insertion)
                await expect(.cardRemoved) { _ = try await channel.transmit(command) }
                await expect(.cardRemoved) { _ = try await channel.transmit(command) }
                #expect(card.commands.count == 1)
                // Whoever has waited for the end can connect again.
                await channel.disconnect()
                #expect(CardSession.openCount == 0)
                #expect(try await CardBench.threadsEnded())
            }
        }

        @Test func `a response without a status word is a fault of the protocol`() async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service) { _ in .answer([0x90]) }
                let channel = try await PCSCCardChannel.connect(to: insertion)
                await expect(.cardProtocolError) { _ = try await channel.transmit(command) }
                card.remove()
            }
        }

        @Test func `a mute card does not hold its caller, nor the next card`() async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service) { _ in .silence }
                let channel = try await PCSCCardChannel.connect(to: insertion, transmitLimit: .milliseconds(400))
                let start = ContinuousClock.now
                await expect(.readerWedged) { _ = try await channel.transmit(command) }
                #expect(ContinuousClock.now - start < .seconds(30))
                await expect(.readerWedged) { _ = try await channel.transmit(command) }
                await channel.disconnect()
                // The reader is still held by the call that never ended.
                #expect(CardSession.openCount == 1)
                card.remove()
                #expect(try await CardBench.threadsEnded())
                let (next, placing) = try await CardBench.insert(into: service)
                let other = try await PCSCCardChannel.connect(to: placing)
                #expect(try await other.transmit(command) == command + [0x90, 0x00])
                await other.disconnect()
                next.remove()
            }
        }

        @Test func `a cancelled caller does not wait for the card`() async throws {
            try await CardBench.withService { service in
                let (asked, signal) = AsyncStream.makeStream(of: Void.self)
                let (card, insertion) = try await CardBench.insert(into: service) { _ in
                    signal.yield()
                    return .silence
                }
                let channel = try await PCSCCardChannel.connect(to: insertion, transmitLimit: .seconds(600))
                let task = Task { [command] in try await channel.transmit(command) }
                for await _ in asked { break }
                task.cancel()
                await expect(.cardReadTimeout) { _ = try await task.value }
                card.remove()
                #expect(try await CardBench.threadsEnded())
            }
        }

        @Test func `two readers work side by side`() async throws {
            try await CardBench.withService { service in
                let (left, first) = try await CardBench.insert(into: service, slot: 0) { .answer([$0[3], 0x90, 0x00]) }
                let (right, second) = try await CardBench.insert(into: service, slot: 1) {
                    .answer([~$0[3], 0x90, 0x00])
                }
                async let one = Self.exchange(with: first) { [$0, 0x90, 0x00] }
                async let two = Self.exchange(with: second) { [~$0, 0x90, 0x00] }
                let results = try await [one, two]
                #expect(results == [true, true])
                left.remove()
                right.remove()
            }
        }

        private static func exchange(
            with insertion: CardInsertion, expecting: @Sendable (UInt8) -> [UInt8]
        ) async throws -> Bool {
            let channel = try await PCSCCardChannel.connect(to: insertion)
            var isRight = true
            for number in UInt8(0)..<100 {
                let response = try await channel.transmit([0x00, 0xB0, 0x00, number, 0x00])
                isRight = isRight && response == expecting(number)
            }
            await channel.disconnect()
            return isRight
        }

        @Test func `a second channel to a held card finds the reader busy`() async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service)
                let channel = try await PCSCCardChannel.connect(to: insertion)
                await expect(.readerBusy) { _ = try await PCSCCardChannel.connect(to: insertion) }
                #expect(try await channel.transmit(command) == command + [0x90, 0x00])
                await channel.disconnect()
                let next = try await PCSCCardChannel.connect(to: insertion)
                await next.disconnect()
                card.remove()
            }
        }

        @Test func `a placing that is over is not taken for the card that lies there now`() async throws {
            try await CardBench.withService { service in
                let (first, old) = try await CardBench.insert(into: service)
                first.remove()
                let (second, new) = try await CardBench.insert(into: service)
                #expect(old.eventCounter != new.eventCounter)
                await expect(.cardRemoved) { _ = try await PCSCCardChannel.connect(to: old) }
                second.remove()
                let elsewhere = CardInsertion(reader: "Nowhere", number: 1, eventCounter: 1, answerToReset: [])
                await expect(.readerDisconnected) { _ = try await PCSCCardChannel.connect(to: elsewhere) }
            }
        }

        @Test func `a service that dies takes the channel with it, by name`() async throws {
            try await CardBench.withService { service in
                let (_, insertion) = try await CardBench.insert(into: service)
                let channel = try await PCSCCardChannel.connect(to: insertion)
                await service.kill()
                await expect(.readerServiceDown) { _ = try await channel.transmit(command) }
                await expect(.readerServiceDown) { _ = try await PCSCCardChannel.connect(to: insertion) }
                try await service.start()
                let (card, placing) = try await CardBench.insert(into: service)
                let next = try await PCSCCardChannel.connect(to: placing)
                #expect(try await next.transmit(command) == command + [0x90, 0x00])
                await next.disconnect()
                card.remove()
            }
        }

        // ICAO 9303-10, 3.4: the eMRTD application answers its selection; a transparent file of it is closed before
        // access control (9303-11, 4.2).
        @Test func `a synthetic citizen card answers through the reader and leaves with its process`() async throws {
            try await CardBench.withService { service in
                let layout = try StationLayout()
                defer { layout.remove() }
                let program = try BuiltExecutables.path("virtual-card")
                let issued = try await ManagedProcess.run(Command(program, ["issue", layout.cards]))
                try #require(issued.status == .exited(0), "\(issued.error)")
                let process = try await service.insertCard(directory: layout.cards, slot: 1)
                let name = service.readerNames[1]
                let snapshot = try await CardBench.firstSnapshot { $0.reader(name)?.card.insertion != nil }
                let insertion = try #require(snapshot.reader(name)?.card.insertion)
                let channel = try await PCSCCardChannel.connect(to: insertion)
                let select: [UInt8] = [0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]
                #expect(try await channel.transmit(select) == [0x90, 0x00])
                #expect(try await channel.transmit([0x00, 0xB0, 0x9E, 0x00, 0x04]) == [0x69, 0x82])
                await channel.disconnect()
                #expect(await process.terminate() == .exited(0))
                // The last line may come through after the end.
                let last = try await process.firstLine { $0.text.hasPrefix("apdus") }
                #expect(last.text == "apdus 2")
                _ = try await CardBench.firstSnapshot { $0.reader(name)?.card == .absent }
            }
        }

        @Test func `a service that hangs is a wedged reader, not a hung caller`() async throws {
            try await CardBench.withService { service in
                let (card, insertion) = try await CardBench.insert(into: service)
                let channel = try await PCSCCardChannel.connect(to: insertion, transmitLimit: .milliseconds(800))
                let process = try #require(await service.processID)
                try CardBench.suspend(process)
                await expect(.readerWedged) { _ = try await channel.transmit(command) }
                kill(process, SIGCONT)
                #expect(try await CardBench.threadsEnded())
                card.remove()
                // Nothing of the wedged session is left in the way: the next one has a context of its own.
                let (next, again) = try await CardBench.insert(into: service)
                let healed = try await PCSCCardChannel.connect(to: again)
                #expect(try await healed.transmit(command) == command + [0x90, 0x00])
                await healed.disconnect()
                next.remove()
            }
        }
    }
}
