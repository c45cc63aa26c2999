/* SPDX-License-Identifier: MIT */
/*
 * Where: config, between the tree and what joins the sections.
 * What:  opens, reads and follows `include`.
 * Why:   a pattern that matches nothing is an empty conf.d and fine; a name that is not there is a slip. Files are
 *        told apart by device and inode, so that a file that includes itself, by whatever name, is seen.
 */
#include "config/files.h"

#include "config/list.h"
#include "config/rows.h"
#include "config/text_check.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP 65536

struct identity {
    dev_t device;
    ino_t inode;
};

struct reading {
    struct arena *arena;
    struct complaints *complaints;
    const char *first;    /* name of the first file */
    size_t folder_length; /* of that up to its last slash */
    struct list drafts, identities;
    bool memory;
    bool broken; /* something could not be read */
};

static void include(struct reading *reading, const struct file_draft *draft, uint32_t depth);

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

const char *files_beside(const struct node *node, const char *name, struct arena *arena)
{
    const char *file = node->source->name;
    size_t length = name[0] == '/' ? 0 : folder_length(file);
    size_t name_length = strlen(name);
    char *joined = arena_take(arena, length + name_length + 1);
    memcpy(joined, file, length);
    memcpy(joined + length, name, name_length);
    return joined;
}

/* ---- bytes ------------------------------------------------------------------------------------------------------ */

static void complain_system(struct reading *reading, struct place place, const char *name, int sys_errno)
{
    struct error err;
    error_set_errno(&err, sys_errno, "'%s' cannot be read", name);
    complaints_add(reading->complaints, COMPLAINT_ERROR, place, "%s", err.text);
}

/* All that can be read, NULL with errno set if something fails; EFBIG: too much. */
static char *read_all(int descriptor, size_t *ret)
{
    char *bytes = NULL;
    size_t length = 0, capacity = 0;
    for (;;) {
        if (length == capacity) {
            capacity = capacity == 0 ? READ_STEP : capacity * 2;
            bytes = realloc(bytes, capacity);
            if (bytes == NULL)
                abort();
        }
        ssize_t got = read(descriptor, bytes + length, capacity - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got > 0)
            length += (size_t)got;
        if (length > TREE_BYTES_MAX)
            errno = EFBIG;
        if (got < 0 || length > TREE_BYTES_MAX) {
            free(bytes);
            return NULL;
        }
        if (got == 0) {
            *ret = length;
            return bytes;
        }
    }
}

static bool is_new(struct reading *reading, const struct stat *status)
{
    for (uint32_t i = 0; i < reading->identities.count; i++) {
        const struct identity *known = list_at(&reading->identities, i);
        if (known->device == status->st_dev && known->inode == status->st_ino)
            return false;
    }
    *(struct identity *)list_add(&reading->identities) = (struct identity){.device = status->st_dev,
                                                                           .inode = status->st_ino};
    return true;
}

/* The bytes of an open file; NULL after a complaint at `place`. */
static char *read_open(struct reading *reading, int descriptor, struct place place, const char *name, size_t *ret)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        complain_system(reading, place, name, errno);
        return NULL;
    }
    if (S_ISREG(status.st_mode) && !is_new(reading, &status)) {
        complaints_add(reading->complaints, COMPLAINT_ERROR, place, "'%s' is included twice", name);
        return NULL;
    }
    char *bytes = NULL;
    if (S_ISREG(status.st_mode) && status.st_size > (off_t)TREE_BYTES_MAX)
        errno = EFBIG;
    else
        bytes = read_all(descriptor, ret);
    if (bytes == NULL && errno == EFBIG)
        complaints_add(reading->complaints, COMPLAINT_ERROR, place, "'%s' is larger than %u MiB", name,
                       TREE_BYTES_MAX >> 20);
    else if (bytes == NULL)
        complain_system(reading, place, name, errno);
    return bytes;
}

/* ---- one file --------------------------------------------------------------------------------------------------- */

static void take_text(struct reading *reading, struct source *source, const char *bytes, size_t length, uint32_t depth)
{
    static const struct owner nobody = {0};
    size_t mark = text_check_mark(bytes, length);
    char *kept = complaints_room(reading->complaints, length - mark);
    if (length > mark)
        memcpy(kept, bytes + mark, length - mark);
    source->bytes = kept;
    source->length = length - mark;

    const struct node *root = tree_read(source, reading->arena, reading->complaints);
    reading->broken = reading->broken || root == NULL;
    if (root == NULL || node_is_nothing(root))
        return;
    if (root->kind != NODE_MAPPING) { /* without its line: who points -c at a key file must not see the key */
        complaints_add(reading->complaints, COMPLAINT_ERROR, (struct place){.source = source},
                       "the file is not a mapping of keys such as 'servers:' and 'records:'");
        return;
    }
    struct file_draft draft = {0};
    schema_read(&file_table, root, &nobody, &draft, reading->complaints);
    *(struct file_draft *)list_add(&reading->drafts) = draft;
    if (draft.include != NULL)
        include(reading, &draft, depth);
}

