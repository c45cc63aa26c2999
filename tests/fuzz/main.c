/* SPDX-License-Identifier: MIT */
/*
 * Where: linked with each fuzz target for `make check`; libFuzzer brings a main of its own for `make fuzz`.
 * What:  gives the target every file of the folders named as arguments, and nothing at all, and prints TAP.
 * Why:   each input lies in memory of exactly its size, so that the sanitizers see the first byte read beyond it; its
 *        name is printed first, so that the last line before a crash tells which one it was.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay_file(const char *path)
{
    printf("# %s\n", path);
    fflush(stdout);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    bool good = fseek(file, 0, SEEK_END) == 0;
    long size = good ? ftell(file) : -1;
    good = size >= 0 && fseek(file, 0, SEEK_SET) == 0;
    uint8_t *data = good ? malloc(size == 0 ? 1 : (size_t)size) : NULL;
    good = data != NULL && fread(data, 1, (size_t)size, file) == (size_t)size;
    if (good)
        LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    fclose(file);
    return good;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The number of inputs, or -1 if one could not be read. */
static int replay_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_visible, alphasort);
    bool good = true;
    for (int i = 0; i < count; i++) {
        char path[4096];
        int length = snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        good = good && length > 0 && (size_t)length < sizeof(path) && replay_file(path);
        free(entries[i]);
    }
    free(entries);
    return good ? count : -1;
}

int main(int argc, char **argv)
{
    bool failed = argc < 2;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);
        failed = failed || count < 1;
        printf("%s %d - %d inputs of %s\n", count < 1 ? "not ok" : "ok", i, count, argv[i]);
    }
    printf("1..%d\n", argc - 1);
    return failed ? 1 : 0;
}
