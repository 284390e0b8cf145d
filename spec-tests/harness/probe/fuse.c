// Serves a tree of small files by FUSE, without caches: every lookup, read and write is asked for.
// Source: include/uapi/linux/fuse.h
#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAX_WRITE = 4096 };

static const struct fuse_tree *tree;
static int device;

static void answer(const struct fuse_in_header *request, int error, const void *data, size_t size) {
  struct fuse_out_header header = {
      .len = (uint32_t)(sizeof header + (error == 0 ? size : 0)), .error = error, .unique = request->unique};
  struct iovec parts[] = {{&header, sizeof header}, {(void *)data, size}};
  // ENOENT: who asked was killed
  if (writev(device, parts, error == 0 && size > 0 ? 2 : 1) < 0 && errno != ENOENT) exit(71);
}

static struct fuse_attr attributes(uint64_t id) {
  const char *text = tree->text(id);
  struct fuse_attr attr = {.ino = id, .nlink = 1, .blksize = 4096, .mode = text == NULL ? S_IFDIR | 0755 : S_IFREG | 0644};
  if (text != NULL) attr.size = strlen(text);
  return attr;
}

static void answer_entry(const struct fuse_in_header *request, int error, uint64_t id) {
  struct fuse_entry_out entry = {.nodeid = id};
  if (error == 0) entry.attr = attributes(id);
  answer(request, error, &entry, sizeof entry);
}

static void answer_read(const struct fuse_in_header *request, const struct fuse_read_in *what) {
  const char *text = tree->text(request->nodeid);
  size_t size = text == NULL ? 0 : strlen(text), start = what->offset < size ? what->offset : size;
  size_t rest = size - start < what->size ? size - start : what->size;
  answer(request, 0, text + start, rest);
}

// The offset of an entry is its number.
static void answer_list(const struct fuse_in_header *request, const struct fuse_read_in *what) {
  static _Alignas(8) char buffer[MAX_WRITE];
  size_t used = 0, most = what->size < sizeof buffer ? what->size : sizeof buffer;
  for (uint64_t id = what->offset; (id = tree->next(request->nodeid, id)) != 0;) {
    const char *name = tree->name(id);
    size_t length = strlen(name), size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + length);
    if (used + size > most) break;
    struct fuse_dirent *entry = (struct fuse_dirent *)(buffer + used);
    *entry = (struct fuse_dirent){
        .ino = id, .off = id, .namelen = (uint32_t)length, .type = (tree->text(id) == NULL ? S_IFDIR : S_IFREG) >> 12};
    memcpy(entry->name, name, length);
    used += size;
  }
  answer(request, 0, buffer, used);
}

static void dispatch(const struct fuse_in_header *request, const void *body) {
  uint64_t id = 0;
  switch (request->opcode) {
  case FUSE_INIT: {
    struct fuse_init_out init = {
        .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = MAX_WRITE, .time_gran = 1};
    return answer(request, 0, &init, sizeof init);
  }
  case FUSE_LOOKUP:
    id = tree->find(request->nodeid, body);
    return answer_entry(request, id == 0 ? -ENOENT : 0, id);
  case FUSE_GETATTR:
  case FUSE_SETATTR: {
    struct fuse_attr_out out = {.attr = attributes(request->nodeid)};
    return answer(request, 0, &out, sizeof out);
  }
  case FUSE_MKDIR: {
    int error = tree->make(request->nodeid, (const char *)body + sizeof(struct fuse_mkdir_in), &id);
    return answer_entry(request, error, id);
  }
  case FUSE_RMDIR: return answer(request, tree->take(tree->find(request->nodeid, body)), NULL, 0);
  case FUSE_OPEN:
  case FUSE_OPENDIR: {
    struct fuse_open_out open = {.open_flags = request->opcode == FUSE_OPEN ? FOPEN_DIRECT_IO : 0};
    return answer(request, 0, &open, sizeof open);
  }
  case FUSE_READ: return answer_read(request, body);
  case FUSE_READDIR: return answer_list(request, body);
  case FUSE_WRITE: {
    const struct fuse_write_in *what = body;
    struct fuse_write_out out = {.size = what->size};
    return answer(request, tree->put(request->nodeid, (const char *)(what + 1), what->size), &out, sizeof out);
  }
  case FUSE_FLUSH:
  case FUSE_RELEASE:
  case FUSE_RELEASEDIR: return answer(request, 0, NULL, 0);
  case FUSE_CREATE:
  case FUSE_MKNOD: return answer(request, -EACCES, NULL, 0);
  case FUSE_FORGET:
  case FUSE_BATCH_FORGET:
  case FUSE_INTERRUPT: return;
  default: return answer(request, -ENOSYS, NULL, 0);
  }
}

void fuse_serve(const char *directory, const struct fuse_tree *served) {
  static _Alignas(8) char buffer[MAX_WRITE + FUSE_MIN_READ_BUFFER];
  char options[128];
  tree = served;
  device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  snprintf(options, sizeof options, "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", device);
  if (device < 0 || mount("resctrl", directory, "fuse", 0, options) < 0) exit(72);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct pollfd fds[] = {{.fd = device, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    if (poll(fds, 2, -1) < 0 && errno != EINTR) exit(73);
    char byte;
    if (fds[1].revents && read(0, &byte, 1) <= 0) return;
    if (!(fds[0].revents & POLLIN)) continue;
    ssize_t size = read(device, buffer, sizeof buffer);
    if (size >= (ssize_t)sizeof(struct fuse_in_header))
      dispatch((struct fuse_in_header *)buffer, buffer + sizeof(struct fuse_in_header));
    else if (size < 0 && errno == ENODEV) return;
  }
}
