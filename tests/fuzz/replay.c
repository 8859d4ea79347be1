/*
 * Runs a fuzz target on each file of the given directories: what the ordinary presets do with the
 * seeds.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *directory, const char *name)
{
    char path[4096];
    uint8_t *bytes, *exact;
    size_t size;
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    f = fopen(path, "rb");
    bytes = malloc(INPUT_MAX);
    if (!f || !bytes) {
        perror(path);
        exit(1);
    }
    size = fread(bytes, 1, INPUT_MAX, f);
    fclose(f);
    /* A copy of exactly this size, so that ASan sees a read past the end. */
    exact = realloc(bytes, size ? size : 1);
    if (!exact) {
        free(bytes);
        perror(path);
        exit(1);
    }
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

static int replay_directory(const char *path)
{
    DIR *directory = opendir(path);
    int count = 0;

    if (!directory) {
        perror(path);
        exit(1);
    }
    for (const struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] != '.')
            count += replay_file(path, entry->d_name);
    }
    closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++)
        count += replay_directory(argv[i]);
    printf("%d seeds replayed\n", count);
    return count > 0 ? 0 : 1; /* a check without input is no check */
}
