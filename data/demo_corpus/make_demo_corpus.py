#!/usr/bin/env python3
"""Makes the demo corpus: ten genres of synthetic music, to try genretrack on without any recordings.

    make_demo_corpus.py FOLDER [--clips-per-genre 30] [--jobs N]

MMA (Musical MIDI Accompaniment) arranges a song from a groove and chords, FluidSynth plays it with a General
MIDI sound font, and 30 s of it become one 22,050 Hz mono 16-bit wav. README.md beside this file says what is
in the corpus and which drift of genre shares over the years is planted in it. The same version of the
generator and of its two programs gives the same bytes. A finished corpus is left alone; an interrupted one is
continued.
"""
import argparse
import array
import csv
import hashlib
import io
import multiprocessing
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import wave

HERE = pathlib.Path(__file__).resolve().parent
RATE = 22050
CLIP_SAMPLES = 30 * RATE
SOUND_FONTS = ["/usr/share/sounds/sf2/TimGM6mb.sf2", "/usr/share/sounds/sf2/default-GM.sf2"]

FIRST_YEAR, LAST_YEAR = 1960, 2019
# The planted law: in year y, with t = (y - 1989.5) / 30, genre g has the share 0.1 * (1 + SLOPE[g] * t). The
# slopes sum to zero, so the shares of every year sum to one and every genre has a tenth over all years.
SLOPE = {"blues": -0.9, "classical": -0.3, "country": 0.0, "disco": 0.0, "hiphop": 0.9,
         "jazz": -0.6, "metal": 0.6, "pop": 0.6, "reggae": 0.0, "rock": -0.3}

# Four bars each, in C; a song takes some of its genre's and is transposed as a whole.
PROGRESSIONS = {
    "blues": ["C7 F7 C7 C7", "F7 F7 C7 C7", "G7 F7 C7 G7", "C7 C7 F7 G7"],
    "classical": ["C G Am Em", "F C F G", "Am E7 Am Dm", "C F G7 C", "Dm G7 C A7"],
    "country": ["C C F C", "G7 G7 C C", "C F C G7", "F C G7 C"],
    "disco": ["Am7 D7 Gm7 C7", "Dm7 G7 CM7 FM7", "Am7 Am7 Dm7 Em7", "FM7 Em7 Dm7 Em7"],
    "hiphop": ["Am7 Am7 Dm7 Am7", "Am Am F Em", "Dm7 Dm7 Am7 Am7", "Cm7 Cm7 Fm7 Gm7"],
    "jazz": ["Dm7 G7 CM7 A7", "Em7 A7 Dm7 G7", "CM7 Am7 Dm7 G7", "FM7 Fm7 Em7 A7", "Bm7b5 E7 Am7 Am7"],
    "metal": ["Em Em C D", "Em F Em F", "Am Am G F", "Em G A C"],
    "pop": ["C G Am F", "Am F C G", "F G Em Am", "C Am F G"],
    "reggae": ["Am Dm Am Em", "C F C G", "Am G F G", "Dm Am Dm Am"],
    "rock": ["C Bb F C", "A D E D", "C F G F", "Am G F G"],
}

# What drum-only grooves play over.
BANDS = {
    "skank": """
Begin Chord-Skank
  Voice MutedGuitar
  Octave 5
  Articulate 40
  Volume mf
  Sequence {2 8 90; 4 8 90}
End
Begin Bass-Roots
  Voice FingeredBass
  Volume ff
  Sequence {1 4 1 90; 2.5 8 3 80; 3 4 5 90; 4.5 8 3 80}
End
""",
    "riff": """
Begin Chord-Riff
  Voice DistortonGuitar
  Octave 3
  Articulate 70
  Volume f
  Sequence {1 8 95 * 8}
End
Begin Bass-Riff
  Voice PickedBass
  Volume ff
  Sequence {1 8 1 95; 1.5 8 1 80; 2 8 1 80; 2.5 8 1 80; 3 8 5 90; 3.5 8 1 80; 4 8 1 80; 4.5 8 3 80}
End
""",
}


def read_artists():
    """Genre -> its artists, in the order of artists.csv."""
    artists = {genre: [] for genre in SLOPE}
    with open(HERE / "artists.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            artists[row["genre"]].append(row)
    return artists


def planted_year(genre, quantile):
    """The year at a quantile of the genre's density (1 + slope * t) / 2 over t from -1 to 1."""
    slope, low, high = SLOPE[genre], -1.0, 1.0
    for _ in range(60):  # bisection: no root formula that fails at slope 0, no rounding that differs
        middle = (low + high) / 2
        if (middle + 1) / 2 + slope * (middle * middle - 1) / 4 < quantile:
            low = middle
        else:
            high = middle
    return min(LAST_YEAR, FIRST_YEAR + int((low + 1) / 2 * (LAST_YEAR - FIRST_YEAR + 1)))


def plan(clips_per_genre):
    """All clips of the corpus, as dictionaries; a clip depends on nothing but its genre and number."""
    clips = []
    for genre, artists in read_artists().items():
        for number in range(clips_per_genre):
            dice = random.Random(f"genretrack demo corpus, {genre}, {number}")
            clips.append({"path": f"{genre}/{genre}.{number:05}.wav", "genre": genre,
                          "artist": artists[number % len(artists)],
                          "year": planted_year(genre, (number + dice.random()) / clips_per_genre),
                          "seed": dice.randrange(1 << 30)})
    return clips


def arrange(clip):
    """The song of a clip, in MMA's language, at least 34 s long."""
    dice, artist = random.Random(clip["seed"]), clip["artist"]
    tempo = dice.randint(int(artist["slowest"]), int(artist["fastest"]))
    bars = int(34 * tempo / 60 / int(artist["beats"])) + 2
    chords = []
    while len(chords) < bars:
        chords += 2 * dice.choice(PROGRESSIONS[clip["genre"]]).split()
    lines = [f"RndSeed {clip['seed']}", f"Tempo {tempo}", f"Transpose {dice.randint(-5, 6)}",
             f"Groove {artist['groove']}", BANDS.get(artist["band"], "")]
    # A lead of its own per artist, over scales that fit the chords, with rests where the dice say so.
    lines += ["Begin Scale-Lead", f"Voice {artist['lead']}", f"Octave {dice.choice([4, 5])}",
              f"Volume {dice.choice(['mp', 'mf', 'f'])}", f"RSkip {dice.randint(15, 45)}", "Direction Random",
              f"Articulate {dice.randint(60, 95)}",
              f"Sequence {{1 {dice.choice([4, 8])} 80 * {dice.choice([4, 6, 8])}}}", "End"]
    lines += [f"{bar + 1} {chord}" for bar, chord in enumerate(chords[:bars])]
    return "\n".join(lines) + "\n"


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                            env={**os.environ, "HOME": str(folder)})
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{result.stdout}{result.stderr}")


