import CPowerLossVFS
import Foundation
import Glibc
import StationCore

/// The station's disk: a SQLite VFS whose power can be cut, in a directory of its own.
final class Disk: @unchecked Sendable {  // Sendable: the pointer never changes, and the VFS locks every call itself.
    let name: String
    let directory: String
    private let vfs: OpaquePointer
    private let dice: Dice

    init(dice: Dice) throws {
        self.dice = dice
        name = "simulation-\(UUID().uuidString)"
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
        directory = parent + "/intake-\(name)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        guard let vfs = power_loss_create(name) else { throw Failure(.internalFault, "no VFS") }
        self.vfs = vfs
    }

    deinit { discard() }

    /// Takes everything off the disk, for good: connections of processes that were killed stay open as long as this one, and
    /// would keep a world's disk with them.
    func discard() {
        power_loss_destroy(vfs)
        try? FileManager.default.removeItem(atPath: directory)
    }

    var database: String { directory + "/station.sqlite" }

    var isDown: Bool { power_loss_is_down(vfs) }

    /// Cuts the power: at once, or just before one of the next operations.
    func cut(within operations: Int = 0) {
        let seed = dice.next()
        guard operations > 0 else { return power_loss_cut(vfs, seed) }
        power_loss_cut_at(
            vfs, UInt32(POWER_LOSS_CHANGES.rawValue), UInt64(1 + dice.below(operations)), seed)
    }

    func restore() { power_loss_restore(vfs) }
    func endProcess() { power_loss_end_process(vfs) }

    /// Fills the disk until it is healed: every write but the next few fails.
    func fill() {
        power_loss_fail_at(vfs, UInt32(POWER_LOSS_WRITE.rawValue), UInt64(1 + dice.below(50)), ENOSPC, true)
    }

    /// One of the next syncs fails, and with it what it should have carried.
    func failSync() {
        power_loss_fail_at(vfs, UInt32(POWER_LOSS_SYNC.rawValue), UInt64(1 + dice.below(20)), EIO, false)
    }

    func heal() { power_loss_heal(vfs) }

    /// Writes that power cuts lost or tore.
    var lostWrites: UInt64 { power_loss_lost_writes(vfs) }

    /// Bytes of the write-ahead log on disk.
    var logBytes: Int64 {
        var status = stat()
        return stat(database + "-wal", &status) == 0 ? Int64(status.st_size) : 0
    }
}
