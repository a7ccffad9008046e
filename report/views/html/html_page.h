/* html_page.h: the page without its data, from the files in page/ (see html_page.S). Each ends in a
 * NUL. */
#ifndef HTML_PAGE_H
#define HTML_PAGE_H

/* page.html, in which @STYLE@, @SCRIPT@, @TEXT@ and @DATA@ stand for what belongs there. */
extern const char html_page[];
extern const char html_style[];
/* All scripts, in the order of their names. */
extern const char html_script[];

#endif
