// What code that was compiled for glibc asks for and musl does not have; linked in place of glibc only.

#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// libgcc's unwinder asks this first; "not found" sends it to dl_iterate_phdr, which both have.
int _dl_find_object(void *address, void *result) {
  (void)address, (void)result;
  return -1;
}

// musl's types are 64 bits wide under either name; the names themselves are gone from 1.2.4 on.
int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open(path, flags, mode);
}

int stat64(const char *path, struct stat *status) { return stat(path, status); }
int fstat64(int fd, struct stat *status) { return fstat(fd, status); }
off_t lseek64(int fd, off_t offset, int whence) { return lseek(fd, offset, whence); }

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  return mmap(address, length, protection, flags, fd, offset);
}
