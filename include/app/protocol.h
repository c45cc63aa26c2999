/* SPDX-License-Identifier: MIT */
#ifndef REPOINTD_APP_PROTOCOL_H
#define REPOINTD_APP_PROTOCOL_H

/*
 * Where: app, and the only header of it that ctl may see.
 * What:  the paths, names and exit codes that both programs share.
 */

#define PROTOCOL_CONFIG_PATH       "/etc/repointd/repointd.yaml"
#define PROTOCOL_STATE_DIRECTORY   "/var/lib/repointd"
#define PROTOCOL_RUNTIME_DIRECTORY "/run/repointd"

/*
 * The control socket speaks HTTP/1.1 and JSON. Reading is GET; changing is POST with one object. Every answer is an
 * object with "version"; where something went wrong it has "error", a sentence. Keys are only ever added.
 *
 *   GET  /v1/status[?name=NAME…]    see render_json.h
 *   GET  /v1/explain?name=NAME      see render_explain.h
 *   GET  /v1/metrics                Prometheus text and no JSON, see docs/metrics.md
 *   GET  /v1/history[?name=NAME][&since=24h]
 *                                   {"version", "switches": [{"change", "time", "record", "event", "from", "to",
 *                                   "cause", "reason", "serial", "rcode", "outage_seconds"}]}, oldest first
 *   GET  /v1/events[?after=NUMBER][&wait]
 *                                   {"version", "events": [{"number", "time", "level", "event", "message", and the
 *                                   journal's fields}], "last", "missed"}: what was told after that number, as far as
 *                                   it is kept; with `wait` the answer comes when there is something, or after a while
 *   GET  /v1/probe?check=NAME&address=ADDRESS or HOST
 *                                   {"version", "check", "address", "state": "up", "down" or null (this host could not
 *                                   ask), "result": as explain's "last", "text": what people read}: one look now, which
 *                                   changes nothing; 404 no such check, 409 nobody can look by it
 *   GET  /v1/plan                   see plan_text.h
 *   GET  /v1/verify[?name=NAME…]    see survey.h
 *   POST /v1/adopt                  {"record": NAME, "expect": [ADDRESS…]}
 *   POST /v1/take-over              {"record": NAME, "owner": HEX, "epoch": N} or {"all": true, "owner": HEX}
 *   POST /v1/disown                 {"record": NAME}
 *   GET  /v1/overrides              {"version", "overrides": [OVERRIDE…]}, those in force
 *   POST /v1/failover               {"record": NAME, "to": ROLE or LABEL}
 *   POST /v1/failback               {"record": NAME}
 *   POST /v1/drain                  {"subject": LABEL, ADDRESS or HOST}
 *   POST /v1/hold                   {"record": NAME} or {"all": true}
 *   POST /v1/release                {"subject": NAME, LABEL, ADDRESS or HOST} or {"all": true}
 *   POST /v1/heartbeat              {"check": NAME, "address": ADDRESS, "state": "up" or "down", "reason": TEXT};
 *                                   answers {"version", "check", "state"}: what is believed now
 *   POST /v1/log-level              {"level": WORD, "for": "10m"}; answers {"version", "level", "usual"}
 *
 *   POST /v1/notify                 {"notifier": NAME, "test": true}; answers when the message has arrived or has not:
 *                                   {"version", "notifier", "result": "done", "detail"}, or 502 and "error"
 *
 *   POST /v1/reload                 {}; answers {"version", "result": "reloaded" or "unchanged", "difference", "kept"};
 *                                   with "no_wait": true 202 and {"version", "result": "accepted"}; or 409 and
 *                                   {"version", "result": "refused", "complaints": [LINE...], "why", "in_force"}
 *
 * failover, drain and hold take "for": "2h" and "reason"; failover and drain take "force": true, and where they are
 * refused with "error" also say whether that would do it: "may_force". Their answer has
 * "override": {"kind", "subject", "target", "user", "reason", "since", "until"}.
 *
 * The other POSTs take "no_wait": true. They answer {"version", "results": [{"record", "command", "result", "server",
 * "condition", "detail", "outcome", "rcode", "took_ms", "serial", "from", "to"}]}. "result" is "done", "refused",
 * "failed" or "accepted"; "from" and "to" are what the zone held and holds: {"role", "addresses"}, or null. Status
 * 200 all done, 202 accepted, 400 not understood, 404 no such record, 409 one refused, 502 one failed, 504 not known in
 * time.
 */
#define PROTOCOL_VERSION        1
#define PROTOCOL_SOCKET         "control.sock"
#define PROTOCOL_PATH_STATUS    "/v1/status"
#define PROTOCOL_PATH_EXPLAIN   "/v1/explain"
#define PROTOCOL_PATH_METRICS   "/v1/metrics"
#define PROTOCOL_PATH_HISTORY   "/v1/history"
#define PROTOCOL_PATH_EVENTS    "/v1/events"
#define PROTOCOL_PATH_PROBE     "/v1/probe"
#define PROTOCOL_PATH_PLAN      "/v1/plan"
#define PROTOCOL_PATH_VERIFY    "/v1/verify"
#define PROTOCOL_PATH_ADOPT     "/v1/adopt"
#define PROTOCOL_PATH_TAKE_OVER "/v1/take-over"
#define PROTOCOL_PATH_DISOWN    "/v1/disown"
#define PROTOCOL_PATH_FAILOVER  "/v1/failover"
#define PROTOCOL_PATH_FAILBACK  "/v1/failback"
#define PROTOCOL_PATH_DRAIN     "/v1/drain"
#define PROTOCOL_PATH_HOLD      "/v1/hold"
#define PROTOCOL_PATH_RELEASE   "/v1/release"
#define PROTOCOL_PATH_RELOAD    "/v1/reload"
#define PROTOCOL_PATH_OVERRIDES "/v1/overrides"
#define PROTOCOL_PATH_HEARTBEAT "/v1/heartbeat"
#define PROTOCOL_PATH_LOG_LEVEL "/v1/log-level"
#define PROTOCOL_PATH_NOTIFY    "/v1/notify"

/* Of both programs; of the daemon those of sysexits.h, so that systemd can name them. */
enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1, /* refused, failed, or a bad file where a file was to be checked */
    EXIT_CODE_USAGE = 2,
    EXIT_CODE_UNREACHED = 3,    /* repointctl: no daemon; --probe and probe: no verdict */
    EXIT_CODE_UNAVAILABLE = 69, /* socket or port taken, no runtime directory */
    EXIT_CODE_SYSTEM = 71,      /* state directory, damaged owner file, what the kernel refuses */
    EXIT_CODE_TAKEN = 75,       /* another instance holds the state directory */
    EXIT_CODE_CONFIG = 78
};

#endif
