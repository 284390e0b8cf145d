// `deny NAME[,NAME...]=ERRNO PROGRAM ARGS...`: runs a program, and all that it starts, beneath a filter that answers these
// system calls with an error: ENOSYS as an older kernel would, EPERM as an engine's profile would. Set-user-ID root, it does
// the same for an ordinary user.
#include "probe.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
  const char *name;
  uint32_t number;
} CALLS[] = {
    {"openat2", SYS_openat2},       {"clone3", SYS_clone3},         {"mount_setattr", SYS_mount_setattr},
    {"fsopen", SYS_fsopen},         {"fsconfig", SYS_fsconfig},     {"fsmount", SYS_fsmount},
    {"open_tree", SYS_open_tree},   {"move_mount", SYS_move_mount}, {"pidfd_open", SYS_pidfd_open},
    {"close_range", SYS_close_range}, {"statx", SYS_statx},         {"memfd_create", SYS_memfd_create},
    {"pidfd_send_signal", SYS_pidfd_send_signal}, {"keyctl", SYS_keyctl}, {"bpf", SYS_bpf},
    {"unshare", SYS_unshare},       {"setns", SYS_setns},           {"pivot_root", SYS_pivot_root},
    {"faccessat2", SYS_faccessat2},
};

static uint32_t number_of(const char *name) {
  for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++)
    if (strcmp(CALLS[i].name, name) == 0) return CALLS[i].number;
  fprintf(stderr, "probe deny: no such call: %s\n", name);
  exit(64);
}

int verb_deny(int argc, char **argv) {
  char *error = argc > 2 ? strchr(argv[1], '=') : NULL;
  if (error == NULL) return 64;
  *error++ = 0;
  uint32_t code = strcmp(error, "EPERM") == 0 ? EPERM : ENOSYS;

  struct sock_filter filter[64] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
  };
  unsigned short length = 1;
  for (char *name = strtok(argv[1], ","); name != NULL && length < 60; name = strtok(NULL, ",")) {
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number_of(name), 0, 1);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code);
  }
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {.len = length, .filter = filter};
  // As root no no_new_privs is needed, which would change what a container may do.
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
    perror("probe deny: seccomp");
    return 65;
  }
  if (setresuid(getuid(), getuid(), getuid()) < 0) {
    perror("probe deny: setresuid");
    return 67;
  }
  execv(argv[2], argv + 2);
  perror("probe deny: exec");
  return 66;
}
