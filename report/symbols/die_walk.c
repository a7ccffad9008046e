#include "symbols/die_walk.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

/* The bytes of a DIE behind its code are a number of steps: some bytes, then a value whose size it
 * says itself. */
enum step_kind {
    STEP_END, /* no value: the DIE ends here */
    STEP_SIBLING,
    STEP_LEB128,
    STEP_STRING,
    STEP_BLOCK1,
    STEP_BLOCK2,
    STEP_BLOCK4,
    STEP_BLOCK,
    STEP_INDIRECT,
    STEP_UNKNOWN
};
struct die_step {
    uint32_t bytes;
    enum step_kind then;
};
struct die_shape {
    Dwarf_Abbrev *abbrev;
    unsigned tag;
    bool has_children, has_code;
    uint32_t step_count, step_capacity;
    struct die_step *steps;
};

/* Has the file this byte of .debug_info, and where? */
static const unsigned char *die_byte(Dwarf *dwarf, Dwarf_Off offset)
{
    Dwarf_Die die;

    return dwarf_offdie(dwarf, offset, &die) ? die.addr : NULL;
}

/* A length that reaches behind the section's end is none. */
void die_unit_begin(struct die_unit *unit, const Dwarf_Die *die)
{
    Dwarf_Die own = *die, again;
    size_t header;

    *unit = (struct die_unit){.die = own};
    if (!own.cu || !own.addr)
        return;
    Dwarf *dwarf = dwarf_cu_getdwarf(own.cu);
    Dwarf_Off offset = dwarf_dieoffset(&own), begin = offset - dwarf_cuoffset(&own), end;
    if (die_byte(dwarf, offset) != own.addr ||
        dwarf_nextcu(dwarf, begin, &end, &header, NULL, NULL, NULL) != 0 || end <= offset ||
        !die_byte(dwarf, end - 1))
        return;
    unit->start = (const unsigned char *)own.addr - (offset - begin);
    unit->end = unit->start + (end - begin);
    dwarf_cu_die(own.cu, &again, &unit->version, NULL, &unit->address_size, &unit->offset_size,
                 NULL, NULL);
}

void die_unit_end(struct die_unit *unit)
{
    for (uint32_t i = 0; i < unit->shape_count; i++)
        if (unit->shapes[i]) {
            free(unit->shapes[i]->steps);
            free(unit->shapes[i]);
        }
    free(unit->shapes);
    memset(unit, 0, sizeof *unit);
}

/* --- values -------------------------------------------------------------- */

/* Bytes that a value of this form takes; -1: it says so itself, as `kind` has it. */
static int die_form_size(const struct die_unit *unit, unsigned form, enum step_kind *kind)
{
    switch (form) {
    case DW_FORM_flag_present:
    case DW_FORM_implicit_const:
        return 0;
    case DW_FORM_data1:
    case DW_FORM_flag:
    case DW_FORM_ref1:
    case DW_FORM_strx1:
    case DW_FORM_addrx1:
        return 1;
    case DW_FORM_data2:
    case DW_FORM_ref2:
    case DW_FORM_strx2:
    case DW_FORM_addrx2:
        return 2;
    case DW_FORM_strx3:
    case DW_FORM_addrx3:
        return 3;
    case DW_FORM_data4:
    case DW_FORM_ref4:
    case DW_FORM_ref_sup4:
    case DW_FORM_strx4:
    case DW_FORM_addrx4:
        return 4;
    case DW_FORM_data8:
    case DW_FORM_ref8:
    case DW_FORM_ref_sig8:
    case DW_FORM_ref_sup8:
        return 8;
    case DW_FORM_data16:
        return 16;
    case DW_FORM_addr:
        return unit->address_size;
    case DW_FORM_ref_addr:
        return unit->version < 3 ? unit->address_size : unit->offset_size;
    case DW_FORM_strp:
    case DW_FORM_sec_offset:
    case DW_FORM_line_strp:
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_ref_alt:
    case DW_FORM_GNU_strp_alt:
        return unit->offset_size;
    case DW_FORM_sdata:
    case DW_FORM_udata:
    case DW_FORM_ref_udata:
    case DW_FORM_strx:
    case DW_FORM_addrx:
    case DW_FORM_loclistx:
    case DW_FORM_rnglistx:
    case DW_FORM_GNU_addr_index:
    case DW_FORM_GNU_str_index:
        *kind = STEP_LEB128;
        return -1;
    case DW_FORM_string:
        *kind = STEP_STRING;
        return -1;
    case DW_FORM_block1:
        *kind = STEP_BLOCK1;
        return -1;
    case DW_FORM_block2:
        *kind = STEP_BLOCK2;
        return -1;
    case DW_FORM_block4:
        *kind = STEP_BLOCK4;
        return -1;
    case DW_FORM_block:
    case DW_FORM_exprloc:
        *kind = STEP_BLOCK;
        return -1;
    case DW_FORM_indirect:
        *kind = STEP_INDIRECT;
        return -1;
    default:
        *kind = STEP_UNKNOWN;
        return -1;
    }
}

