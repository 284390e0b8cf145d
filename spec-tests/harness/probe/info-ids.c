// Credentials, capabilities and limits, by system calls alone: /proc need not be mounted.
#include "probe.h"
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void put_ids(const char *key, unsigned a, unsigned b, unsigned c, unsigned d) {
  json_open(key, '[');
  json_number(NULL, a);
  json_number(NULL, b);
  json_number(NULL, c);
  json_number(NULL, d);
  json_close(']');
}

// A capability set as the list of its bit numbers.
static void put_bits(const char *key, unsigned long long bits) {
  json_open(key, '[');
  for (int i = 0; i < 64; i++) {
    if (bits >> i & 1) json_number(NULL, i);
  }
  json_close(']');
}

static void put_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {{0}};
  unsigned long long bounding = 0, ambient = 0;
  syscall(SYS_capget, &header, data);
  for (int i = 0; i < 64; i++) {
    if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1) bounding |= 1ULL << i;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1) ambient |= 1ULL << i;
  }
  json_open("capabilities", '{');
  put_bits("bounding", bounding);
  put_bits("effective", data[0].effective | (unsigned long long)data[1].effective << 32);
  put_bits("permitted", data[0].permitted | (unsigned long long)data[1].permitted << 32);
  put_bits("inheritable", data[0].inheritable | (unsigned long long)data[1].inheritable << 32);
  put_bits("ambient", ambient);
  json_close('}');
}

void info_ids(void) {
  uid_t ruid, euid, suid;
  gid_t rgid, egid, sgid, groups[256];
  getresuid(&ruid, &euid, &suid);
  getresgid(&rgid, &egid, &sgid);
  put_ids("uid", ruid, euid, suid, (unsigned)setfsuid((uid_t)-1));
  put_ids("gid", rgid, egid, sgid, (unsigned)setfsgid((gid_t)-1));
  json_open("groups", '[');
  int count = getgroups(256, groups);
  for (int i = 0; i < count; i++) json_number(NULL, groups[i]);
  json_close(']');
  put_capabilities();
  json_number("noNewPrivileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  json_number("securebits", prctl(PR_GET_SECUREBITS));
  json_number("dumpable", prctl(PR_GET_DUMPABLE));
  json_number("keepCaps", prctl(PR_GET_KEEPCAPS));
  int deathSignal = -1;
  prctl(PR_GET_PDEATHSIG, &deathSignal);
  json_number("parentDeathSignal", deathSignal);
  json_number("subreaper", (prctl(PR_GET_CHILD_SUBREAPER, &deathSignal), deathSignal));
}

static const struct {
  const char *name;
  int number;
} LIMITS[] = {
    {"RLIMIT_AS", RLIMIT_AS},           {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},         {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},     {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK}, {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},       {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},     {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},   {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING}, {"RLIMIT_STACK", RLIMIT_STACK},
};

void info_limits(void) {
  // Strings: 2^64-1 is a legal limit and no JSON number of JavaScript.
  char text[32];
  json_open("rlimits", '{');
  for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) {
    struct rlimit limit;
    if (getrlimit(LIMITS[i].number, &limit) < 0) continue;
    json_open(LIMITS[i].name, '[');
    snprintf(text, sizeof text, "%llu", (unsigned long long)limit.rlim_cur);
    json_string(NULL, text);
    snprintf(text, sizeof text, "%llu", (unsigned long long)limit.rlim_max);
    json_string(NULL, text);
    json_close(']');
  }
  json_close('}');
}
