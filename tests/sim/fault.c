/* SPDX-License-Identifier: MIT */
/*
 * Where: the simulator, under world.
 * What:  the table of all classes of faults, and what each does when it begins and when it ends.
 */

#include "mishap.h"
#include "world.h"

/* Where a fault is at work. An INSTANT one has no end. */
enum fault_place { AT_ENDPOINT, AT_REFERENCES, AT_HOST, AT_SERVER, INSTANT };

static const struct {
    const char *name;
    enum fault_place place;
    uint32_t every_s, lasts_s; /* about */
} rows[FAULT_COUNT] = {
    [FAULT_TARGET_DIES] = {"target-dies", AT_ENDPOINT, 3000, 900},
    [FAULT_ADDRESS_DIES] = {"address-dies", AT_ENDPOINT, 4000, 900},
    [FAULT_ALL_DIE] = {"all-die", AT_ENDPOINT, 15000, 600},
    [FAULT_FAMILY_DIES] = {"family-dies", AT_ENDPOINT, 15000, 1200},
    [FAULT_FLAPS] = {"flaps", AT_ENDPOINT, 8000, 1800},
    [FAULT_KTH] = {"every-kth", AT_ENDPOINT, 12000, 1800},
    [FAULT_SLOW] = {"slow", AT_ENDPOINT, 12000, 1200},
    [FAULT_LOSSY] = {"lossy", AT_ENDPOINT, 12000, 1200},
    [FAULT_CUT_OFF] = {"cut-off", AT_HOST, 20000, 300},
    [FAULT_TARGETS_LOST] = {"targets-lost", AT_HOST, 20000, 300},
    [FAULT_REFERENCES_DIE] = {"references-die", AT_REFERENCES, 12000, 300},
    [FAULT_LOCAL_STORM] = {"local-storm", AT_HOST, 20000, 300},
    [FAULT_NO_FAMILY] = {"no-family", AT_HOST, 25000, 6000},
    [FAULT_FAMILY_LOST] = {"family-lost", AT_HOST, 25000, 900},
    [FAULT_PROBES_LATE] = {"probes-late", AT_HOST, 20000, 300},
    [FAULT_LOOP_LATE] = {"loop-late", AT_HOST, 15000, 900},
    [FAULT_GAP] = {"gap", INSTANT, 8000, 0},
    [FAULT_CRASH] = {"crash", INSTANT, 10000, 0},
    [FAULT_STOP] = {"stop", INSTANT, 20000, 0},
    [FAULT_OWNER_LOST] = {"owner-lost", AT_HOST, 60000, 1800},
    [FAULT_ECHO] = {"echo", AT_HOST, 8000, 1800},
    [FAULT_SERVER_DOWN] = {"server-down", AT_SERVER, 12000, 400},
    [FAULT_SERVER_DEAF] = {"server-deaf", AT_SERVER, 15000, 300},
    [FAULT_SERVER_SLOW] = {"server-slow", AT_SERVER, 10000, 900},
    [FAULT_ANSWER_LOST] = {"answer-lost", AT_SERVER, 10000, 900},
    [FAULT_LATE_APPLY] = {"late-apply", AT_SERVER, 10000, 900},
    [FAULT_DOUBLED] = {"doubled", AT_SERVER, 10000, 1800},
    [FAULT_REFUSED] = {"refused", AT_SERVER, 15000, 400},
    [FAULT_NOT_SERVED] = {"not-served", AT_SERVER, 20000, 400},
    [FAULT_SERVFAIL] = {"servfail", AT_SERVER, 15000, 300},
    [FAULT_BADTIME] = {"badtime", AT_SERVER, 20000, 400},
    [FAULT_BADTRUNC] = {"badtrunc", AT_SERVER, 30000, 300},
    [FAULT_FORMERR] = {"formerr", AT_SERVER, 30000, 300},
    [FAULT_UNSIGNED] = {"unsigned", AT_SERVER, 15000, 400},
    [FAULT_DOES_NOTHING] = {"does-nothing", AT_SERVER, 15000, 600},
    [FAULT_PARTIAL] = {"partial", AT_SERVER, 20000, 600},
    [FAULT_DENY_NAME] = {"deny-name", AT_SERVER, 15000, 1800},
    [FAULT_READ_LAGS] = {"read-lags", AT_SERVER, 10000, 1800},
    [FAULT_READ_UNTRUSTED] = {"read-untrusted", AT_SERVER, 15000, 900},
    [FAULT_RESTORED_BACKUP] = {"restored-backup", AT_SERVER, 30000, 3600},
    [FAULT_SECONDARY_STUCK] = {"secondary-stuck", AT_SERVER, 15000, 1800},
    [FAULT_SECONDARY_SILENT] = {"secondary-silent", AT_SERVER, 15000, 900},
    [FAULT_EDIT_SETS] = {"edit-sets", INSTANT, 15000, 0},
    [FAULT_EDIT_MARKER] = {"edit-marker", INSTANT, 20000, 0},
    [FAULT_EDIT_TTL] = {"edit-ttl", INSTANT, 15000, 0},
    [FAULT_EDIT_CNAME] = {"edit-cname", INSTANT, 30000, 0},
    [FAULT_OCCLUDED] = {"occluded", AT_SERVER, 40000, 600},
    [FAULT_OPERATOR] = {"operator", INSTANT, 6000, 0},
    [FAULT_RIVAL] = {"rival", AT_HOST, 25000, 5000},
    [FAULT_CLONE] = {"clone", AT_HOST, 35000, 2500},
    [FAULT_OVERRIDE] = {"override", INSTANT, 4000, 0},
    [FAULT_RELOAD] = {"reload", INSTANT, 5000, 0},
};

