import Foundation
import NIOCore
import StationAPI
import StationCore
import Synchronization
import Testing

@testable import LocalServer

/// Clients that are slow, many or never silent, on a real socket, with little patience. What is awaited is the cut itself.
@Suite(.timeLimit(.minutes(5))) struct PatienceTests {
    private static let request = "GET /v1 HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test func aRequestThatDripsInIsCut() async throws {
        try await withLocalServer {
            $0.request = .milliseconds(300)
        } _: { _, _, path in
            // A head that never ends, and a body.
            for beginning in [
                "GET /v1 HTTP/1.1\r\nHost: localhost\r\nX: ",
                "POST /v1/exports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n",
            ] {
                try await withRawConnection(to: path) { inbound, outbound in
                    try await outbound.write(ByteBuffer(string: beginning))
                    // A byte now and then for ever: what goes on arriving is no excuse.
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            while true {
                                try await Task.sleep(for: .milliseconds(20))
                                try await outbound.write(ByteBuffer(string: "a"))
                            }
                        }
                        for try await _ in inbound {}
                        group.cancelAll()
                        while (try? await group.next()) != nil {}
                    }
                }
            }
        }
    }

    @Test func aConnectionWithoutARequestIsClosedAndOneWithAnswersIsNot() async throws {
        try await withLocalServer {
            // Long enough for an answer on a machine that has other things to do.
            $0.idle = .seconds(5)
        } _: { _, _, path in
            try await withRawConnection(to: path) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Self.request))
                var answer = ""
                for try await part in inbound { answer += String(buffer: part) }
                #expect(answer.hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test func anEventStreamThatNobodyReadsIsCutWhileAWriteWaits() async throws {
        try await withLocalServer {
            $0.stall = .milliseconds(300)
        } _: { _, control, path in
            let (ended, end) = AsyncStream<Void>.makeStream()
            control.endless.withLock {
                $0 = {
                    let (stream, feed) = AsyncStream.makeStream(of: StationEvent.self)
                    feed.onTermination = { _ in end.finish() }
                    let status = ScriptedControl.statusReport()
                    for _ in 0..<4_000 { feed.yield(.status(status)) }
                    return stream
                }
            }
            try await withRawConnection(to: path) { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                // The daemon lets go of the stream although it has more to say and the client never closed.
                for await _ in ended {}
                _ = inbound
            }
        }
    }

    @Test func oneConnectionTooManyIsToldSoAndTheNextOneServed() async throws {
        try await withLocalServer {
            $0.connections = 2
            // Long enough to be asked on a machine that has other things to do.
            $0.refusal = .seconds(8)
        } _: { _, _, path in
            try await confirmation(expectedCount: 2) { judged in
                try await withRawConnection(to: path) { first, firstOut in
                    try await firstOut.write(ByteBuffer(string: Self.request))
                    var answers = first.makeAsyncIterator()
                    #expect(String(buffer: try await answers.next() ?? ByteBuffer()).hasPrefix("HTTP/1.1 200"))
                    try await withRawConnection(to: path) { second, secondOut in
                        try await secondOut.write(ByteBuffer(string: Self.request))
                        var answers = second.makeAsyncIterator()
                        #expect(String(buffer: try await answers.next() ?? ByteBuffer()).hasPrefix("HTTP/1.1 200"))
                        for asks in [true, false] {
                            try await withRawConnection(to: path) { third, thirdOut in
                                if asks { try await thirdOut.write(ByteBuffer(string: Self.request)) }
                                var answer = ""
                                for try await part in third { answer += String(buffer: part) }
                                #expect(answer.hasPrefix("HTTP/1.1 503") == asks)
                                #expect(answer.contains("connections-too-many") == asks)
                                judged()
                            }
                        }
                    }
                }
            }
        }
    }

    /// Whoever comes as a crowd does not hold the places of those who are refused: what is one too many beside a few others
    /// of its kind is closed at once.
    @Test func aCrowdOfRefusedConnectionsHoldsNoPlaces() async throws {
        try await withLocalServer {
            $0.connections = 1
            $0.refusal = .seconds(3_600)
        } _: { _, _, path in
            let standing = Counter()
            try await confirmation(expectedCount: 8) { closed in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // As many as are borne or told why stand until the test ends; the others see their end.
                    for _ in 0..<1 + Limits.Local.toldConnections + 8 {
                        group.addTask {
                            try await withRawConnection(to: path) { inbound, _ in
                                standing.add(1)
                                for try await _ in inbound {}
                            }
                            if !Task.isCancelled { closed() }
                        }
                    }
                    for _ in 0..<8 { try await group.next() }
                    group.cancelAll()
                    while (try? await group.next()) != nil {}
                }
            }
            #expect(standing.total == 1 + Limits.Local.toldConnections + 8)
        }
    }

    @Test func whoAsksTooFastIsToldWhenToComeBack() async throws {
        try await withLocalServer {
            $0.requestsAtOnce = 2
            $0.requestsPerSecond = 1
        } _: { client, _, path in
            // As many at once as no slow machine lets the bucket fill for.
            let problems = await withTaskGroup(of: Problem?.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        do throws(Problem) {
                            _ = try await client.description()
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let refusals = problems.compactMap { $0 }
            #expect(!refusals.isEmpty && refusals.count < 40)
            #expect(
                refusals.allSatisfy { $0.code == "requests-too-many" && $0.status == 429 && $0.retryable == true })
            try await withRawConnection(to: path) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: String(repeating: Self.request, count: 20)))
                var answer = ""
                for try await part in inbound {
                    answer += String(buffer: part)
                    if answer.contains("HTTP/1.1 429"), answer.lowercased().contains("\r\nretry-after: 1\r\n") { break }
                }
                #expect(answer.contains("HTTP/1.1 429"))
            }
        }
    }
}
