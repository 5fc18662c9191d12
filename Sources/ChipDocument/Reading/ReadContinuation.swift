import StationCore
import Synchronization

/// What an interrupted read has fetched, so that the next one goes on where the card left.
///
/// It is given to every read of one card. A card whose EF.SOD is another one is refused, and what was fetched counts only
/// when EF.SOD's hashes say so and the chip proves itself again. It holds personal data, lives in memory, and never prints.
public final class ReadContinuation: Sendable {
    struct State: Sendable {
        var securityObject: [UInt8]?
        var files: [FileIdentifier: [UInt8]] = [:]
        var beginnings: [FileIdentifier: [UInt8]] = [:]
    }

    private let state = Mutex(State())

    /// Starts with nothing.
    public init() {}

    /// Whether a card was opened and identified, so that another one can be told from it.
    public var identifiesCard: Bool { state.withLock { $0.securityObject != nil } }

    /// EF.SOD is here. Throws `cardOther` when it is another card's than before.
    func identify(_ securityObject: [UInt8]) throws(Failure) {
        let isSame = state.withLock { state in
            defer { state.securityObject = state.securityObject ?? securityObject }
            return state.securityObject == nil || state.securityObject == securityObject
        }
        guard isSame else { throw Failure(.cardOther, "EF.SOD differs") }
    }

    /// A whole file that has its signed hash, as fetched before.
    func file(_ file: FileIdentifier) -> [UInt8]? { state.withLock { $0.files[file] } }

    func keep(_ bytes: [UInt8], as file: FileIdentifier) {
        state.withLock { state in
            state.files[file] = bytes
            state.beginnings[file] = nil
        }
    }

    /// The first bytes of a file that was being read when the card left.
    func beginning(of file: FileIdentifier) -> [UInt8] { state.withLock { $0.beginnings[file] ?? [] } }

    func keep(beginning bytes: [UInt8], of file: FileIdentifier) { state.withLock { $0.beginnings[file] = bytes } }
}