static struct source *begin_source(struct reading *reading, const char *path)
{
    bool below = strncmp(path, reading->first, reading->folder_length) == 0;
    return complaints_open(reading->complaints, path, below ? path + reading->folder_length : path);
}

/* `asked`: where a file asks for this one; source NULL: the command line does. */
static void load(struct reading *reading, const char *path, struct place asked, uint32_t depth)
{
    bool is_first = asked.source == NULL;
    struct source *source = is_first ? begin_source(reading, path) : NULL;
    struct place place = asked;
    if (is_first)
        place.source = source;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (is_first ? 0 : O_NONBLOCK));
    size_t length = 0;
    char *bytes = NULL;
    if (descriptor < 0)
        complain_system(reading, place, path, errno);
    else
        bytes = read_open(reading, descriptor, place, path, &length);
    if (descriptor >= 0)
        close(descriptor);
    if (bytes != NULL)
        take_text(reading, is_first ? source : begin_source(reading, path), bytes, length, depth);
    else
        reading->broken = true;
    free(bytes);
}

/* ---- include ---------------------------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_wildcard(const char *pattern)
{
    return strpbrk(pattern, "*?[") != NULL;
}

/* The pattern beside the file that asks, its folder taken literally. */
static char *pattern_beside(const struct node *node, struct arena *arena)
{
    const char *file = node->source->name, *pattern = node->as.text;
    size_t folder = pattern[0] == '/' ? 0 : folder_length(file);
    char *joined = arena_take(arena, 2 * folder + strlen(pattern) + 1);
    char *end = joined;
    for (size_t i = 0; i < folder; i++) {
        if (strchr("*?[\\", file[i]) != NULL)
            *end++ = '\\';
        *end++ = file[i];
    }
    memcpy(end, pattern, strlen(pattern));
    return joined;
}

static void include_pattern(struct reading *reading, const struct node *node, uint32_t depth)
{
    glob_t found;
    memset(&found, 0, sizeof(found));
    int result = glob(pattern_beside(node, reading->arena), GLOB_ERR | GLOB_NOSORT, NULL, &found);
    if (result == GLOB_NOSPACE)
        abort();
    if (result == GLOB_ABORTED && errno != ENOENT)
        complain_system(reading, node_place(node), node->as.text, errno);
    if (result == 0) {
        qsort(found.gl_pathv, found.gl_pathc, sizeof(char *), compare_names);
        for (size_t i = 0; i < found.gl_pathc; i++)
            load(reading, found.gl_pathv[i], node_place(node), depth + 1);
    }
    globfree(&found);
}

static void include_one(struct reading *reading, const struct node *node, uint32_t depth)
{
    if (node->kind != NODE_SCALAR || node->as.text[0] == '\0')
        return;
    if (reading->memory)
        complaints_add(reading->complaints, COMPLAINT_ERROR, node_place(node), "'include' is not possible here");
    else if (depth == FILES_DEPTH_MAX)
        complaints_add(reading->complaints, COMPLAINT_ERROR, node_place(node),
                       "files include each other more than %d levels deep", FILES_DEPTH_MAX);
    else if (has_wildcard(node->as.text))
        include_pattern(reading, node, depth);
    else
        load(reading, files_beside(node, node->as.text, reading->arena), node_place(node), depth + 1);
}

static void include(struct reading *reading, const struct file_draft *draft, uint32_t depth)
{
    const struct node *node = draft->include;
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
        include_one(reading, node->as.items[i], depth);
    if (node->kind == NODE_SCALAR)
        include_one(reading, node, depth);
}

/* ---- the door --------------------------------------------------------------------------------------------------- */

static struct files finish(struct reading *reading)
{
    struct files files = {.count = reading->drafts.count, .whole = !reading->broken};
    files.drafts = list_settle(&reading->drafts, reading->arena);
    list_free(&reading->identities);
    return files;
}

static struct reading begin(struct arena *arena, struct complaints *complaints)
{
    return (struct reading){.arena = arena,
                            .complaints = complaints,
                            .drafts = LIST_OF(struct file_draft),
                            .identities = LIST_OF(struct identity)};
}

struct files files_load(const char *path, struct arena *arena, struct complaints *complaints)
{
    struct reading reading = begin(arena, complaints);
    reading.folder_length = folder_length(path);
    reading.first = path;
    load(&reading, path, (struct place){.source = NULL}, 0);
    return finish(&reading);
}

struct files files_read(const char *name, const char *bytes, size_t length, struct arena *arena,
                        struct complaints *complaints)
{
    struct reading reading = begin(arena, complaints);
    reading.memory = true;
    struct source *source = complaints_open(complaints, name, name);
    if (length > TREE_BYTES_MAX)
        complaints_add(complaints, COMPLAINT_ERROR, (struct place){.source = source}, "the text is larger than %u MiB",
                       TREE_BYTES_MAX >> 20);
    else
        take_text(&reading, source, bytes, length, 0);
    return finish(&reading);
}
