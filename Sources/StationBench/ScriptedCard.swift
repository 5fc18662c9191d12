import Foundation
import Synchronization

/// A card in this process, for a virtual reader: every answer comes from a closure.
///
/// Speaks vpcd's protocol: frames of a big-endian 16-bit length and a body; a body of one byte is a control code,
/// anything longer a command APDU.
package final class ScriptedCard: Sendable {
    /// What the card does with a command.
    package enum Reaction: Sendable {
        /// Answers, status word included.
        case answer([UInt8])
        /// Never answers.
        case silence
        /// Is torn off the reader.
        case tear
    }

    /// What the reader did with the card's power.
    package enum Power: UInt8, Sendable {
        case off = 0
        case on = 1
        case reset = 2
    }

    /// The historical-bytes-free answer to reset of a contactless card behind PC/SC (PC/SC part 3, 3.1.3.2.3).
    package static let answerToReset: [UInt8] = [0x3B, 0x80, 0x80, 0x01, 0x01]

    private static let atrRequest: UInt8 = 4

    private let connection: Mutex<Int32>
    private let log = Mutex<(power: [Power], commands: [[UInt8]])>(([], []))
    private let atr: [UInt8]
    private let react: @Sendable ([UInt8]) -> Reaction

    /// Puts the card on the reader at the other end of a connection.
    /// - Parameters:
    ///   - connection: a descriptor that the card closes.
    ///   - react: what it does with each command.
    package init(
        connection: Int32, answerToReset: [UInt8] = ScriptedCard.answerToReset,
        react: @escaping @Sendable ([UInt8]) -> Reaction
    ) {
        self.connection = Mutex(connection)
        atr = answerToReset
        self.react = react
        let thread = Thread { [self] in
            serve(connection)
            self.connection.withLock { open in
                close(open)
                open = -1
            }
        }
        thread.start()
    }

    /// What the reader did with the power so far.
    package var power: [Power] { log.withLock { $0.power } }
    /// The commands so far.
    package var commands: [[UInt8]] { log.withLock { $0.commands } }

    /// Takes the card away.
    package func remove() {
        connection.withLock { open in
            if open >= 0 { shutdown(open, Int32(SHUT_RDWR)) }
        }
    }

    private func serve(_ descriptor: Int32) {
        set(TCP_NODELAY, on: descriptor)
        while let length = receive(2, from: descriptor).map({ Int($0[0]) << 8 | Int($0[1]) }),
            let body = receive(length, from: descriptor)
        {
            if body.count == 1 {
                if let change = Power(rawValue: body[0]) { log.withLock { $0.power.append(change) } }
                if body[0] == Self.atrRequest { guard send(atr, to: descriptor) else { return } }
                continue
            }
            log.withLock { $0.commands.append(body) }
            switch react(body) {
            case .answer(let response): guard send(response, to: descriptor) else { return }
            case .silence: continue
            case .tear: return
            }
        }
    }

    private func set(_ option: Int32, on descriptor: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private func receive(_ count: Int, from descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            // vpcd sends a frame in two pieces; a delayed acknowledgement would cost 40 ms each time.
            set(TCP_QUICKACK, on: descriptor)
            var piece = [UInt8](repeating: 0, count: count - bytes.count)
            let received = recv(descriptor, &piece, piece.count, 0)
            if received < 0 && errno == EINTR { continue }
            guard received > 0 else { return nil }
            bytes += piece[..<received]
        }
        return bytes
    }

    private func send(_ body: [UInt8], to descriptor: Int32) -> Bool {
        let frame = [UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
        return Foundation.send(descriptor, frame, frame.count, Int32(MSG_NOSIGNAL)) == frame.count
    }
}
