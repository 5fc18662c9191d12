import ChipDocument
import StationCore

/// Watches the commands of one read for what they prove of extended length (ISO 7816-4, 5.2), until the first one under
/// secure messaging: from there on a refusal may be the session's, and an answer may not be what the card meant.
struct LengthTrial: Sendable {
    /// What was proven.
    enum Evidence: Hashable, Sendable {
        /// An extended command was answered.
        case works
        /// Reader or card refused one.
        case refused
    }

    /// What was proven so far; nil when nothing was tried.
    private(set) var evidence: Evidence?
    private var isOver = false

    /// Takes one command and what came of it.
    mutating func take(_ command: [UInt8], _ result: Result<[UInt8], Failure>) {
        // Bits 4 and 3 of an interindustry class byte announce secure messaging (ISO 7816-4, 5.4.1).
        if let cla = command.first, cla & 0x0c != 0 { isOver = true }
        guard !isOver, Self.isExtended(command) else { return }
        switch result {
        case .success(let response):
            guard let status = response.suffix(2).first else { return }
            switch (status, response.count) {
            case (0x67, 2): evidence = .refused
            case (0x90, 3...), (0x62, 3...): evidence = .works
            default: break
            }
        case .failure(let failure):
            // The driver's own refusals; a card that left proves nothing.
            if [.readerFault, .cardDataTooLarge].contains(failure.code) { evidence = .refused }
        }
    }

    /// A zero where a short command has its length, and two bytes of length behind it.
    private static func isExtended(_ command: [UInt8]) -> Bool { command.count >= 7 && command[4] == 0 }
}
