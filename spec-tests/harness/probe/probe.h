// The probe: one static program with many small verbs, used inside containers and beside them.
#pragma once
#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// json.c: a JSON writer to stdout. Keys may be NULL inside arrays.
void json_open(const char *key, char bracket);
void json_close(char bracket);
void json_string(const char *key, const char *value);
void json_bytes(const char *key, const char *value, size_t length);
void json_number(const char *key, long long value);
void json_end(void);

// Verbs: argv[0] is the verb itself; the return value is the exit code.
int verb_info(int argc, char **argv);
int verb_hook(int argc, char **argv);
int verb_syscall(int argc, char **argv);
int verb_alloc(int argc, char **argv);
int verb_fork(int argc, char **argv);
int verb_open(int argc, char **argv);
int verb_mknod(int argc, char **argv);
int verb_stat(int argc, char **argv);
int verb_write(int argc, char **argv);
int verb_spy(int argc, char **argv);
int verb_swap(int argc, char **argv);
int verb_idle(int argc, char **argv);
int verb_signals(int argc, char **argv);
int verb_die(int argc, char **argv);
int verb_fds(int argc, char **argv);
int verb_notify(int argc, char **argv);
int verb_lock(int argc, char **argv);
int verb_datagram(int argc, char **argv);
int verb_console(int argc, char **argv);
int verb_pidfd(int argc, char **argv);
int verb_seccomp(int argc, char **argv);
int verb_hold(int argc, char **argv);
int verb_parent(int argc, char **argv);
int verb_datagrams(int argc, char **argv);
int verb_deny(int argc, char **argv);
int verb_resctrl(int argc, char **argv);

// Sections of `info` and `hook`.
void info_ids(void);
void info_limits(void);
void info_scheduling(void);
void info_mounts(void);
void info_files(void);
void info_namespaces(void);
void info_terminal(void);

// fuse.c: nodes have numbers, 1 is the root; errors are negative. A directory has no text.
struct fuse_tree {
  uint64_t (*find)(uint64_t parent, const char *name);
  uint64_t (*next)(uint64_t parent, uint64_t after);
  const char *(*name)(uint64_t id);
  const char *(*text)(uint64_t id);
  int (*make)(uint64_t parent, const char *name, uint64_t *made);
  int (*take)(uint64_t id);
  int (*put)(uint64_t id, const char *data, size_t size);
};
// Says "ready" when it is mounted; returns when stdin closes.
void fuse_serve(const char *directory, const struct fuse_tree *tree);
