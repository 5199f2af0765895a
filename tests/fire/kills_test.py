"""The program killed at random moments, from any state, and again and again."""
import random
import time
import unittest

from fire import LONG, FireTest, States, count, short_wav

KILLS = 200 if LONG else 25
MORE_CLIPS = 24  # so that a build lasts much longer than the program's start


class Kills(FireTest):
    def setUp(self):
        super().setUp()
        for number in range(MORE_CLIPS):
            self.write(f"music/mid/{number}.wav", short_wav(number + 10))

    def seconds(self, state, more):
        self.restore(state)
        start = time.monotonic()
        self.cache("--threads", "2", *more)
        return time.monotonic() - start

    def kill_after(self, seconds, more):
        process = self.start(*self.arguments("--threads", "2", *more))
        time.sleep(seconds)
        process.kill()
        _, stderr = process.communicate(timeout=60)
        self.assertIn(process.returncode, (0, -9), stderr)
        return process.returncode == -9

    def test_killed_at_random_moments(self):
        states = States(self)
        chance = random.Random(20261124)
        length = {name: self.seconds(state, more) for name, (state, more) in states.all.items()}
        kills, rounds = 0, 0
        while kills < KILLS:
            name, (state, more) = list(states.all.items())[rounds % len(states.all)]
            rounds += 1
            self.restore(state)
            moments = [chance.uniform(0, length[name]) for _ in range(chance.randint(1, 3))]
            shown = f"{name}: killed after {moments} s, round {rounds}"
            with self.subTest(shown):
                for moment in moments:
                    kills += self.kill_after(moment, more)
                    self.check_target(state, states.whole, shown)
                self.check_rerun(states.whole, shown, *more)
            self.assertLess(rounds, 20 * KILLS, "hardly any kill came before the program's end")
        count("kills at random moments", kills)


if __name__ == "__main__":
    unittest.main()
