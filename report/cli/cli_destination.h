/* cli_destination.h: options that name where something is written to; for cli_table.c only. */
#ifndef CLI_DESTINATION_H
#define CLI_DESTINATION_H

#include "cli/cli_value.h"

/* A file's name may have %p, %n, %q{VAR} and %%. */
cli_parser cli_take_file_name, cli_take_to_file, cli_take_html;
cli_parser cli_take_to_fd, cli_take_to_socket;

#endif
