// `resctrl CLASSES MONITORS`: the kernel's resctrl, played by FUSE at /sys/fs/resctrl of a mount namespace of its own, with room
// for so many groups. Groups come with their files; what happens is printed: `mkdir /a`, `write /a/schemata L3:0=f`, `rmdir /a`.
// Source: Documentation/filesystems/resctrl.rst
#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { NODES = 512, TEXT = 1024, ROOT = 1 };

// No number is used twice; a node that was removed has no parent.
static struct node {
  uint64_t parent;
  bool is_directory;
  char name[128];
  char text[TEXT];
} nodes[NODES + 1];
static uint64_t count = ROOT;
static int classes_left, monitors_left;

static const char SCHEMATA[] = "    MB:0=100;1=100\n    L3:0=fff;1=fff\n";

static uint64_t next(uint64_t parent, uint64_t after) {
  for (uint64_t id = after + 1; id <= count; id++)
    if (nodes[id].parent == parent) return id;
  return 0;
}

static const char *name_of(uint64_t id) { return nodes[id].name; }

static const char *text_of(uint64_t id) { return id == ROOT || nodes[id].is_directory ? NULL : nodes[id].text; }

static uint64_t find(uint64_t parent, const char *name) {
  uint64_t id = 0;
  while ((id = next(parent, id)) != 0 && strcmp(nodes[id].name, name) != 0) continue;
  return id;
}

static uint64_t add(uint64_t parent, const char *name, const char *text) {
  if (count == NODES) exit(74);
  struct node *node = &nodes[++count];
  *node = (struct node){.parent = parent, .is_directory = text == NULL};
  snprintf(node->name, sizeof node->name, "%s", name);
  snprintf(node->text, sizeof node->text, "%s", text == NULL ? "" : text);
  return count;
}

static void fill(uint64_t group, bool is_class) {
  add(group, "tasks", "");
  add(group, "mon_data", NULL);
  if (!is_class) return;
  add(group, "schemata", SCHEMATA);
  add(group, "mon_groups", NULL);
}

static void print_path(uint64_t id) {
  if (id == ROOT) return;
  print_path(nodes[id].parent);
  printf("/%s", nodes[id].name);
}

static void say(const char *verb, uint64_t id, const char *text) {
  printf("%s ", verb);
  print_path(id);
  printf("%s%s\n", text[0] == 0 ? "" : " ", text);
  fflush(stdout);
}

static int make(uint64_t parent, const char *name, uint64_t *made) {
  bool is_class = parent == ROOT;
  int *left = is_class ? &classes_left : &monitors_left;
  if (find(parent, name) != 0) return -EEXIST;
  if (!is_class && strcmp(nodes[parent].name, "mon_groups") != 0) return -EPERM;
  if (*left == 0) return -ENOSPC;
  (*left)--;
  *made = add(parent, name, NULL);
  fill(*made, is_class);
  say("mkdir", *made, "");
  return 0;
}

// A group takes its monitoring groups along.
static void drop(uint64_t id) {
  if (nodes[id].parent == ROOT) classes_left++;
  else if (strcmp(nodes[nodes[id].parent].name, "mon_groups") == 0) monitors_left++;
  for (uint64_t below = 0; (below = next(id, below)) != 0;) drop(below);
  nodes[id].parent = 0;
}

static int take(uint64_t id) {
  if (id == 0) return -ENOENT;
  say("rmdir", id, "");
  drop(id);
  return 0;
}

// Puts the value of `0=f` where the text has `0=`, as wide as the kernel writes it, bandwidth rounded up to its steps of ten.
static bool set(char *text, const char *resource, const char *cell) {
  char head[64], tail[TEXT];
  size_t name = strcspn(cell, "=") + 1;
  bool is_bandwidth = strcmp(resource, "MB") == 0;
  long value = strtol(cell + name, NULL, is_bandwidth ? 10 : 16);
  snprintf(head, sizeof head, " %s:", resource);
  char *place = strstr(text, head);
  if (place == NULL || value <= 0) return false;
  place += strlen(head);
  while (strncmp(place, cell, name) != 0) {
    place += strcspn(place, ";\n");
    if (*place++ != ';') return false;
  }
  snprintf(tail, sizeof tail, "%s", place + strcspn(place, ";\n"));
  place += name;
  size_t room = (size_t)(text + TEXT - place);
  if (is_bandwidth) snprintf(place, room, "%ld%s", (value + 9) / 10 * 10, tail);
  else snprintf(place, room, "%03lx%s", value, tail);
  return true;
}

static bool set_lines(char *text, char *lines) {
  char *line_end, *cell_end;
  for (char *line = strtok_r(lines, "\n", &line_end); line != NULL; line = strtok_r(NULL, "\n", &line_end)) {
    char *resource = strtok_r(line, ":", &cell_end);
    for (char *cell; (cell = strtok_r(NULL, ";", &cell_end)) != NULL;)
      if (!set(text, resource, cell)) return false;
  }
  return true;
}

// Several lines are printed with a bar between them.
static int put(uint64_t id, const char *data, size_t size) {
  char lines[TEXT], shown[TEXT], changed[TEXT];
  struct node *node = &nodes[id];
  snprintf(lines, sizeof lines, "%.*s", (int)size, data);
  snprintf(shown, sizeof shown, "%s", lines);
  for (char *end = shown; (end = strchr(end, '\n')) != NULL;) *end = end[1] == 0 ? 0 : '|';
  say("write", id, shown);
  if (strcmp(node->name, "tasks") == 0) return 0;
  if (strcmp(node->name, "schemata") != 0) return -EACCES;
  snprintf(changed, sizeof changed, "%s", node->text);
  bool is_set = set_lines(changed, lines);
  if (is_set) snprintf(node->text, sizeof node->text, "%s", changed);
  snprintf(nodes[find(find(ROOT, "info"), "last_cmd_status")].text, TEXT, is_set ? "ok\n" : "no such resource\n");
  return is_set ? 0 : -EINVAL;
}

// /sys/fs lets nobody make a directory: a tmpfs over it, with the cgroups as they were.
static bool make_place(void) {
  if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return false;
  int cgroups = open_tree(AT_FDCWD, "/sys/fs/cgroup", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (cgroups < 0 || mount("tmpfs", "/sys/fs", "tmpfs", 0, "mode=755") < 0) return false;
  if (mkdir("/sys/fs/cgroup", 0755) < 0 || mkdir("/sys/fs/resctrl", 0755) < 0) return false;
  return move_mount(cgroups, "", AT_FDCWD, "/sys/fs/cgroup", MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

int verb_resctrl(int argc, char **argv) {
  static const struct fuse_tree TREE = {find, next, name_of, text_of, make, take, put};
  if (argc < 3) return 64;
  if (!make_place()) return 65;
  classes_left = atoi(argv[1]);
  monitors_left = atoi(argv[2]);
  fill(ROOT, true);
  uint64_t info = add(ROOT, "info", NULL);
  add(info, "last_cmd_status", "ok\n");
  add(add(info, "L3", NULL), "cbm_mask", "fff\n");
  add(add(info, "MB", NULL), "bandwidth_gran", "10\n");
  fuse_serve("/sys/fs/resctrl", &TREE);
  return 0;
}
