// libseccomp's answer to a profile, as raw struct sock_filter on stdout: what crun and runc load, and its own tree.
// Use: filter linear|tree < LINES, with lines (made by profile.ts) that are, separated by blanks:
//   default ACTION ERRNO | arch NAME | rule ACTION ERRNO SYSCALL [INDEX OP VALUE MASK]...   (values decimal)
#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const OPS[] = {"", "NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"}; // by enum scmp_compare

static uint32_t action_of(const char *name, const char *number) {
  if (!strcmp(name, "ALLOW")) return SCMP_ACT_ALLOW;
  if (!strcmp(name, "ERRNO")) return SCMP_ACT_ERRNO((unsigned)atoi(number));
  if (!strcmp(name, "LOG")) return SCMP_ACT_LOG;
  if (!strcmp(name, "KILL_PROCESS")) return SCMP_ACT_KILL_PROCESS;
  errx(2, "unknown action %s", name);
}

static enum scmp_compare op_of(const char *name) {
  for (int op = SCMP_CMP_NE; op <= SCMP_CMP_MASKED_EQ; op++)
    if (!strcmp(name, OPS[op])) return (enum scmp_compare)op;
  errx(2, "unknown operator %s", name);
}

static void add_rule(scmp_filter_ctx ctx, uint32_t action, char *name) {
  struct scmp_arg_cmp args[6];
  unsigned count = 0;
  int number = seccomp_syscall_resolve_name(name);
  char *index;
  while ((index = strtok(NULL, " \n"))) {
    if (count == 6) errx(2, "%s: more than six conditions", name);
    struct scmp_arg_cmp *arg = &args[count++];
    arg->arg = (unsigned)atoi(index);
    arg->op = op_of(strtok(NULL, " \n"));
    arg->datum_a = strtoull(strtok(NULL, " \n"), NULL, 10);
    arg->datum_b = strtoull(strtok(NULL, " \n"), NULL, 10);
  }
  if (number == __NR_SCMP_ERROR) return; // newer than this libseccomp: runtimes leave it out too
  int result = seccomp_rule_add_array(ctx, action, number, count, args);
  if (result < 0) errx(1, "%s: %s", name, strerror(-result));
}

int main(int argc, char **argv) {
  if (argc != 2) errx(2, "use: filter linear|tree");
  char line[1024];
  scmp_filter_ctx ctx = NULL;
  while (fgets(line, sizeof line, stdin)) {
    char *word = strtok(line, " \n"), *first = strtok(NULL, " \n");
    if (!word || !first) errx(2, "short line");
    if (!strcmp(word, "arch")) {
      int result = seccomp_arch_add(ctx, seccomp_arch_resolve_name(first));
      if (result < 0 && result != -EEXIST) errx(1, "%s: %s", first, strerror(-result));
      continue;
    }
    uint32_t action = action_of(first, strtok(NULL, " \n"));
    if (!strcmp(word, "default"))
      ctx = seccomp_init(action);
    else
      add_rule(ctx, action, strtok(NULL, " \n"));
    if (!ctx) errx(1, "seccomp_init");
  }
  if (!strcmp(argv[1], "tree")) seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  int result = seccomp_export_bpf(ctx, STDOUT_FILENO);
  if (result < 0) errx(1, "seccomp_export_bpf: %s", strerror(-result));
}
