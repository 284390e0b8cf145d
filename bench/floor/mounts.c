// Mounts, devices, pivot and path protection, all by the new mount API on descriptors.
#include "floor.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { PRIVATE = 1 << 18, SLAVE = 1 << 19, DETACH = 2 }; // MS_PRIVATE, MS_SLAVE, MNT_DETACH: sys/mount.h clashes

static int resolve(int root, const char *path, unsigned long flags) {
  struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

/** Mountpoints exist in the image, except those below the fresh /dev. */
static int target_of(int root, const char *path) {
  int target = resolve(root, path, O_PATH);
  if (target >= 0 || errno != ENOENT) return check(target, "openat2", path);
  check(mkdirat(root, path + 1, 0755), "mkdir", path);
  return check(resolve(root, path, O_PATH), "openat2", path);
}

static int new_mount(const char *type, const char *source, const struct param *params, unsigned attrs) {
  int fs = check(fs_open(type), "fsopen", type);
  if (source) check(fs_config(fs, FSCONFIG_SET_STRING, "source", source), "fsconfig source", source);
  for (; params && params->key; params++)
    check(fs_config(fs, params->value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, params->key, params->value), "fsconfig",
          params->key);
  check(fs_config(fs, FSCONFIG_CMD_CREATE, NULL, NULL), "fsconfig create", type);
  int tree = check(fs_mount(fs, attrs), "fsmount", type);
  close(fs);
  return tree;
}

static int bind_mount(int dir, const char *source, unsigned attrs, bool recursive) {
  unsigned deep = recursive ? AT_RECURSIVE : 0;
  int tree = check(open_tree_at(dir, source, OPEN_TREE_CLONE | deep | (source[0] ? 0 : AT_EMPTY_PATH)), "open_tree", source);
  check(set_attr(tree, AT_EMPTY_PATH | deep, (struct mount_attr){.propagation = PRIVATE, .attr_set = attrs}),
        "mount_setattr", source);
  return tree;
}

static void place(int tree, int target, const char *what) {
  check(mount_at(tree, target), "move_mount", what);
  close(tree);
  close(target);
}

/** v1: a tmpfs with the container's cgroup of each hierarchy bound below it; v2: its cgroup, or its own view. */
static void mount_cgroups(int root, const struct mount_row *row, const char *cgroup) {
  static const struct param MODE[] = {{"mode", "755"}, {0}};
  char path[512];
  if (!bundle.v1[0]) {
    snprintf(path, sizeof path, "%s%s", bundle.v2, cgroup);
    int tree = bundle.cgroup_namespace ? new_mount("cgroup2", "cgroup", NULL, row->attrs)
                                       : bind_mount(AT_FDCWD, path, row->attrs, false);
    place(tree, target_of(root, row->target), row->target);
    return;
  }
  int tmpfs = new_mount("tmpfs", "tmpfs", MODE, row->attrs & ~MOUNT_ATTR_RDONLY);
  int target = target_of(root, row->target);
  check(mount_at(tmpfs, target), "move_mount", row->target);
  close(target);
  for (const char *const *hierarchy = bundle.v1; *hierarchy; hierarchy++) {
    const char *name = strrchr(*hierarchy, '/') + 1;
    snprintf(path, sizeof path, "%s%s", *hierarchy, cgroup);
    check(mkdirat(tmpfs, name, 0755), "mkdir", name);
    int below = check(openat(tmpfs, name, O_PATH | O_CLOEXEC), "open", name);
    place(bind_mount(AT_FDCWD, path, row->attrs, false), below, name);
  }
  check(set_attr(tmpfs, AT_EMPTY_PATH, (struct mount_attr){.attr_set = row->attrs}), "mount_setattr", row->target);
  close(tmpfs);
}

static void make_devices(int root) {
  static const char *const LINKS[][2] = {{"fd", "/proc/self/fd"},
                                         {"stdin", "/proc/self/fd/0"},
                                         {"stdout", "/proc/self/fd/1"},
                                         {"stderr", "/proc/self/fd/2"},
                                         {"ptmx", "pts/ptmx"}};
  int dev = check(resolve(root, "/dev", O_RDONLY | O_DIRECTORY), "openat2", "/dev");
  mode_t mask = umask(0);
  for (const struct device_row *device = bundle.devices; device->name; device++)
    check(mknodat(dev, device->name, device->mode, makedev(device->major, device->minor)), "mknod", device->name);
  umask(mask);
  for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS; i++)
    check(symlinkat(LINKS[i][1], dev, LINKS[i][0]), "symlink", LINKS[i][0]);
  close(dev);
}

