// ptrace(2): counts the system calls of the command and of every process that it makes, and fails one of them. A process is
// let go when it executes a program that is not the runtime's: from then on it is the container's or a hook.
#include "inject.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/poll.h>
#include <sys/ptrace.h>
#include <sys/reg.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct thread {
  pid_t tid;
  int process;
  bool is_failing;  // the call it is in is to return the error
  long argument;    // of that call, where it had to be changed
  bool is_counted;  // the command itself, before its exec, is not
};

struct process processes[MAX_PROCESSES];
int process_count;
static struct thread threads[MAX_THREADS];
static int thread_count;
static const struct job *current;
static struct outcome *result;
static pid_t command;

static const int OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                           PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

static pid_t group_of(pid_t tid) {
  char path[64], line[256];
  pid_t group = tid;
  snprintf(path, sizeof path, "/proc/%d/status", tid);
  FILE *file = fopen(path, "re");
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "Tgid: %d", &group) == 1) break;
  if (file != NULL) fclose(file);
  return group;
}

static int process_of(pid_t pid) {
  for (int i = 0; i < process_count; i++)
    if (processes[i].pid == pid) return i;
  if (process_count == MAX_PROCESSES) exit(70);
  processes[process_count] = (struct process){.pid = pid};
  return process_count++;
}

static struct thread *thread_of(pid_t tid) {
  for (int i = 0; i < thread_count; i++)
    if (threads[i].tid == tid) return &threads[i];
  if (thread_count == MAX_THREADS) exit(71);
  threads[thread_count] = (struct thread){.tid = tid, .process = process_of(group_of(tid)), .is_counted = tid != command};
  return &threads[thread_count++];
}

static void forget(pid_t tid) {
  for (int i = 0; i < thread_count; i++)
    if (threads[i].tid == tid) threads[i] = threads[--thread_count];
}

static bool is_runtime(pid_t pid) {
  char path[64], name[256] = "";
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  ssize_t length = readlink(path, name, sizeof name - 1);
  return length > 0 && strncmp(name, "/memfd:trunc-init", 17) == 0;
}

static void enter_call(struct thread *thread, long number) {
  struct process *process = &processes[thread->process];
  thread->is_failing = false;
  if (!thread->is_counted) return;
  process->calls++;
  if (result != NULL && process->calls <= MAX_CALLS)
    result->numbers[thread->process][process->calls - 1] = (short)number;
  if (current == NULL || current->call == 0 || current->process != thread->process) return;
  if (process->calls != current->call) return;
  // Another one than was counted there: two processes at work at once do not always do it in the same order.
  if (number != current->number) return;
  result->was_hit = true;
  if (current->error == 0) {
    kill(process->pid, SIGKILL);
    return;
  }
  thread->is_failing = true;
  // brk(2) fails by returning the old break; close(2) has closed the descriptor whatever it returns.
  if (number == SYS_brk) {
    thread->argument = ptrace(PTRACE_PEEKUSER, thread->tid, sizeof(long) * RDI, 0);
    ptrace(PTRACE_POKEUSER, thread->tid, sizeof(long) * RDI, 0);
  } else if (number != SYS_close) ptrace(PTRACE_POKEUSER, thread->tid, sizeof(long) * ORIG_RAX, -1L);
}

static void leave_call(struct thread *thread) {
  if (thread->is_failing && current != NULL) {
    if (current->number == SYS_brk) ptrace(PTRACE_POKEUSER, thread->tid, sizeof(long) * RDI, thread->argument);
    else ptrace(PTRACE_POKEUSER, thread->tid, sizeof(long) * RAX, -(long)current->error);
  }
  thread->is_failing = false;
}

static void at_call(struct thread *thread) {
  struct __ptrace_syscall_info info;
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread->tid, sizeof info, &info) < 0) return;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) enter_call(thread, (long)info.entry.nr);
  else if (info.op == PTRACE_SYSCALL_INFO_EXIT) leave_call(thread);
}

