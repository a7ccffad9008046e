#include "core/core_notes.h"
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/procfs.h>
#include <sys/user.h>
#include "base/memory.h"

static struct stopped_thread *core_add_thread(struct core *core, uint32_t tid)
{
    struct image *image = core->image;

    memory_reserve(image->threads, image->thread_count, core->thread_capacity);
    image->threads[image->thread_count] = (struct stopped_thread){.tid = tid, .held = 1};
    return &image->threads[image->thread_count++];
}

static void core_take_thread(struct core *core, const void *bytes, size_t size)
{
    struct elf_prstatus status;
    struct user_regs_struct registers;

    if (size < sizeof status)
        return;
    memcpy(&status, bytes, sizeof status);
    memcpy(&registers, status.pr_reg, sizeof registers);
    if (core->image->thread_count == 0)
        core->image->signal = status.pr_cursig;
    image_set_registers(core_add_thread(core, (uint32_t)status.pr_pid), &registers);
}

static void core_take_vectors(struct core *core, const void *bytes, size_t size)
{
    size_t count = core->image->thread_count;

    if (count == 0)
        return;
    struct stopped_thread *thread = &core->image->threads[count - 1];
    if (size > thread->vector_end - thread->vector_begin) {
        thread->vector_begin = (uintptr_t)bytes;
        thread->vector_end = (uintptr_t)bytes + size;
    }
}

static void core_take_process(struct core *core, const void *bytes, size_t size)
{
    struct elf_prpsinfo process;

    if (size < sizeof process)
        return;
    memcpy(&process, bytes, sizeof process);
    process.pr_psargs[sizeof process.pr_psargs - 1] = 0;
    size_t length = strlen(process.pr_psargs);
    while (length && process.pr_psargs[length - 1] == ' ')
        process.pr_psargs[--length] = 0;
    core->image->pid = (uint32_t)process.pr_pid;
    free(core->image->command);
    core->image->command = memory_text("%s", process.pr_psargs);
}

/* count, size of a page, then begin, end, page offset of each; then their names, ended by NUL. */
static void core_take_files(struct core *core, const void *bytes, size_t size)
{
    struct image *image = core->image;
    uint64_t head[2], words[3];

    if (size < sizeof head || image->files)
        return;
    memcpy(head, bytes, sizeof head);
    if (head[0] > (size - sizeof head) / sizeof words)
        return;
    const char *name = (const char *)bytes + sizeof head + head[0] * sizeof words;
    const char *end = (const char *)bytes + size;
    image->files = memory_zeroed(head[0] + 1, sizeof *image->files);
    for (uint64_t i = 0; i < head[0] && name < end; i++) {
        size_t length = strnlen(name, (size_t)(end - name));

        memcpy(words, (const char *)bytes + sizeof head + i * sizeof words, sizeof words);
        if (words[0] < words[1] &&
            (i == 0 || !image->file_count || words[0] >= image->files[image->file_count - 1].end))
            image->files[image->file_count++] = (struct image_file){
                words[0], words[1], words[2] * head[1], memory_copy_bytes(name, length)};
        name += length + 1;
    }
}

static void core_take_note(struct core *core, uint32_t type, const void *bytes, size_t size)
{
    switch (type) {
    case NT_PRSTATUS:
        core_take_thread(core, bytes, size);
        break;
    case NT_PRPSINFO:
        core_take_process(core, bytes, size);
        break;
    case NT_FPREGSET:
    case NT_X86_XSTATE:
        core_take_vectors(core, bytes, size);
        break;
    case NT_AUXV:
        image_take_auxv(core->image, bytes, size);
        break;
    case NT_FILE:
        core_take_files(core, bytes, size);
        break;
    default:
        break;
    }
}

void core_notes_take(struct core *core, const unsigned char *notes, uint64_t size)
{
    for (uint64_t at = 0; at + sizeof(Elf64_Nhdr) <= size;) {
        Elf64_Nhdr note;

        memcpy(&note, notes + at, sizeof note);
        uint64_t bytes = at + sizeof note + ((note.n_namesz + 3ull) & ~3ull);
        if (bytes > size || note.n_descsz > size - bytes)
            return;
        core_take_note(core, note.n_type, notes + bytes, note.n_descsz);
        at = bytes + ((note.n_descsz + 3ull) & ~3ull);
    }
}
