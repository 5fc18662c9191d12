import StationCore

/// Reads whole elementary files with as few commands as the reader allows: by short identifier, the first block large,
/// the rest by what the file's own header says.
struct FileTransfer {
    /// What came of it.
    enum Outcome {
        case file([UInt8])
        /// The card has no such file, or does not let it be read; the status says which.
        case refused(StatusWord)
    }

    /// Where READ BINARY starts.
    enum Target {
        /// The file that is selected already.
        case selected
        /// A short identifier, selected by the read itself.
        case short(UInt8)
    }

    /// A first block with which every chip and reader can do, when a chip refuses the large one.
    private static let cautiousFirstBlock = 8
    /// Tag and length of a file that is shorter even than that.
    private static let smallestFirstBlock = 2

    let session: CardSession
    /// Most bytes that the first command of a file asks for; nil for what the reader carries.
    let firstBlock: Int?
    /// Set when the chip refused to be asked for more than a file has: its later files start cautiously.
    private(set) var isCautious = false

    init(session: CardSession, firstBlock: Int? = nil) {
        self.session = session
        self.firstBlock = firstBlock
    }

    /// Reads a file that starts with `tag`. Throws `cardDataMalformed` for another content, `cardDataTooLarge` past the
    /// limits, `cardProtocolError` when the card stops in the middle.
    /// - Parameters:
    ///   - known: the file's first bytes from an earlier read; the card is asked for its header only, and for the rest.
    ///   - mayBeEmpty: whether a file of no bytes is a file: some cards of children have such a DG2.
    ///   - progress: hears of every block, with all bytes so far.
    mutating func read(
        _ target: Target,
        tag: UInt8,
        after known: [UInt8] = [],
        mayBeEmpty: Bool = false,
        progress: (_ received: [UInt8], _ total: Int) async -> Void = { _, _ in }
    ) async throws(Failure) -> Outcome {
        let isKnown = known.count > Self.cautiousFirstBlock
        let first = try await begin(target, most: isKnown ? Self.cautiousFirstBlock : nil, mayBeEmpty: mayBeEmpty)
        guard case .file(var bytes) = first else { return first }
        if bytes.isEmpty { return first }
        if isKnown, known.starts(with: bytes) { bytes = known }
        guard bytes.first == tag else { throw Failure(.cardDataMalformed, "file does not start with its tag") }
        var chunks = 0
        while true {
            guard let header = try TLVReader.header(bytes[...], rules: .ber) else {
                guard bytes.count < Self.cautiousFirstBlock else { throw Failure(.cardDataMalformed, "file header") }
                bytes += try await block(offset: bytes.count, length: Self.cautiousFirstBlock)
                chunks += 1
                guard chunks <= Self.cautiousFirstBlock else { throw Failure(.cardDataMalformed, "file header") }
                continue
            }
            let total = header.totalBytes
            guard total <= Limits.Card.fileBytes else { throw Failure(.cardDataTooLarge, "file of \(total) bytes") }
            if bytes.count >= total {
                let file = Array(bytes.prefix(total))
                await progress(file, total)
                return .file(file)
            }
            await progress(bytes, total)
            chunks += 1
            guard chunks <= Limits.Card.readChunks else { throw Failure(.cardDataTooLarge, "too many blocks") }
            bytes += try await block(
                offset: bytes.count,
                length: min(session.responseCapacity, total - bytes.count)
            )
        }
    }

    private mutating func begin(
        _ target: Target,
        most: Int?,
        mayBeEmpty: Bool
    ) async throws(Failure) -> Outcome {
        let p1: UInt8 =
            switch target {
            case .selected: 0
            case .short(let identifier): 0x80 | identifier
            }
        var length =
            isCautious
            ? Self.cautiousFirstBlock : min(most ?? .max, min(firstBlock ?? .max, session.responseCapacity))
        for _ in 0..<4 {
            let response = try await session.send(CommandAPDU(ins: 0xb0, p1: p1, expectedLength: length))
            switch response.status {
            case .success, .endOfFile:
                guard mayBeEmpty || !response.data.isEmpty else { throw Failure(.cardProtocolError, "empty block") }
                return .file(response.data)
            case .wrongLength where !session.isProtected && length > Limits.Card.shortResponseBytes:
                session.useShortLengths()
                length = Limits.Card.shortResponseBytes
            case .wrongLength, .wrongParameters, .incorrectParameters:
                guard length > Self.smallestFirstBlock else {
                    // Even the first byte lies behind the end.
                    if mayBeEmpty, response.status == .wrongParameters { return .file([]) }
                    return .refused(response.status)
                }
                isCautious = true
                length = length > Self.cautiousFirstBlock ? Self.cautiousFirstBlock : Self.smallestFirstBlock
            default:
                guard let correct = response.status.correctLength, correct < length else {
                    return .refused(response.status)
                }
                length = correct
            }
        }
        return .refused(.wrongLength)
    }

    private func block(offset: Int, length: Int) async throws(Failure) -> [UInt8] {
        let response: ResponseAPDU
        if offset < 0x8000 {
            response = try await session.send(
                CommandAPDU(ins: 0xb0, p1: UInt8(offset >> 8), p2: UInt8(offset & 0xff), expectedLength: length)
            )
        } else {
            // Past 15 bits of offset only the odd instruction reaches (ISO/IEC 7816-4, 7.2.3); its data is wrapped.
            let object = TLV(0x54, [UInt8(offset >> 8), UInt8(offset & 0xff)])
            let wanted = max(1, length - 4)
            response = try await session.send(
                CommandAPDU(ins: 0xb1, data: object.encoded, expectedLength: wanted + 4)
            )
        }
        guard response.status == .success || response.status == .endOfFile else {
            throw Failure(.cardProtocolError, "READ BINARY at \(offset): \(response.status)")
        }
        let data = offset < 0x8000 ? response.data : try TLV(parsing: response.data, tag: 0x53, rules: .ber).value
        guard !data.isEmpty, data.count <= length else {
            throw Failure(.cardProtocolError, "READ BINARY at \(offset): \(data.count) bytes")
        }
        return data
    }
}
