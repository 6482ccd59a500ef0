/* Writes down, in their order, the system calls by which a process changes files below one folder.

   Made by tests/trust/recording.py with `cc -shared -fPIC`, loaded with LD_PRELOAD. RECORD_BELOW names the folder,
   RECORD_TO the file to write into, as records of

       kind (1 byte), offset or size (8), length of name (4), of other name (4), of data (4), name, other name, data

   A call and its record are one step for all threads, so that what a record says had happened when the next began.
   What a process changes through memory (the -shm file of SQLite) is not seen; nobody relies on it after a power cut. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef long ssize;
typedef long off;

#define MOST_FILES 4096
#define MAKES_FILE 0100  /* O_CREAT */
#define EMPTIES 01000    /* O_TRUNC */
#define APPENDS 02000    /* O_APPEND */
#define WRITES_ANEW (01 | MAKES_FILE | EMPTIES)
#define FROM_HERE 1      /* SEEK_CUR */
#define FROM_END 2       /* SEEK_END */

extern off lseek64(int, off, int);
extern char *realpath(const char *, char *);

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char *names[MOST_FILES];
static char appends[MOST_FILES];
static const char *folder;
static size_t folder_length;
static int record = -1;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static ssize write_behind(int file, const void *from, size_t size) {
    static ssize (*behind)(int, const void *, size_t);
    if (!behind) behind = real("write");
    return behind(file, from, size);
}

__attribute__((constructor)) static void begin(void) {
    int (*behind)(const char *, int, ...) = real("open64");
    folder = getenv("RECORD_BELOW");
    if (!folder || !getenv("RECORD_TO")) return;
    folder_length = strlen(folder);
    record = behind(getenv("RECORD_TO"), 01 | MAKES_FILE | APPENDS | 02000000, 0600);
}

static void put(const void *from, size_t size) {
    while (size) {
        ssize written = write_behind(record, from, size);
        if (written <= 0) abort();
        from = (const char *)from + written, size -= written;
    }
}

static void note(char kind, uint64_t where, const char *name, const char *other, const void *data, uint32_t size) {
    uint32_t lengths[3] = {strlen(name), strlen(other), size};
    put(&kind, 1), put(&where, 8), put(lengths, sizeof lengths);
    put(name, lengths[0]), put(other, lengths[1]), put(data, size);
}

/* The whole path of a file below the folder, in `into`; NULL for any other. Paths are whole, or begin where we are. */
static const char *below(const char *path, char *into) {
    if (record < 0 || !path) return NULL;
    char parent[PATH_MAX], whole[PATH_MAX];
    const char *last = strrchr(path, '/');
    snprintf(parent, sizeof parent, "%.*s", last ? (int)(last - path) : 1, last ? path : ".");
    if (!realpath(*parent ? parent : "/", whole)) return NULL;
    snprintf(into, 2 * PATH_MAX, "%s/%s", whole, last ? last + 1 : path);
    if (realpath(path, whole)) strcpy(into, whole); /* the folder itself, or a link */
    return !strncmp(into, folder, folder_length) && (into[folder_length] == '/' || !into[folder_length]) ? into : NULL;
}

static const char *name_of(int file) { return file >= 0 && file < MOST_FILES ? names[file] : NULL; }

#define IN_TURN(type, call) \
    pthread_mutex_lock(&turn); \
    type done = (call); \
    NOTE; \
    pthread_mutex_unlock(&turn); \
    return done;

static int opened(int file, const char *path, int flags) {
    char whole[2 * PATH_MAX];
    if (file < 0 || file >= MOST_FILES) return file;
    free(names[file]);
    names[file] = below(path, whole) ? strdup(whole) : NULL;
    appends[file] = (flags & APPENDS) != 0;
    if (!names[file]) return file;
    if (flags & MAKES_FILE) note('c', 0, whole, "", "", 0);
    if (flags & EMPTIES) note('t', 0, whole, "", "", 0);
    return file;
}

