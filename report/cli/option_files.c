#include "cli/option_files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"

/* --- words --------------------------------------------------------------- */

static bool option_files_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* Takes the quotes off in place and ends the word; *at is behind it. */
static char *option_files_word(char **at)
{
    char *word = *at, *end = word, quote = 0;

    for (; **at && (quote || !option_files_is_blank(**at)); ++*at) {
        if (quote ? **at == quote : (**at == '"' || **at == '\''))
            quote = quote ? 0 : **at;
        else
            *end++ = **at;
    }
    if (**at)
        ++*at;
    *end = 0;
    return word;
}

/* The text is the file's from now on. */
static void option_files_add(struct option_files *files, const char *name, char *text)
{
    struct option_file *file = &files->files[files->count++];

    *file = (struct option_file){.name = name, .text = text};
    for (char *at = text;;) {
        while (option_files_is_blank(*at))
            at++;
        if (!*at)
            return;
        option_list_add(&file->words, option_files_word(&at));
    }
}

/* --- files --------------------------------------------------------------- */

static char *option_files_text(int fd, size_t size)
{
    char *text = memory_resized(NULL, size + 1, 1);
    size_t length = 0;
    ssize_t got;

    while (length < size &&
           ((got = read(fd, text + length, size - length)) > 0 || (got < 0 && errno == EINTR)))
        length += got > 0 ? (size_t)got : 0;
    text[length] = 0;
    return text;
}

/* Whoever else may write it could have leakreport start a program of his, or write a file. It is
 * opened before it is looked at, so that it is the file that was looked at; a pipe must not make us
 * wait. */
static void option_files_read_file(struct option_files *files, const char *name, const char *path)
{
    enum { LARGEST = 1 << 20 };
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;

    if (fd < 0)
        return;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & S_IWOTH) || status.st_size > LARGEST)
        option_list_add(&files->refused, name);
    else
        option_files_add(files, name, option_files_text(fd, (size_t)status.st_size));
    close(fd);
}

static void option_files_read_home(struct option_files *files, const char *name)
{
    const char *home = getenv("HOME");

    if (!home || !*home)
        return;
    char *path = memory_text("%s/%s", home, name + 2);
    option_files_read_file(files, name, path);
    free(path);
}

static bool option_files_is_home(void)
{
    const char *home = getenv("HOME");
    struct stat here, there;

    return home && stat(".", &here) == 0 && stat(home, &there) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static void option_files_read_variable(struct option_files *files, const char *name)
{
    const char *value = getenv(name);

    if (value)
        option_files_add(files, name, memory_text("%s", value));
}

/* --- all of them --------------------------------------------------------- */

static bool option_files_are_wanted(int count, char **arguments)
{
    bool wanted = true;

    for (int i = 1; i < count && arguments[i][0] == '-' && strcmp(arguments[i], "--") != 0; i++)
        if (strncmp(arguments[i], "--command-line-only=", 20) == 0)
            wanted = strcmp(arguments[i] + 20, "yes") != 0;
    return wanted;
}

void option_files_read(struct option_files *files, int count, char **arguments)
{
    const char *slash = count ? strrchr(arguments[0], '/') : NULL;
    const char *name = slash ? slash + 1 : count ? arguments[0] : "";

    *files = (struct option_files){.as_valgrind = strcmp(name, "valgrind") == 0};
    if (!option_files_are_wanted(count, arguments))
        return;
    if (files->as_valgrind)
        option_files_read_home(files, "~/.valgrindrc");
    option_files_read_home(files, "~/.leakreportrc");
    if (files->as_valgrind)
        option_files_read_variable(files, "VALGRIND_OPTS");
    option_files_read_variable(files, "LEAKREPORT_OPTS");
    if (option_files_is_home())
        return;
    if (files->as_valgrind)
        option_files_read_file(files, "./.valgrindrc", "./.valgrindrc");
    option_files_read_file(files, "./.leakreportrc", "./.leakreportrc");
}

void option_files_free(struct option_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->files[i].words.items);
        free(files->files[i].text);
    }
    free(files->refused.items);
}
