#define _GNU_SOURCE
#include "CHost.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t count = write(file, text, strlen(text));
    int error = errno;
    (void)close(file);
    errno = error;
    return count == (ssize_t)strlen(text) ? 0 : -1;
}

// Maps the caller to root of a new user namespace (user_namespaces(7)).
static int enter_user_namespace(const char *user_map, const char *group_map) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) != 0) return -1;
    if (write_file("/proc/self/setgroups", "deny") != 0 && errno != ENOENT) return -1;
    return write_file("/proc/self/uid_map", user_map) == 0 && write_file("/proc/self/gid_map", group_map) == 0 ? 0 : -1;
}

static int raise_loopback(void) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct ifreq request = {0};
    memcpy(request.ifr_name, "lo", 3);
    int result = ioctl(descriptor, SIOCGIFFLAGS, &request);
    request.ifr_flags |= IFF_UP;
    if (result == 0) result = ioctl(descriptor, SIOCSIFFLAGS, &request);
    (void)close(descriptor);
    return result;
}

// /run becomes empty, so the host's directories are opened before, in the new namespace, and bound by descriptor.
static int arrange_mounts(const char *socket_directory, const char *drivers) {
    char sockets_path[64], drivers_path[64];
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    int sockets = open(socket_directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int serial = open(drivers, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (sockets < 0 || serial < 0) return -1;
    (void)snprintf(sockets_path, sizeof sockets_path, "/proc/self/fd/%d", sockets);
    (void)snprintf(drivers_path, sizeof drivers_path, "/proc/self/fd/%d/serial", serial);
    if (mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0) return -1;
    if (mkdir("/run/pcscd", 0755) != 0 || mkdir("/run/drivers", 0755) != 0) return -1;
    if (mount(sockets_path, "/run/pcscd", NULL, MS_BIND, NULL) != 0) return -1;
    if (mount(drivers_path, "/run/drivers", NULL, MS_BIND, NULL) != 0) return -1;
    if (mount("tmpfs", drivers, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0) return -1;
    (void)close(sockets);
    (void)close(serial);
    return 0;
}

static int open_namespace(pid_t process, const char *kind) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)process, kind);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static int adopt(pid_t child, int own_user, struct chost_namespaces *namespaces) {
    namespaces->user = own_user ? open_namespace(child, "user") : -1;
    namespaces->mount = open_namespace(child, "mnt");
    namespaces->network = open_namespace(child, "net");
    if (namespaces->mount >= 0 && namespaces->network >= 0 && (namespaces->user >= 0 || !own_user)) return 0;
    int error = errno;
    if (namespaces->user >= 0) (void)close(namespaces->user);
    if (namespaces->mount >= 0) (void)close(namespaces->mount);
    if (namespaces->network >= 0) (void)close(namespaces->network);
    errno = error;
    return -1;
}

int chost_make_namespaces(const char *socket_directory, const char *drivers, struct chost_namespaces *namespaces) {
    char user_map[48], group_map[48];
    int channel[2];
    struct { int error; int own_user; } report = {0, 0};
    (void)snprintf(user_map, sizeof user_map, "0 %u 1", (unsigned)geteuid());
    (void)snprintf(group_map, sizeof group_map, "0 %u 1", (unsigned)getegid());
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        (void)close(channel[0]);
        if (unshare(CLONE_NEWNS | CLONE_NEWNET) != 0) {
            report.own_user = 1;
            if (errno != EPERM || enter_user_namespace(user_map, group_map) != 0) report.error = errno;
        }
        if (report.error == 0 && (raise_loopback() != 0 || arrange_mounts(socket_directory, drivers) != 0))
            report.error = errno;
        (void)!write(channel[1], &report, sizeof report);
        // Held until the parent has its own descriptors: end of file says so, whatever becomes of the parent.
        char end;
        while (read(channel[1], &end, 1) < 0 && errno == EINTR) {}
        _exit(0);
    }
    int error = errno;
    (void)close(channel[1]);
    int result = -1;
    if (child > 0) {
        ssize_t count;
        do count = read(channel[0], &report, sizeof report);
        while (count < 0 && errno == EINTR);
        error = count == (ssize_t)sizeof report ? report.error : ECHILD;
        if (error == 0) {
            result = adopt(child, report.own_user, namespaces);
            error = errno;
        }
    }
    (void)close(channel[0]);
    if (child > 0) while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    errno = error;
    return result;
}

// The descriptor travels as the control data of one byte (unix(7), SCM_RIGHTS).
static int send_descriptor(int channel, int descriptor) {
    char byte = 0;
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = {{0}};
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(channel, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int receive_descriptor(int channel) {
    char byte;
    int descriptor = -1;
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = {{0}};
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t count;
    do count = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    struct cmsghdr *header = count == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return descriptor;
}

int chost_connect_inside(const struct chost_namespaces *namespaces, uint16_t port) {
    int channel[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (namespaces->user >= 0 && setns(namespaces->user, CLONE_NEWUSER) != 0) _exit(errno);
        if (setns(namespaces->network, CLONE_NEWNET) != 0) _exit(errno);
        int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) _exit(errno);
        _exit(send_descriptor(channel[1], descriptor) == 0 ? 0 : errno);
    }
    int error = errno;
    (void)close(channel[1]);
    int descriptor = -1;
    if (child > 0) {
        int status = 0;
        descriptor = receive_descriptor(channel[0]);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
        error = WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : EIO;
    }
    (void)close(channel[0]);
    errno = error;
    return descriptor;
}
