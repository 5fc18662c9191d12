import CHost
import Foundation
import StationCore
import Testing

@testable import HostIntegration

@Suite struct BootIDTests {
    @Test func `the kernel names this boot, the same each time`() throws {
        #expect(try BootID.current() == BootID.current())
        #expect(try BootID.current().text.utf8.count == 36)
    }

    @Test(arguments: [
        "", "01234567-89ab-cdef-0123-456789abcde", "01234567-89AB-cdef-0123-456789abcdef",
        "0123456789ab-cdef-0123-456789abcdef-", "01234567-89ab-cdef-0123-456789abcdef\n",
        "g1234567-89ab-cdef-0123-456789abcdef",
    ])
    func `anything else is none`(text: String) {
        #expect(BootID(text: text) == nil)
        #expect(BootID(text: "01234567-89ab-cdef-0123-456789abcdef") != nil)
    }
}

@Suite struct HostClockTests {
    @Test func `a clock before a moment known to be past is suspect, whatever the kernel says`() {
        let day = Duration.seconds(86_400)
        let earliest = HostClock.earliest
        func quality(
            _ now: Timestamp, _ notBefore: Timestamp, _ isSynchronized: Bool, isContradicted: Bool = false
        ) -> ClockQuality {
            HostClock.quality(
                now: now, notBefore: notBefore, isSynchronized: isSynchronized, isContradicted: isContradicted)
        }
        let past = Timestamp(milliseconds: 0)
        #expect(quality(past, past, true) == .suspect)
        #expect(quality(earliest, past, true) == .synchronized)
        #expect(quality(earliest, past, false) == .unsynchronized)
        #expect(quality(earliest, past, false, isContradicted: true) == .suspect)
        #expect(quality(earliest, past, true, isContradicted: true) == .synchronized)
        #expect(quality(earliest, earliest.adding(day), true) == .suspect)
        #expect(quality(earliest.adding(day), earliest.adding(day), true) == .synchronized)
    }

    @Test func `a clock that falls behind what was written is suspect, a correction is not`() {
        let past = PastMoment()
        #expect(past.moment == HostClock.earliest)
        let written = HostClock.earliest.adding(.seconds(40 * 86_400))
        past.learn(written)
        past.learn(HostClock.earliest)
        func quality(_ seconds: Int64) -> ClockQuality {
            HostClock.quality(
                now: written.adding(.seconds(seconds)), notBefore: past.moment, isSynchronized: false,
                isContradicted: false)
        }
        #expect([quality(-3_601), quality(-3_599), quality(60)] == [.suspect, .unsynchronized, .unsynchronized])
    }

    /// A clock that is a year ahead deletes what has its days; once it is set right nobody has to ask upstream again.
    @Test func `a clock that upstream's time contradicts is suspect until it is set`() {
        let (upstream, now) = (UpstreamTime(), HostClock.earliest)
        #expect(!upstream.contradicts(now, elapsed: .zero))
        upstream.measured(.seconds(-365 * 86_400), now: now, elapsed: .seconds(10))
        #expect(upstream.contradicts(now.adding(.seconds(50)), elapsed: .seconds(60)))
        // Set back by a year, a minute later.
        #expect(!upstream.contradicts(now.adding(.seconds(60 - 365 * 86_400)), elapsed: .seconds(70)))
        // Right, and then set wrong.
        upstream.measured(.seconds(2), now: now, elapsed: .zero)
        #expect(!upstream.contradicts(now.adding(.seconds(3_000)), elapsed: .seconds(1)))
        #expect(upstream.contradicts(now.adding(.seconds(4_000)), elapsed: .seconds(1)))
    }

    @Test func `the station's clock judges by its own reading`() {
        let future = Timestamp(milliseconds: .max)
        #expect(HostClock.station(notBefore: { future }).quality == .suspect)
        #expect(HostClock.earliest.text == "2026-01-01T00:00:00.000Z")
    }
}

@Suite struct PeerCredentialsTests {
    private func pair(_ family: Int32, _ kind: __socket_type) throws -> [Int32] {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(family, Int32(kind.rawValue), 0, &ends) == 0)
        return ends
    }

    @Test func `the peer of a Unix socket is who it is`() throws {
        let ends = try pair(AF_UNIX, SOCK_STREAM)
        defer { for end in ends { close(end) } }
        let peer = try PeerCredentials(socket: ends[0])
        #expect(peer.processID == getpid())
        #expect(peer.userID == geteuid())
        #expect(peer.groupID == getegid())
    }

    // The kernel answers the same question for TCP, with the user id of nobody at all.
    @Test func `a TCP socket has no credentials, though the kernel gives some`() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var raw = chost_peer_credentials(pid: 7, uid: 7, gid: 7)
        var size = socklen_t(MemoryLayout<chost_peer_credentials>.size)
        #expect(getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &raw, &size) == 0)
        #expect(raw.uid == .max)
        #expect(failureCode { _ = try PeerCredentials(socket: descriptor) } == .permissionDenied)
        #expect(failureCode { _ = try PeerCredentials(raw) } == .permissionDenied)
    }

    @Test func `what is no socket, or has no peer, is refused`() throws {
        #expect(failureCode { _ = try PeerCredentials(socket: -1) } == .permissionDenied)
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(failureCode { _ = try PeerCredentials(socket: file) } == .permissionDenied)
        let alone = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(alone) }
        #expect(failureCode { _ = try PeerCredentials(socket: alone) } == .permissionDenied)
    }
}