/* These go on from an address in the unit, and return NULL for one outside of it. */

static const unsigned char *die_skip(const struct die_unit *unit, const unsigned char *at,
                                     uint64_t bytes)
{
    return at && (uint64_t)(unit->end - at) >= bytes ? at + bytes : NULL;
}

static const unsigned char *die_read_leb128(const struct die_unit *unit, const unsigned char *at,
                                            uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; at < unit->end; shift += 7) {
        unsigned char byte = *at++;

        if (shift < 64)
            *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return at;
    }
    return NULL;
}

static const unsigned char *die_skip_block(const struct die_unit *unit, const unsigned char *at,
                                           size_t length_size)
{
    const unsigned char *begin = die_skip(unit, at, length_size);
    uint32_t length = 0;

    if (begin)
        memcpy(&length, at, length_size);
    return die_skip(unit, begin, length);
}

static const unsigned char *die_skip_value(const struct die_unit *unit, const unsigned char *at,
                                           enum step_kind kind)
{
    uint64_t value;

    switch (kind) {
    case STEP_LEB128:
        return die_read_leb128(unit, at, &value);
    case STEP_STRING:
        at = memchr(at, 0, (size_t)(unit->end - at));
        return at ? at + 1 : NULL;
    case STEP_BLOCK1:
        return die_skip_block(unit, at, 1);
    case STEP_BLOCK2:
        return die_skip_block(unit, at, 2);
    case STEP_BLOCK4:
        return die_skip_block(unit, at, 4);
    case STEP_BLOCK:
        at = die_read_leb128(unit, at, &value);
        return die_skip(unit, at, value);
    default:
        return NULL;
    }
}

/* The form stands before the value. */
static const unsigned char *die_skip_indirect(const struct die_unit *unit, const unsigned char *at)
{
    enum step_kind kind = STEP_END;
    uint64_t form;

    at = die_read_leb128(unit, at, &form);
    if (!at || form > UINT16_MAX)
        return NULL;
    int size = die_form_size(unit, (unsigned)form, &kind);
    return size >= 0 ? die_skip(unit, at, (uint64_t)size) : die_skip_value(unit, at, kind);
}

/* --- abbreviations ------------------------------------------------------- */

static void die_add_step(struct die_shape *shape, uint32_t bytes, enum step_kind then)
{
    memory_reserve(shape->steps, shape->step_count, shape->step_capacity);
    shape->steps[shape->step_count++] = (struct die_step){bytes, then};
}

static void die_make_steps(const struct die_unit *unit, struct die_shape *shape)
{
    unsigned name, form;
    uint32_t bytes = 0;

    for (size_t i = 0; dwarf_getabbrevattr(shape->abbrev, i, &name, &form, NULL) == 0; i++) {
        enum step_kind then = STEP_END;

        shape->has_code |= name == DW_AT_low_pc || name == DW_AT_ranges;
        int size = die_form_size(unit, form, &then);
        if (name == DW_AT_sibling && form == DW_FORM_ref4)
            then = STEP_SIBLING;
        else if (size >= 0) {
            bytes += (uint32_t)size;
            continue;
        }
        die_add_step(shape, bytes, then);
        bytes = 0;
    }
    die_add_step(shape, bytes, STEP_END);
}

static struct die_shape *die_make_shape(struct die_unit *unit, const unsigned char *at)
{
    Dwarf_Die die = unit->die;

    die.addr = (void *)at;
    die.abbrev = NULL;
    int tag = dwarf_tag(&die); /* looks the abbreviation up */
    if (tag == DW_TAG_invalid || !die.abbrev)
        return NULL;
    struct die_shape *shape = memory_zeroed(1, sizeof *shape);
    shape->abbrev = die.abbrev;
    shape->tag = (unsigned)tag;
    shape->has_children = dwarf_abbrevhaschildren(die.abbrev) != 0;
    die_make_steps(unit, shape);
    return shape;
}

