#include "PowerLossDisk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct handle {sqlite3_file file;  // first
    power_loss_vfs *vfs;
    struct entry *entry;
    uint64_t generation;
};

static bool alive(const struct handle *handle) {
    return !handle->vfs->down && handle->generation == handle->vfs->generation;
}

// MARK: file methods

static int file_close(sqlite3_file *file) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->vfs->mutex);
    if (handle->generation == handle->vfs->generation && !handle->entry->path) power_loss_free_entry(handle->entry);
    pthread_mutex_unlock(&handle->vfs->mutex);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *buffer, int amount, sqlite3_int64 offset) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->vfs->mutex);
    int result = SQLITE_IOERR_READ;
    if (power_loss_enter(handle->vfs, POWER_LOSS_READ) == 0 && alive(handle)) {
        struct entry *entry = handle->entry;
        size_t available = (size_t)offset < entry->size ? entry->size - (size_t)offset : 0;
        size_t taken = available < (size_t)amount ? available : (size_t)amount;
        memcpy(buffer, taken ? entry->bytes + offset : buffer, taken);
        memset((char *)buffer + taken, 0, (size_t)amount - taken);
        result = taken == (size_t)amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
    }
    pthread_mutex_unlock(&handle->vfs->mutex);
    return result;
}

static int file_write(sqlite3_file *file, const void *buffer, int amount, sqlite3_int64 offset) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->vfs->mutex);
    int result = SQLITE_OK;
    int error = power_loss_enter(handle->vfs, POWER_LOSS_WRITE);
    if (!alive(handle)) {
        result = SQLITE_IOERR_WRITE;
    } else if (error) {
        // A full or failing disk takes a part of a write.
        if (!power_loss_store(handle->entry, buffer, (size_t)amount / 2, offset)) abort();
        result = error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    } else if (!power_loss_store(handle->entry, buffer, (size_t)amount, offset)) {
        result = SQLITE_IOERR_NOMEM;
    }
    pthread_mutex_unlock(&handle->vfs->mutex);
    return result;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->vfs->mutex);
    int result = SQLITE_IOERR_TRUNCATE;
    if (power_loss_enter(handle->vfs, POWER_LOSS_TRUNCATE) == 0 && alive(handle)
        && power_loss_shorten(handle->entry, (size_t)size)) {
        result = SQLITE_OK;
    }
    pthread_mutex_unlock(&handle->vfs->mutex);
    return result;
}

static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    struct handle *handle = (struct handle *)file;
    struct entry *entry = handle->entry;
    pthread_mutex_lock(&handle->vfs->mutex);
    int result = SQLITE_OK;
    int error = power_loss_enter(handle->vfs, POWER_LOSS_SYNC);
    if (!alive(handle)) {
        result = SQLITE_IOERR_FSYNC;
    } else if (error) {
        power_loss_mark_clean(entry);
        result = SQLITE_IOERR_FSYNC;
    } else if (entry->path) {
        power_loss_flush(entry);
    }
    pthread_mutex_unlock(&handle->vfs->mutex);
    return result;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    struct handle *handle = (struct handle *)file;
    pthread_mutex_lock(&handle->vfs->mutex);
    int result = SQLITE_IOERR_FSTAT;
    if (alive(handle)) {
        *size = (sqlite3_int64)handle->entry->size;
        result = SQLITE_OK;
    }
    pthread_mutex_unlock(&handle->vfs->mutex);
    return result;
}

static int file_lock(sqlite3_file *file, int level) { return (void)file, (void)level, SQLITE_OK; }

static int file_check_reserved(sqlite3_file *file, int *reserved) {
    (void)file;
    *reserved = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    return (void)file, (void)operation, (void)argument, SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file) { return (void)file, 4096; }

// What SQLite assumes of a Linux file system: an overwrite never harms the bytes beside it.
static int file_characteristics(sqlite3_file *file) { return (void)file, SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_characteristics,
};

