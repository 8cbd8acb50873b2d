import asyncio

import websockets


async def main():
    async with websockets.connect("wss://api.example.com/socket", open_timeout=20) as socket:
        # Three fragments of one message.
        await socket.send(["one ", "two ", "three"])
        print(await socket.recv())


asyncio.run(main())
