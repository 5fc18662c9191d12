import HostIntegration
import StationAPI
import StationCore
import Synchronization
import Uplink

extension StickService {
    /// What is plugged in below the configured directories, and how far the run on one of them is.
    func media() async -> MediaList {
        // A medium that is being written to answers slowly; nobody looks at it beside.
        if let work { return MediaList(media: seen.media, work: work) }
        let places = places
        return MediaList(media: await seen.look { Self.mounted(at: places) }, work: nil)
    }

    private static func mounted(at places: StickPlaces) -> [MediaList.Medium] {
        var directories = MountTable.directories(below: places.roots)
        // Where nothing has to be mounted, the directory itself does.
        if places.unlike == nil { directories += places.roots.filter { !directories.contains($0) } }
        return directories.prefix(Limits.Bundle.media).compactMap { directory in
            guard let medium = try? StickDirectory(directory, below: places.roots, unlike: places.unlike) else {
                return nil
            }
            do throws(Failure) {
                return MediaList.Medium(directory: directory, freeBytes: try medium.freeBytes(), problem: nil)
            } catch {
                return MediaList.Medium(directory: directory, freeBytes: nil, problem: Problem(error))
            }
        }
    }
}

/// Looks at media, one look at a time and on a thread of its own: a medium that never answers holds nobody but who asks, and
/// who asks meanwhile gets what was seen before.
final class SeenMedia: Sendable {
    private struct State {
        var media: [MediaList.Medium] = []
        var isLooking = false
    }

    private let thread = WorkerThread(name: "media")
    private let state = Mutex(State())

    deinit { thread.finish() }

    /// What was seen last.
    var media: [MediaList.Medium] { state.withLock(\.media) }

    /// Looks again.
    func look(_ see: @escaping @Sendable () -> [MediaList.Medium]) async -> [MediaList.Medium] {
        let isFree = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard isFree else { return media }
        let found = await thread.run(see)
        state.withLock { $0 = State(media: found) }
        return found
    }
}
