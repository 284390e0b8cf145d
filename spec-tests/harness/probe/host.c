// Verbs that run beside a container, as an engine would: receivers of descriptors, holders of namespaces.
// All end when their stdin closes, so that none outlives the test that started it.
#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int listen_on(const char *path, int type) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) exit(66);
  if (type == SOCK_STREAM && listen(fd, 1) < 0) exit(67);
  puts("ready");
  fflush(stdout);
  return fd;
}

// Waits for `fd` to be readable; exits quietly when the test is gone.
static void wait_for(int fd) {
  struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  for (;;) {
    if (poll(fds, 2, -1) < 0 && errno != EINTR) exit(68);
    if (fds[0].revents) return;
    char byte;
    if (fds[1].revents && read(0, &byte, 1) <= 0) exit(0);
  }
}

// How much comes after the first message until the peer closes; -1 when it does not.
static long rest_of(int peer) {
  long sum = 0;
  char buffer[4096];
  for (;;) {
    struct pollfd one = {.fd = peer, .events = POLLIN};
    if (poll(&one, 1, 10000) <= 0) return -1;
    ssize_t length = read(peer, buffer, sizeof buffer);
    if (length <= 0) return sum;
    sum += length;
  }
}

// Accepts one connection, takes one message with one descriptor, prints {"data","fds","file","rest"}.
static int receive_fd(const char *path, bool print) {
  static char data[1 << 16], control[CMSG_SPACE(8 * sizeof(int))];
  int listener = listen_on(path, SOCK_STREAM);
  wait_for(listener);
  int peer = accept(listener, NULL, NULL);
  wait_for(peer);
  struct iovec vector = {data, sizeof data};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(peer, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  int fd = -1, count = 0;
  if (header != NULL && header->cmsg_type == SCM_RIGHTS) {
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  }
  if (print) {
    char link[64], target[256];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, target, sizeof target);
    json_open(NULL, '{');
    json_bytes("data", data, length < 0 ? 0 : (size_t)length);
    json_number("fds", count);
    json_bytes("file", target, size < 0 ? 0 : (size_t)size);
    json_number("rest", rest_of(peer));
    json_close('}');
    json_end();
  }
  close(peer);
  close(listener);
  unlink(path);
  return fd;
}

static bool copy_some(int from, int to) {
  char buffer[4096];
  ssize_t length = read(from, buffer, sizeof buffer);
  return length > 0 && write(to, buffer, (size_t)length) == length;
}

// `console SOCKET`: relays between the received pty master and stdin/stdout.
int verb_console(int argc, char **argv) {
  if (argc < 2) return 64;
  int master = receive_fd(argv[1], true);
  struct pollfd fds[] = {{.fd = master, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[0].revents && !copy_some(master, 1)) return 0;
    if (fds[1].revents && !copy_some(0, master)) return 0;
  }
}

// `pidfd SOCKET`: waits for the process behind the received pidfd to end.
int verb_pidfd(int argc, char **argv) {
  if (argc < 2) return 64;
  int fd = receive_fd(argv[1], true);
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  FILE *file = fopen(path, "re");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) fputs(line, stdout);
  puts("end");
  fflush(stdout);
  wait_for(fd);
  puts("exited");
  return 0;
}

// `seccomp SOCKET ERRNO|continue`: answers every notification of the received listener.
int verb_seccomp(int argc, char **argv) {
  if (argc < 3) return 64;
  int fd = receive_fd(argv[1], true);
  for (;;) {
    struct seccomp_notif request = {0};
    wait_for(fd);
    if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0) return 0;
    struct seccomp_notif_resp answer = {.id = request.id};
    if (strcmp(argv[2], "continue") == 0) answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else answer.error = -atoi(argv[2]);
    ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    printf("syscall %d\n", request.data.nr);
    fflush(stdout);
  }
}

static int flag_of(const char *name) {
  return strcmp(name, "net") == 0      ? CLONE_NEWNET
         : strcmp(name, "uts") == 0    ? CLONE_NEWUTS
         : strcmp(name, "ipc") == 0    ? CLONE_NEWIPC
         : strcmp(name, "pid") == 0    ? CLONE_NEWPID
         : strcmp(name, "mnt") == 0    ? CLONE_NEWNS
         : strcmp(name, "user") == 0   ? CLONE_NEWUSER
         : strcmp(name, "cgroup") == 0 ? CLONE_NEWCGROUP
         : strcmp(name, "time") == 0   ? 0x80
                                       : 0;
}

// `hold HOSTNAME NAMESPACE...`: a process in new namespaces; prints its pid as the host sees it.
// A user namespace is mapped by the test (it reads "map me" and answers a line).
int verb_hold(int argc, char **argv) {
  int flags = 0, input[2];
  for (int i = 2; i < argc; i++) flags |= flag_of(argv[i]);
  if (flags & CLONE_NEWUSER) {
    if (unshare(CLONE_NEWUSER) < 0) return 65;
    printf("map %d\n", getpid());
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) == 1 && byte != '\n') continue;
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) return 66;
    prctl(PR_SET_DUMPABLE, 1);
  }
  if (unshare(flags & ~CLONE_NEWUSER) < 0 || pipe2(input, O_CLOEXEC) < 0) return 67;
  if (flags & CLONE_NEWNS) mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
  if ((flags & CLONE_NEWUTS) && sethostname(argv[1], strlen(argv[1])) < 0) return 68;
  pid_t child = fork();
  if (child == 0) {
    char byte;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(input[1]);
    _exit(read(input[0], &byte, 1) < 0);
  }
  // fork() gives the pid in the caller's namespace, also for a new pid namespace's init.
  printf("pid %d\n", child);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  close(input[1]);
  waitpid(child, NULL, 0);
  return 0;
}

// `parent COMMAND...`: a caller that adopts what the command leaves behind, as a shim: says "ready" when the command is done,
// then how the first process that it adopted ended: `exit 2`, `signal 15`.
int verb_parent(int argc, char **argv) {
  int status = 0;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t child = fork();
  if (child == 0) {
    execv(argv[argc < 2 ? 0 : 1], argv + 1);
    _exit(127);
  }
  if (waitpid(child, &status, 0) < 0 || status != 0) return 65;
  // from now on: the command is to have its caller's mask
  sigprocmask(SIG_BLOCK, &signals, NULL);
  int fd = signalfd(-1, &signals, SFD_CLOEXEC);
  puts("ready");
  fflush(stdout);
  while (waitpid(-1, &status, WNOHANG) == 0) {
    struct signalfd_siginfo ignored;
    wait_for(fd);
    if (read(fd, &ignored, sizeof ignored) < 0) return 66;
  }
  if (WIFEXITED(status)) printf("exit %d\n", WEXITSTATUS(status));
  else printf("signal %d\n", WTERMSIG(status));
  return 0;
}

// `datagrams SOCKET`: prints each datagram that arrives, as an init system's notify socket.
int verb_datagrams(int argc, char **argv) {
  char data[4096];
  if (argc < 2) return 64;
  int fd = listen_on(argv[1], SOCK_DGRAM);
  for (;;) {
    wait_for(fd);
    ssize_t length = recv(fd, data, sizeof data - 1, 0);
    if (length < 0) return 0;
    data[length] = 0;
    printf("%s\n", data);
    fflush(stdout);
  }
}
