import StationCore

/// A database that SQLite cannot be trusted with: its file, and over it the frames of its log that hold.
struct DamagedFile {
    /// The number of pages to look at.
    let pageCount: UInt32
    /// Pages by which the file is shorter than its header or its log says.
    let lostPages: UInt32
    /// The log.
    let log: LogScan?
    /// Whether the log's tail was already carried into the file, at least in part: then what SQLite makes of log and
    /// file would mix two times.
    let isTailCarriedOver: Bool
    /// Whether the log ends in a transaction of which no end is to be read and nothing reached the file: most likely one
    /// that was never committed. Nothing of it counts, neither half of its rows nor the answer to a repetition.
    let endsUnfinished: Bool
    private let file: PageFile?
    /// The newest frame of each page whose content holds.
    private let newest: [UInt32: LogScan.Frame]
    /// Pages of which a newer frame does not hold, with these frames.
    let broken: [UInt32: [LogScan.Frame]]

    /// Reads nothing but the log's frames yet.
    init(path: String) throws(Failure) {
        file = try PageFile(path)
        log = try LogScan(path: path + "-wal")
        isTailCarriedOver = Self.isTailCarriedOver(log, into: file)
        endsUnfinished = !isTailCarriedOver && log?.isTailUnfinished ?? false
        let counted = (log?.applied ?? []) + (endsUnfinished ? [] : log?.tail ?? [])
        var newest: [UInt32: LogScan.Frame] = [:]
        var broken: [UInt32: [LogScan.Frame]] = [:]
        for frame in counted where frame.page <= Self.mostPages {
            if frame.holds {
                newest[frame.page] = frame
                broken[frame.page] = nil
            } else {
                broken[frame.page, default: []].append(frame)
            }
        }
        self.newest = newest
        self.broken = broken
        let size = file?.size ?? 0
        let inFile = UInt32(clamping: (size + StoreSchema.pageBytes - 1) / StoreSchema.pageBytes)
        pageCount = max(inFile, newest.keys.max() ?? 0)
        let header = file?.bytes(at: 0, count: 100) ?? []
        // Valid only when the header was written by the change that counted last (file format, 1.3.7).
        let isCounted = header.number32(24) == header.number32(92) && header.number32(28) <= Self.mostPages
        var carried: UInt32 = 0
        if let frame = newest[1], let log { carried = log.content(frame).number32(28) }
        let expected = max(isCounted ? header.number32(28) : 0, carried <= Self.mostPages ? carried : 0)
        // Pages that only the log holds yet are not in the file, and are not lost.
        var gone: UInt32 = 0
        if expected > inFile {
            for number in inFile + 1...expected where newest[number] == nil && broken[number] == nil { gone += 1 }
        }
        if size < StoreSchema.pageBytes {
            lostPages = max(expected, Self.unknownPages)
        } else {
            lostPages = size % StoreSchema.pageBytes == 0 ? gone : max(1, gone)
        }
    }

    /// Taken for the number of lost pages when nothing tells it.
    private static let unknownPages: UInt32 = 64

    /// More pages than any spool has: 16 GiB.
    private static let mostPages: UInt32 = 4_194_304

    /// The page as it was last, as far as anybody knows: of a page whose newest frame is broken an older version.
    func current(_ number: UInt32) -> [UInt8]? {
        if let frame = newest[number], let log { return log.content(frame) }
        return stored(number)
    }

    /// The page in the file itself.
    func stored(_ number: UInt32) -> [UInt8]? {
        guard number >= 1, number <= pageCount, let file else { return nil }
        return file.bytes(at: (Int(number) - 1) * StoreSchema.pageBytes, count: StoreSchema.pageBytes)
    }

    /// Pages of which the log's tail holds a right version.
    var tailPages: [UInt32] {
        var pages: [UInt32] = []
        for frame in log?.tail ?? [] where frame.holds && !pages.contains(frame.page) { pages.append(frame.page) }
        return pages
    }

    private static func isTailCarriedOver(_ log: LogScan?, into file: PageFile?) -> Bool {
        guard let log, let file else { return false }
        var pages: [UInt32: LogScan.Frame] = [:]
        for frame in log.tail where frame.holds { pages[frame.page] = frame }
        var same = 0
        var changed = false
        for (page, frame) in pages where page <= mostPages {
            let content = log.content(frame)
            guard content == file.bytes(at: (Int(page) - 1) * StoreSchema.pageBytes, count: content.count) else {
                continue
            }
            same += 1
            let before = log.applied.last { $0.page == page }
            if before.map({ log.content($0) != content }) ?? true { changed = true }
        }
        // A transaction without an end may write a page that is by chance what the file holds: an index turned back.
        return changed && (!log.isTailUnfinished || (same > 1 && same == pages.count))
    }

    /// Whether a page holds the map of pages that an auto-vacuumed file keeps, and nothing else.
    func isPointerMap(_ number: UInt32) -> Bool {
        let entries = UInt32(StoreSchema.pageBytes / 5 + 1)
        return number >= 2 && (number - 2) % entries == 0
    }
}