// MARK: VFS methods

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *file, int flags, int *outFlags) {
    power_loss_vfs *vfs = (power_loss_vfs *)base;
    struct handle *handle = (struct handle *)file;
    handle->file.pMethods = NULL;
    pthread_mutex_lock(&vfs->mutex);
    struct entry *entry = path && !vfs->down ? power_loss_load(vfs, path) : NULL;
    if (entry && entry->deleted) power_loss_renew(entry);
    if (!entry && !vfs->down && (!path || (flags & SQLITE_OPEN_CREATE))) entry = power_loss_add(vfs, path);
    int result = SQLITE_CANTOPEN;
    if (entry) {
        handle->vfs = vfs;
        handle->entry = entry;
        handle->generation = vfs->generation;
        handle->file.pMethods = &methods;
        if (outFlags) *outFlags = flags;
        result = SQLITE_OK;
    }
    pthread_mutex_unlock(&vfs->mutex);
    return result;
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int syncDirectory) {
    power_loss_vfs *vfs = (power_loss_vfs *)base;
    pthread_mutex_lock(&vfs->mutex);
    int result = SQLITE_IOERR_DELETE;
    if (power_loss_enter(vfs, POWER_LOSS_DELETE) == 0) {
        struct entry *entry = power_loss_load(vfs, path);
        result = entry && !entry->deleted ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
        if (entry) power_loss_remove(entry, syncDirectory);
    }
    pthread_mutex_unlock(&vfs->mutex);
    return result;
}

static int vfs_access(sqlite3_vfs *base, const char *path, int flags, int *result) {
    power_loss_vfs *vfs = (power_loss_vfs *)base;
    pthread_mutex_lock(&vfs->mutex);
    struct entry *entry = power_loss_load(vfs, path);
    *result = entry != NULL && !entry->deleted;
    // An empty file is no journal, for the unix VFS as well.
    if (*result && flags == SQLITE_ACCESS_EXISTS) *result = entry->size > 0;
    pthread_mutex_unlock(&vfs->mutex);
    return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *base, const char *path, int size, char *out) {
    sqlite3_vfs *real = ((power_loss_vfs *)base)->base;
    return real->xFullPathname(real, path, size, out);
}

static int vfs_randomness(sqlite3_vfs *base, int size, char *out) {
    sqlite3_vfs *real = ((power_loss_vfs *)base)->base;
    return real->xRandomness(real, size, out);
}

static int vfs_sleep(sqlite3_vfs *base, int microseconds) {
    sqlite3_vfs *real = ((power_loss_vfs *)base)->base;
    return real->xSleep(real, microseconds);
}

static int vfs_time(sqlite3_vfs *base, double *days) {
    sqlite3_vfs *real = ((power_loss_vfs *)base)->base;
    return real->xCurrentTime(real, days);
}

static int vfs_last_error(sqlite3_vfs *base, int size, char *out) {
    return (void)base, (void)size, (void)out, 0;
}

// MARK: interface

power_loss_vfs *power_loss_create(const char *name) {
    power_loss_vfs *vfs = calloc(1, sizeof *vfs);
    if (!vfs) return NULL;
    vfs->name = strdup(name);
    vfs->base = sqlite3_vfs_find(NULL);
    pthread_mutex_init(&vfs->mutex, NULL);
    vfs->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(struct handle),
        .mxPathname = vfs->base->mxPathname,
        .zName = vfs->name,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
    };
    if (sqlite3_vfs_register(&vfs->vfs, 0) == SQLITE_OK) return vfs;
    free(vfs->name);
    free(vfs);
    return NULL;
}

void power_loss_destroy(power_loss_vfs *vfs) {
    sqlite3_vfs_unregister(&vfs->vfs);
    pthread_mutex_lock(&vfs->mutex);
    power_loss_free_entries(vfs);
    vfs->generation++;
    vfs->down = true;
    pthread_mutex_unlock(&vfs->mutex);
    // The structure itself stays: a connection that was leaked on purpose may still point to it.
}
