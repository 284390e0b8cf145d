// Reads a request a line from stdin, answers each with a line of JSON. Fields are separated by the byte 0x1f:
//   run TRACED PROCESS CALL NUMBER ERRNO TIMEOUT_MS PROGRAM ARGS...
//            runs a command; the CALLth call of a process fails if it is the system call NUMBER; ERRNO 0 is SIGKILL
//   output   what the case's commands, and the containers that they left, have printed so far
//   left     the processes that live
//   end      kills and forgets them: the case is over
#include "../../harness/probe/probe.h"
#include "inject.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int number) { (void)number; }

// The case's standard streams: a container that a command left goes on writing to them.
static int out = -1, err = -1;

static int make_stream(const char *name) {
  int fd = memfd_create(name, MFD_CLOEXEC);
  if (fd < 0 || fcntl(fd, F_SETFL, O_APPEND) < 0) exit(75);
  return fd;
}

static off_t size_of(int fd) {
  struct stat status;
  return fstat(fd, &status) < 0 ? 0 : status.st_size;
}

static void print_text(const char *key, int fd, off_t from) {
  static char text[1 << 16];
  ssize_t length = pread(fd, text, sizeof text, from);
  json_bytes(key, text, length < 0 ? 0 : (size_t)length);
}

static void print_outcome(const struct outcome *outcome, off_t out_from, off_t err_from) {
  json_open(NULL, '{');
  json_number("ended", outcome->has_ended);
  json_number("code", outcome->has_ended && WIFEXITED(outcome->status) ? WEXITSTATUS(outcome->status) : -1);
  json_number("signal", outcome->has_ended && WIFSIGNALED(outcome->status) ? WTERMSIG(outcome->status) : 0);
  json_number("hit", outcome->was_hit);
  json_open("calls", '[');
  for (int i = 0; i < process_count; i++) json_number(NULL, processes[i].calls);
  json_close(']');
  json_open("numbers", '[');
  for (int i = 0; i < process_count; i++) {
    json_open(NULL, '[');
    for (long call = 0; call < processes[i].calls && call < MAX_CALLS; call++) json_number(NULL, outcome->numbers[i][call]);
    json_close(']');
  }
  json_close(']');
  print_text("stdout", out, out_from);
  print_text("stderr", err, err_from);
  json_close('}');
  json_end();
}

static void run(char **fields, int count) {
  static struct outcome outcome;
  if (count < 8) exit(64);
  struct job job = {
      .argv = fields + 7,
      .is_traced = atoi(fields[1]) != 0,
      .process = atoi(fields[2]),
      .call = atol(fields[3]),
      .number = atol(fields[4]),
      .error = atoi(fields[5]),
      .timeout_ms = atol(fields[6]),
  };
  if (out < 0) {
    out = make_stream("stdout");
    err = make_stream("stderr");
  }
  off_t out_from = size_of(out), err_from = size_of(err);
  trace_job(&job, out, err, &outcome);
  print_outcome(&outcome, out_from, err_from);
}

static void output(void) {
  json_open(NULL, '{');
  print_text("stdout", out, 0);
  json_close('}');
  json_end();
}

static void end(void) {
  int killed = trace_end();
  close(out);
  close(err);
  out = err = -1;
  json_open(NULL, '{');
  json_number("killed", killed);
  json_close('}');
  json_end();
}

static void left(void) {
  pid_t pids[MAX_THREADS];
  int count = living_children(pids, MAX_THREADS);
  json_open(NULL, '[');
  for (int i = 0; i < count; i++) json_number(NULL, pids[i]);
  json_close(']');
  json_end();
}

static int split(char *line, char **fields) {
  int count = 0;
  for (char *field = strtok(line, "\x1f\n"); field != NULL && count < MAX_ARGS - 1; field = strtok(NULL, "\x1f\n"))
    fields[count++] = field;
  fields[count] = NULL;
  return count;
}

int main(void) {
  static char line[1 << 16];
  char *fields[MAX_ARGS];
  sigset_t child;
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Interrupt what waits, and do nothing else.
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGCHLD, &action, NULL);
  sigaction(SIGALRM, &action, NULL);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  setvbuf(stdin, NULL, _IONBF, 0);
  for (;;) {
    trace_until_readable(0);
    if (fgets(line, sizeof line, stdin) == NULL) break;
    int count = split(line, fields);
    if (count == 0) continue;
    if (strcmp(fields[0], "run") == 0) run(fields, count);
    else if (strcmp(fields[0], "left") == 0) left();
    else if (strcmp(fields[0], "output") == 0) output();
    else if (strcmp(fields[0], "end") == 0) end();
    else return 64;
  }
  trace_end();
  return 0;
}
