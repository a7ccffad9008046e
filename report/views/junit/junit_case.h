/* junit_case.h: a finding as a test case. Its name is the same in another run: servers know a case
 * by its name, and of two with one name they show the first. */
#ifndef JUNIT_CASE_H
#define JUNIT_CASE_H

#include "judge/fingerprint.h"
#include "views/renderer.h"
#include "words/words_ending.h"

struct junit_page {
    FILE *out;
    const struct report *report;
    const char *program; /* its name */
    char *root;          /* the folder that leakreport was called in */
    struct fingerprints seen;
};

void junit_misuse(struct junit_page *page, const struct misuse *misuse);
/* One that counts as an error fails. */
void junit_record(struct junit_page *page, const struct loss_record *record);
/* Passed. */
void junit_passed(const struct junit_page *page, const char *name);
/* It cannot be told; frees the text. */
void junit_untold(const struct junit_page *page, const char *name, char *why);
/* The process was killed, by a signal or without a record: how, where, and an error, whatever else
 * was found. */
void junit_killed(const struct junit_page *page);
/* What a suppression left out. */
void junit_skipped(const struct junit_page *page, const char *name);
/* A line of a case's or of the suite's text, and those of words_ending; the texts are freed. */
void junit_line(const struct junit_page *page, char *text);
void junit_lines(const struct junit_page *page, char *lines[WORDS_ENDING_LINES]);
/* name="text" with a blank in front. */
void junit_attribute(FILE *out, const char *name, const char *text);

#endif
