// The cgroup of the bundle in every hierarchy: made by the parent, joined by the child itself (v1) or at its birth (v2).
#include "floor.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { HIERARCHIES = 32 };
static int procs[HIERARCHIES]; // cgroup.procs of each v1 cgroup
static int procs_count;

static void write_at(int dir, const char *file, const char *text) {
  int fd = check(openat(dir, file, O_WRONLY | O_CLOEXEC), "open", file);
  check(write(fd, text, strlen(text)), "write", file);
  close(fd);
}

/** A new cpuset is empty and takes no process: cpus and mems come from the parent, as every runtime does it. */
static void inherit_cpuset(int dir) {
  static const char *const FILES[] = {"cpuset.cpus", "cpuset.mems"};
  static const char *const ABOVE[] = {"../cpuset.cpus", "../cpuset.mems"};
  for (int i = 0; i < 2; i++) {
    char text[256];
    int fd = check(openat(dir, ABOVE[i], O_RDONLY | O_CLOEXEC), "open", ABOVE[i]);
    int length = check(read(fd, text, sizeof text - 1), "read", ABOVE[i]);
    close(fd);
    text[length] = 0;
    write_at(dir, FILES[i], text);
  }
}

static bool is_named(const char *hierarchy, const char *controller) {
  const char *found = strstr(strrchr(hierarchy, '/') + 1, controller);
  return found && (found[strlen(controller)] == 0 || found[strlen(controller)] == ',');
}

static int make_directory(const char *hierarchy, const char *cgroup) {
  char path[512];
  snprintf(path, sizeof path, "%s%s", hierarchy, cgroup);
  if (mkdir(path, 0755) < 0 && errno == ENOENT) {
    char above[512];
    snprintf(above, sizeof above, "%.*s", (int)(strrchr(cgroup, '/') - cgroup), cgroup);
    close(make_directory(hierarchy, above));
    check(mkdir(path, 0755), "mkdir", path);
  }
  int dir = check(open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), "open", path);
  if (is_named(hierarchy, "cpuset")) inherit_cpuset(dir);
  return dir;
}

/** v1 takes one rule a write, and keeps silently only the first of several. */
static void write_device_rules(int dir) {
  write_at(dir, "devices.deny", "a");
  int fd = check(openat(dir, "devices.allow", O_WRONLY | O_CLOEXEC), "open", "devices.allow");
  for (const struct device_rule *rule = bundle.allowed; rule->type; rule++) {
    char text[64], major[16] = "*", minor[16] = "*";
    if (rule->major >= 0) snprintf(major, sizeof major, "%d", rule->major);
    if (rule->minor >= 0) snprintf(minor, sizeof minor, "%d", rule->minor);
    int length = snprintf(text, sizeof text, "%c %s:%s %s", rule->type, major, minor, rule->access);
    check(write(fd, text, (size_t)length), "write devices.allow", text);
  }
  close(fd);
}

/** Returns the descriptor of the cgroup2 directory for CLONE_INTO_CGROUP, or -1 where there is none. */
int cgroup_create(const char *cgroup) {
  bool has_v1_devices = false;
  for (const char *const *hierarchy = bundle.v1; *hierarchy; hierarchy++) {
    int dir = make_directory(*hierarchy, cgroup);
    if (is_named(*hierarchy, "devices")) {
      write_device_rules(dir);
      has_v1_devices = true;
    }
    procs[procs_count++] = check(openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC), "open cgroup.procs", *hierarchy);
    close(dir);
  }
  if (!bundle.v2) return -1;
  int dir = make_directory(bundle.v2, cgroup);
  if (has_v1_devices) return dir;

  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", dir); // BPF_PROG_ATTACH refuses O_PATH
  int readable = check(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", path);
  devices_attach(readable);
  close(readable);
  return dir;
}

void cgroup_join_v1(void) {
  for (int i = 0; i < procs_count; i++) {
    check(write(procs[i], "0", 1), "write", "cgroup.procs");
    close(procs[i]);
  }
}

void cgroup_remove(const char *cgroup) {
  char path[512];
  for (const char *const *hierarchy = bundle.v1; *hierarchy; hierarchy++) {
    snprintf(path, sizeof path, "%s%s", *hierarchy, cgroup);
    check(rmdir(path), "rmdir", path);
  }
  if (!bundle.v2) return;
  snprintf(path, sizeof path, "%s%s", bundle.v2, cgroup);
  check(rmdir(path), "rmdir", path);
}
