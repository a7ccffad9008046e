// flags: -O0 -g -fno-builtin -fno-optimize-sibling-calls
/* One system call each that is given memory of no block, or with "fixed" one that is right. Each
 * says what came of it, which is the same with guards (tests/e2e/guard_calls.table). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int fixed; /* 1: nothing is wrong */
static int zero, null;
static int pair[2];

static void *made(size_t size)
{
    char *p = malloc(size);
    memset(p, 0, size);
    return p;
}
static void give_up(void *p) { if (!fixed) free(p); }
static void end_with(void *p) { if (fixed) free(p); }
static void *freed(size_t size)
{
    void *p = made(size);
    give_up(p);
    return p;
}
static size_t over(size_t n) { return fixed ? 0 : n; }
static void said(long result) { printf("%ld\n", result); }

static void by_read(void) { char *p = freed(64); said(read(zero, p, 16)); end_with(p); }
static void by_read_behind(void) { char *p = made(64); said(read(zero, p, 64 + over(200))); free(p); }
static void by_read_pages_behind(void) { char *p = made(64); said(read(zero, p, 64 + over(6000))); free(p); }
static void by_read_inside(void) { char *p = freed(6400); said(read(zero, p + 4500, 1000)); end_with(p); }
static void by_read_small_file(void) { char *p = made(64); said(read(null, p, 64 + over(64))); free(p); }
static void by_write(void) { char *p = freed(64); said(write(null, p + 8, 16)); end_with(p); }
static void by_write_behind(void) { char *p = made(48); said(write(null, p, 48 + over(1))); free(p); }
static void by_pread(void) { char *p = freed(64); said(pread(zero, p, 16, 0)); end_with(p); }
static void by_pwrite(void) { char *p = freed(64); said(pwrite(null, p, 16, 0)); end_with(p); }
static void by_readv(void) { char *p = freed(64), here[8]; struct iovec v[] = {{here, 8}, {p + 4, 8}}; said(readv(zero, v, 2)); end_with(p); }
static void by_writev(void) { char *p = freed(64); struct iovec v[] = {{p, 8}}; said(writev(null, v, 1)); end_with(p); }
static void by_recv(void) { char *p = freed(64); send(pair[0], "ab", 2, 0); said(recv(pair[1], p, 2, 0)); end_with(p); }
static void by_send(void) { char *p = freed(64), here[2]; said(send(pair[0], p + 1, 2, 0)); recv(pair[1], here, 2, 0); end_with(p); }
static void by_setsockopt(void) { int *p = freed(4); said(setsockopt(pair[0], SOL_SOCKET, SO_KEEPALIVE, p, 4)); end_with(p); }
static void by_epoll_ctl(void) { struct epoll_event *p = freed(sizeof *p); int e = epoll_create1(0); said(epoll_ctl(e, EPOLL_CTL_ADD, pair[0], p)); close(e); end_with(p); }
static void by_open(void) { char *p = made(16); strcpy(p, "/dev/null"); give_up(p); int fd = open(p, O_RDONLY); said(fd >= 0); close(fd); end_with(p); }
static void by_open_behind(void) { char *p = made(16); memset(p, '/', 16); if (fixed) p[15] = 0; said(access(p, F_OK) == 0 || 1); free(p); }
static void by_stat(void) { struct stat *p = freed(sizeof *p); said(stat("/", p)); end_with(p); }
static void by_getcwd(void) { char *p = freed(4096); said(getcwd(p, 4096) == p); end_with(p); }
static void by_pipe(void) { int *p = freed(8); said(pipe(p)); end_with(p); }
static void by_wait(void) { int *p = freed(4); if (fork() == 0) _exit(0); said(wait(p) > 0); end_with(p); }
static void by_syscall(void) { char *p = freed(64); said(syscall(SYS_read, zero, p, 16)); end_with(p); }
static void by_fread(void) { char *p = freed(100000); FILE *f = fdopen(dup(zero), "r"); said(fread(p, 1, 100000, f)); said(ferror(f)); fclose(f); end_with(p); }
static void by_fwrite(void) { char *p = freed(100000); FILE *f = tmpfile(); said(fwrite(p, 10, 10000, f)); said(ferror(f)); fclose(f); end_with(p); }
static void by_ioctl(void) { int *p = freed(4); said(ioctl(pair[0], FIONREAD, p)); end_with(p); }
static void by_ioctl_that_sets(void) { int *p = freed(4); said(ioctl(pair[0], FIONBIO, p)); end_with(p); }
static void by_fcntl(void) { struct flock *p = freed(sizeof *p); said(fcntl(null, F_GETLK, p)); end_with(p); }
static void by_select(void) { fd_set *p = freed(sizeof *p); struct timeval now = {0, 0}; said(select(100, NULL, p, NULL, &now)); end_with(p); }
static void by_pselect(void) { fd_set *p = freed(sizeof *p); struct timespec now = {0, 0}; said(pselect(100, p, NULL, NULL, &now, NULL)); end_with(p); }
static void by_ppoll(void) { struct pollfd *p = freed(sizeof *p); struct timespec now = {0, 0}; said(ppoll(p, 1, &now, NULL)); end_with(p); }
static void by_fstat(void) { struct stat *p = freed(sizeof *p); said(fstat(zero, p)); end_with(p); }
static void by_fstatat(void) { struct stat *p = freed(sizeof *p); said(fstatat(AT_FDCWD, "/", p, 0)); end_with(p); }
static void by_accept(void)
{
    struct sockaddr_un here = {.sun_family = AF_UNIX};
    socklen_t own = sizeof here, length = 8;
    int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(server, (struct sockaddr *)&here, sizeof here.sun_family);
    getsockname(server, (struct sockaddr *)&here, &own);
    listen(server, 1);
    connect(client, (struct sockaddr *)&here, own);
    void *p = freed(8);
    int got = accept(server, p, &length);
    said(got >= 0);
    close(got), close(server), close(client);
    end_with(p);
}
static void by_bare_ioctl(void) { int *p = freed(4); said(syscall(SYS_ioctl, pair[0], FIONREAD, p)); end_with(p); }
static void by_bare_fstat(void) { struct stat *p = freed(sizeof *p); said(syscall(SYS_fstat, zero, p)); end_with(p); }
static void by_bare_poll(void) { struct pollfd *p = freed(sizeof *p); said(syscall(SYS_poll, p, 1, 0)); end_with(p); }
static void by_bare_pselect(void) { fd_set *p = freed(sizeof *p); struct timespec now = {0, 0}; said(syscall(SYS_pselect6, 100, NULL, NULL, p, &now, NULL)); end_with(p); }

