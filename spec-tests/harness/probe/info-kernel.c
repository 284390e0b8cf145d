// Scheduling, namespaces, mounts, descriptors, terminal: the rest of what `info` can print.
#include "probe.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct sched_attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
  uint32_t util_min, util_max;
};

static void put_file(const char *key, const char *path) {
  char text[256];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
  if (fd >= 0) close(fd);
  while (length > 0 && text[length - 1] == '\n') length--;
  if (length < 0) json_string(key, NULL);
  else json_bytes(key, text, (size_t)length);
}

static void put_lines(const char *key, const char *path) {
  char line[8192];
  FILE *file = fopen(path, "re");
  json_open(key, '[');
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = 0;
    json_string(NULL, line);
  }
  json_close(']');
  if (file != NULL) fclose(file);
}

void info_scheduling(void) {
  struct sched_attributes attributes = {0};
  syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0);
  json_open("scheduler", '{');
  json_number("policy", attributes.policy);
  json_number("flags", (long long)attributes.flags);
  json_number("nice", attributes.nice);
  json_number("priority", attributes.priority);
  json_number("runtime", (long long)attributes.runtime);
  json_number("deadline", (long long)attributes.deadline);
  json_number("period", (long long)attributes.period);
  json_close('}');

  long priority = syscall(SYS_ioprio_get, 1, 0);
  json_open("ioPriority", '{');
  json_number("class", priority >> 13);
  json_number("data", priority & 0x1fff);
  json_close('}');

  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  sched_getaffinity(0, sizeof cpus, &cpus);
  json_open("affinity", '[');
  for (int i = 0; i < CPU_SETSIZE; i++) {
    if (CPU_ISSET(i, &cpus)) json_number(NULL, i);
  }
  json_close(']');

  int mode = -1;
  unsigned long nodes[16] = {0};
  syscall(SYS_get_mempolicy, &mode, nodes, sizeof nodes * 8, NULL, 0);
  json_open("memoryPolicy", '{');
  json_number("mode", mode);
  json_number("nodes", (long long)nodes[0]);
  json_close('}');

  json_number("personality", personality(0xffffffff));
  put_file("oomScoreAdj", "/proc/self/oom_score_adj");

  char keyring[256];
  long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, keyring, sizeof keyring);
  json_string("keyring", length > 0 ? keyring : NULL);

  sigset_t blocked;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  json_open("signals", '{');
  json_open("blocked", '[');
  for (int i = 1; i < 65; i++) {
    if (sigismember(&blocked, i) == 1) json_number(NULL, i);
  }
  json_close(']');
  json_open("ignored", '[');
  for (int i = 1; i < 65; i++) {
    struct sigaction action;
    if (sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN) json_number(NULL, i);
  }
  json_close(']');
  json_close('}');
}

void info_namespaces(void) {
  static const char *const NAMES[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
  char path[64], target[64];
  json_open("namespaces", '{');
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    snprintf(path, sizeof path, "/proc/self/ns/%s", NAMES[i]);
    ssize_t length = readlink(path, target, sizeof target);
    if (length > 0) json_bytes(NAMES[i], target, (size_t)length);
  }
  json_close('}');

  struct utsname names;
  uname(&names);
  json_string("hostname", names.nodename);
  json_string("domainname", names.domainname);
  json_string("machine", names.machine);
  put_lines("uidMap", "/proc/self/uid_map");
  put_lines("gidMap", "/proc/self/gid_map");
  put_file("setgroups", "/proc/self/setgroups");
  put_lines("timeOffsets", "/proc/self/timens_offsets");
  put_lines("cgroup", "/proc/self/cgroup");

  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  json_number("monotonic", now.tv_sec);
  clock_gettime(CLOCK_BOOTTIME, &now);
  json_number("boottime", now.tv_sec);
}

void info_mounts(void) { put_lines("mountinfo", "/proc/self/mountinfo"); }

void info_files(void) {
  char target[4096];
  json_open("fds", '{');
  for (int fd = 0; fd < 1024; fd++) {
    char path[64], name[16];
    if (fcntl(fd, F_GETFD) < 0) continue;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    snprintf(name, sizeof name, "%d", fd);
    ssize_t length = readlink(path, target, sizeof target);
    json_bytes(name, length < 0 ? "?" : target, length < 0 ? 1 : (size_t)length);
  }
  json_close('}');
}

void info_terminal(void) {
  struct winsize size = {0};
  struct stat status = {0};
  char target[256];
  json_open("terminal", '{');
  json_number("stdin", isatty(0));
  json_number("stdout", isatty(1));
  json_number("stderr", isatty(2));
  if (isatty(0) && ioctl(0, TIOCGWINSZ, &size) == 0) {
    ssize_t length = readlink("/proc/self/fd/0", target, sizeof target);
    json_bytes("name", target, length < 0 ? 0 : (size_t)length);
    json_number("height", size.ws_row);
    json_number("width", size.ws_col);
    fstat(0, &status);
    json_number("uid", status.st_uid);
    json_number("gid", status.st_gid);
    json_number("mode", status.st_mode & 07777);
    json_number("foreground", tcgetpgrp(0));
  }
  int controlling = open("/dev/tty", O_RDWR | O_CLOEXEC);
  json_number("controlling", controlling >= 0);
  if (controlling >= 0) close(controlling);
  json_close('}');
}
