// What libseccomp makes of profile texts (runtime/seccomp/profile.ts has the grammar), with runc's order of calls.
// Standard input: per text a line with its length, then the text. Output per text: the filter in hexadecimal (words in
// the byte order of the target), `error STEP ERRNO`, or `timeout` (libseccomp can loop for ever on odd profiles).

#define _GNU_SOURCE
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ARGS 64
#define SECONDS 20

// Not exit(): it would move the position of the shared standard input.
static void leave(void) {
  fflush(stdout);
  _exit(0);
}

static void stop(const char *step, int rc) {
  printf("error %s %d\n", step, -rc);
  leave();
}

static uint32_t resolve_arch(const char *name) {
  uint32_t arch = seccomp_arch_resolve_name(name);
  if (arch == 0) stop("arch", -EINVAL);
  return arch;
}

static scmp_filter_ctx start(char *archs, uint32_t default_action) {
  scmp_filter_ctx ctx = seccomp_init(default_action);
  if (ctx == NULL) stop("init", -EINVAL);
  char *name = strtok(archs, " ");
  uint32_t native = resolve_arch(name);
  // another machine's native architecture takes the place of this one's
  if (native != seccomp_arch_native()) {
    int rc = seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE);
    if (rc == 0) rc = seccomp_arch_add(ctx, native);
    if (rc < 0) stop("native", rc);
  }
  while ((name = strtok(NULL, " ")) != NULL) {
    int rc = seccomp_arch_add(ctx, resolve_arch(name));
    if (rc < 0 && rc != -EEXIST) stop("arch", rc);
  }
  return ctx;
}

static void add(scmp_filter_ctx ctx, uint32_t action, const char *name, const struct scmp_arg_cmp *args, int count) {
  int nr = seccomp_syscall_resolve_name(name);
  if (nr == __NR_SCMP_ERROR) return;
  unsigned seen = 0;
  int repeats = 0;
  for (int i = 0; i < count; i++) {
    repeats |= seen >> args[i].arg & 1;
    seen |= 1u << args[i].arg;
  }
  int rc = repeats ? 0 : seccomp_rule_add_array(ctx, action, nr, count, args);
  for (int i = 0; repeats && rc == 0 && i < count; i++) rc = seccomp_rule_add_array(ctx, action, nr, 1, &args[i]);
  if (rc < 0) stop("rule", rc);
}

static void convert(char *text) {
  char *lines = text, *line = strsep(&lines, "\n");
  char *archs = line + 2;
  strsep(&lines, "\n");
  uint32_t default_action = strtoul(strsep(&lines, "\n") + 2, NULL, 10);
  scmp_filter_ctx ctx = start(archs, default_action);
  while ((line = strsep(&lines, "\n")) != NULL && *line != '\0') {
    unsigned long action;
    int conditions, names;
    sscanf(line, "R %lu %d %d", &action, &conditions, &names);
    struct scmp_arg_cmp args[MAX_ARGS];
    for (int i = 0; i < conditions; i++) {
      unsigned op;
      unsigned long long value, value_two;
      sscanf(strsep(&lines, "\n"), "%u %u %llu %llu", &args[i].arg, &op, &value, &value_two);
      args[i].op = op;
      args[i].datum_a = value;
      args[i].datum_b = value_two;
    }
    for (int i = 0; i < names; i++) {
      char *name = strsep(&lines, "\n");
      if (action != default_action) add(ctx, action, name, args, conditions);
    }
  }
  FILE *file = tmpfile();
  int rc = seccomp_export_bpf(ctx, fileno(file));
  if (rc < 0) stop("export", rc);
  rewind(file);
  for (int byte; (byte = fgetc(file)) != EOF;) printf("%02x", byte);
  printf("\n");
  leave();
}

int main(void) {
  unsigned long length;
  while (scanf("%lu", &length) == 1) {
    char *text = malloc(length + 1);
    getchar();
    if (fread(text, 1, length, stdin) != length) return 1;
    text[length] = '\0';
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      alarm(SECONDS);
      convert(text);
    }
    int status;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) printf("timeout\n");
    free(text);
  }
  return 0;
}
