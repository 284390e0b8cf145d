// Identity, capabilities, filter and execve, in the order that runtimes need.
#include "floor.h"
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>

enum { MAX_INSTRUCTIONS = 4096 };

static struct sock_filter filter[MAX_INSTRUCTIONS];
static struct sock_fprog program = {.filter = filter};

/** Before the clone, as the file is the host's. "-": the bundle has none. */
void filter_read(const char *path) {
  if (strcmp(path, "-") == 0) return;
  int fd = check(open(path, O_RDONLY | O_CLOEXEC), "open", path);
  int bytes = check(read(fd, filter, sizeof filter), "read", path);
  close(fd);
  program.len = (unsigned short)(bytes / (int)sizeof *filter);
}

static void load_filter(void) {
  if (program.len == 0) return;
  check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program), "seccomp", "");
}

static void set_identity(void) {
  for (int cap = 0; cap < 64; cap++)
    if (!(bundle.bounding >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) break; // past the kernel's last
  check(syscall(SYS_setgroups, bundle.group_count, bundle.groups), "setgroups", "");
  check(syscall(SYS_setresgid, bundle.gid, bundle.gid, bundle.gid), "setresgid", "");
  check(syscall(SYS_setresuid, bundle.uid, bundle.uid, bundle.uid), "setresuid", "");

  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2];
  for (int half = 0; half < 2; half++)
    data[half] = (struct __user_cap_data_struct){.effective = (unsigned)(bundle.effective >> 32 * half),
                                                 .permitted = (unsigned)(bundle.permitted >> 32 * half),
                                                 .inheritable = (unsigned)(bundle.inheritable >> 32 * half)};
  check(syscall(SYS_capset, &header, data), "capset", "");
  // EPERM where the config forgot the inheritable set (`runc spec` does): runtimes warn and go on.
  for (int cap = 0; cap < 64; cap++)
    if (bundle.ambient >> cap & 1) (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
}

void last_mile(void) {
  if (bundle.no_new_privileges) check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl", "no_new_privs");
  for (const struct rlimit_row *row = bundle.rlimits; row->resource >= 0; row++)
    check(setrlimit((__rlimit_resource_t)row->resource, &row->limit), "setrlimit", "");
  check(syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range", "");
  if (!bundle.no_new_privileges) load_filter();
  set_identity();
  if (bundle.no_new_privileges) load_filter();

  check(chdir(bundle.cwd), "chdir", bundle.cwd);
  execve(bundle.args[0], (char *const *)bundle.args, (char *const *)bundle.env);
  die("execve", bundle.args[0]);
}
