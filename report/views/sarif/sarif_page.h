/* sarif_page.h: what the rooms of the SARIF view share: the writer, text that may be shown. */
#ifndef SARIF_PAGE_H
#define SARIF_PAGE_H

#include "judge/fingerprint.h"
#include "views/json/json_writer.h"
#include "views/renderer.h"

struct sarif_page {
    struct json_writer *json;
    const struct report *report;
    char *root; /* the folder that leakreport was called in */
    struct fingerprints seen;
};

/* What steers a terminal, or turns the order of what is shown, becomes '?'. */
void sarif_text(struct json_writer *json, const char *key, const char *text);
/* Frees the text. */
void sarif_sentence(struct json_writer *json, const char *key, char *text);
/* {"text": …} */
void sarif_message(struct json_writer *json, const char *key, const char *text);

#endif
