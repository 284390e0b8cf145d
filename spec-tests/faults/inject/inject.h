// The injector: runs commands and fails or kills them, or a process that they started, at a system call by its number.
#pragma once
#define _GNU_SOURCE
#include <stdbool.h>
#include <sys/types.h>

enum { MAX_PROCESSES = 64, MAX_THREADS = 128, MAX_ARGS = 64, MAX_CALLS = 2048 };

/** What one request asks for. */
struct job {
  char **argv;
  bool is_traced;
  int process;      // whose call is to fail: 0 is the command, 1 the first process that it or an earlier command made
  long call;        // which of its calls since the request, from 1; 0: none
  long number;      // what system call that is expected to be
  int error;        // the errno; 0: SIGKILL instead of the call
  long timeout_ms;
};

/** One process under trace, all its threads. */
struct process {
  pid_t pid;
  long calls;       // since the request
};

/** What came of it. */
struct outcome {
  int status;       // as of waitpid(2)
  bool has_ended;
  bool was_hit;
  /** The calls' numbers in their order, as many as there is room for. */
  short numbers[MAX_PROCESSES][MAX_CALLS];
};

extern struct process processes[MAX_PROCESSES];
extern int process_count;

// trace.c
/** Runs the job's command to its end or the timeout; processes that it leaves stay under trace. */
void trace_job(const struct job *job, int out, int err, struct outcome *outcome);
/** Serves processes under trace until there is something to read on `fd`. */
void trace_until_readable(int fd);
/** Forgets the processes of the last case; whoever is left is killed and reaped. Returns how many there were. */
int trace_end(void);

// children.c
/** Pids of this process's children that live, at most `limit` of them. */
int living_children(pid_t *pids, int limit);