const char *fault_name(enum fault_class class)
{
    return rows[class].name;
}

int64_t echo_after(struct world *world)
{
    return chance_between(world, 0, chance_one_in(world, 2) ? 20 : 5000);
}

bool fault_is_at(const struct world *world, enum fault_class class, uint32_t server)
{
    return world->faults.servers[class] >> server & 1;
}

bool fault_is_active(const struct world *world, enum fault_class class)
{
    return world->faults.servers[class] != 0;
}

void fault_set(struct world *world, enum fault_class class, uint32_t server, bool at_work)
{
    struct faults *faults = &world->faults;
    if (fault_is_at(world, class, server) == at_work)
        return;
    faults->servers[class] ^= 1u << server;
    if (class == FAULT_READ_LAGS) {
        /* inline signing: a server that does so is well */
    } else if (class == FAULT_SECONDARY_STUCK || class == FAULT_SECONDARY_SILENT) {
        uint32_t other = class == FAULT_SECONDARY_STUCK ? FAULT_SECONDARY_SILENT : FAULT_SECONDARY_STUCK;
        secondary_fault(world, server, at_work || fault_is_at(world, other, server));
    } else if (rows[class].place == AT_SERVER) {
        struct servers *servers = &world->servers;
        servers->faults[server] += at_work ? 1u : UINT32_MAX;
        servers->well_since[server] = servers->faults[server] ? MONO_NEVER : world->now;
    } else {
        faults->host_well_since = world->now;
    }
    if (world->trace.mode)
        trace_line(world, "fault   %s %s%s", rows[class].name, at_work ? "begins" : "ends",
                   rows[class].place == AT_SERVER && server ? " (server 1)" : "");
}

static void schedule_begin(struct world *world, uint32_t class)
{
    agenda_add(&world->agenda,
               (struct happening){.at = world->now + 1000 + chance_about(world, (int64_t)world->faults.every_ms[class]),
                                  .kind = HAPPENS_FAULT_BEGIN,
                                  .subject = class});
}

static void schedule_end(struct world *world, uint32_t class, uint32_t number)
{
    int64_t carries = (int64_t)((uint64_t)world->faults.calms << 32 | number);
    agenda_add(&world->agenda,
               (struct happening){.at = world->now + 1000 + chance_about(world, rows[class].lasts_s * 1000LL),
                                  .kind = HAPPENS_FAULT_END,
                                  .subject = class,
                                  .number = carries});
}

/* Drawn apart from the others: a seed in which nobody does so lives as it would if there were no such class. */
static void draw_apart(struct world *world, uint32_t class, uint32_t share)
{
    struct random own = random_from_seed(world->seed ^ class);
    world->faults.is_on[class] = world->faults.is_any_on && random_below(&own, 8) < share;
    world->faults.every_ms[class] = rows[class].every_s * (300 + random_below(&own, 2700));
    if (world->faults.is_on[class])
        schedule_begin(world, class);
}

void faults_init(struct world *world)
{
    struct faults *faults = &world->faults;
    faults->is_any_on = !chance_one_in(world, 25);
    bool is_large = world->settings->record_count > 16;          /* then size is what it is about */
    uint32_t share = chance_between(world, 1, is_large ? 1 : 4); /* of five */
    for (uint32_t class = 0; class < FAULT_OVERRIDE; class ++) {
        faults->is_on[class] = faults->is_any_on && chance_between(world, 0, 4) < share;
        faults->every_ms[class] = (uint64_t)rows[class].every_s * chance_between(world, 300, 3000);
        if (class == FAULT_TARGET_DIES)
            faults->is_on[class] = faults->is_any_on;
        if (faults->is_on[class])
            schedule_begin(world, class);
    }
    for (uint32_t class = FAULT_OVERRIDE; class < FAULT_COUNT; class ++)
        draw_apart(world, class, share);
    if (faults->is_on[FAULT_RELOAD])
        editions_begin(world);
    faults->host_well_since = world->now;
}

static uint32_t any_target(struct world *world)
{
    return chance_between(world, 0, world->settings->target_count - 1);
}

