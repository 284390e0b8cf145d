// Runs command lines of several subjects in interleaved rounds and writes what wait4 says of each as a JSON line.
// Small and static on purpose: a child's peak RSS starts at its parent's.
//
// Use: measure ROUNDS WARMUP ID-PREFIX < PLAN. The plan's lines have fields separated by tabs:
//   subject NAME | env NAME=VALUE | cleanup ARGV... | step NAME ARGV... | reap
// @ID@ in an argument is the id of this subject in this round. `reap` waits until all processes left behind by the steps
// (the containers: this process is their subreaper) are gone. A subject whose step fails is cleaned up and left out from
// then on. Output: {"subject","step","round","wallNs","userUs","sysUs","maxRssKb","minorFaults","majorFaults"}, or
// {"subject","step","round","status","stderr"} for a failure. Exit code: 0, 1 if a subject failed, 2 for a bad plan.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SUBJECTS = 16, STEPS = 16, FIELDS = 48, TIMEOUT_S = 30, STDERR_BYTES = 1500 };

struct command {
  char *name, *argv[FIELDS];
};

struct subject {
  char *name, *env[FIELDS];
  struct command steps[STEPS], cleanup;
  int env_count, step_count, failed;
};

static struct subject subjects[SUBJECTS];
static int subject_count;
static volatile sig_atomic_t stopped, timed_out;
static int null_fd, stderr_fd;

static void on_signal(int signal) { signal == SIGALRM ? (timed_out = 1) : (stopped = signal); }

static void split(char *line, char **fields) {
  int count = 0;
  for (char *rest = strdup(line), *field; (field = strsep(&rest, "\t\n"));) {
    if (count == FIELDS - 1) errx(2, "too many fields: %s", line);
    if (field[0] || rest) fields[count++] = field;
  }
  fields[count] = NULL;
}

static void read_plan(void) {
  static char line[16384];
  struct subject *subject = NULL;
  while (fgets(line, sizeof line, stdin)) {
    char *fields[FIELDS];
    split(line, fields);
    if (!fields[0]) continue;
    if (!strcmp(fields[0], "subject")) {
      if (subject_count == SUBJECTS) errx(2, "too many subjects");
      subject = &subjects[subject_count++];
      subject->name = fields[1];
      continue;
    }
    if (!subject) errx(2, "no subject before: %s", line);
    if (!strcmp(fields[0], "env")) {
      subject->env[subject->env_count++] = fields[1];
    } else if (!strcmp(fields[0], "cleanup")) {
      memcpy(subject->cleanup.argv, fields + 1, (FIELDS - 1) * sizeof *fields);
    } else if (!strcmp(fields[0], "reap") || !strcmp(fields[0], "step")) {
      if (subject->step_count == STEPS) errx(2, "too many steps");
      struct command *step = &subject->steps[subject->step_count++];
      if (fields[0][0] == 'r') continue; // a step without a name
      step->name = fields[1];
      memcpy(step->argv, fields + 2, (FIELDS - 2) * sizeof *fields);
    } else {
      errx(2, "unknown line: %s", line);
    }
  }
}

static char *with_id(const char *text, const char *id) {
  const char *at = strstr(text, "@ID@");
  char *result;
  if (!at) return strdup(text);
  if (asprintf(&result, "%.*s%s%s", (int)(at - text), text, id, at + 4) < 0) err(2, "asprintf");
  return result;
}

