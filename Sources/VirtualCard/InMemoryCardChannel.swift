package import ChipDocument
package import StationCore
import Synchronization

/// A card on the other side of a function call: a `CardChannel` without reader, socket or process.
package final class InMemoryCardChannel: CardChannel {
    /// What the channel was told to stand for.
    package let capabilities: ChannelCapabilities
    private let state: Mutex<State>

    private struct State {
        var applet: CardApplet
        var commands: [[UInt8]] = []
        var remainingCommands: Int?
    }

    /// Powers a card up.
    ///
    /// - Parameters:
    ///   - removedAfter: the number of commands after which the card is gone; nil: it stays.
    package init(_ applet: CardApplet, capabilities: ChannelCapabilities = .extended, removedAfter: Int? = nil) {
        var applet = applet
        applet.reset()
        state = Mutex(State(applet: applet, remainingCommands: removedAfter))
        self.capabilities = capabilities
    }

    /// Takes over a card as it is, with whatever session another program left on it.
    package init(resuming applet: CardApplet) {
        state = Mutex(State(applet: applet))
        capabilities = .extended
    }

    /// The commands so far, for counting round trips.
    package var commands: [[UInt8]] { state.withLock { $0.commands } }

    /// Loss of power: every session is gone, the card stays.
    package func reset() { state.withLock { $0.applet.reset() } }

    /// Hands the command to the card.
    package func transmit(_ command: [UInt8]) async throws(Failure) -> [UInt8] {
        let answer = state.withLock { state -> [UInt8]? in
            if let remaining = state.remainingCommands {
                guard remaining > 0 else { return nil }
                state.remainingCommands = remaining - 1
            }
            state.commands.append(command)
            return state.applet.process(command)
        }
        guard let answer else { throw Failure(.cardRemoved) }
        return answer
    }
}
