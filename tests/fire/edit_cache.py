"""Reads and edits finished caches as docs/cache.md describes them, sharing nothing with the program."""
import ctypes
import ctypes.util
import json
import pathlib
import struct

MARK = b"GTCACHE\n"
TAIL = 32
TRANSFORMS = ("spectrogram", "percussion", "mfcc", "chromagram")
COLUMNS = ("seconds", "audio_hash", "file_size", "file_mtime_ns", "file_inode", "spectrogram_hash", "percussion_hash",
           "mfcc_hash", "chromagram_hash")
XXHASH = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
XXHASH.XXH3_64bits.restype = ctypes.c_uint64
XXHASH.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def xxh3(data):
    return XXHASH.XXH3_64bits(bytes(data), len(data))


class Cache:
    """The index of a finished cache of flux percussion, and where its parts lie."""

    def __init__(self, content):
        self.content = content
        self.version, size, self.index_hash, mark = struct.unpack("<QQQ8s", content[-TAIL:])
        assert mark == MARK
        self.image = len(content) - TAIL - size
        self.index = content[self.image:-TAIL]
        self.at = 0
        self.index_version = self.number()
        self.features = json.loads(self.text())
        self.storage, self.extractor_version = self.number(), self.number()
        self.program_version, self.device = self.text(), self.text()
        self.clips = [dict(id=self.text(), path=self.text(), genre=self.text(), artist=self.text(), year=self.number())
                      for _ in range(self.number())]
        self.plan = self.index[:self.at]
        self.offsets = dict(zip(TRANSFORMS, self.numbers(4)))
        for name, offset in zip(COLUMNS, self.numbers(len(COLUMNS))):
            values = struct.unpack_from(f"<{len(self.clips)}Q", content, offset)
            self.offsets[name] = offset
            for clip, value in zip(self.clips, values):
                clip[name] = value
        self.offsets["checksum"] = self.number()
        self.image_hash = self.number()
        assert self.at == len(self.index)

    def number(self):
        self.at += 8
        return struct.unpack_from("<Q", self.index, self.at - 8)[0]

    def numbers(self, count):
        return [self.number() for _ in range(count)]

    def text(self):
        size = self.number()
        self.at += size
        return self.index[self.at - size:self.at].decode()

    def row_bytes(self, transform):
        features = self.features
        frames = 1 + round(features["clip_seconds"] * features["sample_rate"]) // features["hop_length"]
        rows = {"mfcc": features["mfcc"]["n_mfcc"], "chromagram": 12}.get(transform, features["spectrogram"]["n_mels"])
        return rows * frames * (4 if self.storage == 0 else 2)

    def ranges(self):
        """(name, first byte, end) of all that the hash of the image leaves out, in their order in the file."""
        clips = len(self.clips)
        sizes = {**{name: 8 * clips for name in COLUMNS}, "checksum": 8,
                 **{name: clips * self.row_bytes(name) for name in TRANSFORMS}}
        return sorted(((name, at, at + sizes[name]) for name, at in self.offsets.items()), key=lambda place: place[1])

    def transform_at(self, at):
        """Whose row a byte belongs to, or None outside the rows."""
        return next((name for name, begin, end in self.ranges() if name in TRANSFORMS and begin <= at < end), None)

    def check(self, test):
        """Every hash in the file is right."""
        test.assertEqual(xxh3(self.index), self.index_hash)
        rest, at = b"", 0
        for _, begin, end in self.ranges():
            rest, at = rest + self.content[at:begin], end
        test.assertEqual(xxh3(rest + self.content[at:self.image]), self.image_hash)
        test.assertEqual(checksum(self.plan, self.clips), struct.unpack_from("<Q", self.content, self.offsets["checksum"])[0])
        for row, clip in enumerate(self.clips):
            test.assertEqual(xxh3(pathlib.Path(clip["path"]).read_bytes()), clip["audio_hash"], clip["id"])
            for name in TRANSFORMS:
                begin, size = self.offsets[name] + row * self.row_bytes(name), self.row_bytes(name)
                test.assertEqual(xxh3(self.content[begin:begin + size]), clip[name + "_hash"], f"{name} of {clip['id']}")

    def edited(self, version=None, **changes):
        """The file with another format version, features, extractor_version, program_version or device."""
        fields = {name: changes.get(name, getattr(self, name))
                  for name in ("features", "extractor_version", "program_version", "device")}
        plan = number_bytes(self.index_version) + text_bytes(json.dumps(fields["features"], separators=(",", ":")))
        plan += number_bytes(self.storage) + number_bytes(fields["extractor_version"])
        plan += text_bytes(fields["program_version"]) + text_bytes(fields["device"]) + number_bytes(len(self.clips))
        for clip in self.clips:
            plan += b"".join(text_bytes(clip[name]) for name in ("id", "path", "genre", "artist")) + number_bytes(clip["year"])
        index = plan + self.index[len(self.plan):]
        content = bytearray(self.content[:self.image])
        struct.pack_into("<Q", content, self.offsets["checksum"], checksum(plan, self.clips))
        return bytes(content) + index + struct.pack("<QQQ8s", version or self.version, len(index), xxh3(index), MARK)


def number_bytes(value):
    return struct.pack("<Q", value)


def text_bytes(text):
    return number_bytes(len(text.encode())) + text.encode()


def checksum(plan, clips):
    """Of all that the index and the columns say."""
    text = plan
    for clip in clips:
        text += b"".join(number_bytes(clip[name]) for name in ("seconds", "audio_hash", *(t + "_hash" for t in TRANSFORMS)))
    for clip in clips:
        text += b"".join(number_bytes(clip[name]) for name in ("file_size", "file_mtime_ns", "file_inode"))
    return xxh3(text)
