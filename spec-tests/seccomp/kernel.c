// Filters in the kernel. Standard input, one command a line; one line of output each:
//   F HEX                          takes a filter, installs it in a child: `ok`, or the errno
//   C x86_64|i386 NR A0 ... A5     makes the call in a child under the filter taken last: its result, or `signal N`

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_INSTRUCTIONS 4096

static struct sock_filter instructions[MAX_INSTRUCTIONS + 1];
static struct sock_fprog program = {.filter = instructions};

// Where a child leaves its result, since a call to report it might be denied.
static volatile struct {
  int done;
  long value;
} *shared;

static int install(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : errno;
}

static long call(const char *abi, const unsigned long *args) {
#if defined(__x86_64__)
  long result;
  if (strcmp(abi, "i386") == 0) {
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "0"(args[0]), "b"(args[1]), "c"(args[2]), "d"(args[3]), "S"(args[4]), "D"(args[5])
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
  }
  register unsigned long a3 __asm__("r10") = args[4], a4 __asm__("r8") = args[5], a5 __asm__("r9") = args[6];
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(args[0]), "D"(args[1]), "S"(args[2]), "d"(args[3]), "r"(a3), "r"(a4), "r"(a5)
                   : "memory", "rcx", "r11");
  return result;
#else
  (void)abi;
  long result = syscall(args[0], args[1], args[2], args[3], args[4], args[5], args[6]);
  return result == -1 ? -errno : result;
#endif
}

// In a child; `abi` null: only installs. Ends by SIGILL, which needs no call.
static void child(const char *abi, const unsigned long *args) {
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  int failure = install();
  shared->value = failure != 0 || abi == NULL ? failure : call(abi, args);
  shared->done = 1;
  __builtin_trap();
}

static void run(const char *abi, const unsigned long *args) {
  shared->done = 0;
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) child(abi, args);
  int status;
  waitpid(pid, &status, 0);
  if (!shared->done) printf("signal %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  else if (abi == NULL && shared->value == 0) puts("ok");
  else printf("%ld\n", shared->value);
}

static void take(const char *hex) {
  unsigned char *bytes = (unsigned char *)instructions;
  size_t length = strspn(hex, "0123456789abcdef") / 2;
  if (length > sizeof instructions) length = sizeof instructions;
  for (size_t i = 0; i < length; i++) sscanf(hex + 2 * i, "%2hhx", &bytes[i]);
  program.len = length / sizeof *instructions;
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  while (getline(&line, &room, stdin) > 0) {
    unsigned long args[7] = {0};
    char abi[8];
    if (line[0] == 'F') {
      take(line + 2);
      run(NULL, NULL);
    } else if (sscanf(line, "C %7s %li %li %li %li %li %li %li", abi, &args[0], &args[1], &args[2], &args[3], &args[4],
                      &args[5], &args[6]) >= 2) {
      run(abi, args);
    }
  }
  return 0;
}
