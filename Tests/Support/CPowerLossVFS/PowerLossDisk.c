#include "PowerLossDisk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512 };

static uint64_t next_random(uint64_t *state) {  // splitmix64
    uint64_t z = (*state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// MARK: content

static bool reserve(struct entry *entry, size_t size) {
    if (size <= entry->capacity) return true;
    size_t capacity = entry->capacity ? entry->capacity : 65536;
    while (capacity < size) capacity *= 2;
    unsigned char *bytes = realloc(entry->bytes, capacity);
    if (!bytes) return false;
    memset(bytes + entry->capacity, 0, capacity - entry->capacity);
    entry->bytes = bytes;
    entry->capacity = capacity;
    return true;
}


static struct change *remember(struct entry *entry, sqlite3_int64 offset, const void *data, size_t length) {
    struct change *change = calloc(1, sizeof *change);
    if (!change) return NULL;
    change->offset = offset;
    change->length = length;
    if (data) {
        change->data = malloc(length ? length : 1);
        if (!change->data) {
            free(change);
            return NULL;
        }
        memcpy(change->data, data, length);
    }
    if (entry->last) entry->last->next = change;
    else entry->first = change;
    entry->last = change;
    return change;
}

static void forget_changes(struct entry *entry) {
    for (struct change *change = entry->first, *next; change; change = next) {
        next = change->next;
        free(change->data);
        free(change);
    }
    entry->first = entry->last = NULL;
}

void power_loss_free_entry(struct entry *entry) {
    forget_changes(entry);
    free(entry->bytes);
    free(entry->path);
    free(entry);
}

static void put(int descriptor, const unsigned char *data, size_t length, sqlite3_int64 offset) {
    while (length > 0) {
        ssize_t written = pwrite(descriptor, data, length, offset);
        if (written <= 0) abort();  // the test's own disk is full or broken: no result would mean anything
        data += written;
        length -= (size_t)written;
        offset += written;
    }
}

static void apply(int descriptor, const struct change *change) {
    if (change->data) put(descriptor, change->data, change->length, change->offset);
    else if (ftruncate(descriptor, change->offset) != 0) abort();
}

bool power_loss_store(struct entry *entry, const void *buffer, size_t amount, sqlite3_int64 offset) {
    if (!reserve(entry, (size_t)offset + amount) || !remember(entry, offset, buffer, amount)) return false;
    memcpy(entry->bytes + offset, buffer, amount);
    if ((size_t)offset + amount > entry->size) entry->size = (size_t)offset + amount;
    return true;
}

bool power_loss_shorten(struct entry *entry, size_t size) {
    if (!reserve(entry, size) || !remember(entry, (sqlite3_int64)size, NULL, 0)) return false;
    if (size < entry->size) memset(entry->bytes + size, 0, entry->size - size);
    entry->size = size;
    return true;
}

// MARK: entries

static struct entry *find(power_loss_vfs *vfs, const char *path) {
    for (struct entry *entry = vfs->entries; entry; entry = entry->next) {
        if (entry->path && strcmp(entry->path, path) == 0) return entry;
    }
    return NULL;
}

struct entry *power_loss_load(power_loss_vfs *vfs, const char *path) {
    struct entry *entry = find(vfs, path);
    if (entry) return entry;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return NULL;
    struct stat status;
    entry = calloc(1, sizeof *entry);
    if (!entry || fstat(descriptor, &status) != 0 || !reserve(entry, (size_t)status.st_size)) abort();
    entry->size = (size_t)status.st_size;
    if (entry->size && pread(descriptor, entry->bytes, entry->size, 0) != (ssize_t)entry->size) abort();
    close(descriptor);
    entry->path = strdup(path);
    entry->on_disk = true;
    entry->next = vfs->entries;
    vfs->entries = entry;
    return entry;
}

struct entry *power_loss_add(power_loss_vfs *vfs, const char *path) {
    struct entry *entry = calloc(1, sizeof *entry);
    if (!entry || !path) return entry;
    entry->path = strdup(path);
    entry->next = vfs->entries;
    vfs->entries = entry;
    return entry;
}

void power_loss_renew(struct entry *entry) {
    unlink(entry->path);
    forget_changes(entry);
    memset(entry->bytes, 0, entry->size);
    entry->size = 0;
    entry->deleted = entry->on_disk = false;
}

void power_loss_remove(struct entry *entry, bool durably) {
    forget_changes(entry);
    entry->deleted = true;
    if (durably) unlink(entry->path);
}

// MARK: power

void power_loss_flush(struct entry *entry) {
    int descriptor = open(entry->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) abort();
    struct change *kept = NULL, **tail = &kept, *last = NULL;
    for (struct change *change = entry->first, *next; change; change = next) {
        next = change->next;
        if (change->forgotten) {
            change->next = NULL;
            *tail = last = change;
            tail = &change->next;
            continue;
        }
        apply(descriptor, change);
        free(change->data);
        free(change);
    }
    entry->first = kept;
    entry->last = last;
    entry->on_disk = true;
    close(descriptor);
}

void power_loss_mark_clean(struct entry *entry) {
    for (struct change *change = entry->first; change; change = change->next) change->forgotten = true;
}

// Some sectors of a write arrive, others do not.
static void tear(int descriptor, const struct change *change, uint64_t *seed) {
    for (size_t start = 0; start < change->length; start += SECTOR) {
        size_t length = change->length - start < SECTOR ? change->length - start : SECTOR;
        if (next_random(seed) & 1) put(descriptor, change->data + start, length, change->offset + (sqlite3_int64)start);
    }
}

static void lose(power_loss_vfs *vfs, struct entry *entry, uint64_t *seed) {
    if (!entry->path) return;
    if (entry->deleted) {
        if (next_random(seed) & 1) unlink(entry->path);
        return;
    }
    if (!entry->on_disk && (next_random(seed) & 1)) {
        for (struct change *change = entry->first; change; change = change->next) vfs->lost_writes++;
        return;  // the directory entry was never written
    }
    size_t count = 0;
    for (struct change *change = entry->first; change; change = change->next) count++;
    int descriptor = open(entry->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) abort();
    struct change **order = malloc((count + 1) * sizeof *order);
    if (!order) abort();
    size_t index = 0;
    for (struct change *change = entry->first; change; change = change->next) order[index++] = change;
    for (size_t i = count; i > 1; i--) {
        size_t j = next_random(seed) % i;
        struct change *swapped = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swapped;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t fate = order[i]->forgotten ? 0 : next_random(seed) % 3;
        if (fate == 2) {
            apply(descriptor, order[i]);
        } else {
            vfs->lost_writes++;
            if (fate == 1 && order[i]->data) tear(descriptor, order[i], seed);
        }
    }
    free(order);
    close(descriptor);
}

static void cut(power_loss_vfs *vfs, uint64_t seed) {
    if (vfs->down) return;
    vfs->down = true;
    vfs->cut.remaining = 0;
    for (struct entry *entry = vfs->entries; entry; entry = entry->next) lose(vfs, entry, &seed);
}

static bool due(struct plan *plan, unsigned operation) {
    return plan->remaining > 0 && (plan->mask & operation) && --plan->remaining == 0;
}

int power_loss_enter(power_loss_vfs *vfs, unsigned operation) {
    for (int bit = 0; bit < 5; bit++) vfs->counts[bit] += operation >> bit & 1;
    if (!vfs->down && due(&vfs->cut, operation)) cut(vfs, vfs->cut_seed);
    if (vfs->down) return EIO;
    if (due(&vfs->failure, operation)) {
        vfs->failed = true;
        if (vfs->failure_lasting) vfs->failure.remaining = 1;
        return vfs->failure_error;
    }
    return 0;
}

// MARK: plans and counts

void power_loss_free_entries(power_loss_vfs *vfs) {
    for (struct entry *entry = vfs->entries, *next; entry; entry = next) {
        next = entry->next;
        power_loss_free_entry(entry);
    }
    vfs->entries = NULL;
}

void power_loss_cut_at(power_loss_vfs *vfs, unsigned mask, uint64_t nth, uint64_t seed) {
    pthread_mutex_lock(&vfs->mutex);
    vfs->cut = (struct plan){.mask = mask, .remaining = nth};
    vfs->cut_seed = seed;
    pthread_mutex_unlock(&vfs->mutex);
}

void power_loss_cut(power_loss_vfs *vfs, uint64_t seed) {
    pthread_mutex_lock(&vfs->mutex);
    cut(vfs, seed);
    pthread_mutex_unlock(&vfs->mutex);
}

void power_loss_restore(power_loss_vfs *vfs) {
    pthread_mutex_lock(&vfs->mutex);
    power_loss_free_entries(vfs);
    vfs->generation++;
    vfs->down = vfs->failed = false;
    vfs->cut.remaining = vfs->failure.remaining = 0;
    pthread_mutex_unlock(&vfs->mutex);
}

void power_loss_end_process(power_loss_vfs *vfs) {
    pthread_mutex_lock(&vfs->mutex);
    vfs->generation++;
    vfs->cut.remaining = 0;
    pthread_mutex_unlock(&vfs->mutex);
}

bool power_loss_is_down(power_loss_vfs *vfs) {
    pthread_mutex_lock(&vfs->mutex);
    bool down = vfs->down;
    pthread_mutex_unlock(&vfs->mutex);
    return down;
}

void power_loss_fail_at(power_loss_vfs *vfs, unsigned mask, uint64_t nth, int error, bool lasting) {
    pthread_mutex_lock(&vfs->mutex);
    vfs->failure = (struct plan){.mask = mask, .remaining = nth};
    vfs->failure_error = error;
    vfs->failure_lasting = lasting;
    vfs->failed = false;
    pthread_mutex_unlock(&vfs->mutex);
}

void power_loss_heal(power_loss_vfs *vfs) {
    pthread_mutex_lock(&vfs->mutex);
    vfs->failure.remaining = 0;
    pthread_mutex_unlock(&vfs->mutex);
}

bool power_loss_has_failed(power_loss_vfs *vfs) {
    pthread_mutex_lock(&vfs->mutex);
    bool failed = vfs->failed;
    pthread_mutex_unlock(&vfs->mutex);
    return failed;
}

uint64_t power_loss_count(power_loss_vfs *vfs, unsigned mask) {
    pthread_mutex_lock(&vfs->mutex);
    uint64_t count = 0;
    for (int bit = 0; bit < 5; bit++) count += mask >> bit & 1 ? vfs->counts[bit] : 0;
    pthread_mutex_unlock(&vfs->mutex);
    return count;
}

uint64_t power_loss_lost_writes(power_loss_vfs *vfs) {
    pthread_mutex_lock(&vfs->mutex);
    uint64_t lost = vfs->lost_writes;
    pthread_mutex_unlock(&vfs->mutex);
    return lost;
}
