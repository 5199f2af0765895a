"""Several builders of one cache at once: one builds, the others are told, and the result is that of one alone."""
import json
import random
import time
import unittest

from fire import DATA, DONE, LONG, FireTest, States, count

ROUNDS = 24 if LONG else 3  # for each number of builders and state


class Builders(FireTest):
    def race(self, builders, more, chance, kill_one):
        processes = []
        for _ in range(builders):
            processes.append(self.start(*self.arguments("--threads", "1", "--json", *more)))
            time.sleep(chance.choice((0, 0, 0.002, 0.02)))
        if kill_one:
            processes[0].kill()
        ended = [(process, *process.communicate(timeout=120)) for process in processes]
        return [(process.returncode, stdout, stderr) for process, stdout, stderr in ended[kill_one:]]

    def test_builders_at_once(self):
        states = States(self)
        chance = random.Random(20261124)
        races = 0
        for builders in (2, 8):
            for name, (state, more) in states.all.items():
                alone = None
                for number in range(ROUNDS):
                    self.restore(state)
                    if alone is None:
                        alone = json.loads(self.cache("--json", *more)[0])["computed"]
                        self.restore(state)
                    kill_one = number % 3 == 2
                    shown = f"{builders} builders, {name}, round {number}{', one killed' if kill_one else ''}"
                    with self.subTest(shown):
                        ends = self.race(builders, more, chance, kill_one)
                        races += 1
                        computed = 0
                        for code, stdout, stderr in ends:
                            self.assertIn(code, (DONE, DATA), f"{shown}\n{stderr}")
                            if code == DATA:
                                self.assertIn("another program is building this feature cache", stderr, shown)
                                self.assertIn("wait until it is done", stderr, shown)
                            else:
                                computed += json.loads(stdout)["computed"]
                        if not kill_one:
                            self.assertIn(DONE, [code for code, _, _ in ends], shown)
                            self.assertEqual(computed, alone, f"{shown}: each clip is computed by one of them")
                        self.check_target(state, states.whole, shown)
                        self.check_rerun(states.whole, shown, *more)
        count("races of 2 and 8 builders", races)


if __name__ == "__main__":
    unittest.main()
