import Foundation
import StationCore
import Synchronization
import SystemPackage
import Uplink

#if canImport(Glibc)
import Glibc
#endif

/// The list of recipient keys that stands, kept beside the spool so that intake works before the first connection of a
/// day. The file is nothing secret, and it is believed only as far as the authority's signature reaches.
final class RecipientKeyStore: Sendable {
    private let path: String
    private let authorities: AuthorityKeys
    private struct Standing {
        let list: KeyList?
        let usable: [(key: RecipientKey, publicKey: RecipientPublicKey)]

        init(_ list: KeyList?) {
            self.list = list
            usable = KeyRing.usable(list)
        }
    }

    private let standing: Mutex<Standing>

    /// Reads the list of an earlier run and the one handed out at enrolment; the newer stands. One that cannot be read
    /// or verified counts as none.
    init(path: String, enrolled: String?, authorities: AuthorityKeys) {
        self.path = path
        self.authorities = authorities
        var newest: KeyList?
        for file in [path, enrolled].compactMap({ $0 }) {
            guard let found = Self.list(file),
                (try? KeyRing.adopts(found, over: newest, authorities: authorities)) == true
            else { continue }
            newest = found
        }
        standing = Mutex(Standing(newest))
    }

    /// Throws `configurationInvalid` for a list from enrolment that is named and is none, or of no pinned authority: intake
    /// would wait for the first connection.
    static func check(_ upstream: StationConfiguration.Upstream) throws(Failure) {
        guard let path = upstream.keyList else { return }
        guard let found = list(path) else {
            throw Failure(.configurationInvalid, "upstream.keyList: \(path) cannot be read, or is no list of keys")
        }
        guard (try? KeyRing.adopts(found, over: nil, authorities: upstream.authorities)) == true else {
            throw Failure(
                .configurationInvalid, "upstream.keyList: \(path) is of no pinned authority")
        }
    }

    private static func list(_ path: String) -> KeyList? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Limits.Uplink.listBodyBytes else {
            return nil
        }
        return try? StrictJSON.decode(KeyList.self, from: Array(data))
    }

    /// The list that stands.
    var current: KeyList? { standing.withLock { $0.list } }

    /// The key to seal to now. Throws `recipientKeyMissing`.
    func choose(at now: Timestamp, quality: ClockQuality) throws -> SealingChoice {
        let standing = standing.withLock { $0 }
        return try KeyRing.choose(
            among: standing.usable, at: now, quality: quality, hasList: standing.list != nil)
    }

    /// Until when a key's dates will allow sealing; nil without a key.
    func sealableUntil(at now: Timestamp) -> Timestamp? {
        KeyRing.sealableUntil(among: standing.withLock { $0.usable }, at: now)
    }

    /// Takes a list that just came; on disk before it is used, so that a replay is refused after a restart too.
    func adopt(_ new: KeyList) throws {
        try standing.withLock { standing in
            guard try KeyRing.adopts(new, over: standing.list, authorities: authorities) else { return }
            try Self.write(try StrictJSON.encode(new), to: path)
            standing = Standing(new)
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let temporary = FilePath(path + ".new")
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
            try file.closeAfter {
                _ = try file.writeAll(bytes)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(temporary.string, path) == 0 else { throw Errno(rawValue: errno) }
            let directory = try FileDescriptor.open(FilePath(path).removingLastComponent(), .readOnly)
            try directory.closeAfter {
                guard fsync(directory.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch let errno as Errno where [.noSpace, .diskQuotaExceeded].contains(errno) {
            throw Failure(.diskFull, "recipient keys: \(errno)")
        } catch {
            throw Failure(.diskWriteFailed, "recipient keys: \(error)")
        }
    }
}
