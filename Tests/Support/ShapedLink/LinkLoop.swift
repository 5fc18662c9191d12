import Foundation
import SeededRandom

/// One thread's work: which socket to read, which packet has arrived, whom to cut.
struct LinkLoop {
    private enum Way: Int, CaseIterable {
        case up, down
        var back: Way { self == .up ? .down : .up }
    }

    private struct Packet {
        let bytes: [UInt8]
        let arrives: Int64
    }

    /// One direction of one connection.
    private struct Flow {
        var onTheWay: [Packet] = []
        /// Arrived, and not taken yet by the receiver's kernel.
        var arrived: [UInt8] = []
        var packets = 0
        /// The sender ended: with a FIN, or with a reset.
        var end: (isReset: Bool, arrives: Int64)?
        var isClosed = false
    }

    private struct Connection {
        let sockets: [Int32]
        /// No data before the handshake of TCP has gone to and fro.
        let opensAt: Int64
        var flows = [Flow(), Flow()]
    }

    private(set) var traffic = LinkTraffic()
    private let listener: Int32
    private let wake: Int32
    private let target: UInt16
    private let shape: LinkShape
    private var random: SeededGenerator
    private var connections: [Connection] = []
    /// When each direction's transmitter is free.
    private var freeAt: [Int64] = [0, 0]
    private var nextCut: Int?

    private static let segmentBytes = 1_448
    private static let headerBytes = 52
    /// How much may wait before a transmitter.
    private static let queueBytes = 12_000

    init(listener: Int32, wake: Int32, target: UInt16, shape: LinkShape) {
        self.listener = listener
        self.wake = wake
        self.target = target
        self.shape = shape
        random = SeededGenerator(seed: shape.seed)
        nextCut = shape.cutEvery.map { Int.random(in: $0, using: &random) }
    }

    /// Waits for the next thing to happen, and lets it happen.
    mutating func turn() {
        var now = Self.now()
        var watched = [
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
        ]
        var places: [(connection: Int, way: Way)] = []
        var deadline = now + 1_000_000_000
        for index in connections.indices {
            for way in Way.allCases {
                let flow = connections[index].flows[way.rawValue]
                for moment in [flow.onTheWay.first?.arrives, flow.onTheWay.isEmpty ? flow.end?.arrives : nil] {
                    if let moment, !flow.isClosed { deadline = min(deadline, moment) }
                }
                var events: Int32 = 0
                if flow.end == nil {
                    let free = readableAt(index, way)
                    if free <= now { events |= POLLIN } else { deadline = min(deadline, free) }
                }
                // The socket of a direction is its sender's; that one also takes what came the other way.
                if !connections[index].flows[way.back.rawValue].arrived.isEmpty { events |= POLLOUT }
                if events != 0 {
                    watched.append(
                        pollfd(fd: connections[index].sockets[way.rawValue], events: Int16(events), revents: 0))
                    places.append((index, way))
                }
            }
        }
        // Rounded up: a packet may be a millisecond late, the transmitter's pace is reckoned without that.
        let rest = Int32(max(0, (deadline - now + 999_999) / 1_000_000))
        guard poll(&watched, nfds_t(watched.count), rest) >= 0 || errno == EINTR else { return }
        now = Self.now()
        for (place, entry) in zip(places, watched.dropFirst(2)) where entry.revents != 0 {
            if Int32(entry.revents) & (POLLIN | POLLHUP | POLLERR) != 0 { take(place.connection, place.way, at: now) }
        }
        deliver(at: now)
        if watched[1].revents != 0 { accept(at: now) }
        if let limit = nextCut, traffic.bytes >= limit { cut() }
        connections.removeAll { connection in
            guard connection.flows.allSatisfy(\.isClosed) else { return false }
            connection.sockets.forEach { Glibc.close($0) }
            return true
        }
    }

    /// Cuts everything.
    mutating func close() {
        for connection in connections { connection.sockets.forEach { LinkSocket.reset($0) } }
        connections = []
        Glibc.close(listener)
        Glibc.close(wake)
    }

