/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, beside command.
 * What:  the daemon's metrics as they are, for a textfile collector and for whoever reads.
 * Why:   nothing is printed unless all of it came: half of it would look like the whole.
 */
#include "ctl/ask.h"
#include "ctl/command.h"

#include "app/protocol.h"

#include <stdio.h>
#include <stdlib.h>

int command_metrics(const struct invocation *invocation)
{
    struct client_answer answer = {0};
    struct error err = {0};
    enum client_outcome outcome = client_ask(invocation->socket, PROTOCOL_PATH_METRICS, NULL, &answer, &err);
    if (outcome == CLIENT_ANSWERED && answer.status == 200) {
        fwrite(answer.body, 1, answer.length, stdout);
        free(answer.body);
        return ask_finish(EXIT_CODE_OK);
    }
    fprintf(stderr, "repointctl: %s\n",
            outcome == CLIENT_ANSWERED ? "that daemon has no metrics; is it an older one?" : err.text);
    free(answer.body);
    return outcome == CLIENT_UNREACHED ? EXIT_CODE_UNREACHED : EXIT_CODE_FAILED;
}