static struct die_shape *die_new_shape(struct die_unit *unit, uint64_t code,
                                       const unsigned char *at)
{
    enum { CODES_MAX = 1 << 20 }; /* producers count from 1, and have some hundreds */

    if (code >= CODES_MAX)
        return NULL;
    if (code >= unit->shape_count) {
        uint32_t count = (uint32_t)code + 64;

        unit->shapes = memory_resized(unit->shapes, count, sizeof *unit->shapes);
        memset(unit->shapes + unit->shape_count, 0,
               (count - unit->shape_count) * sizeof *unit->shapes);
        unit->shape_count = count;
    }
    return unit->shapes[code] = die_make_shape(unit, at);
}

/* --- DIEs ---------------------------------------------------------------- */

/* DW_AT_sibling: where the DIE behind the children begins; nowhere in front of `at`. */
static const unsigned char *die_read_sibling(const struct die_unit *unit, const unsigned char *at)
{
    uint32_t offset;

    memcpy(&offset, at, sizeof offset);
    return offset > at - unit->start && offset <= unit->end - unit->start ? unit->start + offset
                                                                          : NULL;
}

static const unsigned char *die_read_attributes(struct die_walk *walk, const unsigned char *at)
{
    const struct die_unit *unit = walk->unit;
    const struct die_step *step = walk->shape->steps;

    for (;; step++) {
        at = die_skip(unit, at, step->bytes);
        if (!at || step->then == STEP_END)
            return at;
        if (step->then == STEP_SIBLING) {
            const unsigned char *value = at;

            at = die_skip(unit, at, sizeof(uint32_t));
            if (at)
                walk->behind = die_read_sibling(unit, value);
        } else {
            at = step->then == STEP_INDIRECT ? die_skip_indirect(unit, at)
                                             : die_skip_value(unit, at, step->then);
        }
    }
}

/* The DIE at this address becomes the one that came last. */
static bool die_read(struct die_walk *walk, const unsigned char *at)
{
    struct die_unit *unit = walk->unit;
    uint64_t code;

    walk->at = at;
    walk->behind = NULL;
    walk->entered = false;
    at = die_read_leb128(unit, at, &code);
    if (!at)
        return false;
    walk->shape = code < unit->shape_count ? unit->shapes[code] : NULL;
    if (!walk->shape)
        walk->shape = die_new_shape(unit, code, walk->at);
    walk->inside = walk->shape ? die_read_attributes(walk, at) : NULL;
    return walk->inside != NULL;
}

/* Behind the children of the DIE that came last. */
static const unsigned char *die_pass_children(struct die_walk *walk)
{
    struct die_walk below = *walk;
    const unsigned char *at = walk->inside;

    for (unsigned level = 1; level > 0;) {
        if (at >= walk->unit->end)
            return NULL;
        if (*at == 0) {
            level--;
            at++;
        } else if (!die_read(&below, at)) {
            return NULL;
        } else if (below.shape->has_children && !below.behind) {
            level++;
            at = below.inside;
        } else {
            at = below.shape->has_children ? below.behind : below.inside;
        }
    }
    return at;
}

struct die_walk die_walk_begin(struct die_unit *unit, const Dwarf_Die *die)
{
    struct die_walk walk = {.unit = unit};

    const unsigned char *at = die->addr;

    if (at > unit->start && at < unit->end && die_read(&walk, at))
        die_walk_enter(&walk);
    return walk;
}

void die_walk_enter(struct die_walk *walk)
{
    if (walk->depth < DIE_DEPTH_MAX && walk->shape->has_children)
        walk->entered = true;
}

bool die_walk_next(struct die_walk *walk)
{
    const unsigned char *at = walk->inside;

    if (walk->entered)
        walk->depth++;
    else if (walk->depth == 0)
        return false;
    else if (walk->shape->has_children)
        at = walk->behind ? walk->behind : die_pass_children(walk);
    for (; at && at < walk->unit->end && *at == 0; at++)
        if (--walk->depth == 0)
            break;
    if (at && at < walk->unit->end && walk->depth && die_read(walk, at))
        return true;
    walk->depth = 0;
    walk->entered = false;
    return false;
}

unsigned die_walk_tag(const struct die_walk *walk)
{
    return walk->shape->tag;
}

bool die_walk_has_code(const struct die_walk *walk)
{
    return walk->shape->has_code;
}

Dwarf_Die die_walk_die(const struct die_walk *walk)
{
    Dwarf_Die die = walk->unit->die;

    die.addr = (void *)walk->at;
    die.abbrev = walk->shape->abbrev;
    return die;
}
