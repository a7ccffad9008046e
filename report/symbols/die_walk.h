/* die_walk.h: the DIEs below a DIE, one after another.
 *
 * A unit has tens of thousands of DIEs, of which few are functions, and libdw takes a thousand
 * instructions for each step to the next one: it looks its abbreviation up under a lock, and reads
 * that attribute by attribute. Here an abbreviation is read once for each unit, and becomes the
 * number of bytes that its DIEs take. All that is said of a DIE's meaning is libdw's to say.
 *
 * Bytes are read within the unit only. A walk ends early where a unit is damaged, or has a form of
 * values whose size is not known here; so does libdw's.
 */
#ifndef DIE_WALK_H
#define DIE_WALK_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIE_DEPTH_MAX = 128 }; /* DIEs in one another; a bound for damaged files */

struct die_unit {
    Dwarf_Die die;                    /* the unit's own */
    const unsigned char *start, *end; /* its bytes */
    uint16_t version;
    uint8_t address_size, offset_size;
    struct die_shape **shapes; /* by abbreviation code; NULL: not met yet */
    uint32_t shape_count;
};

struct die_walk {
    struct die_unit *unit;
    const struct die_shape *shape;
    const unsigned char *at;     /* the DIE that came last */
    const unsigned char *inside; /* behind its attributes */
    const unsigned char *behind; /* behind its children, or NULL: not known */
    unsigned depth;              /* 1: a child of the DIE that the walk began at */
    bool entered;
};

/* unit: a unit's DIE. */
void die_unit_begin(struct die_unit *unit, const Dwarf_Die *die);
void die_unit_end(struct die_unit *unit);

/* die: any of the unit. */
struct die_walk die_walk_begin(struct die_unit *unit, const Dwarf_Die *die);
/* On to the next DIE: a child of the one that was entered, otherwise its sibling, or one of its
 * parent's. false: there is none any more. */
bool die_walk_next(struct die_walk *walk);
/* The children of the DIE that came last come next. Does nothing in DIE_DEPTH_MAX. */
void die_walk_enter(struct die_walk *walk);

/* Of the DIE that came last: */
unsigned die_walk_tag(const struct die_walk *walk);
/* May it have addresses: has it attributes for them? */
bool die_walk_has_code(const struct die_walk *walk);
Dwarf_Die die_walk_die(const struct die_walk *walk);

#endif
