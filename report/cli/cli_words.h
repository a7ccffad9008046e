/* cli_words.h: the words that values of options are made of; for cli only. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

struct cli_word {
    const char *text;
    unsigned value; /* of a choice; of a set: its bits */
};

#define CLI_BIT(n)    (1u << (n))
#define CLI_KINDS_ALL 15u

/* Each is ended by NULL. */
extern const struct cli_word cli_yes_no[], cli_follows[], cli_checks[], cli_resolutions[],
    cli_generated[], cli_tracked[], cli_kinds[], cli_heuristics[], cli_orders[], cli_formats[],
    cli_protocols[], cli_metrics[], cli_shows[], cli_xtrees[], cli_bys[], cli_sorts[], cli_colors[];

#endif
