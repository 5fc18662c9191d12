// Blocks are overwritten when they are given back. A process through which people's data runs would else keep what it has
// long released: buffers, texts and numbers stand in free memory until somebody happens to need just that place.
//
// glibc lets a program bring its own functions of this family; these two hand over to glibc's under its second names.
// glibc's own switch (glibc.malloc.perturb) does not reach the blocks that a thread keeps for itself.

#include "ForgetfulHeap.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

extern void __libc_free(void *block);

void free(void *block) {
    if (block == NULL) return;
    // All of it, not only what was asked for: who used the block may have used its last bytes too.
    explicit_bzero(block, malloc_usable_size(block));
    __libc_free(block);
}

// glibc's own would move a block without overwriting the place where it was.
void *realloc(void *block, size_t size) {
    if (block == NULL) return malloc(size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    size_t room = malloc_usable_size(block);
    if (size <= room && size >= room / 2) return block;
    void *moved = malloc(size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, size < room ? size : room);
    free(block);
    return moved;
}
