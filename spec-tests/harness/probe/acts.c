// Verbs that do one thing inside a container and print how it ended: {"ret":..,"errno":"NAME"}.
#include "probe.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int report(long long result) {
  int error = errno;
  json_open(NULL, '{');
  json_number("ret", result);
  if (result < 0) {
    json_number("code", error);
    json_string("errno", strerrorname_np(error));
  }
  json_close('}');
  json_end();
  return 0;
}

// `syscall NUMBER [ARG...]`: integers, or @text for a pointer to that text.
int verb_syscall(int argc, char **argv) {
  unsigned long args[6] = {0};
  for (int i = 2; i < argc && i < 8; i++) {
    args[i - 2] = argv[i][0] == '@' ? (unsigned long)(argv[i] + 1) : strtoul(argv[i], NULL, 0);
  }
  errno = 0;
  return report(syscall(strtol(argv[1], NULL, 0), args[0], args[1], args[2], args[3], args[4], args[5]));
}

// `alloc MIB`: touches that much memory, in a child when there is a second argument.
int verb_alloc(int argc, char **argv) {
  int status = 0;
  pid_t child = argc > 2 ? fork() : 0;
  if (child == 0) {
    size_t size = strtoul(argv[1], NULL, 0) << 20;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < size; i += 4096) memory[i] = 1;
    if (argc > 2) _exit(0);
    puts("allocated");
    return 0;
  }
  waitpid(child, &status, 0);
  json_open(NULL, '{');
  json_number("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  json_close('}');
  json_end();
  return 0;
}

// `fork N`: up to N children that stay; says how many there were and why it stopped.
int verb_fork(int argc, char **argv) {
  int wanted = argc > 1 ? atoi(argv[1]) : 1, made = 0, error = 0;
  while (made < wanted) {
    pid_t child = fork();
    if (child == 0) {
      pause();
      _exit(0);
    }
    if (child < 0) {
      error = errno;
      break;
    }
    made++;
  }
  json_open(NULL, '{');
  json_number("made", made);
  json_string("errno", error ? strerrorname_np(error) : "");
  json_close('}');
  json_end();
  signal(SIGTERM, SIG_IGN);
  kill(0, SIGTERM);
  return 0;
}

// `open PATH r|w|rw|c`
int verb_open(int argc, char **argv) {
  const char *how = argc > 2 ? argv[2] : "r";
  int flags = strcmp(how, "w") == 0 ? O_WRONLY : strcmp(how, "rw") == 0 ? O_RDWR : O_RDONLY;
  if (strcmp(how, "c") == 0) flags = O_WRONLY | O_CREAT | O_EXCL;
  errno = 0;
  return report(open(argv[1], flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644));
}

// `mknod PATH c|b|p MAJOR MINOR`
int verb_mknod(int argc, char **argv) {
  if (argc < 5) return 64;
  mode_t type = argv[2][0] == 'c' ? S_IFCHR : argv[2][0] == 'b' ? S_IFBLK : S_IFIFO;
  errno = 0;
  return report(mknod(argv[1], type | 0600, makedev(atoi(argv[3]), atoi(argv[4]))));
}

// `stat PATH...`: without following the last link.
int verb_stat(int argc, char **argv) {
  json_open(NULL, '[');
  for (int i = 1; i < argc; i++) {
    struct stat status;
    json_open(NULL, '{');
    json_string("path", argv[i]);
    if (lstat(argv[i], &status) < 0) {
      json_string("errno", strerrorname_np(errno));
    } else {
      char target[4096];
      ssize_t length = readlink(argv[i], target, sizeof target);
      json_string("type", S_ISCHR(status.st_mode)    ? "c"
                          : S_ISBLK(status.st_mode)  ? "b"
                          : S_ISFIFO(status.st_mode) ? "p"
                          : S_ISDIR(status.st_mode)  ? "d"
                          : S_ISLNK(status.st_mode)  ? "l"
                          : S_ISSOCK(status.st_mode) ? "s"
                                                     : "f");
      json_number("mode", status.st_mode & 07777);
      json_number("uid", status.st_uid);
      json_number("gid", status.st_gid);
      json_number("size", status.st_size);
      json_number("major", major(status.st_rdev));
      json_number("minor", minor(status.st_rdev));
      if (length >= 0) json_bytes("target", target, (size_t)length);
    }
    json_close('}');
  }
  json_close(']');
  json_end();
  return 0;
}

// `write PATH TEXT`
int verb_write(int argc, char **argv) {
  if (argc < 3) return 64;
  errno = 0;
  int fd = open(argv[1], O_WRONLY | O_CLOEXEC);
  return report(fd < 0 ? -1 : write(fd, argv[2], strlen(argv[2])));
}

