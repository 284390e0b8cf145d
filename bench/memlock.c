// LD_PRELOAD stub for old peers (Debian 12's crun 1.8.1) on machines without CAP_SYS_RESOURCE: they raise RLIMIT_MEMLOCK to
// infinity before they load device BPF and give up on EPERM, though kernels since 5.11 charge BPF memory to the cgroup
// and need no limit. The stub answers 0 to that one request and passes everything else on.
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit) {
  if (resource == RLIMIT_MEMLOCK && limit->rlim_max == RLIM_INFINITY) return 0;
  return (int)syscall(SYS_prlimit64, 0, resource, limit, 0);
}

int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit) __attribute__((alias("setrlimit")));
