"""Backups are taken and put back while people work: each is whole, and nobody has to start anything anew."""

from __future__ import annotations

from tests.crash.place import Book, clients, seen, send

BACKUPS = 3


class TestAtWork:
    def test_are_whole_and_go_back(self, place, tmp_path):
        """Each restores aside to what it says; one put back under a running server is what it shows."""
        milepost, book, told = place.milepost, Book(), []
        milepost.start()

        with clients(place, book, count=2) as answered:
            answered()
            for number in range(BACKUPS):
                told.append(milepost.run("backup", str(tmp_path / f"{number}.zip"), "--verify"))
                answered()
            milepost.kill()
        milepost.start()
        seen(place)
        restored = milepost.run("restore", str(tmp_path / "0.zip"), "--replace")
        living = seen(place)
        kept = {*place.kept()}
        send(place, ["key-999999"], after := Book())
        moved = seen(place)
        milepost.stop()
        milepost.start()
        rebuilt = seen(place)
        milepost.stop()

        assert [each.returncode for each in told] == [0] * BACKUPS, [
            each.stdout + each.stderr for each in told
        ]
        assert restored.returncode == 0, restored.stderr
        assert kept and kept < book.sent
        assert after.acknowledged == {"key-999999"}
        assert living != moved and moved == rebuilt
        assert place.wrong() == []
