#ifndef CHOST_WALLS_H
#define CHOST_WALLS_H

/// Gives up, for good, every way to gain privileges, and asks for no core dump and no survivor of the parent
/// (prctl is variadic and does not import into Swift). Returns 0, or the errno of what failed.
int chost_renounce_privileges(void);

/// Makes this process one that the kernel dumps for nobody, whatever limit or handler for cores is set, and that no other
/// process of the same user may look into. Returns 0, or the errno of what failed.
int chost_forbid_core_dumps(void);

/// Lets the signals of a crash end this process at once, as the kernel does without a handler. Returns 0, or errno.
int chost_end_at_crash_signals(void);

/// Lets this process only read, write, manage its own memory and end: every other system call answers EPERM.
/// Needs `chost_renounce_privileges` before. Returns 0, or the errno of what failed.
int chost_keep_pure_computation(void);

/// An anonymous file in memory, closed on exec (memfd_create stands behind _GNU_SOURCE). Returns its descriptor, or -1
/// and errno.
int chost_memory_file(const char *name);

#endif
