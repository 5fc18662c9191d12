// The disk behind the VFS: what the process sees, what has been synced, what a power cut leaves.
#ifndef POWER_LOSS_DISK_H
#define POWER_LOSS_DISK_H

#include "CPowerLossVFS.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stddef.h>


// A change since the last sync. A truncation has no data.
struct change {
    struct change *next;
    sqlite3_int64 offset;
    size_t length;
    unsigned char *data;
    bool forgotten;  // a failed sync has marked it clean
};

// A file as the process sees it, and what is not on disk yet. The real file is what is on disk.
struct entry {
    struct entry *next;
    char *path;  // NULL: a nameless temporary file
    unsigned char *bytes;
    size_t size, capacity;
    struct change *first, *last;
    bool on_disk;  // the real file's directory entry is durable
    bool deleted;  // by the process, not durably
};

struct plan {
    unsigned mask;
    uint64_t remaining;  // 0: no plan
};

struct power_loss_vfs {
    sqlite3_vfs vfs;  // first: SQLite's pointer is ours
    sqlite3_vfs *base;
    char *name;
    pthread_mutex_t mutex;
    struct entry *entries;
    uint64_t generation;
    bool down;
    struct plan cut, failure;
    uint64_t cut_seed;
    int failure_error;
    bool failure_lasting, failed;
    uint64_t counts[5];
    uint64_t lost_writes;
};

// Counts an operation and says what becomes of it: 0, or an errno. A cut power is EIO for everything.
int power_loss_enter(power_loss_vfs *vfs, unsigned operation);
// Writes into what the process sees and remembers the change; false without memory.
bool power_loss_store(struct entry *entry, const void *buffer, size_t amount, sqlite3_int64 offset);
// Truncates what the process sees and remembers the change; false without memory.
bool power_loss_shorten(struct entry *entry, size_t size);
// Carries every change to the real file, except those that a failed sync has marked clean.
void power_loss_flush(struct entry *entry);
// A failed sync: every change counts as clean from now on and is lost by the next cut.
void power_loss_mark_clean(struct entry *entry);
// The entry of a path, taken from the disk when the process has not seen it since the power came; NULL: no such file.
struct entry *power_loss_load(power_loss_vfs *vfs, const char *path);
// An entry for a new file; without a path a nameless one.
struct entry *power_loss_add(power_loss_vfs *vfs, const char *path);
// Makes the file of a deleted entry anew and empty.
void power_loss_renew(struct entry *entry);
// Marks the entry deleted; durably when the directory is synced.
void power_loss_remove(struct entry *entry, bool durably);
void power_loss_free_entry(struct entry *entry);
void power_loss_free_entries(power_loss_vfs *vfs);

#endif
