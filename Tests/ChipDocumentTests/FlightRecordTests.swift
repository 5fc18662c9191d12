import CitizenCard
import DocumentCrypto
import Foundation
import StationCore
import Synchronization
import Testing
import VirtualCard

@testable import ChipDocument

/// The flight recorder: enough to see what happened, nothing of what was carried.
@Suite struct FlightRecordTests {
    /// Keeps every byte of the conversation, as no recorder may.
    private final class Wire: CardChannel {
        let card: InMemoryCardChannel
        let said = Mutex<[[UInt8]]>([])

        init(_ card: InMemoryCardChannel) { self.card = card }

        var capabilities: ChannelCapabilities { card.capabilities }

        func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
            said.withLock { $0.append(command) }
            let answer = try await card.transmit(command)
            said.withLock { $0.append(answer) }
            return answer
        }
    }

    private struct Flight {
        let record: FlightRecord
        let reading: DocumentReading?
        let said: [[UInt8]]
    }

    private func fly(
        _ image: CardImage, credential: AccessCredential? = nil, allowsBAC: Bool = false,
        _ capabilities: ChannelCapabilities = .extended, removedAfter: Int? = nil
    ) async throws -> Flight {
        let (_, anchors, _) = try DocumentReaderTests.plain.get()
        let wire = Wire(
            InMemoryCardChannel(CardApplet(image: image), capabilities: capabilities, removedAfter: removedAfter))
        let kept = Mutex<FlightRecord?>(nil)
        let plan = ReadPlan(
            files: ReadPlan.everything, allowsBasicAccessControl: allowsBAC, profile: CardProfile.vnm2021.document)
        let reading = try? await DocumentReader(plan: plan, anchors: anchors, clock: SystemClock()).read(
            from: wire, credential: credential ?? .can(image.cardAccessNumber)
        ) { event in if case .record(let record) = event { kept.withLock { $0 = record } } }
        return Flight(
            record: try #require(kept.withLock { $0 }), reading: reading, said: wire.said.withLock { $0 })
    }

    @Test func `every command is there, with its header in both forms, its lengths and its status`() async throws {
        let (image, _, _) = try DocumentReaderTests.plain.get()
        let flight = try await fly(image)
        let entries = flight.record.entries
        #expect(flight.reading?.record == flight.record && flight.record.omitted == 0)
        #expect(entries.count == flight.reading?.statistics.apdus)
        for (number, entry) in entries.enumerated() {
            let (command, answer) = (flight.said[2 * number], flight.said[2 * number + 1])
            #expect(entry.wire == Hex.text(Array(command.prefix(4))) && entry.sent == command.count)
            #expect(entry.received == answer.count && entry.status == Hex.text(Array(answer.suffix(2))))
            #expect(entry.failure == nil && entry.milliseconds >= 0)
        }
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.at <= $1.at })
        let select = try #require(entries.first)
        #expect(select.command == "00a4020c" && select.wire == select.command && select.lc == 2 && select.le == nil)
        let sod = try #require(entries.first { $0.command == "00b09d00" })
        #expect(sod.wire == "0cb09d00" && sod.phase == .readingSecurityObject && sod.lc == 0)
        #expect(try #require(sod.le) > 256)
        #expect(entries.first { $0.command.hasPrefix("0088") }?.lc == 8, "active authentication's challenge")
        let phases: [ReadPhase] = [
            .openingChip, .provingAccess, .readingSecurityObject, .provingChip, .readingText, .readingPortrait,
        ]
        for phase in phases { #expect(entries.contains { $0.phase == phase }, "\(phase)") }
        #expect(flight.record.conditions.credential == .can && flight.record.conditions.profile == "VNM-2021")
    }

    @Test func `a read that fails leaves its record, the last entry with what the channel said`() async throws {
        let (image, _, _) = try DocumentReaderTests.plain.get()
        let flight = try await fly(image, removedAfter: 9)
        #expect(flight.reading == nil)
        #expect(flight.record.entries.count == 10)
        let last = try #require(flight.record.entries.last)
        #expect(last.failure == .cardRemoved && last.status == nil && last.received == 0 && last.sent > 0)
    }

    /// Law: nothing personal, and no byte of what travelled, in a form that goes to files and mails.
    @Test(arguments: [true, false])
    func `neither the person nor any byte that travelled is in the record`(bac: Bool) async throws {
        let (plain, _, person) = try DocumentReaderTests.plain.get()
        var image = plain
        image.faults = bac ? [.paceRefused] : []
        let flight = try await fly(
            image, credential: bac ? .mrz(image.mrzInformation) : nil, allowsBAC: bac, bac ? .short : .extended)
        #expect(flight.reading != nil)
        let json = String(decoding: try StrictJSON.encode(flight.record), as: UTF8.self)
        let zone = try #require(flight.reading).machineReadableZone()
        let personal =
            [
                person.number.digits, person.number.cardAccessNumber, person.number.mrzDocumentNumber, person.fullName,
                person.residence, person.father, zone.primaryName, zone.secondaryName, zone.birth, zone.expiry,
                image.mrzInformation.unredacted,
            ] + zone.lines
        for text in personal { #expect(!json.contains(text), "\(text)") }
        // Any four bytes of data in a row, as hexadecimal; headers and status words are what the record is for.
        var runs: Set<String> = []
        let carried =
            flight.said.enumerated().map {
                $0.offset % 2 == 0 ? Array($0.element.dropFirst(5)) : $0.element.dropLast(2)
            }
            + image.files.values
        for bytes in carried where bytes.count >= 4 {
            for start in 0...bytes.count - 4 { runs.insert(Hex.text(Array(bytes[start..<start + 4]))) }
        }
        #expect(runs.count > 20_000)
        let characters = Array(json.utf8)
        for start in 0..<characters.count - 8 {
            let word = String(decoding: characters[start..<start + 8], as: UTF8.self)
            #expect(!runs.contains(word), "\(word)")
        }
        // And nothing that is no word of the record's own.
        for entry in flight.record.entries {
            #expect(entry.command.utf8.count == 8 && entry.wire.utf8.count == 8 && entry.status?.utf8.count == 4)
        }
    }

    @Test func `a record is bounded, and counts what it leaves out`() {
        var record = FlightRecord(
            conditions: .init(plan: ReadPlan(files: []), credential: .can, capabilities: .short))
        let entry = FlightEntry(
            at: 0, phase: .openingChip, command: "00b00000", wire: "00b00000", lc: 0, le: 1, sent: 5, received: 3,
            status: "9000", milliseconds: 0)
        for _ in 0..<Limits.Card.recordEntries + 3 { record.append(entry) }
        #expect(record.entries.count == Limits.Card.recordEntries && record.omitted == 3)
    }
}