#define OPENING(name) \
    int name(const char *path, int flags, ...) { \
        static int (*behind)(const char *, int, ...); \
        int mode = 0; \
        va_list rest; \
        va_start(rest, flags); \
        if (flags & MAKES_FILE) mode = va_arg(rest, int); \
        va_end(rest); \
        if (!behind) behind = real(#name); \
        pthread_mutex_lock(&turn); \
        int file = opened(behind(path, flags, mode), path, flags); \
        pthread_mutex_unlock(&turn); \
        return file; \
    }
OPENING(open)
OPENING(open64)

int openat64(int at, const char *path, int flags, ...);
int openat(int at, const char *path, int flags, ...) {
    static int (*behind)(int, const char *, int, ...);
    int mode = 0;
    va_list rest;
    va_start(rest, flags);
    if (flags & MAKES_FILE) mode = va_arg(rest, int);
    va_end(rest);
    if (!behind) behind = real("openat");
    pthread_mutex_lock(&turn);
    int file = opened(behind(at, path, flags, mode), path, flags);
    pthread_mutex_unlock(&turn);
    return file;
}

int close(int file) {
    static int (*behind)(int);
    if (!behind) behind = real("close");
    pthread_mutex_lock(&turn);
    if (file >= 0 && file < MOST_FILES) free(names[file]), names[file] = NULL;
    int done = behind(file);
    pthread_mutex_unlock(&turn);
    return done;
}

ssize write(int file, const void *from, size_t size) {
    const char *name = name_of(file);
    if (!name) return write_behind(file, from, size);
    off at = lseek64(file, 0, appends[file] ? FROM_END : FROM_HERE);
#define NOTE if (done > 0) note('w', at, name, "", from, done)
    IN_TURN(ssize, write_behind(file, from, size))
#undef NOTE
}

#define PWRITE(called) \
    ssize called(int file, const void *from, size_t size, off at) { \
        static ssize (*behind)(int, const void *, size_t, off); \
        if (!behind) behind = real(#called); \
        const char *name = name_of(file); \
        if (!name) return behind(file, from, size, at); \
        IN_TURN(ssize, behind(file, from, size, at)) \
    }
#define NOTE if (done > 0) note('w', at, name, "", from, done)
PWRITE(pwrite)
PWRITE(pwrite64)
#undef NOTE

#define TRUNCATE(called) \
    int called(int file, off size) { \
        static int (*behind)(int, off); \
        if (!behind) behind = real(#called); \
        const char *name = name_of(file); \
        if (!name) return behind(file, size); \
        IN_TURN(int, behind(file, size)) \
    }
#define NOTE if (!done) note('t', size, name, "", "", 0)
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)
#undef NOTE

#define SYNC(called) \
    int called(int file) { \
        static int (*behind)(int); \
        if (!behind) behind = real(#called); \
        const char *name = name_of(file); \
        if (!name) return behind(file); \
        IN_TURN(int, behind(file)) \
    }
#define NOTE if (!done) note('s', 0, name, "", "", 0)
SYNC(fsync)
SYNC(fdatasync)
#undef NOTE

#define TWO(called, kind) \
    int called(const char *from, const char *to) { \
        static int (*behind)(const char *, const char *); \
        char one[2 * PATH_MAX], other[2 * PATH_MAX]; \
        if (!behind) behind = real(#called); \
        const char *old = below(from, one), *new = below(to, other); \
        if (!old || !new) return behind(from, to); \
        IN_TURN(int, behind(from, to)) \
    }
#define NOTE if (!done) note('r', 0, old, new, "", 0)
TWO(rename, 'r')
#undef NOTE
#define NOTE if (!done) note('l', 0, old, new, "", 0)
TWO(link, 'l')
#undef NOTE

/* Python links so. Whatever the folders are, only whole paths are named here. */
int linkat(int at, const char *from, int by, const char *to, int how) {
    static int (*behind)(int, const char *, int, const char *, int);
    char one[2 * PATH_MAX], other[2 * PATH_MAX];
    if (!behind) behind = real("linkat");
    const char *old = below(from, one), *new = below(to, other);
    if (!old || !new) return behind(at, from, by, to, how);
#define NOTE if (!done) note('l', 0, old, new, "", 0)
    IN_TURN(int, behind(at, from, by, to, how))
#undef NOTE
}

int unlink(const char *path) {
    static int (*behind)(const char *);
    char whole[2 * PATH_MAX];
    if (!behind) behind = real("unlink");
    const char *name = below(path, whole);
    if (!name) return behind(path);
#define NOTE if (!done) note('u', 0, name, "", "", 0)
    IN_TURN(int, behind(path))
#undef NOTE
}

int mkdir(const char *path, unsigned mode) {
    static int (*behind)(const char *, unsigned);
    char whole[2 * PATH_MAX];
    if (!behind) behind = real("mkdir");
    const char *name = below(path, whole);
    if (!name) return behind(path, mode);
#define NOTE if (!done) note('m', 0, name, "", "", 0)
    IN_TURN(int, behind(path, mode))
#undef NOTE
}
