"""Version, help, devices, schema, and wrong command lines."""
import json
import os
import unittest

from program import GOOD_WAV, ProgramTest, UNSUPPORTED, USAGE

COMMANDS = ["cache", "run", "compare", "doctor", "show", "schema", "devices"]

# arguments, what stderr says
WRONG_COMMAND_LINES = [
    ([], "subcommand"),
    (["dance"], "dance"),
    (["cache"], "required"),
    (["run"], "required"),
    (["compare"], "required"),
    (["doctor"], "required"),
    (["show"], "required"),
    (["devices", "--device", "abacus"], "abacus"),
    (["devices", "--threads", "0"], "threads"),
    (["devices", "--threads", "many"], "many"),
    (["devices", "--sideways"], "sideways"),
]


class Commands(ProgramTest):
    def test_prints_its_version(self):
        stdout, stderr = self.call("--version")
        self.assertRegex(stdout, r"^genretrack \d+\.\d+\.\d+\n$")
        self.assertEqual(stderr, "")

    def test_help_lists_every_command(self):
        stdout, _ = self.call("--help")
        for command in COMMANDS:
            self.assertIn(command, stdout)

    def test_help_of_each_command_has_examples(self):
        for command in COMMANDS:
            with self.subTest(command):
                stdout, _ = self.call(command, "--help")
                self.assertIn(f"  genretrack {command}", stdout)

    def test_refuses_wrong_command_lines(self):
        for arguments, says in WRONG_COMMAND_LINES:
            with self.subTest(arguments):
                self.call(*arguments, exit_code=USAGE, says=says)

    def test_devices_lists_the_cpu_as_usable(self):
        stdout, _ = self.call("devices")
        self.assertRegex(stdout, r"(?m)^cpu +usable")
        self.assertRegex(stdout, r"(?m)^cuda ")

    def test_devices_as_json(self):
        devices = json.loads(self.call("devices", "--json")[0])
        self.assertEqual([device["name"] for device in devices], ["cpu", "cuda"])
        self.assertTrue(devices[0]["usable"])
        self.assertTrue(all(device["description"] for device in devices))

    def test_fewer_lanes_can_be_asked_for(self):
        try:
            os.environ["GENRETRACK_LANES"] = "4"
            self.assertIn(", 4 frames side by side", self.call("devices")[0])
            for lanes in ("", "5", "8 ", "many"):
                os.environ["GENRETRACK_LANES"] = lanes
                self.call("devices", exit_code=USAGE, says="expected 4, 8 or 16")
        finally:
            del os.environ["GENRETRACK_LANES"]

    def test_refuses_to_compute_on_cuda_and_says_why(self):
        self.write("music/a/1.wav", GOOD_WAV)
        self.write("music/b/1.wav", GOOD_WAV)
        self.call("cache", "music", "-o", "f.h5", "--device", "cuda", exit_code=UNSUPPORTED, says="--device cuda")
        self.assertFalse((self.folder / "f.h5").exists())

    def test_schema_is_a_json_schema(self):
        schema = json.loads(self.call("schema")[0])
        self.assertIn("$schema", schema)
        self.assertIn("dataset", schema["properties"])
        self.assertIn("model", schema["properties"])

    def test_asking_leaves_no_files_behind(self):
        for command in ("schema", "devices"):
            self.call(command)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
