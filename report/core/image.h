/* image.h: a process that does not change any more: a core file, or a copy that stands still.
 *
 * What is mapped where and what is in it, its threads with their registers, its files. All that is
 * judged of such a process is judged through this. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "stop/stop_world_thread.h"
#include "os/memory_map.h"

struct image_file {
    uint64_t begin, end;
    uint64_t offset; /* in the file */
    char *path;
};

struct image {
    uint32_t pid;
    int signal;    /* that it ended by; 0: none, as far as is known */
    char *command; /* or NULL */
    struct memory_map
        map; /* image's own; gaps of less than a heap's span are inaccessible memory */
    struct image_file *files; /* by address */
    size_t file_count;
    struct stopped_thread *threads; /* the first is who it ended by. Vector registers: in our own
                                     * memory */
    size_t thread_count;
    uint64_t loader;   /* where the dynamic linker is mapped; 0: there is none */
    uint64_t program;  /* an address in the executable; 0: not known */
    uint64_t in_stack; /* an address in the first thread's stack; 0: not known */
    void *context;
    /* Copies up to length bytes; how many: 0 where there are none to be had. */
    size_t (*read)(void *context, uint64_t address, void *buffer, size_t length);
    /* Optional: where memory that is to be read begins and ends, as in reach_world; of one mapping.
     */
    uint64_t (*next_used)(void *context, uint64_t begin, uint64_t end, uint64_t *until);
    /* The same bytes where they lie, or NULL. */
    const void *(*in_place)(void *context, uint64_t address, size_t length);
};

/* Fills the map from these mappings, in the order of their addresses (which it takes over), and
 * names in it stack and heap, files and devices by what `files` has. */
void image_map(struct image *image, struct mapping *mappings, size_t count);
/* The file that is mapped at the address, or NULL. */
const struct image_file *image_file_at(const struct image *image, uint64_t address);
bool image_read_exactly(const struct image *image, uint64_t address, void *buffer, size_t length);
/* The first mapping of a file, in which its ELF header lies, if a file is mapped there. */
const struct image_file *image_file_begin(const struct image *image, const struct image_file *file);
/* Of the ELF file whose first mapping this is. How many bytes; 0: it has none, or is not there. */
uint32_t image_build_id(const struct image *image, uint64_t begin, uint8_t id[40]);
/* p_vaddr of its first segment: where it would lie with no bias. */
uint64_t image_link_address(const struct image *image, uint64_t begin);
/* From what ptrace and cores say of it. */
struct user_regs_struct;
void image_set_registers(struct stopped_thread *thread, const struct user_regs_struct *registers);
/* What the kernel told the program at its start: where its parts lie. */
void image_take_auxv(struct image *image, const void *bytes, size_t size);
void image_free(struct image *image);

#endif
