#ifndef CHOST_H
#define CHOST_H

#include <stdint.h>

/// The peer of a Unix socket as the kernel vouches for it (SO_PEERCRED); glibc hides `struct ucred` from Swift.
struct chost_peer_credentials {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

#endif
