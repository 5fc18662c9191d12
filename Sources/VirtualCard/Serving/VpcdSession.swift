/// The card's side of the virtual reader's protocol, as a value: frame bodies in, frame bodies out.
///
/// A frame is a 16-bit big-endian length and a body. A body of one byte is a control (0 power off, 1 power on, 2 reset,
/// 4 ask for the ATR); a longer one is a command APDU, answered by a response APDU.
package struct VpcdSession: Sendable {
    /// What a card does beside answering.
    package struct Behaviour: Hashable, Sendable {
        /// The card leaves the field instead of answering the command after so many; nil: it stays.
        package var removedAfter: Int?
        /// The card stops answering after so many commands; nil: never.
        package var muteAfter: Int?
        /// The card slips instead of answering the command after so many: it leaves the field and is back before anybody
        /// looks; nil: never.
        package var slipsAfter: Int?

        /// A card that stays and answers.
        package init(removedAfter: Int? = nil, muteAfter: Int? = nil, slipsAfter: Int? = nil) {
            self.removedAfter = removedAfter
            self.muteAfter = muteAfter
            self.slipsAfter = slipsAfter
        }
    }

    /// What to do with the connection after a frame.
    package enum Action: Hashable, Sendable {
        /// Nothing.
        case wait
        /// Send this frame body. `isAPDU` says whether it answers a command.
        case send([UInt8], isAPDU: Bool)
        /// Close: the card is gone.
        case remove
        /// Close, and connect again at once.
        case slip
    }

    /// A contactless card behind a PC/SC reader (PC/SC part 3, 3.1.3.2.3): T=1, eight bytes of no meaning.
    package static let answerToReset: [UInt8] = [0x3B, 0x88, 0x80, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x09]

    /// Commands answered so far.
    package private(set) var commandCount = 0
    private var applet: CardApplet
    private let behaviour: Behaviour
    private var hasSlipped = false

    /// Puts a card on the reader.
    package init(applet: CardApplet, behaviour: Behaviour = Behaviour()) {
        self.applet = applet
        self.behaviour = behaviour
    }

    /// The connection is new: so is the card's power.
    package mutating func connected() { applet.reset() }

    /// Takes one frame body.
    package mutating func take(_ body: [UInt8]) -> Action {
        guard body.count > 1 else {
            switch body.first {
            case 0, 1, 2:
                applet.reset()
                return .wait
            case 4:
                return .send(Self.answerToReset, isAPDU: false)
            default:
                return .wait
            }
        }
        if let limit = behaviour.removedAfter, commandCount >= limit { return .remove }
        if let limit = behaviour.muteAfter, commandCount >= limit { return .wait }
        if let limit = behaviour.slipsAfter, commandCount >= limit, !hasSlipped {
            hasSlipped = true
            return .slip
        }
        commandCount += 1
        return .send(applet.process(body), isAPDU: true)
    }
}

/// Cuts a byte stream into frame bodies.
package struct VpcdFrames: Sendable {
    private var buffer: [UInt8] = []

    /// Starts with nothing.
    package init() {}

    /// Adds what came.
    package mutating func append(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    /// The next whole body; nil until it is there.
    package mutating func next() -> [UInt8]? {
        guard buffer.count >= 2 else { return nil }
        let length = Int(buffer[0]) << 8 | Int(buffer[1])
        guard buffer.count >= 2 + length else { return nil }
        defer { buffer.removeFirst(2 + length) }
        return Array(buffer[2..<2 + length])
    }

    /// Length and body in one piece, so that they leave in one segment; nil for a body that no length can state.
    package static func frame(_ body: [UInt8]) -> [UInt8]? {
        guard body.count <= 0xFFFF else { return nil }
        return [UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    }
}