def mono_clip(path, start):
    """30 s from `start` (samples) on of a stereo wav, its channels averaged, as 16-bit samples."""
    with wave.open(str(path)) as song:
        if (song.getnchannels(), song.getsampwidth(), song.getframerate()) != (2, 2, RATE):
            raise RuntimeError(f"{path}: not 16-bit stereo at {RATE} Hz")
        song.setpos(start)
        both = array.array("h", song.readframes(CLIP_SAMPLES))
    if len(both) != 2 * CLIP_SAMPLES:
        raise RuntimeError(f"{path}: the song ends before the clip does")
    return array.array("h", [(left + right) >> 1 for left, right in zip(both[0::2], both[1::2])])


def make_clip(job):
    """Writes one clip, whole or not at all."""
    clip, target, sound_font = job
    path = target / clip["path"]
    dice = random.Random(clip["seed"] + 1)
    try:
        with tempfile.TemporaryDirectory(prefix="genretrack-demo-") as scratch:
            scratch = pathlib.Path(scratch)
            (scratch / "song.mma").write_text(arrange(clip), encoding="utf-8")
            run(["mma", "-w", "song.mma", "-f", "song.mid"], scratch)
            run(["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", f"{dice.uniform(0.4, 0.7):.3f}",
                 "-r", str(RATE), "-T", "wav", "-O", "s16", "-F", "song.wav", sound_font, "song.mid"], scratch)
            samples = mono_clip(scratch / "song.wav", dice.randrange(RATE, 3 * RATE))
        if max(samples) < 1000:
            raise RuntimeError(f"{clip['path']}: nearly silent")
    except RuntimeError as error:
        return f"{clip['path']} ({clip['artist']['groove']}): {error}"
    if sys.byteorder == "big":
        samples.byteswap()
    unfinished = path.with_suffix(".part")
    with wave.open(str(unfinished), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    unfinished.rename(path)
    return None


def generator_version(sound_font):
    """A hash of everything of ours that decides the bytes, so that an old corpus is not taken for a new one."""
    digest = hashlib.sha256(str(os.path.getsize(sound_font)).encode())
    for name in ("make_demo_corpus.py", "artists.csv"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16] + "\n"


def start_afresh_where_outdated(target, version):
    """Makes the folders; removes the clips of another version of the generator, and nobody else's."""
    stamp = target / "version.txt"
    recordings = list(target.glob("*/*.wav"))
    if recordings and not stamp.exists():
        sys.exit(f"{target} holds recordings that are no demo corpus: name another folder")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != version:
        for recording in recordings:
            recording.unlink()
    for genre in SLOPE:
        (target / genre).mkdir(parents=True, exist_ok=True)
    stamp.write_text(version, encoding="utf-8")


def manifest(clips):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["path", "genre", "artist", "year"])
    for clip in clips:
        writer.writerow([clip["path"], clip["genre"], f"{clip['genre']}/{clip['artist']['artist']}", clip["year"]])
    return text.getvalue()


def find_sound_font():
    for path in SOUND_FONTS:
        if os.path.exists(path):
            return path
    sys.exit("no General MIDI sound font: install the package timgm6mb-soundfont")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="where the corpus goes")
    parser.add_argument("--clips-per-genre", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one per core)")
    arguments = parser.parse_args()
    for program in ("mma", "fluidsynth"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed: install the package {program}")
    if arguments.clips_per_genre < 1 or arguments.jobs < 1:
        sys.exit("--clips-per-genre and --jobs are at least 1")

    target, sound_font = arguments.folder, find_sound_font()
    clips = plan(arguments.clips_per_genre)
    start_afresh_where_outdated(target, generator_version(sound_font))

    whole = 44 + 2 * CLIP_SAMPLES
    missing = [(clip, target, sound_font) for clip in clips
               if not (target / clip["path"]).exists() or (target / clip["path"]).stat().st_size != whole]
    with multiprocessing.Pool(arguments.jobs) as pool:
        for done, failure in enumerate(pool.imap_unordered(make_clip, missing), 1):
            if failure:
                sys.exit(f"demo corpus: {failure}")
            if done % 50 == 0 or done == len(missing):
                print(f"demo corpus: {done} of {len(missing)} clips", file=sys.stderr)

    text = manifest(clips)
    if not (target / "manifest.csv").exists() or (target / "manifest.csv").read_text(encoding="utf-8") != text:
        (target / "manifest.part").write_text(text, encoding="utf-8")
        (target / "manifest.part").rename(target / "manifest.csv")
    print(f"demo corpus: {len(clips)} clips in {target}", file=sys.stderr)


if __name__ == "__main__":
    main()