static void write_file(int root, const char *path, const char *text) {
  int fd = check(openat(root, path, O_WRONLY | O_CLOEXEC), "open", path);
  check(write(fd, text, strlen(text)), "write", path);
  close(fd);
}

/** Returns the descriptor of the rootfs, mounted on itself, with all mounts of the bundle. */
int mounts_setup(const char *rootfs, const char *cgroup) {
  if (bundle.oom_score_adj) write_file(AT_FDCWD, "/proc/self/oom_score_adj", bundle.oom_score_adj);

  int host = check(open_tree_at(AT_FDCWD, "/", 0), "open_tree", "/");
  check(set_attr(host, AT_EMPTY_PATH | AT_RECURSIVE, (struct mount_attr){.propagation = SLAVE}), "mount_setattr", "/");
  close(host);

  int root = bind_mount(AT_FDCWD, rootfs, 0, true);
  int under = check(open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC), "open", rootfs);
  check(mount_at(root, under), "move_mount", rootfs);
  close(under);

  for (const struct mount_row *row = bundle.mounts; row->target; row++) {
    if (row->kind == MOUNT_CGROUP) {
      mount_cgroups(root, row, cgroup);
      continue;
    }
    int tree = row->kind == MOUNT_BIND ? bind_mount(AT_FDCWD, row->source, row->attrs, row->recursive)
                                       : new_mount(row->type, row->source, row->params, row->attrs);
    place(tree, target_of(root, row->target), row->target);
  }
  make_devices(root);
  return root;
}

void mounts_pivot(int root) {
  check(fchdir(root), "fchdir", "rootfs");
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root", ".");
  check(syscall(SYS_umount2, ".", DETACH), "umount2", ".");
  check(chdir("/"), "chdir", "/");
  if (bundle.root_readonly)
    check(set_attr(root, AT_EMPTY_PATH, (struct mount_attr){.attr_set = MOUNT_ATTR_RDONLY}), "mount_setattr", "/");
  close(root);
}

/** Sysctls, then read-only and masked paths; those that are not there are nobody's. */
void mounts_protect(void) {
  int sys = check(open("/proc/sys", O_PATH | O_CLOEXEC), "open", "/proc/sys");
  for (const struct param *sysctl = bundle.sysctls; sysctl->key; sysctl++) write_file(sys, sysctl->key, sysctl->value);
  close(sys);

  for (const char *const *path = bundle.readonly; *path; path++) {
    int target = open(*path, O_PATH | O_CLOEXEC);
    if (target < 0 && errno == ENOENT) continue;
    place(bind_mount(check(target, "open", *path), "", MOUNT_ATTR_RDONLY, true), target, *path);
  }
  int empty = -1, null = check(open("/dev/null", O_PATH | O_CLOEXEC), "open", "/dev/null");
  for (const char *const *path = bundle.masked; *path; path++) {
    int target = open(*path, O_PATH | O_CLOEXEC);
    if (target < 0 && errno == ENOENT) continue;
    struct stat stat;
    check(fstat(check(target, "open", *path), &stat), "fstat", *path);
    bool is_directory = S_ISDIR(stat.st_mode);
    if (is_directory && empty < 0) empty = new_mount("tmpfs", "tmpfs", NULL, MOUNT_ATTR_RDONLY);
    int tree = open_tree_at(is_directory ? empty : null, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    place(check(tree, "open_tree", *path), target, *path);
  }
}
