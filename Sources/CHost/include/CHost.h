#ifndef CHOST_H
#define CHOST_H

#include "CHostWalls.h"

#include <stdint.h>
#include <sys/types.h>

/// The peer of a Unix socket as the kernel vouches for it (SO_PEERCRED); glibc hides `struct ucred` from Swift.
struct chost_peer_credentials {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/// 1 when the kernel holds its clock for synchronized, 0 when not, -1 with errno when it cannot be asked.
int chost_clock_synchronized(void);

/// pipe2(2) with close-on-exec, which glibc hides from Swift. Returns 0, or -1 with errno.
int chost_pipe(int ends[2]);

/// How a program is started. A descriptor of -1 means /dev/null for the standard streams and "stay" for namespaces.
struct chost_spawn {
    const char *path;
    char *const *arguments;
    char *const *environment;
    int standard_input;
    int standard_output;
    int standard_error;
    int user_namespace;
    int mount_namespace;
    int network_namespace;
    /// Signal that the program gets when the thread that started it ends; 0 for none.
    int death_signal;
};

/// Starts a program in a process group of its own. Returns its process id, or -1 with errno, which may come from the
/// child: then nothing was left running. C, because between fork and exec of a process with threads only
/// async-signal-safe calls are allowed.
pid_t chost_spawn(const struct chost_spawn *request);

/// Descriptors of namespaces; they keep the namespaces alive. `user` is -1 where the caller's own is used.
struct chost_namespaces {
    int user;
    int mount;
    int network;
};

/// Makes a mount namespace and a network namespace with its loopback up, in a new user namespace where the caller
/// is not privileged. Inside, `socket_directory` of the host is /run/pcscd, the serial reader drivers of `drivers`
/// stand in /run/drivers, and `drivers` itself is empty, so that a card service finds no reader of the machine.
/// Returns 0, or -1 with errno.
int chost_make_namespaces(const char *socket_directory, const char *drivers, struct chost_namespaces *namespaces);

/// A TCP connection to 127.0.0.1:`port` of a network namespace, usable in the caller's. Returns the descriptor, or
/// -1 with errno.
int chost_connect_inside(const struct chost_namespaces *namespaces, uint16_t port);

/// A netlink socket that hears of links, addresses and routes (rtnetlink(7)), in the network namespace of the calling
/// thread; it does not block. Returns the descriptor, or -1 with errno.
int chost_netlink_open(void);

/// The next message of the kernel: its bytes, 0 for a message of somebody else, or -1 with errno (ENOBUFS: some were
/// lost).
ssize_t chost_netlink_receive(int descriptor, void *buffer, size_t size);

/// Puts the calling thread into a network namespace of its own; needs privileges. Returns 0, or -1 with errno.
int chost_enter_new_network(void);

#endif