// Returns false when the thread was let go.
static bool at_exec(struct thread *thread) {
  if (thread->tid == command && !thread->is_counted) thread->is_counted = true;
  else if (!is_runtime(thread->tid)) {
    ptrace(PTRACE_DETACH, thread->tid, 0, 0);
    forget(thread->tid);
    return false;
  }
  return true;
}

static void stopped(pid_t tid, int status) {
  struct thread *thread = thread_of(tid);
  int number = WSTOPSIG(status), event = status >> 16, forward = 0;
  if (number == (SIGTRAP | 0x80)) at_call(thread);
  else if (event == PTRACE_EVENT_EXEC) {
    if (!at_exec(thread)) return;
  } else if (event == 0) forward = number;
  ptrace(PTRACE_SYSCALL, tid, 0, forward);
}

// Returns false when nobody is left to wait for, or a signal came.
static bool serve(int flags) {
  int status;
  pid_t tid = waitpid(-1, &status, __WALL | flags);
  if (tid <= 0) return false;
  if (WIFSTOPPED(status)) {
    stopped(tid, status);
    return true;
  }
  forget(tid);
  if (tid == command && result != NULL) {
    result->status = status;
    result->has_ended = true;
  }
  return true;
}

static void start_command(const struct job *job, int out, int err) {
  int go[2];
  char byte = 0;
  if (pipe(go) < 0) exit(72);
  command = fork();
  if (command < 0) exit(73);
  if (command == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGALRM, SIG_DFL);
    if (read(go[0], &byte, 1) != 1) _exit(127);
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    close(go[0]);
    close(go[1]);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    execv(job->argv[0], job->argv);
    _exit(127);
  }
  // The command takes the first place again; those that earlier commands made keep theirs.
  processes[0] = (struct process){.pid = command};
  if (process_count == 0) process_count = 1;
  if (job->is_traced) {
    ptrace(PTRACE_SEIZE, command, 0, OPTIONS);
    thread_of(command);
  }
  if (write(go[1], &byte, 1) != 1) exit(74);
  close(go[0]);
  close(go[1]);
}

static long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// Serves until nobody makes a call for a while.
static void settle(void) {
  static const struct timespec PAUSE = {.tv_nsec = 15000000};
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  do {
    while (serve(WNOHANG)) continue;
  } while (sigtimedwait(&child, NULL, &PAUSE) > 0);
}

void trace_job(const struct job *job, int out, int err, struct outcome *outcome) {
  for (int i = 0; i < process_count; i++) processes[i].calls = 0;
  current = job;
  result = outcome;
  *outcome = (struct outcome){0};
  long deadline = now_ms() + job->timeout_ms;
  start_command(job, out, err);
  struct itimerval tick = {.it_interval = {0, 100000}, .it_value = {0, 100000}};
  setitimer(ITIMER_REAL, &tick, NULL);
  while (!outcome->has_ended && now_ms() < deadline) serve(0);
  setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
  if (!outcome->has_ended) {
    kill(command, SIGKILL);
    while (!outcome->has_ended && (serve(0) || errno == EINTR)) continue;
    outcome->has_ended = false;
  }
  // The processes that it left may be in the middle of their work.
  if (job->is_traced && !outcome->was_hit) settle();
  current = NULL;
  result = NULL;
}

void trace_until_readable(int fd) {
  struct pollfd poll = {.fd = fd, .events = POLLIN};
  sigset_t none;
  sigemptyset(&none);
  for (;;) {
    while (serve(WNOHANG)) continue;
    if (ppoll(&poll, 1, NULL, &none) > 0) return;
  }
}

int trace_end(void) {
  pid_t pids[MAX_THREADS];
  int left = living_children(pids, MAX_THREADS);
  for (int i = 0; i < left; i++) kill(pids[i], SIGKILL);
  // Whoever they were above is our child once they are gone.
  for (int count = left; count > 0; count = living_children(pids, MAX_THREADS)) {
    for (int i = 0; i < count; i++) kill(pids[i], SIGKILL);
    serve(0);
  }
  while (serve(WNOHANG)) continue;
  thread_count = process_count = 0;
  return left;
}
