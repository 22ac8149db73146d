"""Makes one call with the published SDK, as `alter sdk-passthrough request` makes it.

ALTER_BASE_URL and ALTER_API_KEY are in the environment; the arguments are the grant, the method, the address and,
where there is one, the JSON body.
"""

import asyncio
import json
import os
import sys

from alter_sdk import App


async def main(grant: str, method: str, url: str, body: str | None = None):
    app = App(os.environ["ALTER_API_KEY"])
    more = {} if body is None else {"json": json.loads(body)}
    answer = await app.request(method, url, grant_id=grant, **more)
    sys.stdout.buffer.write(answer.content)
    # Closing waits for the report, which the SDK sends in the background.
    await app.close()


asyncio.run(main(*sys.argv[1:]))
