import Foundation
import StationBench
import StationCore
import Synchronization
import Testing

@testable import PCSCReaders

/// The suites that share the one card service of this process: libpcsclite looks its socket up once and for all.
@Suite(.serialized) enum RealCardService {}

/// A private card service at the place where this process' libpcsclite looks.
enum CardBench {
    private static let directory: String = {
        guard let layout = try? StationLayout() else { fatalError("no temporary directory") }
        let directory = layout.cardService
        setenv("PCSCLITE_CSOCK_NAME", "\(directory)/run/pcscd.comm", 1)
        removeAtExit(layout.root)
        return directory
    }()

    /// Runs a body with a service that is not started yet; ends the service whatever happens.
    static func withService<Value>(
        started: Bool = true, _ body: (PrivateCardService) async throws -> Value
    ) async throws -> Value {
        let service = try await PrivateCardService(directory: directory)
        if started { try await service.start() }
        do {
            let value = try await body(service)
            await service.stop()
            return value
        } catch {
            await service.stop()
            throw error
        }
    }

    /// Puts a card on a reader and returns it with its insertion.
    static func insert(
        into service: PrivateCardService, slot: Int = 0,
        react: @escaping @Sendable ([UInt8]) -> ScriptedCard.Reaction = { .answer($0 + [0x90, 0x00]) }
    ) async throws -> (card: ScriptedCard, insertion: CardInsertion) {
        let name = service.readerNames[slot]
        // Whoever was there is gone before the new card comes.
        _ = try await firstSnapshot { $0.reader(name)?.card == .absent }
        let card = ScriptedCard(connection: try await service.cardConnection(slot: slot), react: react)
        let snapshot = try await firstSnapshot { snapshot in
            if case .present = snapshot.reader(name)?.card { true } else { false }
        }
        return (card, try #require(snapshot.reader(name)?.card.insertion))
    }

    /// The first snapshot of a fresh monitor that a condition accepts.
    static func firstSnapshot(where accepts: (ReaderSnapshot) -> Bool) async throws -> ReaderSnapshot {
        for await snapshot in PCSCReaderMonitor() where accepts(snapshot) { return snapshot }
        throw Failure(.internalFault, "the monitor ended")
    }

    /// The next snapshot that a condition accepts.
    static func next(
        _ snapshots: inout PCSCReaderMonitor.AsyncIterator, where accepts: (ReaderSnapshot) -> Bool
    ) async throws -> ReaderSnapshot {
        while let snapshot = await snapshots.next(isolation: #isolation) { if accepts(snapshot) { return snapshot } }
        throw Failure(.internalFault, "the monitor ended")
    }

    /// What is on the two readers, once a condition accepts it.
    static func cards(
        _ snapshots: inout PCSCReaderMonitor.AsyncIterator, where accepts: ([CardState]) -> Bool
    ) async throws -> [CardState] {
        try await next(&snapshots) { $0.readers.count == 2 && accepts($0.readers.map(\.card)) }.readers.map(\.card)
    }

    /// Stops a process and returns when all its threads stand: before that one of them may still answer.
    static func suspend(_ process: pid_t) throws {
        kill(process, SIGSTOP)
        var information = siginfo_t()
        while waitid(P_PID, id_t(process), &information, Int32(WSTOPPED)) != 0 {
            try #require(errno == EINTR, "not a child: \(errno)")
        }
    }

    /// Waits until no thread serves a reader or a card any more.
    static func threadsEnded(within limit: Duration = .seconds(60)) async throws -> Bool {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < limit {
            if MonitorThread.running == 0 && CardSession.openCount == 0 { return true }
            try await ContinuousClock().sleep(for: .milliseconds(5))
        }
        return false
    }
}

/// Directories to remove when the test process ends.
private let removals = Mutex<[String]>([])

private func removeAtExit(_ path: String) {
    removals.withLock { $0.append(path) }
    atexit { removals.withLock { for path in $0 { try? FileManager.default.removeItem(atPath: path) } } }
}

/// Asserts that a body throws a failure of a code.
func expect(
    _ code: FailureCode, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("expected \(code)", sourceLocation: sourceLocation)
    } catch let failure as Failure {
        #expect(failure.code == code, "\(failure)", sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}
