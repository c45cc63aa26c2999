/* SPDX-License-Identifier: MIT */
/*
 * Where: under the units of config.
 * What:  reads texts and files, finds complaints, makes and removes folders.
 */
#include "reading.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading read_text(const char *text)
{
    static const struct config_environment environment = {.purpose = CONFIG_FOR_CHECK};
    struct reading reading = {.complaints = complaints_new()};
    reading.good = config_read("test.yaml", text, strlen(text), &environment, &reading.config, reading.complaints);
    return reading;
}

struct reading read_path(const char *path, enum config_purpose purpose, const char *credentials_directory)
{
    const struct config_environment environment = {.purpose = purpose, .credentials_directory = credentials_directory};
    struct reading reading = {.complaints = complaints_new()};
    reading.good = config_load(path, &environment, &reading.config, reading.complaints);
    return reading;
}

void reading_done(struct reading *reading)
{
    config_done(&reading->config);
    complaints_free(reading->complaints);
}

char *printed(const struct complaints *complaints, bool strict)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    complaints_print(complaints, strict, out);
    fclose(out);
    return text;
}

struct reading read_well(const char *text)
{
    struct reading reading = read_text(text);
    uint32_t credentials = 0;
    for (uint32_t i = 0; i < complaints_warnings(reading.complaints) + complaints_errors(reading.complaints); i++)
        credentials += strstr(complaints_get(reading.complaints, i)->message, "not checked here") != NULL;
    if (!reading.good || complaints_warnings(reading.complaints) != credentials) {
        char *words = printed(reading.complaints, false);
        print_error("%s\n", words);
        free(words);
        fail();
    }
    return reading;
}

const struct complaint *find_complaint(const struct reading *reading, const char *words)
{
    uint32_t count = complaints_errors(reading->complaints) + complaints_warnings(reading->complaints);
    for (uint32_t i = 0; i < count; i++) {
        const struct complaint *complaint = complaints_get(reading->complaints, i);
        if (strstr(complaint->message, words) != NULL)
            return complaint;
    }
    return NULL;
}

void assert_complaint(const char *text, uint32_t line, uint32_t column, const char *words)
{
    struct reading reading = read_text(text);
    const struct complaint *complaint = find_complaint(&reading, words);
    char *all = printed(reading.complaints, false);
    if (reading.good || complaint == NULL || complaint->level != COMPLAINT_ERROR || complaint->line != line ||
        complaint->column != column) {
        print_error("wanted at %u:%u: %s\ngot:\n%s\n", line, column, words, all);
        fail();
    }
    free(all);
    reading_done(&reading);
}

/* ---- folders ---------------------------------------------------------------------------------------------------- */

struct folder folder_new(void)
{
    struct folder folder = {.path = "/tmp/repointd-unit.XXXXXX"};
    assert_non_null(mkdtemp(folder.path));
    return folder;
}

const char *folder_path(const struct folder *folder, const char *name)
{
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder->path, name);
    return path;
}

const char *folder_write(const struct folder *folder, const char *name, const char *text, unsigned mode)
{
    char parent[256];
    const char *path = folder_path(folder, name);
    snprintf(parent, sizeof(parent), "%s", path);
    *strrchr(parent, '/') = '\0';
    mkdir(parent, 0755);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void remove_below(const char *path)
{
    DIR *stream = opendir(path);
    if (stream == NULL) {
        unlink(path);
        return;
    }
    for (const struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
        char inner[512];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        if (entry->d_type == DT_DIR)
            remove_below(inner);
        else
            unlink(inner);
    }
    closedir(stream);
    rmdir(path);
}

void folder_remove(const struct folder *folder)
{
    remove_below(folder->path);
}

const char *stacked_groups(const char *slow)
{
    static char storage[32768];
    struct text out = text_over(storage, sizeof storage);
    text_addf(&out, SERVER "checks:\n  web: {tcp: 80}\n  mail: {tcp: 25, interval: %s}\n", slow);
    for (unsigned layer = 0; layer < 15; layer++)
        for (unsigned n = 0; n < 8; n++) {
            text_addf(&out, "  g%u-%u: {all-of: [", layer, n);
            for (unsigned below = 0; layer > 0 && below < 8; below++)
                text_addf(&out, "g%u-%u,", layer - 1, below);
            text_add(&out, layer == 0 ? "web, mail]}\n" : "]}\n");
        }
    text_add(&out, "  all: {all-of: [");
    for (unsigned below = 0; below < 8; below++)
        text_addf(&out, "g14-%u,", below);
    text_add(&out,
             "]}\nrecords:\n  www.example.com: {check: all, primary: 192.0.2.1, secondary: 192.0.2.2, ttl: 1h}\n");
    assert_false(out.truncated);
    return storage;
}
