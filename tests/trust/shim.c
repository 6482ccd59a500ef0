/* Stands between a process and the files below one folder: counts its system calls by kind, and lets one of them fail.

   Made by tests/trust/shim.py with `cc -shared -fPIC`, loaded with LD_PRELOAD and steered through ctypes. Until
   shim_below names a folder, every call goes through. A file descriptor is remembered as one of the folder's from the
   open that made it until its close. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

typedef long ssize;
typedef long off;

enum kind { OPEN, READ, WRITE, SYNC, RENAME, UNLINK, MMAP, STAT, KINDS };

#define MOST_FILES 4096
#define AT_CURRENT -100 /* AT_FDCWD, without the header whose prototypes would clash with the ones here */
#define MAKES_FILE 0100 /* O_CREAT */
#define MAKES_NAMELESS 020200000 /* O_TMPFILE */

static char folder[PATH_MAX];
static size_t folder_length;
static char ours[MOST_FILES];
static atomic_long count[KINDS];
static int fail_kind = -1, fail_with, fail_on;
static long fail_nth;
static atomic_long failed;

extern char *getcwd(char *, size_t);
extern ssize readlink(const char *, char *, size_t);

/* Take the folder whose files are meant; an empty one ends it. Counters begin anew. */
void shim_below(const char *path) {
    folder_length = 0;
    for (int kind = 0; kind < KINDS; kind++) count[kind] = 0;
    failed = 0;
    strncpy(folder, path, sizeof folder - 1);
    folder_length = strlen(folder);
}

/* Let the nth call of a kind (from 1) fail with an error, and with `on` all that follow, too; nth 0 ends it. */
void shim_fail(int kind, long nth, int error, int on) {
    fail_kind = nth ? kind : -1;
    fail_nth = nth, fail_with = error, fail_on = on;
}

long shim_count(int kind) { return count[kind]; }
long shim_failed(void) { return failed; }

static int is_below(int at, const char *path) {
    char whole[2 * PATH_MAX];
    if (!folder_length || !path) return 0;
    if (path[0] != '/') {
        char base[PATH_MAX];
        if (at == AT_CURRENT) {
            if (!getcwd(base, sizeof base)) return 0;
        } else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", at);
            ssize length = readlink(link, base, sizeof base - 1);
            if (length < 0) return 0;
            base[length] = 0;
        }
        snprintf(whole, sizeof whole, "%s/%s", base, path);
        path = whole;
    }
    return !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}

static int is_ours(int file) { return folder_length && file >= 0 && file < MOST_FILES && ours[file]; }

