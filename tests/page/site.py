#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Where: called by page.sh for each site.
# What:  HTTP on port 80 of an address: 200, or 503 for a path of which a file says that it is sick.
# Why:   answers take a while, as between two towns: on loopback the graphs of latency would show the load of the machine.
#
#   site.py ADDRESS DIRECTORY

import asyncio
import os
import random
import sys

address, directory = sys.argv[1:]


async def answer(reader, writer):
    try:
        request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        path = request.split(b" ")[1].decode("ascii")
        sick = os.path.isfile(os.path.join(directory, "sick", os.path.basename(path)))
        await asyncio.sleep(random.uniform(0.011, 0.016))
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n" %
                     (b"503 Service Unavailable" if sick else b"200 OK"))
        await writer.drain()
    except (OSError, EOFError, ValueError, asyncio.TimeoutError, asyncio.LimitOverrunError):
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(answer, address, 80, backlog=256)
    async with server:
        await server.serve_forever()


asyncio.run(main())
