/* Preloaded into a database server by the tests: a disk without room. While the file named by NO_SPACE_SIGN exists, a
   write that would make a file longer fails, if the path of that file holds the text that stands in the sign. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int no_room(int fd, off_t end) {
  char sign[64] = {0}, link[64], path[PATH_MAX] = {0};
  struct stat now;
  const char *name = getenv("NO_SPACE_SIGN");
  int held = errno;
  int sign_fd = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY) : -1;
  if (sign_fd < 0) {
    errno = held;
    return 0;
  }
  ssize_t told = syscall(SYS_read, sign_fd, sign, sizeof sign - 1);
  syscall(SYS_close, sign_fd);
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = held;
  if (told <= 0 || length <= 0 || !strstr(path, sign) || fstat(fd, &now) || end <= now.st_size) return 0;
  errno = ENOSPC;
  return 1;
}

static off_t length_of(const struct iovec *parts, int count) {
  off_t sum = 0;
  for (int i = 0; i < count; i++) sum += (off_t)parts[i].iov_len;
  return sum;
}

#define REAL(type, name) type real = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t (*pwrite_type)(int, const void *, size_t, off_t);
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  REAL(pwrite_type, "pwrite");
  return no_room(fd, at + (off_t)count) ? -1 : real(fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) {
  REAL(pwrite_type, "pwrite64");
  return no_room(fd, at + (off_t)count) ? -1 : real(fd, bytes, count, at);
}

typedef ssize_t (*pwritev_type)(int, const struct iovec *, int, off_t);
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  REAL(pwritev_type, "pwritev");
  return no_room(fd, at + length_of(parts, count)) ? -1 : real(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) {
  REAL(pwritev_type, "pwritev64");
  return no_room(fd, at + length_of(parts, count)) ? -1 : real(fd, parts, count, at);
}

typedef int (*fallocate_type)(int, off_t, off_t);
int posix_fallocate(int fd, off_t at, off_t count) {
  REAL(fallocate_type, "posix_fallocate");
  return no_room(fd, at + count) ? ENOSPC : real(fd, at, count);
}
int posix_fallocate64(int fd, off_t at, off_t count) {
  REAL(fallocate_type, "posix_fallocate64");
  return no_room(fd, at + count) ? ENOSPC : real(fd, at, count);
}
