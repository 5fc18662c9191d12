public import StationCore

/// Body of `POST /v1/exports`; the second person signs by the header `Co-Signature`.
public struct ExportOrder: Codable, Hashable, Sendable {
    /// Absolute path of the directory at which the medium is mounted.
    public let directory: String
    /// Whether applications go along that were exported before: their medium was lost.
    public let again: Bool?
    /// Makes an order.
    public init(directory: String, again: Bool = false) {
        self.directory = directory
        self.again = again
    }
}

/// What an export wrote, verified by reading it back.
public struct ExportReport: Codable, Hashable, Sendable {
    /// The bundle; nil when there was nothing to write.
    public let bundleId: String?
    /// The bundle's directory on the medium.
    public let name: String?
    /// Applications in it.
    public let items: Int
    /// Applications that are marked as exported; the others were sent or settled meanwhile.
    public let marked: Int
    /// Files in it, the manifest not counted.
    public let files: Int
    /// Bytes of these files.
    public let bytes: Int64

    /// Makes a report.
    public init(bundleId: String?, name: String?, items: Int, marked: Int, files: Int, bytes: Int64) {
        self.bundleId = bundleId
        self.name = name
        self.items = items
        self.marked = marked
        self.files = files
        self.bytes = bytes
    }

    /// Nothing was there to write.
    public static let empty = ExportReport(bundleId: nil, name: nil, items: 0, marked: 0, files: 0, bytes: 0)
}

/// Answer of `GET /v1/media`: where a bundle can be written or read, and what is being done there.
public struct MediaList: Codable, Hashable, Sendable {
    /// One medium that is plugged in.
    public struct Medium: Codable, Hashable, Sendable {
        /// Where it is mounted: what orders name as `directory`.
        public let directory: String
        /// Free bytes; nil when nothing can be written to it.
        public let freeBytes: Int64?
        /// Why nothing can be written to it.
        public let problem: Problem?

        /// Makes an entry.
        public init(directory: String, freeBytes: Int64?, problem: Problem?) {
            self.directory = directory
            self.freeBytes = freeBytes
            self.problem = problem
        }
    }

    /// The run that is under way; there is one at a time.
    public struct Work: Codable, Hashable, Sendable {
        /// What is done.
        public enum Kind: String, Codable, Sendable, CaseIterable {
            /// Applications are written.
            case export
            /// Applications of other stations are read.
            case `import`
            /// Receipts of forwarded applications are written.
            case receiptExport
            /// Receipts are read.
            case receiptImport
        }

        /// What is done.
        public var kind: Kind
        /// How many applications or receipts are done.
        public var done: Int
        /// Of how many; nil while nobody knows.
        public var total: Int?

        /// Makes a state of a run.
        public init(kind: Kind, done: Int = 0, total: Int? = nil) {
            self.kind = kind
            self.done = done
            self.total = total
        }
    }

    /// What is plugged in. While a run is under way, what was there before it.
    public let media: [Medium]
    /// The run that is under way; nil when there is none.
    public let work: Work?

    /// Makes a list.
    public init(media: [Medium], work: Work?) {
        self.media = media
        self.work = work
    }
}

/// Answer of `POST /v1/exports/recall`: exported applications that upstream is now asked about.
public struct RecallReport: Codable, Hashable, Sendable {
    /// How many.
    public let recalled: Int

    /// Makes a report.
    public init(recalled: Int) { self.recalled = recalled }
}

/// Body of `POST /v1/imports` and `POST /v1/receipts/imports`.
public struct ImportOrder: Codable, Hashable, Sendable {
    /// Absolute path of the directory at which the medium is mounted, or of one bundle on it.
    public let directory: String

    /// Makes an order.
    public init(directory: String) { self.directory = directory }
}

/// Body of `POST /v1/receipts/exports`.
public struct ReceiptExportOrder: Codable, Hashable, Sendable {
    /// Absolute path of the directory at which the medium is mounted.
    public let directory: String
    /// The station whose receipts are wanted; all when absent.
    public let stationId: String?
    /// Whether receipts go along that were written before.
    public let again: Bool?

    /// Makes an order.
    public init(directory: String, stationId: String? = nil, again: Bool = false) {
        self.directory = directory
        self.stationId = stationId
        self.again = again
    }
}

/// A bundle that was refused whole.
public struct RefusedBundle: Codable, Hashable, Sendable {
    /// Its directory on the medium.
    public let name: String
    /// Why.
    public let problem: Problem

    /// Makes an entry.
    public init(name: String, problem: Problem) {
        self.name = name
        self.problem = problem
    }
}

/// What an import of applications took.
public struct ImportReport: Codable, Hashable, Sendable {
    /// One bundle.
    public struct Bundle: Codable, Hashable, Sendable {
        /// The bundle.
        public let bundleId: String
        /// The station that wrote it.
        public let stationId: String
        /// Whether its signature holds; another station's key is not known here.
        public let signature: Verdict
        /// New here; they are sent on.
        public let taken: Int
        /// Here already.
        public let known: Int
        /// Here already under the same id with other bytes; the first stands, unless upstream disproved it.
        public let conflicting: Int

        /// Makes an entry.
        public init(
            bundleId: String, stationId: String, signature: Verdict, taken: Int, known: Int, conflicting: Int
        ) {
            self.bundleId = bundleId
            self.stationId = stationId
            self.signature = signature
            self.taken = taken
            self.known = known
            self.conflicting = conflicting
        }
    }

    /// Bundles that hold.
    public let bundles: [Bundle]
    /// Bundles of which nothing was taken.
    public let refused: [RefusedBundle]

    /// Makes a report.
    public init(bundles: [Bundle], refused: [RefusedBundle]) {
        self.bundles = bundles
        self.refused = refused
    }
}

/// What an import of receipts did.
public struct ReceiptImportReport: Codable, Hashable, Sendable {
    /// One bundle.
    public struct Bundle: Codable, Hashable, Sendable {
        /// The bundle.
        public let bundleId: String
        /// Who wrote it.
        public let writerId: String
        /// Applications that the receipts settled now as accepted.
        public let accepted: Int
        /// Applications that the receipts settled now as rejected.
        public let rejected: Int
        /// Receipts of applications that were settled before.
        public let known: Int
        /// Receipts of applications that are not here.
        public let foreign: Int
        /// Receipts that speak of another station or other bytes, or that no pinned authority signed; ignored.
        public let invalid: Int

        /// Makes an entry.
        public init(
            bundleId: String, writerId: String, accepted: Int, rejected: Int, known: Int, foreign: Int, invalid: Int
        ) {
            self.bundleId = bundleId
            self.writerId = writerId
            self.accepted = accepted
            self.rejected = rejected
            self.known = known
            self.foreign = foreign
            self.invalid = invalid
        }
    }

    /// Bundles that hold.
    public let bundles: [Bundle]
    /// Bundles of which nothing was taken.
    public let refused: [RefusedBundle]

    /// Makes a report.
    public init(bundles: [Bundle], refused: [RefusedBundle]) {
        self.bundles = bundles
        self.refused = refused
    }
}
