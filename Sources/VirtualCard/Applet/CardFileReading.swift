import ChipDocument

/// READ BINARY of one file (ISO 7816-4, 7.2.3): even instruction by offset, odd instruction by offset data object.
struct CardFileReading {
    /// What a command points at.
    struct Target: Equatable {
        /// Nil: the current file.
        var shortIdentifier: UInt8?
        var offset: Int
        /// The answer is wrapped in data object 53.
        var isWrapped: Bool
    }

    /// The target of a READ BINARY; nil when its parameters or data are not of the standard's form.
    static func target(of command: ReceivedCommand) -> Target? {
        if command.ins == 0xB0 {
            guard command.data.isEmpty else { return nil }
            guard command.p1 & 0x80 != 0 else {
                return Target(offset: Int(command.p1) << 8 | Int(command.p2), isWrapped: false)
            }
            let identifier = command.p1 & 0x1F
            guard command.p1 & 0x60 == 0, (1...30).contains(identifier) else { return nil }
            return Target(shortIdentifier: identifier, offset: Int(command.p2), isWrapped: false)
        }
        guard command.p1 == 0, command.p2 <= 30, let value = (try? TLV(parsing: command.data, tag: 0x54))?.value,
            (1...3).contains(value.count)
        else { return nil }
        return Target(
            shortIdentifier: command.p2 == 0 ? nil : command.p2, offset: value.reduce(0) { $0 << 8 | Int($1) },
            isWrapped: true)
    }

    /// The bytes of a file from an offset, as many as expected and there are.
    static func answer(
        _ file: [UInt8], at offset: Int, expected: Int, expectsAll: Bool, isWrapped: Bool
    ) -> CardAnswer {
        guard offset < file.count else { return CardAnswer(status: Status.wrongOffset) }
        let available = file.count - offset
        guard isWrapped else {
            let data = Array(file[offset..<offset + min(expected, available)])
            return CardAnswer(data, status: expected > available && !expectsAll ? Status.endOfFile : Status.success)
        }
        // The header of data object 53 counts towards the expected length.
        let room = max(0, expected - (expected > 258 ? 4 : expected > 129 ? 3 : 2))
        let data = Array(file[offset..<offset + min(room, available)])
        return CardAnswer(
            TLV(0x53, data).encoded, status: room > available && !expectsAll ? Status.endOfFile : Status.success)
    }
}
