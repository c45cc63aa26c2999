/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_CTL_COMMAND_H
#define REPOINTD_CTL_COMMAND_H

/*
 * Where: ctl, under main, which reads the command line by the table.
 * What:  what was typed, and one function for each command.
 */

#include <stdbool.h>
#include <stdint.h>

#define ARGUMENTS_MOST 1024

enum color { COLOR_AUTO = 1, COLOR_ALWAYS, COLOR_NEVER };

/* Strings are those of argv. */
struct invocation {
    const char *socket; /* a path, never NULL */
    bool json, no_wait, all, force, follow, test;
    enum color color;
    const char *expect, *owner, *epoch, *to, *duration, *reason, *timeout, *since, *watch; /* NULL: not given */
    uint32_t argument_count;
    const char *arguments[ARGUMENTS_MOST];
};

/* Each returns an enum exit_code and has said what is to be said. */
int command_status(const struct invocation *invocation);
int command_targets(const struct invocation *invocation);
int command_explain(const struct invocation *invocation);
int command_plan(const struct invocation *invocation);
int command_verify(const struct invocation *invocation);
int command_probe(const struct invocation *invocation);
int command_adopt(const struct invocation *invocation);
int command_take_over(const struct invocation *invocation);
int command_disown(const struct invocation *invocation);
int command_failover(const struct invocation *invocation);
int command_failback(const struct invocation *invocation);
int command_drain(const struct invocation *invocation);
int command_hold(const struct invocation *invocation);
int command_release(const struct invocation *invocation);
int command_reload(const struct invocation *invocation);
int command_overrides(const struct invocation *invocation);
int command_heartbeat(const struct invocation *invocation);
int command_history(const struct invocation *invocation);
int command_metrics(const struct invocation *invocation);
int command_events(const struct invocation *invocation);
int command_notify(const struct invocation *invocation);
int command_log_level(const struct invocation *invocation);
int command_wait(const struct invocation *invocation);

/* Ends with an enum check_verdict; the second is what a command line ends with that is none. */
int command_check(const struct invocation *invocation);
int command_check_usage(void);

#endif
