/* SPDX-License-Identifier: MIT */
/*
 * Where: io, inside resolver.
 * What:  which addresses are used, in which order, and for how long.
 */
#include "io/resolver_answer.h"

#include "io/dial.h"

#include <sys/socket.h>
#include <unistd.h>

#define TTL_LEAST_S     1
#define TTL_MOST_S      86400
#define NOTHING_KEPT_MS 1000

static bool can_be_probed(const struct address *address)
{
    return !address_is_unspecified(address) && !address_is_multicast(address) && !address_is_broadcast(address) &&
           !(address->family == ADDRESS_V6 && address_is_link_local(address)); /* that would need an interface */
}

void resolver_found_add(struct resolver_found *found, const struct address *address, int ttl_s)
{
    if (!can_be_probed(address)) {
        found->refused = *address;
        return;
    }
    if (found->count == RESOLVER_ADDRESSES_MAX)
        return;
    uint32_t kept_s = ttl_s < TTL_LEAST_S ? TTL_LEAST_S : ttl_s > TTL_MOST_S ? TTL_MOST_S : (uint32_t)ttl_s;
    found->ttl_s = found->count == 0 || kept_s < found->ttl_s ? kept_s : found->ttl_s;
    found->addresses[found->count++] = *address;
}

/* Nobody is asked: the kernel only looks for a way. */
static bool has_way(const struct address *address)
{
    struct sockaddr_storage peer;
    socklen_t size = dial_sockaddr(address, 53, &peer);
    int fd = socket(peer.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool way = fd >= 0 && connect(fd, (struct sockaddr *)&peer, size) == 0;
    if (fd >= 0)
        close(fd);
    return way;
}

/* IPv6 goes first (RFC 6724), unless only IPv4 has a way. */
static void put_addresses(const struct resolver_found found[2], struct resolver_answer *answer)
{
    const struct resolver_found *v4 = &found[0], *v6 = &found[1];
    bool swap = v4->count > 0 && v6->count > 0 && !has_way(&v6->addresses[0]) && has_way(&v4->addresses[0]);
    const struct resolver_found *order[] = {swap ? v4 : v6, swap ? v6 : v4};
    for (uint32_t i = 0; i < 2; i++)
        for (uint32_t k = 0; k < order[i]->count && answer->count < RESOLVER_ADDRESSES_MAX; k++)
            answer->addresses[answer->count++] = order[i]->addresses[k];
}

static void describe(const char *name, const struct resolver_found found[2], struct resolver_answer *answer)
{
    const struct resolver_found *v4 = &found[0], *v6 = &found[1];
    const struct address *refused = v4->refused.family != ADDRESS_NONE ? &v4->refused : &v6->refused;
    struct text detail = text_over(answer->detail, sizeof answer->detail);
    char address[ADDRESS_TEXT_MAX];
    if (answer->outcome == RESOLVER_SILENT) {
        text_addf(&detail, "the resolver of this host does not tell the address of %s: %s", name,
                  v4->answered ? v6->why : v4->why);
    } else if (refused->family != ADDRESS_NONE) {
        address_format(refused, address);
        text_addf(&detail, "%s has the address %s, which cannot be probed", name, address);
    } else {
        text_addf(&detail, v4->exists || v6->exists ? "%s has no address" : "there is no name %s", name);
    }
}

/*
 *   IPv4, IPv6                            the name                     kept
 *   an address that can be probed         found                        for the shortest of their TTLs
 *   neither, and one was not answered     silent                       not at all
 *   neither, and both were answered       nothing                      for a second
 */
int64_t resolver_conclude(const char *name, const struct resolver_found found[2], struct resolver_answer *ret)
{
    const struct resolver_found *v4 = &found[0], *v6 = &found[1];
    *ret = (struct resolver_answer){.outcome = RESOLVER_FOUND};
    if (v4->count + v6->count > 0) {
        put_addresses(found, ret);
        const bool is_v4 = v6->count == 0 || (v4->count > 0 && v4->ttl_s < v6->ttl_s);
        return 1000 * (int64_t)(is_v4 ? v4->ttl_s : v6->ttl_s);
    }
    const bool answered = v4->answered && v6->answered;
    ret->outcome = answered ? RESOLVER_NOTHING : RESOLVER_SILENT;
    describe(name, found, ret);
    return answered ? NOTHING_KEPT_MS : 0;
}
