#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Where: beside a story, for as long as it lasts.
What:  asks a name server for one name every 10 ms and prints each answer that differs from the one before: milliseconds since the
       epoch, RCODE, values in order.
Why:   "no third value is ever served" has to be looked at all the time and not only when a story happens to look.

    served.py ADDRESS PORT NAME TYPE
"""
import sys
import time

import dns.exception
import dns.message
import dns.query
import dns.rcode

address, port, name, rrtype = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
last = None
while True:
    query = dns.message.make_query(name, rrtype)
    query.flags = 0
    try:
        answer = dns.query.udp(query, address, timeout=1, port=port)
    except (OSError, dns.exception.DNSException):
        time.sleep(0.01)  # a server that is away serves nothing
        continue
    values = sorted(str(item) for rrset in answer.answer for item in rrset)
    now = "%s %s" % (dns.rcode.to_text(answer.rcode()), " ".join(values))
    if now != last:
        print(int(time.time() * 1000), now, flush=True)
        last = now
    time.sleep(0.01)
