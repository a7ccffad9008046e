#include "symbols/alloc_site.h"
#include <dwarf.h>
#include "symbols/die_walk.h"

enum { ALLOC_SITE_TYPE = 0x3e0e }; /* DW_AT_LLVM_alloc_type */

static bool site_is_at(Dwarf_Die *site, Dwarf_Addr return_address)
{
    Dwarf_Attribute attribute;
    Dwarf_Addr address;
    unsigned name = dwarf_tag(site) == DW_TAG_call_site ? DW_AT_call_return_pc : DW_AT_low_pc;

    return dwarf_attr(site, name, &attribute) && dwarf_formaddr(&attribute, &address) == 0 &&
           address == return_address;
}

/* Of a function's children, which may be inlined functions and scopes with more of them. */
static bool site_find(Dwarf_Die *in, Dwarf_Addr return_address, unsigned depth, Dwarf_Die *site)
{
    if (depth == DIE_DEPTH_MAX || dwarf_child(in, site) != 0)
        return false;
    do {
        int tag = dwarf_tag(site);
        Dwarf_Die inner = *site;

        if ((tag == DW_TAG_call_site || tag == DW_TAG_GNU_call_site) &&
            site_is_at(site, return_address))
            return true;
        if ((tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block) &&
            site_find(&inner, return_address, depth + 1, site))
            return true;
        *site = inner;
    } while (dwarf_siblingof(site, site) == 0);
    return false;
}

bool alloc_site_type(Dwarf_Die *function, Dwarf_Addr return_address, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    Dwarf_Die site, named;

    return site_find(function, return_address, 0, &site) &&
           dwarf_attr(&site, ALLOC_SITE_TYPE, &attribute) &&
           dwarf_formref_die(&attribute, &named) && dwarf_peel_type(&named, type) == 0;
}