static void by_getsockopt(void) { int *p = freed(4); socklen_t n = 4; said(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, p, &n)); end_with(p); }
static void by_getsockopt_length(void) { socklen_t *n = made(4); int here; *n = 4; give_up(n); said(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &here, n)); end_with(n); }
static void by_getsockname(void) { void *p = freed(16); socklen_t n = 16; said(getsockname(pair[0], p, &n)); end_with(p); }
static void by_getpeername(void) { void *p = freed(16); socklen_t n = 16; said(getpeername(pair[0], p, &n)); end_with(p); }
static void by_recvfrom(void) { void *p = freed(16); char here[2]; socklen_t n = 16; send(pair[0], "ab", 2, 0); said(recvfrom(pair[1], here, 2, 0, p, &n)); end_with(p); }
static void by_statx(void) { struct statx *p = freed(sizeof *p); said(statx(AT_FDCWD, "/", 0, STATX_SIZE, p)); end_with(p); }
static void by_statx_of_a_name(void) { struct statx here; char *p = made(16); strcpy(p, "/"); give_up(p); said(statx(AT_FDCWD, p, 0, STATX_SIZE, &here)); end_with(p); }
static void by_bare_statx(void) { struct statx *p = freed(sizeof *p); said(syscall(SYS_statx, AT_FDCWD, "/", 0, STATX_SIZE, p)); end_with(p); }
static void by_bare_getsockname(void) { void *p = freed(16); socklen_t n = 16; said(syscall(SYS_getsockname, pair[0], p, &n)); end_with(p); }

/* Freed by another thread while the call waits. */
static char *waiting;
static void *reads(void *unused) { said(read(pair[1], waiting, 4)); return unused; }
static void by_read_that_waits(void)
{
    pthread_t thread;
    waiting = made(64);
    pthread_create(&thread, NULL, reads, NULL);
    usleep(50000);
    give_up(waiting);
    write(pair[0], "abcd", 4);
    pthread_join(thread, NULL);
    end_with(waiting);
}
#define CASE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    CASE(by_read), CASE(by_read_behind), CASE(by_read_pages_behind), CASE(by_read_inside), CASE(by_read_small_file),
    CASE(by_write), CASE(by_write_behind), CASE(by_pread), CASE(by_pwrite), CASE(by_readv), CASE(by_writev),
    CASE(by_recv), CASE(by_send), CASE(by_setsockopt), CASE(by_epoll_ctl), CASE(by_open), CASE(by_open_behind),
    CASE(by_stat), CASE(by_getcwd), CASE(by_pipe), CASE(by_wait), CASE(by_syscall), CASE(by_fread), CASE(by_fwrite),
    CASE(by_read_that_waits), CASE(by_ioctl), CASE(by_ioctl_that_sets), CASE(by_fcntl), CASE(by_select),
    CASE(by_pselect), CASE(by_ppoll), CASE(by_fstat), CASE(by_fstatat), CASE(by_accept), CASE(by_bare_ioctl),
    CASE(by_bare_fstat), CASE(by_bare_poll), CASE(by_bare_pselect),
    CASE(by_getsockopt), CASE(by_getsockopt_length), CASE(by_getsockname), CASE(by_getpeername), CASE(by_recvfrom),
    CASE(by_statx), CASE(by_statx_of_a_name), CASE(by_bare_statx), CASE(by_bare_getsockname),
};
enum { COUNT = sizeof cases / sizeof *cases };

int main(int count, char **arguments)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    fixed = count > 2;
    zero = open("/dev/zero", O_RDWR);
    null = open("/dev/null", O_RDWR);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    for (int i = 0; i < COUNT; i++) {
        if (count < 2)
            puts(cases[i].name);
        else if (strcmp(arguments[1], "all") == 0 || strcmp(arguments[1], cases[i].name) == 0)
            cases[i].run();
    }
    return 0;
}
