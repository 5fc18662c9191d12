#define _GNU_SOURCE
#include "CHost.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

static int enter(int descriptor, int kind) { return descriptor < 0 ? 0 : setns(descriptor, kind); }

static int set_stream(int descriptor, int number) {
    if (descriptor < 0) {
        descriptor = open("/dev/null", number == 0 ? O_RDONLY : O_WRONLY);
        if (descriptor < 0) return -1;
    }
    if (descriptor == number) return fcntl(descriptor, F_SETFD, 0);
    return dup2(descriptor, number) < 0 ? -1 : 0;
}

static void become(const struct chost_spawn *request, pid_t parent) {
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++) (void)sigaction(number, &plain, NULL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setpgid(0, 0);
    // The user namespace first: it gives the rights for the other two.
    if (enter(request->user_namespace, CLONE_NEWUSER) != 0 || enter(request->network_namespace, CLONE_NEWNET) != 0
        || enter(request->mount_namespace, CLONE_NEWNS) != 0)
        return;
    if (set_stream(request->standard_input, 0) != 0 || set_stream(request->standard_output, 1) != 0
        || set_stream(request->standard_error, 2) != 0)
        return;
    // Descriptors that other code of the parent opened without close-on-exec must not leak into the program.
    if (syscall(SYS_close_range, 3u, UINT_MAX, CLOSE_RANGE_CLOEXEC) != 0)
        for (int other = 3; other < 4096; other++) (void)fcntl(other, F_SETFD, FD_CLOEXEC);
    // After the namespaces: a change of credentials clears the death signal.
    if (request->death_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, request->death_signal) != 0) return;
        if (getppid() != parent) _exit(127);
    }
    (void)execve(request->path, request->arguments, request->environment);
}

pid_t chost_spawn(const struct chost_spawn *request) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -1;
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        // Above the standard streams, so that setting these cannot close it.
        int channel = fcntl(report[1], F_DUPFD_CLOEXEC, 10);
        become(request, parent);
        int error = errno;
        (void)!write(channel, &error, sizeof error);
        _exit(127);
    }
    int error = errno;
    (void)close(report[1]);
    if (child > 0) {
        ssize_t count;
        do count = read(report[0], &error, sizeof error);
        while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof error) {
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
            child = -1;
        }
    }
    (void)close(report[0]);
    errno = error;
    return child;
}
