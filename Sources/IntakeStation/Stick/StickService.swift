import StationAPI
import StationCore
import Store
import Synchronization
import Uplink

/// Where removable media may stand.
struct StickPlaces: Sendable {
    /// Directories below which a medium must be mounted.
    let roots: [String]
    /// When given, a medium must be of another file system than this directory.
    let unlike: String?
}

/// Carries applications and receipts by removable medium, one run at a time. docs/bundle.md says what and why.
final class StickService: Sendable {
    let stationID: StationID
    let store: Store
    let signingKey: StationSigningKey
    let authorities: AuthorityKeys
    let clock: any StationClock
    let random: any RandomSource
    /// Server minus station, in milliseconds, as last measured.
    let clockOffset: @Sendable () -> Int64?
    /// How many more applications fit the station's own disk.
    let applicationsLeft: @Sendable () -> Int
    let places: StickPlaces
    private let thread = WorkerThread(name: "stick")
    private let current = Mutex<MediaList.Work?>(nil)
    /// What was plugged in when somebody last looked, and the looking itself.
    let seen = SeenMedia()

    init(
        stationID: StationID, places: StickPlaces, store: Store, signingKey: StationSigningKey,
        authorities: AuthorityKeys, clock: any StationClock, random: any RandomSource,
        clockOffset: @escaping @Sendable () -> Int64?, applicationsLeft: @escaping @Sendable () -> Int
    ) {
        self.stationID = stationID
        self.places = places
        self.store = store
        self.signingKey = signingKey
        self.authorities = authorities
        self.clock = clock
        self.random = random
        self.clockOffset = clockOffset
        self.applicationsLeft = applicationsLeft
    }

    deinit { thread.finish() }

    /// The run that is under way.
    var work: MediaList.Work? { current.withLock { $0 } }

    /// So many more are done, of so many in all.
    func advance(by count: Int = 0, of total: Int? = nil) {
        current.withLock {
            $0?.done += count
            if let total { $0?.total = total }
        }
    }

    /// Runs one export or import on a medium. Throws `stickBusy` while another runs, `stickUnavailable`.
    func exclusively<Value: Sendable>(
        _ kind: MediaList.Work.Kind, at directory: String, _ body: (StickDirectory) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let isFree = current.withLock { work in
            guard work == nil else { return false }
            work = MediaList.Work(kind: kind)
            return true
        }
        guard isFree else { throw Failure(.stickBusy) }
        defer { current.withLock { $0 = nil } }
        let places = places
        let medium = try await blocking { () throws(Failure) in
            try StickDirectory(directory, below: places.roots, unlike: places.unlike)
        }
        return try await body(medium)
    }

    /// Runs what blocks on a thread of its own: a medium may take minutes, or never answer.
    func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await thread.run { Result { () throws(Failure) in try work() } }
        return try result.get()
    }

    /// Reads and verifies every bundle of a kind, and hands those that hold to `take`. One that does not hold or cannot be
    /// read is refused whole and hinders no other, unless the medium itself is gone or gives nothing at all.
    func readBundles(
        of kind: BundleKind, on medium: StickDirectory, take: (BundleReader) async throws(Failure) -> Void
    ) async throws(Failure) -> [RefusedBundle] {
        var refused: [RefusedBundle] = []
        let directories = try await blocking { () throws(Failure) in
            try BundleReader.directories(on: medium, kind: kind)
        }
        var fault: Failure?
        for directory in directories {
            let reader: BundleReader
            do throws(Failure) {
                reader = try await blocking { () throws(Failure) in
                    try Self.verified(medium, directory, as: kind)
                }
            } catch {
                guard error.code != .stickUnavailable else { throw error }
                if !Self.isBundles(error.code) { fault = error }
                refused.append(RefusedBundle(name: directory ?? ".", problem: Problem(error)))
                continue
            }
            do throws(Failure) {
                try await take(reader)
            } catch {
                guard Self.isBundles(error.code) else { throw error }
                refused.append(RefusedBundle(name: directory ?? ".", problem: Problem(error)))
            }
        }
        if let fault, refused.count == directories.count { throw fault }
        return refused
    }

    private static func verified(
        _ medium: StickDirectory, _ directory: String?, as kind: BundleKind
    ) throws(Failure) -> BundleReader {
        let reader = try BundleReader(medium, directory: directory)
        guard reader.manifest.kind == kind else {
            throw Failure(.bundleInvalid, "it holds \(reader.manifest.kind.rawValue)")
        }
        try reader.verify()
        return reader
    }

    /// Whether a bundle is at fault, not the medium or the station.
    private static func isBundles(_ code: FailureCode) -> Bool {
        code == .bundleInvalid || code == .bundleSignatureInvalid
    }

    /// Whether the writer's signature holds: failed and passed for our own bundles, not determined for others'.
    func signatureVerdict(of manifest: BundleManifest) throws(Failure) -> Verdict {
        guard manifest.stationId == stationID, manifest.signingKeyId == signingKey.keyId else { return .notDetermined }
        guard let key = try? VerifyingKey(keyId: signingKey.keyId, rawRepresentation: signingKey.publicKey) else {
            throw Failure(.keyInvalid, signingKey.keyId.text)
        }
        guard manifest.verifies(by: key) else { throw Failure(.bundleSignatureInvalid) }
        return .passed
    }
}
