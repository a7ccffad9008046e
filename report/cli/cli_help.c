#include "cli/cli_help.h"
#include <string.h>
#include "cli/cli_foreign.h"
#include "cli/cli_table.h"

static void cli_print_option(FILE *out, const struct cli_option *option)
{
    enum { HELP_COLUMN = 42 };
    int width = fprintf(out, "  %s%s%s", option->name, option->argument ? "=" : "",
                        option->argument ? option->argument : "");

    for (const char *line = option->help; line;) {
        size_t length = strcspn(line, "\n");

        fprintf(out, "%*s%.*s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", (int)length,
                line);
        width = 0;
        line = line[length] ? line + length + 1 : NULL;
    }
}

static void cli_print_options(FILE *out, bool tracers)
{
    const struct cli_option *option;

    for (size_t i = 0; (option = cli_table_at(i)); i++)
        if (option->help && (option->take == cli_take_tracers) == tracers)
            cli_print_option(out, option);
}

void cli_print_help(FILE *out, bool all)
{
    fputs("leakreport [OPTIONS] PROGRAM [ARGUMENTS] trace a program and report when it has ended\n"
          "leakreport [OPTIONS] LOG...              what the logs of traced programs say\n"
          "leakreport [OPTIONS] --check PID|LOG     check a traced process that goes on\n"
          "leakreport [OPTIONS] --follow PID|LOG    watch it\n"
          "leakreport --run [TRACER-OPTIONS] PROGRAM [ARGUMENTS]\n"
          "                                         become the traced program (its log: "
          "trace.log)\n\n"
          "Options, with their defaults in brackets:\n",
          out);
    cli_print_options(out, false);
    fputs("\nOptions of the tracer, in front of a program or in LIBTRACE_OPTIONS:\n", out);
    cli_print_options(out, true);
    fputs("\nMore options are read from ~/.leakreportrc, LEAKREPORT_OPTS and ./.leakreportrc.\n"
          "\nExit status: 0, or that of --error-exitcode when there are errors, or 2 when the\n"
          "work could not be done, even for only one of several logs, or when --error-exitcode\n"
          "is given and it is not known whether there are errors (the process was killed, say);\n"
          "126 when the program cannot be run traced, 127 when it is not there.\n",
          out);
    if (all)
        cli_foreign_print(out);
}
