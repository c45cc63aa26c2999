/* SPDX-License-Identifier: MIT */
/*
 * Where: ctl, under main and help.
 * What:  the tables.
 */
#include "ctl/rows.h"

#include "app/protocol.h"
#include "base/attributes.h"

#include <string.h>

#define EVERYWHERE (OPTION_SOCKET | OPTION_JSON | OPTION_COLOR | OPTION_HELP)
#define CHANGING   (EVERYWHERE | OPTION_NO_WAIT)
#define OVERRIDING (CHANGING | OPTION_FOR | OPTION_REASON)

const struct option_row option_rows[] = {
    {OPTION_TO, "to", "TARGET", 0, "the role or label of the target to take"},
    {OPTION_FOR, "for", "TIME", 0, "ends by itself after that, as 10m or 2h"},
    {OPTION_REASON, "reason", "TEXT", 0, "why; shown wherever the override is"},
    {OPTION_FORCE, "force", NULL, 0, "even to a target that is not up"},
    {OPTION_TEST, "test", NULL, 0, "a marked message in which nothing has happened"},
    {OPTION_WATCH, "watch", "[=TIME]", 0, "again and again, each 2s or TIME"},
    {OPTION_FOLLOW, "follow", NULL, 0, "goes on with what comes"},
    {OPTION_SINCE, "since", "TIME", 0, "not those that are longer ago, as 24h"},
    {OPTION_TIMEOUT, "timeout", "TIME", 0, "how long at most [120s]"},
    {OPTION_EXPECT, "expect", "SET", 0, "the addresses, or the host name, that stand there"},
    {OPTION_OWNER, "owner", "O", 0, "the owner in the marker that is replaced, 16 hex digits"},
    {OPTION_EPOCH, "epoch", "E", 0, "the epoch in that marker"},
    {OPTION_ALL, "all", NULL, 0, "every record (of take-over: those of that owner)"},
    {OPTION_NO_WAIT, "no-wait", NULL, 0, "returns as soon as the daemon has taken it"},
    {OPTION_JSON, "json", NULL, 0, "prints the daemon's answer as it is"},
    {OPTION_COLOR, "color", "WHEN", 0, "auto (on a terminal, unless NO_COLOR is set), always, never"},
    {OPTION_SOCKET, "socket", "PATH", 0,
     "the daemon's socket [$RUNTIME_DIRECTORY/" PROTOCOL_SOCKET ", else\n" PROTOCOL_RUNTIME_DIRECTORY
     "/" PROTOCOL_SOCKET "]"},
    {OPTION_HELP, "help", NULL, 'h', "prints this"},
    {OPTION_VERSION, "version", NULL, 'V', "prints the version, and those of the libraries"},
};

const size_t option_count = ARRAY_COUNT(option_rows);