/* A crash, a stop, a gap: worst while something is on its way. */
static bool waits_for_send(struct world *world, uint32_t class)
{
    if ((class != FAULT_CRASH && class != FAULT_STOP && class != FAULT_GAP) || chance_one_in(world, 2))
        return false;
    world->faults.waits_for_send = class;
    return true;
}

void fault_on_send(struct world *world)
{
    uint32_t class = world->faults.waits_for_send;
    if (class == 0 || world->faults.is_calm)
        return;
    world->faults.waits_for_send = 0;
    agenda_add(
        &world->agenda,
        (struct happening){.at = world->now + chance_between(world, 0, 30), .kind = HAPPENS_MISHAP, .subject = class});
}

void fault_comes_true(struct world *world, uint32_t class)
{
    mishap_happens(world, class);
}

/* One second daemon at a time, and none where size is what it is about. */
static bool is_too_much(const struct world *world, uint32_t class)
{
    return (class == FAULT_RIVAL || class == FAULT_CLONE) &&
           (world->rival.engine || world->settings->record_count > 16);
}

void fault_begins(struct world *world, uint32_t class)
{
    schedule_begin(world, class);
    if (world->faults.is_calm)
        return;
    uint32_t number = 0;
    world->counters.fault_begins[class]++;
    switch (rows[class].place) {
    case INSTANT:
        if (!waits_for_send(world, class))
            mishap_happens(world, class);
        return;
    case AT_ENDPOINT:
        number = class == FAULT_ADDRESS_DIES ? chance_between(world, 0, 1u << 30) : any_target(world);
        mishap_at_endpoints(world, class, number, true);
        break;
    case AT_REFERENCES:
        references_set(world, false);
        break;
    case AT_HOST:
        if (fault_is_active(world, class) || (class == FAULT_NO_FAMILY && world->faults.lost_family) ||
            (class == FAULT_FAMILY_LOST && world->faults.lost_family) || is_too_much(world, class))
            return;
        fault_set(world, class, 0, true);
        mishap_begins_at_host(world, class);
        break;
    case AT_SERVER:
        number = chance_between(world, 0, world->settings->server_count - 1);
        if (fault_is_active(world, class))
            return;
        if (class == FAULT_DENY_NAME) {
            world->servers.denied_record = chance_between(world, 0, world->settings->record_count - 1);
            number = server_of_record(world, world->servers.denied_record);
        }
        fault_set(world, class, number, true);
        mishap_begins_at_server(world, class);
        break;
    }
    schedule_end(world, class, number);
}

static void end_fault(struct world *world, uint32_t class, uint32_t number)
{
    switch (rows[class].place) {
    case AT_ENDPOINT:
        mishap_at_endpoints(world, class, number, false);
        break;
    case AT_REFERENCES:
        references_set(world, true);
        break;
    case AT_HOST:
        fault_set(world, class, 0, false);
        mishap_ends_at_host(world, class);
        break;
    case AT_SERVER:
        fault_set(world, class, number, false);
        if (class == FAULT_RESTORED_BACKUP)
            mishap_restores_backup(world, number);
        break;
    case INSTANT:
        break;
    }
}

void fault_ends(struct world *world, uint32_t class, int64_t number)
{
    if ((uint32_t)(number >> 32) == world->faults.calms)
        end_fault(world, class, (uint32_t)number);
}

bool fault_moves(struct happening *end, const struct renumbering *renumbering)
{
    uint32_t class = end->subject, number = (uint32_t)end->number;
    if (rows[class].place != AT_ENDPOINT)
        return true;
    if (class == FAULT_ADDRESS_DIES && renumbering->old->watch_count == 0)
        return false;
    uint32_t now = class == FAULT_ADDRESS_DIES ? renumbering->new_watch[number % renumbering->old->watch_count]
                                               : renumbering->new_target[number];
    end->number = (int64_t)((uint64_t)end->number >> 32 << 32 | now);
    return now != ID_NONE;
}

void faults_calm(struct world *world, bool begins)
{
    struct faults *faults = &world->faults;
    faults->is_calm = begins;
    faults->calms++;
    trace_line(world, "fault   %s", begins ? "all is calm now" : "the calm is over");
    if (!begins)
        return;
    faults->calm_since = world->now;
    for (uint32_t class = 0; class < FAULT_COUNT; class ++)
        for (uint32_t s = 0; s < 2 && rows[class].place != AT_ENDPOINT && rows[class].place != AT_REFERENCES; s++)
            if (fault_is_at(world, class, s))
                end_fault(world, class, s);
    for (uint32_t t = 0; t < world->settings->target_count; t++)
        target_set(world, t, chance_one_in(world, 4) ? ENDPOINT_DEAD : ENDPOINT_ALIVE);
    const struct connectivity_settings *gate = &world->settings->safety.connectivity;
    for (uint32_t i = 0; i < gate->watch_count; i++)
        endpoint_set(world, gate->watch_first + i, ENDPOINT_ALIVE);
}