/** Returns wait4's status; -1 after a timeout. */
static int run(const struct subject *subject, const struct command *command, const char *id, struct rusage *usage, long *wall_ns) {
  char *argv[FIELDS] = {0};
  for (int i = 0; command->argv[i]; i++) argv[i] = with_id(command->argv[i], id);
  (void)ftruncate(stderr_fd, 0);
  (void)lseek(stderr_fd, 0, SEEK_SET);

  struct timespec start, end;
  timed_out = 0;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pid_t pid = vfork();
  if (pid == 0) {
    dup2(null_fd, 0), dup2(null_fd, 1), dup2(stderr_fd, 2);
    execve(argv[0], argv, (char **)subject->env);
    _exit(127);
  }
  if (pid < 0) err(2, "vfork");
  alarm(TIMEOUT_S);
  int status = -1;
  while (wait4(pid, &status, 0, usage) < 0 && errno == EINTR)
    if (timed_out) kill(pid, SIGKILL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  alarm(0);

  *wall_ns = (end.tv_sec - start.tv_sec) * 1000000000L + (end.tv_nsec - start.tv_nsec);
  for (int i = 0; argv[i]; i++) free(argv[i]);
  return timed_out ? -1 : status;
}

/** Returns 0 once no child is left, -1 after a timeout. */
static int reap(void) {
  timed_out = 0;
  alarm(TIMEOUT_S);
  while (waitpid(-1, NULL, 0) >= 0 || errno == EINTR)
    if (timed_out) break;
  alarm(0);
  return timed_out ? -1 : 0;
}

static long microseconds(struct timeval time) { return time.tv_sec * 1000000L + time.tv_usec; }

static void print_failure(const struct subject *subject, const char *step, int round, int status) {
  char text[STDERR_BYTES];
  ssize_t length = pread(stderr_fd, text, sizeof text, 0);
  printf("{\"subject\":\"%s\",\"step\":\"%s\",\"round\":%d,\"status\":%d,\"stderr\":\"", subject->name, step, round, status);
  for (ssize_t i = 0; i < length; i++)
    text[i] == '"' || text[i] == '\\'                  ? printf("\\%c", text[i])
    : (unsigned char)text[i] < ' ' || text[i] == 0x7f ? printf("\\u%04x", text[i])
                                                      : putchar(text[i]);
  puts("\"}");
}

static void clean_up(const struct subject *subject, const char *id) {
  struct rusage usage;
  long wall_ns;
  if (subject->cleanup.argv[0]) run(subject, &subject->cleanup, id, &usage, &wall_ns);
  reap();
}

static void run_round(struct subject *subject, const char *id, int round) {
  for (int i = 0; i < subject->step_count; i++) {
    struct command *step = &subject->steps[i];
    struct rusage usage = {0};
    long wall_ns = 0;
    int status = step->name ? run(subject, step, id, &usage, &wall_ns) : reap();
    if (stopped) return clean_up(subject, id);
    if (status) {
      print_failure(subject, step->name ? step->name : "reap", round, status);
      subject->failed = 1;
      return clean_up(subject, id);
    }
    if (step->name && round >= 0)
      printf("{\"subject\":\"%s\",\"step\":\"%s\",\"round\":%d,\"wallNs\":%ld,\"userUs\":%ld,\"sysUs\":%ld,\"maxRssKb\":%ld,"
             "\"minorFaults\":%ld,\"majorFaults\":%ld}\n",
             subject->name, step->name, round, wall_ns, microseconds(usage.ru_utime), microseconds(usage.ru_stime),
             usage.ru_maxrss, usage.ru_minflt, usage.ru_majflt);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) errx(2, "use: measure ROUNDS WARMUP ID-PREFIX < PLAN");
  int rounds = atoi(argv[1]), failed = 0;
  read_plan();
  null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  stderr_fd = fileno(tmpfile());
  fcntl(stderr_fd, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  struct sigaction action = {.sa_handler = on_signal}; // no SA_RESTART: wait4 must notice
  const int SIGNALS[] = {SIGALRM, SIGINT, SIGTERM, SIGHUP};
  for (int i = 0; i < 4; i++) sigaction(SIGNALS[i], &action, NULL);

  for (int round = -atoi(argv[2]); round < rounds && !stopped; round++)
    for (int turn = 0; turn < subject_count && !stopped; turn++) {
      // Each round begins with another subject, so that nobody always follows the same neighbour.
      struct subject *subject = &subjects[(turn + round + atoi(argv[2])) % subject_count];
      char id[128];
      snprintf(id, sizeof id, "%s-%s-%d", argv[3], subject->name, round + atoi(argv[2]));
      if (!subject->failed) run_round(subject, id, round);
      failed |= subject->failed;
    }
  return stopped ? 128 + stopped : failed;
}
