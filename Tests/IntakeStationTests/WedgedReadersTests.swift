import Logging
import StationCore
import Store
import Synchronization
import Testing
import USBInventory

@testable import IntakeStation

@Suite struct WedgedReadersTests {
    private final class Station: Sendable {
        let resets = Mutex<[USBPort]>([])
        let notes = Mutex<[AuditNote]>([])
        let elapsed = Mutex(Duration.seconds(1_000))

        func readers(allowed: Bool = true, outcome: ResetAnswer.Outcome = .done) -> WedgedReaders {
            WedgedReaders(
                isAllowed: { allowed },
                reset: { port in
                    self.resets.withLock { $0.append(port) }
                    return ResetAnswer(port: port, outcome: outcome)
                },
                audit: { (note) throws(Failure) in self.notes.withLock { $0.append(note) } },
                clock: Clock(station: self), logger: Logger(label: "test"))
        }
    }

    private struct Clock: StationClock {
        let station: Station
        var now: Timestamp { SystemClock().now }
        var elapsed: Duration { station.elapsed.withLock { $0 } }
        var quality: ClockQuality { .unsynchronized }
        func sleep(for duration: Duration) async throws {}
    }

    private let station = Station()
    private let port = USBPort("1-2.3")!
    private let wedged = Failure(.readerWedged, "no answer within 10 s")

    @Test func `a wedged reader is reset, and the audit says where and how it ended`() async {
        #expect(await station.readers().note(wedged, port: port))
        #expect(station.resets.withLock { $0 } == [port])
        let note = station.notes.withLock { $0.first }
        #expect(note?.actor.text == "station" && note?.action.text == "reader.reset")
        #expect(note?.object?.text == "1-2.3" && note?.detail?.text == "done")
    }

    @Test func `not without leave, not for another failure, not without a port`() async {
        #expect(await !station.readers(allowed: false).note(wedged, port: port))
        #expect(await !station.readers().note(Failure(.cardRemoved), port: port))
        #expect(await !station.readers().note(wedged, port: nil))
        #expect(station.resets.withLock { $0 } == [] && station.notes.withLock { $0 } == [])
    }

    @Test func `a reader that stays wedged is not reset without end`() async {
        let readers = station.readers(outcome: .failed)
        #expect(await !readers.note(wedged, port: port))
        #expect(await !readers.note(wedged, port: port))
        #expect(station.resets.withLock { $0.count } == 1)
        #expect(await !readers.note(wedged, port: USBPort("1-1")))
        #expect(station.resets.withLock { $0.count } == 2)
        station.elapsed.withLock { $0 += Limits.USB.resetInterval }
        _ = await readers.note(wedged, port: port)
        #expect(station.resets.withLock { $0.count } == 3)
    }
}
