// The floor: what the kernel alone takes for a bundle. One clone3, the bundle's mounts, devices, cgroup, sysctls,
// capabilities and filter, execve, wait, teardown; no parsing, no state, no handshake, no checks of a hostile rootfs.
// Use: floor ROOTFS CGROUP FILTER, where CGROUP is a path below each hierarchy and FILTER a file of struct sock_filter or "-".
#include "floor.h"
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

_Noreturn void die(const char *call, const char *what) { err(125, "%s: %s", call, what); }

int check(long result, const char *call, const char *what) {
  if (result < 0) die(call, what);
  return (int)result;
}

static void contained(const char *rootfs, const char *cgroup) {
  cgroup_join_v1();
  // On v1 the namespace takes its root from where the process is, so it comes after the last move.
  if (bundle.cgroup_namespace && !bundle.v2) check(syscall(SYS_unshare, CLONE_NEWCGROUP), "unshare", "cgroup");
  check(setsid(), "setsid", "");
  int root = mounts_setup(rootfs, cgroup);
  mounts_pivot(root);
  if (bundle.hostname[0]) check(sethostname(bundle.hostname, __builtin_strlen(bundle.hostname)), "sethostname", "");
  mounts_protect();
  last_mile();
}

int main(int argc, char **argv) {
  if (argc != 4) errx(125, "use: floor ROOTFS CGROUP FILTER");

  filter_read(argv[3]);
  int cgroup_fd = cgroup_create(argv[2]);

  int pidfd = -1;
  struct clone_args args = {
      .flags = bundle.namespaces | CLONE_PIDFD | (cgroup_fd >= 0 ? CLONE_INTO_CGROUP : 0) |
               (bundle.cgroup_namespace && bundle.v2 ? CLONE_NEWCGROUP : 0),
      .pidfd = (uint64_t)(uintptr_t)&pidfd,
      .exit_signal = SIGCHLD,
      .cgroup = cgroup_fd >= 0 ? (uint64_t)cgroup_fd : 0,
  };
  long child = syscall(SYS_clone3, &args, sizeof args);
  if (child == 0) contained(argv[1], argv[2]);

  siginfo_t info = {0};
  int status = 125;
  if (child < 0) {
    warn("clone3");
  } else {
    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0 && errno == EINTR) continue;
    status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
  }
  cgroup_remove(argv[2]);
  return status;
}
