// Dispatches `probe VERB ARGS...`. Called by another name (true, interpreter tests) it is `info`.
#include "probe.h"
#include <stdio.h>
#include <string.h>

struct verb {
  const char *name;
  int (*run)(int argc, char **argv);
};

static const struct verb VERBS[] = {
    // inside a container
    {"info", verb_info},
    {"hook", verb_hook},
    {"syscall", verb_syscall},
    {"alloc", verb_alloc},
    {"fork", verb_fork},
    {"open", verb_open},
    {"mknod", verb_mknod},
    {"stat", verb_stat},
    {"write", verb_write},
    {"spy", verb_spy},
    {"swap", verb_swap},
    {"idle", verb_idle},
    {"signals", verb_signals},
    {"die", verb_die},
    {"fds", verb_fds},
    {"notify", verb_notify},
    {"lock", verb_lock},
    {"datagram", verb_datagram},
    // beside a container
    {"console", verb_console},
    {"pidfd", verb_pidfd},
    {"seccomp", verb_seccomp},
    {"hold", verb_hold},
    {"parent", verb_parent},
    {"datagrams", verb_datagrams},
    {"deny", verb_deny},
    {"resctrl", verb_resctrl},
};

int main(int argc, char **argv) {
  if (argc < 2) return verb_info(argc, argv);
  for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
    if (strcmp(argv[1], VERBS[i].name) == 0) return VERBS[i].run(argc - 1, argv + 1);
  }
  fprintf(stderr, "probe: no such verb: %s\n", argv[1]);
  return 64;
}