/* Count a call; whether it is to fail, with errno set. */
static int fails(enum kind kind) {
    long number = ++count[kind];
    if ((int)kind != fail_kind || number < fail_nth || (number > fail_nth && !fail_on)) return 0;
    failed++;
    errno = fail_with;
    return 1;
}

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* Call the function of this name that stands behind this one. */
#define PASS(type, name, types, arguments) \
    static type (*behind) types; \
    if (!behind) behind = real(#name); \
    return behind arguments;

#define BY_FILE(type, name, kind, bad, file, types, arguments) \
    type name types { \
        if (is_ours(file) && fails(kind)) return bad; \
        PASS(type, name, types, arguments) \
    }

#define BY_PATH(type, name, kind, bad, at, path, types, arguments) \
    type name types { \
        if (is_below(at, path) && fails(kind)) return bad; \
        PASS(type, name, types, arguments) \
    }

#define BY_TWO(name, at, path, other, more, types, arguments) \
    int name types { \
        if ((is_below(at, path) || is_below(other, more)) && fails(RENAME)) return -1; \
        PASS(int, name, types, arguments) \
    }

/* Opening: what comes of it is remembered. */

#define OPENING(name, at, types, arguments, last) \
    int name types { \
        static int (*behind)(); \
        int mode = 0, below = is_below(at, path); \
        if (flags & MAKES_FILE || (flags & MAKES_NAMELESS) == MAKES_NAMELESS) { \
            va_list rest; \
            va_start(rest, last); \
            mode = va_arg(rest, int); \
            va_end(rest); \
        } \
        if (below && fails(OPEN)) return -1; \
        if (!behind) behind = real(#name); \
        int file = behind arguments; \
        if (file >= 0 && file < MOST_FILES) ours[file] = below; \
        return file; \
    }

OPENING(open, AT_CURRENT, (const char *path, int flags, ...), (path, flags, mode), flags)
OPENING(open64, AT_CURRENT, (const char *path, int flags, ...), (path, flags, mode), flags)
OPENING(openat, at, (int at, const char *path, int flags, ...), (at, path, flags, mode), flags)
OPENING(openat64, at, (int at, const char *path, int flags, ...), (at, path, flags, mode), flags)

int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }
int creat(const char *path, unsigned mode) { return open(path, MAKES_FILE | 01 | 01000, mode); }
int creat64(const char *path, unsigned mode) { return open64(path, MAKES_FILE | 01 | 01000, mode); }

BY_PATH(void *, opendir, OPEN, NULL, AT_CURRENT, path, (const char *path), (path))

int close(int file) {
    if (file >= 0 && file < MOST_FILES) ours[file] = 0;
    PASS(int, close, (int), (file))
}

/* Reading */

BY_FILE(ssize, read, READ, -1, file, (int file, void *into, size_t size), (file, into, size))
BY_FILE(ssize, readv, READ, -1, file, (int file, const void *into, int size), (file, into, size))
BY_FILE(ssize, pread, READ, -1, file, (int file, void *into, size_t size, off at), (file, into, size, at))
BY_FILE(ssize, pread64, READ, -1, file, (int file, void *into, size_t size, off at), (file, into, size, at))
ssize __read_chk(int file, void *into, size_t size, size_t room) { return (void)room, read(file, into, size); }
ssize __pread_chk(int file, void *into, size_t size, off at, size_t room) {
    return (void)room, pread(file, into, size, at);
}
ssize __pread64_chk(int file, void *into, size_t size, off at, size_t room) {
    return (void)room, pread64(file, into, size, at);
}
BY_PATH(ssize, readlinkat, STAT, -1, at, path, (int at, const char *path, char *into, size_t size), (at, path, into, size))

/* Writing, and what else changes a file or makes a folder */

BY_FILE(ssize, write, WRITE, -1, file, (int file, const void *from, size_t size), (file, from, size))
BY_FILE(ssize, writev, WRITE, -1, file, (int file, const void *from, int size), (file, from, size))
BY_FILE(ssize, pwrite, WRITE, -1, file, (int file, const void *from, size_t size, off at), (file, from, size, at))
BY_FILE(ssize, pwrite64, WRITE, -1, file, (int file, const void *from, size_t size, off at), (file, from, size, at))
BY_FILE(ssize, sendfile, WRITE, -1, to, (int to, int from, off *at, size_t size), (to, from, at, size))
BY_FILE(ssize, sendfile64, WRITE, -1, to, (int to, int from, off *at, size_t size), (to, from, at, size))
BY_FILE(int, ftruncate, WRITE, -1, file, (int file, off size), (file, size))
BY_FILE(int, ftruncate64, WRITE, -1, file, (int file, off size), (file, size))
BY_FILE(int, fallocate, WRITE, -1, file, (int file, int mode, off at, off size), (file, mode, at, size))
BY_FILE(int, fallocate64, WRITE, -1, file, (int file, int mode, off at, off size), (file, mode, at, size))
BY_FILE(int, posix_fallocate, WRITE, errno, file, (int file, off at, off size), (file, at, size))
BY_FILE(int, posix_fallocate64, WRITE, errno, file, (int file, off at, off size), (file, at, size))
BY_FILE(int, fchmod, WRITE, -1, file, (int file, unsigned mode), (file, mode))
BY_PATH(int, chmod, WRITE, -1, AT_CURRENT, path, (const char *path, unsigned mode), (path, mode))
BY_PATH(int, fchmodat, WRITE, -1, at, path, (int at, const char *path, unsigned mode, int how), (at, path, mode, how))
BY_PATH(int, mkdir, WRITE, -1, AT_CURRENT, path, (const char *path, unsigned mode), (path, mode))
BY_PATH(int, mkdirat, WRITE, -1, at, path, (int at, const char *path, unsigned mode), (at, path, mode))

/* To the disk */

BY_FILE(int, fsync, SYNC, -1, file, (int file), (file))
BY_FILE(int, fdatasync, SYNC, -1, file, (int file), (file))

/* Names */

BY_TWO(rename, AT_CURRENT, from, AT_CURRENT, to, (const char *from, const char *to), (from, to))
BY_TWO(renameat, at, from, by, to, (int at, const char *from, int by, const char *to), (at, from, by, to))
BY_TWO(renameat2, at, from, by, to, (int at, const char *from, int by, const char *to, unsigned how),
       (at, from, by, to, how))
BY_TWO(link, AT_CURRENT, from, AT_CURRENT, to, (const char *from, const char *to), (from, to))
BY_TWO(linkat, at, from, by, to, (int at, const char *from, int by, const char *to, int how), (at, from, by, to, how))
BY_PATH(int, unlink, UNLINK, -1, AT_CURRENT, path, (const char *path), (path))
BY_PATH(int, unlinkat, UNLINK, -1, at, path, (int at, const char *path, int how), (at, path, how))
BY_PATH(int, rmdir, UNLINK, -1, AT_CURRENT, path, (const char *path), (path))

/* Memory that is a file */

BY_FILE(void *, mmap, MMAP, (void *)-1, file, (void *at, size_t size, int may, int how, int file, off from),
        (at, size, may, how, file, from))
BY_FILE(void *, mmap64, MMAP, (void *)-1, file, (void *at, size_t size, int may, int how, int file, off from),
        (at, size, may, how, file, from))

/* Looking */

BY_PATH(int, stat, STAT, -1, AT_CURRENT, path, (const char *path, void *into), (path, into))
BY_PATH(int, stat64, STAT, -1, AT_CURRENT, path, (const char *path, void *into), (path, into))
BY_PATH(int, lstat, STAT, -1, AT_CURRENT, path, (const char *path, void *into), (path, into))
BY_PATH(int, lstat64, STAT, -1, AT_CURRENT, path, (const char *path, void *into), (path, into))
BY_PATH(int, fstatat, STAT, -1, at, path, (int at, const char *path, void *into, int how), (at, path, into, how))
BY_PATH(int, fstatat64, STAT, -1, at, path, (int at, const char *path, void *into, int how), (at, path, into, how))
BY_PATH(int, statx, STAT, -1, at, path, (int at, const char *path, int how, unsigned which, void *into),
        (at, path, how, which, into))
BY_FILE(int, fstat, STAT, -1, file, (int file, void *into), (file, into))
BY_FILE(int, fstat64, STAT, -1, file, (int file, void *into), (file, into))
BY_PATH(int, access, STAT, -1, AT_CURRENT, path, (const char *path, int how), (path, how))
BY_PATH(int, faccessat, STAT, -1, at, path, (int at, const char *path, int may, int how), (at, path, may, how))
