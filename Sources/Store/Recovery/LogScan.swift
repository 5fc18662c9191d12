import StationCore

/// What the write-ahead log holds, looked at frame by frame and not only as far as SQLite follows it.
///
/// SQLite's checksums chain: it stops at the first frame that does not follow, and everything behind is gone without a
/// word. Each frame can also be judged by itself, because its chain begins at the checksum that stands in the frame
/// before. So what stands behind a damaged frame is still found.
struct LogScan {
    /// One slot of the log that belongs to its present generation.
    struct Frame {
        /// Its place, from 0.
        let index: Int
        /// The page that it holds.
        let page: UInt32
        /// The database's pages after this transaction, where one ends here; 0 elsewhere.
        let pagesAfter: UInt32
        /// Whether its checksum follows from its content and the checksum in the slot before: the content is right.
        let holds: Bool
        /// Whether SQLite takes it too, for which its salts have to be this generation's.
        let isVerified: Bool

        /// Whether a transaction ends here.
        var isCommit: Bool { pagesAfter != 0 }
    }

    /// What became of the log.
    enum Verdict: Hashable {
        /// Whatever SQLite does not read was never committed.
        case sound
        /// The last transaction does not hold together: the power was cut while it was written, or it was damaged after
        /// it was acknowledged. The two cannot be told apart.
        case lastTransactionBroken
        /// Something that was certainly acknowledged is behind a frame at which SQLite stops.
        case damaged
    }

    /// Frames up to the last commit that SQLite reads.
    private(set) var applied: [Frame] = []
    /// Frames behind that, when the verdict is not `sound`.
    private(set) var tail: [Frame] = []
    /// Whether no transaction of the tail has an end that holds.
    var isTailUnfinished: Bool { !tail.isEmpty && !tail.contains { $0.isCommit && $0.holds } }
    /// What became of the log.
    private(set) var verdict = Verdict.sound
    private let file: PageFile

    /// Nil when there is no log or nothing in it.
    init?(path: String) throws(Failure) {
        guard let file = try PageFile(path), file.size > Self.headerBytes else { return nil }
        self.file = file
        scan()
    }

    private static let headerBytes = 32
    private static let frameBytes = 24 + StoreSchema.pageBytes

    /// The page that a frame holds.
    func content(_ frame: Frame) -> [UInt8] { content(frame.index) }

    private func content(_ index: Int) -> [UInt8] {
        file.bytes(at: Self.headerBytes + index * Self.frameBytes + 24, count: StoreSchema.pageBytes)
    }

    private mutating func scan() {
        let header = file.bytes(at: 0, count: Self.headerBytes)
        let isBigEndian = header.number32(0) == 0x377F_0683
        var sums = LogChecksum(isBigEndian: isBigEndian)
        sums.add(header[0..<24])
        let headerHolds =
            [0x377F_0682, 0x377F_0683].contains(header.number32(0)) && sums.first == header.number32(24)
            && sums.second == header.number32(28)
        let first = file.bytes(at: Self.headerBytes, count: 24)
        let salts = headerHolds ? Array(header[16..<24]) : Array(first[8..<16])
        guard headerHolds || salts.contains(where: { $0 != 0 }) else { return }
        let frames = ownFrames(salts: salts, header: header, isBigEndian: isBigEndian)
        let prefix = headerHolds ? zip(frames, 0...).prefix { $0.isVerified && $0.index == $1 }.map(\.0) : []
        let committed = prefix.lastIndex(where: \.isCommit).map { $0 + 1 } ?? 0
        applied = Array(prefix.prefix(committed))
        judge(Array(frames.dropFirst(committed)), prefixEnd: prefix.count - committed, headerHolds: headerHolds)
    }

    /// `rest` are the frames that SQLite does not apply, of which the first `prefixEnd` follow without a commit.
    private mutating func judge(_ rest: [Frame], prefixEnd: Int, headerHolds: Bool) {
        let broken = rest.dropFirst(prefixEnd)
        guard let next = broken.first else { return }
        let lastCommit = broken.last(where: \.isCommit)
        // Without a commit behind the break: leftovers of a transaction that was rolled back, unless the break stands
        // in the middle of one whose end was the damaged frame itself.
        let cutsTransaction = prefixEnd > 0 && next.index == (rest.first?.index ?? 0) + prefixEnd
        guard let end = lastCommit?.index ?? (cutsTransaction ? next.index : nil) else { return }
        tail = rest.filter { $0.index <= end }
        let firstEnd = tail.first(where: \.isCommit)?.index ?? end
        verdict = headerHolds && firstEnd == end ? .lastTransactionBroken : .damaged
    }

    /// Every slot of this generation, up to the end of the file: by its salts, or by its checksum when only the salts
    /// are damaged.
    private func ownFrames(salts: [UInt8], header: [UInt8], isBigEndian: Bool) -> [Frame] {
        var frames: [Frame] = []
        var seed = (header.number32(24), header.number32(28))
        let slots = (file.size - Self.headerBytes + StoreSchema.pageBytes - 1) / Self.frameBytes
        var isBehindStranger = false
        for index in 0..<max(0, slots) {
            let head = file.bytes(at: Self.headerBytes + index * Self.frameBytes, count: 24)
            let isOwn = Array(head[8..<16]) == salts
            // A stranger is worth its checksum only right behind a frame of ours: those of an earlier generation follow
            // one another too.
            guard isOwn || !isBehindStranger else {
                seed = (head.number32(16), head.number32(20))
                continue
            }
            var sums = LogChecksum(isBigEndian: isBigEndian, seed: seed)
            sums.add(head[0..<8])
            sums.add(content(index)[...])
            let page = head.number32(0)
            let holds = sums.first == head.number32(16) && sums.second == head.number32(20) && page != 0
            seed = (head.number32(16), head.number32(20))
            isBehindStranger = !isOwn && !holds
            guard isOwn || holds else { continue }
            frames.append(
                Frame(index: index, page: page, pagesAfter: head.number32(4), holds: holds, isVerified: isOwn && holds))
        }
        return frames
    }
}

/// The checksum of SQLite's write-ahead log (file format, 4.2).
struct LogChecksum {
    private(set) var first: UInt32
    private(set) var second: UInt32
    private let isBigEndian: Bool

    init(isBigEndian: Bool, seed: (UInt32, UInt32) = (0, 0)) {
        self.isBigEndian = isBigEndian
        (first, second) = seed
    }

    /// Adds a multiple of eight bytes.
    mutating func add(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { buffer in
            for offset in stride(from: 0, to: buffer.count - 7, by: 8) {
                let left = buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                let right = buffer.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                first = first &+ (isBigEndian ? left.bigEndian : left.littleEndian) &+ second
                second = second &+ (isBigEndian ? right.bigEndian : right.littleEndian) &+ first
            }
        }
    }
}