const struct command_row command_rows[] = {
    {"status", "[NAME...] [--watch[=TIME]]", "one row a record",
     "Capitals in ANSWER mean: not the first target. IN DNS says whether the\n"
     "zone holds what it should. The last line counts, and tells if we see anything.\n",
     EVERYWHERE | OPTION_WATCH, 0, ARGUMENTS_MOST, command_status},
    {"targets", "[NAME...]", "one row a target", "Its streak, its last result, its latency.\n", EVERYWHERE, 0,
     ARGUMENTS_MOST, command_targets},
    {"explain", "NAME", "why, and what comes next",
     "The evidence of each address, what stands in DNS, what happens next and when at\n"
     "the earliest. --json has the last results with their phases, too.\n",
     EVERYWHERE, 1, 1, command_explain},
    {"history", "NAME [--since TIME]", "switches and their causes",
     "What is kept of them, over restarts too, the oldest first. OUTAGE is how long\n"
     "the target that was left had been failing by then.\n",
     EVERYWHERE | OPTION_SINCE, 1, 1, command_history},
    {"events", "[--follow]", "what was told of late",
     "The last thousand lines of the log, of info and above; with --follow those that\n"
     "come, too, until you stop it. --json: one object a line.\n",
     EVERYWHERE | OPTION_FOLLOW, 0, 0, command_events},
    {"metrics", "", "the text of /metrics",
     "For Prometheus: by node_exporter's textfile collector, or to read.\n"
     "docs/metrics.md says what each means.\n",
     OPTION_SOCKET | OPTION_HELP, 0, 0, command_metrics},
    {"probe", "CHECK ADDRESS", "one probe now, verbose",
     "By a check of the configuration at any address or host name, target or not. It\n"
     "changes nothing, what the daemon believes included. Exit 0: up. 1: down. 2: no\n"
     "such check, or nobody can look by it. 3: this host could not ask, or no daemon.\n",
     EVERYWHERE, 2, 2, command_probe},
    {"plan", "", "updates it would send",
     "The messages that the daemon would send now, or has under way, as nsupdate\n"
     "wants them, and a comment on each record. Nothing is sent on account of this;\n"
     "with safety.dry-run it shows all that is not sent.\n",
     EVERYWHERE, 0, 0, command_plan},
    {"verify", "[NAME...]", "asks every name server",
     "What each serves now: the update server by a signed read, those of `verify` as\n"
     "the world asks them. Exit 0: all serve what is wanted. 1: one does not, or the\n"
     "record is not ours.\n",
     EVERYWHERE, 0, ARGUMENTS_MOST, command_verify},
    {"log-level", "LEVEL [--for TIME]", "more or less of the log",
     "error, warning, notice, info or debug. With --for it returns by itself; a\n"
     "restart ends it as well.\n",
     CHANGING | OPTION_FOR, 1, 1, command_log_level},
    {"adopt", "NAME --expect SET", "marks a record as ours",
     "SET is exactly what stands there; if it is something else by then, nothing is\n"
     "done. The answer is left as it is. It ends foreign, foreign-change,\n"
     "unowned, partial, rollback, clone, inconsistent and conflict.\n",
     CHANGING | OPTION_EXPECT, 1, 1, command_adopt},
    {"take-over", "NAME --owner O --epoch E | --all --owner O", "replaces another's marker",
     "Only if the marker still is the one that is named: repointctl status shows it.\n"
     "The other daemon writes it no more. --all is for a lost state directory: every\n"
     "record whose marker carries the former owner id, each with the epoch read.\n",
     CHANGING | OPTION_OWNER | OPTION_EPOCH | OPTION_ALL, 0, 1, command_take_over},
    {"disown", "NAME", "removes our marker",
     "The record is left as it is, watched from then on and not written; repointctl\n"
     "adopt takes it back.\n",
     CHANGING, 1, 1, command_disown},
    {"failover", "NAME [--to TARGET] [--for TIME] [--reason TEXT]", "forces the answer",
     "Without --to: the first target that does not answer now. It stays, over\n"
     "restarts too, until its time is over or it is released; --for 10m is a drill.\n"
     "A target that is not up is refused, unless forced.\n",
     OVERRIDING | OPTION_TO | OPTION_FORCE, 1, 1, command_failover},
    {"failback", "NAME", "returns to the first, now",
     "To the first target that is up, past the delay, the latch of max-switches and\n"
     "fail-back: manual; a failover that was forced ends with it.\n",
     CHANGING, 1, 1, command_failback},
    {"drain", "LABEL|ADDRESS [--for TIME] [--reason TEXT]", "takes targets out",
     "Out of every record, by label, address or host name; probing goes on.\n"
     "Refused where a record answers with it and has no other target that is up,\n"
     "unless forced.\n",
     OVERRIDING | OPTION_FORCE, 1, 1, command_drain},
    {"hold", "NAME|--all [--for TIME] [--reason TEXT]", "a change freeze",
     "Writes nothing: probing goes on, and what would be done is shown.\n", OVERRIDING | OPTION_ALL, 0, 1,
     command_hold},
    {"release", "NAME|LABEL|ADDRESS|--all", "ends overrides",
     "And the latch of max-switches. Health decides again at once.\n", CHANGING | OPTION_ALL, 0, 1, command_release},
    {"heartbeat", "CHECK ADDRESS up|down [--reason TEXT]", "pushes a result",
     "ADDRESS is the target's. Silence for longer than the check allows is a failure,\n"
     "so push from cron or a timer more often than that. Silent when all is well.\n",
     CHANGING | OPTION_REASON, 3, 3, command_heartbeat},
    {"notify", "NOTIFIER --test", "tries a notifier out",
     "Sends a marked test message past everything that waits, and tells how it went.\n"
     "Exit 0: it has arrived. What waits there is tried again at once then.\n",
     EVERYWHERE | OPTION_TEST, 1, 1, command_notify},
    {"reload", "", "a changed configuration",
     "A bad file changes nothing: its complaints are printed, exit status 1.\n"
     "The same as systemctl reload repointd.\n",
     CHANGING, 0, 0, command_reload},
    {"overrides", "", "those in force", "Who, why, since when, until when.\n", EVERYWHERE, 0, 0, command_overrides},
    {"check", "[NAME]", "for monitoring plugins",
     "One line with performance data. Exit 0: every record on its first target and in\n"
     "DNS, or still starting. 1: failed over, forced, held, drained. 2: no healthy\n"
     "target, out of step with DNS, cut off, or in need of an operator. 3: no daemon,\n"
     "wrong usage, unknown record.\n",
     OPTION_SOCKET | OPTION_HELP, 0, 1, command_check},
    {"wait", "NAME ROLE|LABEL [--timeout TIME]", "until a target answers",
     "Returns when the zone holds that target and every name server that is asked for\n"
     "it serves it; exit 1 when the time is out.\n",
     OPTION_SOCKET | OPTION_TIMEOUT | OPTION_HELP, 2, 2, command_wait},
};

const size_t command_count = ARRAY_COUNT(command_rows);

const struct command_row *rows_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(command_rows[i].name, name) == 0)
            return &command_rows[i];
    return NULL;
}

const struct option_row *rows_find_option(const char *word, size_t length)
{
    for (size_t i = 0; i < option_count; i++) {
        bool by_letter = length == 2 && word[1] != '-' && word[1] == option_rows[i].letter;
        bool by_name = length > 2 && strlen(option_rows[i].name) == length - 2 && strncmp(word, "--", 2) == 0 &&
                       memcmp(word + 2, option_rows[i].name, length - 2) == 0;
        if (by_letter || by_name)
            return &option_rows[i];
    }
    return NULL;
}
