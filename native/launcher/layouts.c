// Prints what a C header fixes of the interfaces in libc.tsv: sizes, offsets, numbers. scripts/check-libc.ts compiles it with
// glibc's headers and with musl's, and both must print the same.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define SIZE(type) printf(#type " %zu\n", sizeof(type))
#define FIELD(type, field) printf(#type "." #field " %zu\n", offsetof(type, field))
#define NUMBER(name) printf(#name " %ld\n", (long)(name))

static void files(void) {
  SIZE(struct stat);
  FIELD(struct stat, st_ino), FIELD(struct stat, st_nlink), FIELD(struct stat, st_mode), FIELD(struct stat, st_uid);
  FIELD(struct stat, st_rdev), FIELD(struct stat, st_size), FIELD(struct stat, st_blocks), FIELD(struct stat, st_mtim);
  SIZE(struct iovec), FIELD(struct iovec, iov_len);
  SIZE(struct pollfd), FIELD(struct pollfd, events), FIELD(struct pollfd, revents);
  SIZE(off_t), SIZE(mode_t);
  NUMBER(O_CLOEXEC), NUMBER(O_CREAT), NUMBER(O_DIRECTORY), NUMBER(O_EXCL), NUMBER(O_NOFOLLOW), NUMBER(O_RDWR), NUMBER(O_TRUNC);
  NUMBER(POLLIN), NUMBER(POLLERR), NUMBER(POLLHUP), NUMBER(POLLNVAL);
  NUMBER(MAP_ANONYMOUS), NUMBER(MAP_POPULATE), NUMBER(MAP_PRIVATE), NUMBER(PROT_READ), NUMBER(PROT_WRITE);
}

static void processes(void) {
  SIZE(struct sigaction), FIELD(struct sigaction, sa_handler), FIELD(struct sigaction, sa_mask);
  FIELD(struct sigaction, sa_flags), FIELD(struct sigaction, sa_restorer);
  SIZE(sigset_t), NUMBER(SIGPIPE), NUMBER(SA_RESTART), NUMBER(SA_SIGINFO), NUMBER(SA_ONSTACK);
  SIZE(struct rlimit), FIELD(struct rlimit, rlim_max), NUMBER(RLIMIT_STACK), NUMBER(RLIM_INFINITY);
  SIZE(pthread_attr_t), SIZE(pthread_t), SIZE(pthread_key_t);
  SIZE(struct timespec), FIELD(struct timespec, tv_nsec), NUMBER(CLOCK_REALTIME), NUMBER(CLOCK_MONOTONIC);
  NUMBER(_SC_PAGESIZE), NUMBER(_SC_NPROCESSORS_ONLN), NUMBER(_SC_IOV_MAX), NUMBER(_SC_GETPW_R_SIZE_MAX), NUMBER(_SC_THREAD_STACK_MIN);
}

static void programs(void) {
  SIZE(struct dl_phdr_info), FIELD(struct dl_phdr_info, dlpi_name), FIELD(struct dl_phdr_info, dlpi_phdr);
  FIELD(struct dl_phdr_info, dlpi_phnum), FIELD(struct dl_phdr_info, dlpi_subs), FIELD(struct dl_phdr_info, dlpi_tls_data);
  SIZE(Dl_info), FIELD(Dl_info, dli_fbase), FIELD(Dl_info, dli_sname), FIELD(Dl_info, dli_saddr);
}

int main(void) {
  files();
  processes();
  programs();
  return 0;
}