// Tells of the first descriptor of process `pid` that is none of a container's programs.
static bool spy_on(const char *pid) {
  char path[64], link[320], target[256];
  snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
  DIR *fds = opendir(path);
  bool found = false;
  for (struct dirent *fd; fds != NULL && !found && (fd = readdir(fds)) != NULL;) {
    // the standard ones are the caller's to give
    if (atoi(fd->d_name) < 3) continue;
    snprintf(link, sizeof link, "%s/%.200s", path, fd->d_name);
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = 0;
    found = strncmp(target, "socket:", 7) == 0 || strstr(target, "memfd:") != NULL || strstr(target, "pidfd") != NULL;
    if (found) printf("leak %s of process %s: %s\n", fd->d_name, pid, target);
  }
  if (fds != NULL) closedir(fds);
  return found;
}

// `spy FILE`: looks into every other process until one shows what it should not, or the file is there.
int verb_spy(int argc, char **argv) {
  if (argc < 2) return 64;
  puts("spying");
  fflush(stdout);
  while (access(argv[1], F_OK) < 0) {
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
      int pid = atoi(entry->d_name);
      if (pid > 1 && pid != getpid() && spy_on(entry->d_name)) return 0;
    }
    if (processes != NULL) closedir(processes);
  }
  return 0;
}

// `swap A B`: exchanges two names (renameat2(2)) until its standard input ends.
int verb_swap(int argc, char **argv) {
  if (argc < 3) return 64;
  struct pollfd input = {.fd = 0, .events = POLLIN};
  puts("swapping");
  fflush(stdout);
  while (poll(&input, 1, 0) == 0) {
    for (int i = 0; i < 64; i++) {
      if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) < 0) return 65;
    }
  }
  return 0;
}

// `idle`: says so, then waits to be killed; SIGTERM ends it even as pid 1.
static void on_term(int number) { _exit(128 + number); }
int verb_idle(int argc, char **argv) {
  signal(SIGTERM, on_term);
  puts(argc > 1 ? argv[1] : "idle");
  fflush(stdout);
  for (;;) pause();
}

// `signals`: prints each signal that arrives, until SIGTERM.
static volatile sig_atomic_t arrived[65];
static void on_any(int number) { arrived[number]++; }
int verb_signals(int argc, char **argv) {
  (void)argc, (void)argv;
  sigset_t all, old;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &old);
  for (int i = 1; i < 65; i++) signal(i, on_any);
  puts("ready");
  fflush(stdout);
  for (;;) {
    sigsuspend(&old);
    for (int i = 1; i < 65; i++) {
      if (!arrived[i]) continue;
      arrived[i] = 0;
      printf("signal %d\n", i);
      fflush(stdout);
      if (i == SIGTERM) return 0;
    }
  }
}

// `die SIGNAL`: dies of it; pid 1 of a namespace only can by a fault, so SEGV and ABRT are real.
int verb_die(int argc, char **argv) {
  int number = argc > 1 ? atoi(argv[1]) : SIGKILL;
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  if (number == SIGSEGV) *(volatile int *)8 = 1;
  kill(getpid(), number);
  return 0;
}

// `fds N...`: reads up to 64 bytes of each given descriptor.
int verb_fds(int argc, char **argv) {
  char text[64];
  json_open(NULL, '[');
  for (int i = 1; i < argc; i++) {
    ssize_t length = read(atoi(argv[i]), text, sizeof text);
    if (length < 0) json_string(NULL, NULL);
    else json_bytes(NULL, text, (size_t)length);
  }
  json_close(']');
  json_end();
  return 0;
}

// `notify TEXT`: sends a datagram to $NOTIFY_SOCKET, then idles.
int verb_notify(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *path = getenv("NOTIFY_SOCKET");
  if (argc < 2 || path == NULL) return report(-1);
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  errno = 0;
  report(sendto(fd, argv[1], strlen(argv[1]), 0, (struct sockaddr *)&address, sizeof address));
  return verb_idle(1, argv);
}

// `lock FILE PROGRAM ARGS...`: runs a program that holds the file locked; 1 when somebody else has it.
int verb_lock(int argc, char **argv) {
  if (argc < 3) return 64;
  int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) return 1;
  execv(argv[2], argv + 2);
  return 127;
}

// `datagram SOCKET FILE`: counts, and sends each number to the socket before it goes into the file.
int verb_datagram(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (argc < 3) return 64;
  snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) return report(-1);
  int file = open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  for (int number = 1;; number++) {
    if (dprintf(fd, "%d", number) < 0 || dprintf(file, "%d\n", number) < 0) return report(-1);
    usleep(50000);
  }
}