    private func nanoseconds(of bytes: Int) -> Int64 { Int64(bytes) * 1_000_000_000 / Int64(shape.bytesPerSecond) }

    private var halfTrip: Int64 { Int64(shape.roundTrip / .nanoseconds(1)) / 2 }

    /// When the queue before the transmitter has room.
    private func readableAt(_ index: Int, _ way: Way) -> Int64 {
        max(connections[index].opensAt, freeAt[way.rawValue] - nanoseconds(of: Self.queueBytes))
    }

    private mutating func take(_ index: Int, _ way: Way, at now: Int64) {
        let socket = connections[index].sockets[way.rawValue]
        var buffer = [UInt8](repeating: 0, count: Self.segmentBytes)
        while connections[index].flows[way.rawValue].end == nil, readableAt(index, way) <= now {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
            if count <= 0 {
                let arrives = occupy(way, Self.headerBytes, at: now)
                connections[index].flows[way.rawValue].end = (count < 0, arrives)
                return
            }
            let arrives = occupy(way, count + Self.headerBytes, at: now)
            if way == .up { traffic.upStreamBytes += count } else { traffic.downStreamBytes += count }
            connections[index].flows[way.rawValue].onTheWay.append(
                Packet(bytes: Array(buffer[..<count]), arrives: arrives))
            connections[index].flows[way.rawValue].packets += 1
            if connections[index].flows[way.rawValue].packets % 2 == 0 {
                _ = occupy(way.back, Self.headerBytes, at: now)
            }
        }
    }

    /// Sends so many bytes of packets; returns when they arrive.
    private mutating func occupy(_ way: Way, _ bytes: Int, at now: Int64) -> Int64 {
        if way == .up { traffic.upBytes += bytes } else { traffic.downBytes += bytes }
        freeAt[way.rawValue] = max(now, freeAt[way.rawValue]) + nanoseconds(of: bytes)
        return freeAt[way.rawValue] + halfTrip
    }

    private mutating func deliver(at now: Int64) {
        for index in connections.indices {
            for way in Way.allCases where !connections[index].flows[way.rawValue].isClosed {
                let receiver = connections[index].sockets[way.back.rawValue]
                var flow = connections[index].flows[way.rawValue]
                while let packet = flow.onTheWay.first, packet.arrives <= now {
                    flow.arrived += packet.bytes
                    flow.onTheWay.removeFirst()
                }
                if !flow.arrived.isEmpty {
                    let count = send(
                        receiver, flow.arrived, flow.arrived.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
                    if count > 0 { flow.arrived.removeFirst(count) }
                    if count < 0 && errno != EAGAIN && errno != EINTR { flow.arrived = [] }
                }
                if let end = flow.end, end.arrives <= now, flow.onTheWay.isEmpty, flow.arrived.isEmpty {
                    if end.isReset { LinkSocket.lingerAway(receiver) } else { shutdown(receiver, Int32(SHUT_WR)) }
                    flow.isClosed = true
                    if end.isReset { connections[index].flows[way.back.rawValue].isClosed = true }
                }
                connections[index].flows[way.rawValue] = flow
            }
        }
    }

    private mutating func accept(at now: Int64) {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return }
        guard let server = LinkSocket.connected(to: target) else {
            LinkSocket.reset(client)
            return
        }
        LinkSocket.setNoDelay(client)
        traffic.connections += 1
        // SYN, its answer, and the third step.
        _ = occupy(.up, 2 * Self.headerBytes, at: now)
        _ = occupy(.down, Self.headerBytes, at: now)
        connections.append(Connection(sockets: [client, server], opensAt: now + 2 * halfTrip))
    }

    private mutating func cut() {
        nextCut = shape.cutEvery.map { traffic.bytes + Int.random(in: $0, using: &random) }
        guard !connections.isEmpty else { return }
        traffic.cuts += 1
        for connection in connections { connection.sockets.forEach { LinkSocket.reset($0) } }
        connections = []
        // What waited before the transmitters went with its connections.
        let now = Self.now()
        freeAt = [now, now]
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
