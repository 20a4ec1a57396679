"""Two people through a real relay. ``LACRE_ADDRESS`` names it."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import lacre

ADDRESS = os.environ["LACRE_ADDRESS"]
README = Path(__file__).parent.parent / "README.md"


class Stories(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    async def person(self, handle):
        client = lacre.Client(ADDRESS, Path(self.folder.name) / handle, handle=handle)
        await client.open()
        self.addAsyncCleanup(client.close)
        return client

    async def until(self, events, wanted):
        async def search():
            async for event in events:
                if wanted(event):
                    return event
            self.fail("the events ended")

        return await asyncio.wait_for(search(), 60)

    async def test_a_conversation(self):
        ana, bruno = await self.person("ana"), await self.person("bruno")
        heard = bruno.events()
        room = await ana.direct("@bruno")
        handle = await room.send("Why is x **negative**?")
        await handle.sent()
        self.assertEqual(handle.state, lacre.SendState.SENT)
        told = await self.until(heard, lambda e: type(e) is lacre.Message)
        match told:
            case lacre.Message(text=text):
                self.assertEqual(text, "Why is x **negative**?")
        self.assertEqual((told.sender.name, told.own, told.id), ("ana", False, handle.message_id))
        self.assertEqual(told.room.unread, 1)
        await told.room.mark_all_read()
        self.assertEqual(told.room.unread, 0)
        answers = ana.events()
        await told.react("👍")
        await (await told.reply("Because the parabola opens downwards.")).sent()
        answer = await self.until(answers, lambda e: type(e) is lacre.Message)
        self.assertEqual(answer.reply_to, handle.message_id)
        timeline = await room.timeline()
        messages = [m for m in timeline.snapshot() if m.kind == "text"]
        self.assertEqual([m.own for m in messages], [True, False])
        self.assertEqual(messages[0].reactions, {"👍": [bruno.me.account]})
        self.assertIsNotNone(messages[0].time.tzinfo)
        await room.edit(messages[0], "Why is x negative in question 4?")
        async for diff in timeline:
            if isinstance(diff, lacre.Update) and diff.message.edited:
                self.assertEqual(diff.message.text, "Why is x negative in question 4?")
                break
        await room.delete(messages[0])
        async for diff in timeline:
            if isinstance(diff, lacre.Update) and diff.message.kind == "deleted":
                break

    async def test_a_group(self):
        clara, dario = await self.person("clara"), await self.person("dario")
        arrived = dario.events()
        room = await clara.create_group("Algebra", ["dario"])
        added = await self.until(arrived, lambda e: isinstance(e, lacre.RoomAdded))
        self.assertEqual(added.room, room.id)
        self.assertEqual(room.kind, lacre.RoomKind.GROUP)
        owners = {member.name: member.owner for member in room.members}
        self.assertEqual(owners, {"clara": True, "dario": False})
        with self.assertRaises(lacre.NotAllowed) as refused:
            await dario.room(room.id).remove(clara.me.account)
        self.assertFalse(refused.exception.is_retryable)
        await room.remove(dario.me.account)
        await self.until(arrived, lambda e: isinstance(e, lacre.RoomRemoved) and not e.left)

    async def test_a_space(self):
        ines, joel = await self.person("ines"), await self.person("joel")
        arrived = joel.events()
        room = await ines.create_space("School", ["joel"])
        added = await self.until(arrived, lambda e: isinstance(e, lacre.RoomAdded))
        self.assertEqual(joel.room(added.room).kind, lacre.RoomKind.SPACE)
        await room.send("Welcome")
        said = await self.until(arrived, lambda e: type(e) is lacre.Message)
        self.assertEqual((said.text, said.room.id), ("Welcome", room.id))

    async def test_pages_go_back_to_the_beginning(self):
        eva = await self.person("eva")
        room = await eva.direct("eva")
        for number in range(120):
            await room.send(f"number {number}")
        timeline = await room.timeline()
        while await timeline.older(50):
            pass
        texts = [m.text for m in timeline.snapshot() if m.kind == "text"]
        self.assertEqual(texts, [f"number {number}" for number in range(120)])

    async def test_errors_are_typed_and_say_what_to_do(self):
        fabio = await self.person("fabio")
        with self.assertRaises(lacre.NotFound) as missing:
            await fabio.direct("nobody-has-this")
        self.assertIsInstance(missing.exception, lacre.Error)
        self.assertTrue(missing.exception.code and str(missing.exception))
        with self.assertRaises(lacre.Invalid):
            fabio.room("not an id")
        with self.assertRaises(lacre.Exists):
            await lacre.Client(ADDRESS, Path(self.folder.name) / "other", handle="fabio").open()
        with self.assertRaises(lacre.InUse):
            await lacre.Client(ADDRESS, Path(self.folder.name) / "fabio").open()
        with self.assertRaises(lacre.Invalid):
            await lacre.Client("lacre://nonsense", Path(self.folder.name) / "x", handle="x1").open()
        with self.assertRaises(lacre.Invalid):
            await lacre.Client(ADDRESS, Path(self.folder.name) / "y", handle="y1", key=b"short").open()

    async def test_streams_end(self):
        gina = await self.person("gina")
        events = gina.events()
        waiting = asyncio.ensure_future(self.until(events, lambda _: False))
        await asyncio.sleep(0)
        events.close()
        with self.assertRaises(AssertionError):
            await waiting
        # Cancelling the wait for an event loses nothing.
        other = gina.events()
        cancelled = asyncio.ensure_future(other.__anext__())
        await asyncio.sleep(0)
        cancelled.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await cancelled
        room = await gina.direct("gina")
        await room.send("a note")
        await self.until(other, lambda e: isinstance(e, lacre.MessageChanged) and e.text == "a note")

    async def test_the_program_of_the_readme_runs(self):
        program = re.search(r"```python\n(.*?)```", README.read_text(), re.S).group(1)
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, ADDRESS, cwd=self.folder.name, stderr=subprocess.PIPE
        )
        self.addCleanup(lambda: bot.returncode is None and bot.kill())
        hugo = await self.person("hugo")
        heard = hugo.events()
        while True:
            try:
                room = await hugo.direct("homework")
                break
            except lacre.NotFound:
                # The program is still signing up.
                self.assertIsNone(bot.returncode, bot.returncode)
        await room.send("May I have a hint?")
        answer = await self.until(heard, lambda e: type(e) is lacre.Message)
        self.assertIn("sign", answer.text)
        bot.kill()
        await bot.wait()


if __name__ == "__main__":
    unittest.main()
