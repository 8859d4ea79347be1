/**
 * The program as a command: transload NOUN [VERB] [ARGUMENT] [OPTION...].
 *
 * One table names every command with its argument, options and one line of help; usage, --help and
 * docs/cli.md derive from it. Commands call the same domain functions as the handlers. What they
 * found goes to standard output, what went wrong to standard error as one sentence (JSON with
 * --json), and the exit code comes from the table of outcomes (base/err.h). A password is never an
 * argument: other users see those.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/** Run the command in argv; the result is the exit code of the process. */
int cli_main(int argc, char **argv);

#endif
