// A SQLite VFS for tests, under which a power cut loses what a power cut may lose.
//
// Every file lives in memory; a sync carries its writes to the real file, in order. When the power is cut, each write
// since the last sync is, by a seed, lost, kept, or torn at a 512-byte sector, in any order, and files that were created
// or deleted without a sync may or may not be there. From then on every call fails until the power is back. Locks do
// nothing and there is no shared memory, so the database has to be opened in exclusive locking mode.
//
// A sync that fails marks its writes as clean without keeping them, as Linux does: a second sync would succeed and yet
// the next power cut loses them.
#ifndef CPOWERLOSSVFS_H
#define CPOWERLOSSVFS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct power_loss_vfs power_loss_vfs;

enum power_loss_operation {
    POWER_LOSS_WRITE = 1,
    POWER_LOSS_SYNC = 2,
    POWER_LOSS_TRUNCATE = 4,
    POWER_LOSS_DELETE = 8,
    POWER_LOSS_READ = 16,
    POWER_LOSS_CHANGES = 15,
};

// Registers a VFS of this name with SQLite, not as the default. NULL when memory or SQLite refuse.
power_loss_vfs *power_loss_create(const char *name);
// Unregisters and frees. No connection may use it any more, except leaked ones that are never touched again.
void power_loss_destroy(power_loss_vfs *vfs);

// Cuts the power just before the nth (from 1) operation of the mask counted from now; the seed decides what is lost.
void power_loss_cut_at(power_loss_vfs *vfs, unsigned mask, uint64_t nth, uint64_t seed);
// Cuts the power now.
void power_loss_cut(power_loss_vfs *vfs, uint64_t seed);
// Gives the power back: what is on disk is what there is. Handles of before stay dead; plans are forgotten.
void power_loss_restore(power_loss_vfs *vfs);
// Ends the process that uses the disk: its handles are dead, what it wrote is seen by the next one, synced or not.
void power_loss_end_process(power_loss_vfs *vfs);
// Whether the power is cut.
bool power_loss_is_down(power_loss_vfs *vfs);

// Makes the nth (from 1) operation of the mask fail with ENOSPC or EIO, and all later ones of the mask when lasting.
void power_loss_fail_at(power_loss_vfs *vfs, unsigned mask, uint64_t nth, int error, bool lasting);
// Ends the failing.
void power_loss_heal(power_loss_vfs *vfs);
// Whether a planned failure has happened.
bool power_loss_has_failed(power_loss_vfs *vfs);

// Operations of the mask since creation.
uint64_t power_loss_count(power_loss_vfs *vfs, unsigned mask);
// Writes that power cuts have lost or torn since creation.
uint64_t power_loss_lost_writes(power_loss_vfs *vfs);

#endif
