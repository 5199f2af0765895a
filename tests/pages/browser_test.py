"""Pages of show, compare, doctor and trends in a real browser: nothing goes wrong, every chart is drawn and fits, narrow and wide,
light and dark. Exit code 77, which CTest counts as skipped, where there is no browser or no Playwright."""
import base64
import csv
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "program"))
from program import PROGRAM, tone, wav_bytes  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
SKIPPED = 77
HOSTILE_NAME = "<img src=x onerror=hacked()> & 'söng'.wav"
SHOW_CHARTS = 7
COMPARE_CHARTS = 3 + 3 * 4  # accuracy, gains, gains by genre; confusion, reliability and training of four runs
DOCTOR_CHARTS = 2  # lengths, levels
TRENDS_CHARTS = 1 + 3 + 2  # all genres, each of them, novelty and diversity

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    print("no Playwright here; .ci/dependencies.sh --test installs it, then configure again")
    sys.exit(SKIPPED)
if not os.path.exists(CHROMIUM):
    print(f"no browser at {CHROMIUM}; .ci/dependencies.sh --test installs it")
    sys.exit(SKIPPED)

ALL_DRAWN = """() => [...document.querySelectorAll('.plot')].every(
    plot => plot.dataset.drawn == plot.clientWidth && plot.querySelector('svg')?.clientWidth == plot.clientWidth)"""
CHARTS = """() => [...document.querySelectorAll('.plot')].map(plot => ({
    label: plot.getAttribute('aria-label'),
    texts: [...plot.querySelectorAll('svg text')].filter(text => text.textContent.trim()).length,
    marks: [...plot.querySelectorAll('svg .mark-image image, svg .mark-rect path, svg .mark-symbol path, svg .mark-line path, svg .mark-area path')]
        .filter(mark => { const box = mark.getBoundingClientRect(); return box.width + box.height > 1; }).length,
    images: [...plot.querySelectorAll('svg image')].map(image => image.getBoundingClientRect().width),
}))"""

# Browsers stop pages that download many files in a row, so the links are kept instead, and what they lead to is read.
KEEP_LINKS = "() => { window.links = []; HTMLAnchorElement.prototype.click = function () { links.push(this); }; }"
SAVED = """() => Promise.all(links.map(async link => {
    const blob = await (await fetch(link.href)).blob();
    const reader = new FileReader();
    await new Promise(done => { reader.onload = done; reader.readAsDataURL(blob); });
    return [link.download, reader.result];
}))"""


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="genretrack-pages-")
        cls.addClassCleanup(scratch.cleanup)
        folder = pathlib.Path(scratch.name)
        (folder / HOSTILE_NAME).write_bytes(wav_bytes(tone(440, 4.0)))
        subprocess.run([os.environ["GENRETRACK_FAKE_RUNS"], folder], check=True)
        quiet = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL}
        subprocess.run([PROGRAM, "show", HOSTILE_NAME, "-o", "show.html", "--pictures", "all"], **quiet)
        subprocess.run([PROGRAM, "compare", *sorted(path.name for path in folder.glob("demo-*")), "--html", "compare.html"],
                       **quiet)
        for genre in ("jazz", "rock"):
            (folder / "music" / genre).mkdir(parents=True)
            for number in range(3):
                (folder / "music" / genre / f"{number}.wav").write_bytes(wav_bytes(tone(200 + 50 * number, 2.0 + number)))
        (folder / "music" / "jazz" / HOSTILE_NAME).write_bytes(b"no audio")
        subprocess.run([PROGRAM, "doctor", "music", "--html", "doctor.html"], **quiet)
        # Pop swings and rises, so that there are forecasts to draw.
        songs = "year,blues,<img src=x>,pop\n"
        for song in range(3000):
            year, pop = 1960 + song % 60, 0.2 + 0.005 * (song % 60) + 0.1 * (song % 60 % 8 < 4) + 0.01 * (song * 7 % 11 - 5)
            songs += f"{year},{(1 - pop) * 0.4:.4f},{(1 - pop) * 0.6:.4f},{pop:.4f}\n"
        (folder / "songs.csv").write_text(songs)
        subprocess.run([PROGRAM, "trends", "songs.csv", "-o", "trends.html", "--draws", "99", "--surrogates", "99"], **quiet)
        cls.trends = folder / "trends.html"
        cls.show, cls.compare, cls.doctor = folder / "show.html", folder / "compare.html", folder / "doctor.html"
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.browser = cls.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)

    def open(self, path, width=1400, scheme="light", drawn=True, **options):
        """A page that has drawn its charts; what goes wrong in it from now on is a failure at the test's end."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True,
                                           **options)
        self.addCleanup(context.close)
        page, wrong = context.new_page(), []
        page.set_default_timeout(10000)  # milliseconds
        page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda request: None if request.url.startswith(("file:", "data:", "blob:")) else wrong.append(request.url))
        self.addCleanup(lambda: self.assertEqual(wrong, [], f"{path.name} at {width}, {scheme}"))
        page.goto(path.as_uri())
        if drawn:
            page.wait_for_function(ALL_DRAWN)
        return page

    def check_charts(self, page, count):
        charts = page.evaluate(CHARTS)
        self.assertEqual(len(charts), count)
        for chart in charts:
            self.assertGreater(len(chart["label"]), 10)
            self.assertGreater(chart["texts"], 3, chart["label"])
            self.assertGreater(chart["marks"], 0, chart["label"])
        return charts

    def check_fits(self, page):
        wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        self.assertLessEqual(wide, window, "the page scrolls sideways")

    def test_draws_every_chart_at_every_width_and_theme(self):
        for path, count in ((self.show, SHOW_CHARTS), (self.compare, COMPARE_CHARTS), (self.doctor, DOCTOR_CHARTS),
                            (self.trends, TRENDS_CHARTS)):
            for width in (390, 1400):
                for scheme in ("light", "dark"):
                    with self.subTest(page=path.name, width=width, scheme=scheme):
                        page = self.open(path, width, scheme)
                        self.check_charts(page, count)
                        self.check_fits(page)

    def test_shows_heat_maps_at_one_scale_of_time(self):
        charts = self.check_charts(self.open(self.show), SHOW_CHARTS)
        widths = [chart["images"] for chart in charts]
        self.assertTrue(all(len(images) == 1 and images[0] > 600 for images in widths), widths)
        self.assertEqual(len({round(images[0]) for images in widths}), 1, widths)

    def test_charts_follow_the_window(self):
        page = self.open(self.compare, 1400)
        for width in (390, 1000):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(ALL_DRAWN)
            self.check_charts(page, COMPARE_CHARTS)
            self.check_fits(page)

    def test_charts_follow_the_theme(self):
        page = self.open(self.show)
        fill = "getComputedStyle(document.querySelector('.plot svg text')).fill"
        light = page.evaluate(fill)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"{fill} !== '{light}'")
        page.wait_for_function(ALL_DRAWN)
        self.check_charts(page, SHOW_CHARTS)

    def test_every_chart_can_be_saved_by_keyboard(self):
        for path, count, scheme in ((self.show, SHOW_CHARTS, "light"), (self.compare, COMPARE_CHARTS, "dark")):
            page = self.open(path, 1000, scheme, bypass_csp=True)  # for SAVED, which fetches
            page.evaluate(KEEP_LINKS)
            for kind in ("SVG", "PNG"):
                buttons = page.get_by_role("button", name=f"Save {kind}")
                self.assertEqual(buttons.count(), count)
                for i in range(count):
                    buttons.nth(i).focus()
                    page.keyboard.press("Enter")
            page.wait_for_function(f"links.length == {2 * count}")
            saved = page.evaluate(SAVED)
            self.assertEqual(len({name for name, _ in saved}), 2 * count, [name for name, _ in saved])
            for name, content in saved:
                self.check_saved(name, base64.b64decode(content.split(",")[1]))

    def test_data_of_charts_are_saved_as_csv_without_formulas(self):
        page = self.open(self.compare, 1000, bypass_csp=True)
        page.evaluate(KEEP_LINKS)
        buttons = page.get_by_role("button", name="Save CSV")
        self.assertEqual(buttons.count(), COMPARE_CHARTS)
        for i in range(COMPARE_CHARTS):
            buttons.nth(i).focus()
            page.keyboard.press("Enter")
        tables = [list(csv.reader(io.StringIO(base64.b64decode(content.split(",")[1]).decode())))
                  for _, content in page.evaluate(SAVED)]
        for table in tables:
            self.assertGreater(len(table), 1)
            self.assertEqual({len(row) for row in table}, {len(table[0])})
            self.assertFalse([cell for row in table for cell in row if cell[:1] in "=@+\t" and cell])
        genres = [row[tables[2][0].index("genre")] for row in tables[2][1:]]
        self.assertIn("'=1+1", genres)

    def test_tables_are_sorted_by_keyboard(self):
        page = self.open(self.compare, 1000)
        table = page.locator("table.sortable").first
        column = "[...document.querySelector('table.sortable').tBodies[0].rows].map(row => parseFloat(row.cells[1].textContent))"
        head = table.get_by_role("button", name="accuracy %", exact=True)
        head.focus()
        page.keyboard.press("Enter")
        values = page.evaluate(column)
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertEqual(table.locator("th[aria-sort=descending]").count(), 1)
        page.keyboard.press("Enter")
        self.assertEqual(page.evaluate(column), sorted(values))

    def test_contents_lead_to_every_heading(self):
        page = self.open(self.compare, 1000)
        targets = page.evaluate("[...document.querySelectorAll('nav a')].map(link => link.hash)")
        self.assertEqual(len(targets), page.locator("h2").count())
        for target in targets:
            self.assertEqual(page.locator(f"h2{target}").count(), 1)

    def test_the_verdict_comes_first(self):
        page = self.open(self.compare, 390)
        self.assertLess(page.locator(".verdict").first.bounding_box()["y"], 200)

    def test_prints_every_chart_dark_on_white(self):
        page = self.open(self.compare, 1000, "dark")
        page.emulate_media(media="print")
        fill = page.evaluate("getComputedStyle(document.querySelector('.plot .role-axis-label text')).fill")
        self.assertEqual(fill, "rgb(34, 34, 34)")
        self.assertFalse(page.locator(".save").first.is_visible())

    def check_saved(self, name, content):
        self.assertRegex(name, r"^[\w-]+\.(svg|png)$")
        if name.endswith(".png"):
            self.assertEqual(content[:8], b"\x89PNG\r\n\x1a\n")
            self.assertGreater(len(content), 5000, name)
        else:
            root = xml.etree.ElementTree.fromstring(content)
            self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
            texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text") if text.text]
            self.assertGreater(len(texts), 4, name)

    def test_saving_downloads_a_file(self):
        page = self.open(self.show, accept_downloads=True)
        with page.expect_download() as download:
            page.get_by_role("button", name="Save SVG").first.click()
        self.assertTrue(download.value.suggested_filename.endswith("spectrogram.svg"), download.value.suggested_filename)
        self.check_saved("a.svg", pathlib.Path(download.value.path()).read_bytes())

    def test_wide_tables_scroll_in_their_own_box(self):
        page = self.open(self.compare, 390)
        boxes = page.evaluate("[...document.querySelectorAll('.scroll')].map(box => [box.scrollWidth, box.clientWidth])")
        self.assertTrue(any(content > box for content, box in boxes), boxes)
        names = page.evaluate("[...document.querySelectorAll('tbody th')].map(name => name.clientWidth)")
        self.assertGreater(min(names), 90, "names of rows can be read")

    def test_names_are_text_and_nothing_else(self):
        page = self.open(self.show)
        self.assertEqual(page.inner_text("h1"), HOSTILE_NAME)
        for path in (self.show, self.compare, self.doctor, self.trends):
            self.assertEqual(self.open(path).locator("img").count(), 0)
        self.assertIn(HOSTILE_NAME, self.open(self.doctor).inner_text("main"))

    def test_says_what_is_missing_without_scripts(self):
        page = self.open(self.compare, drawn=False, java_script_enabled=False)
        self.assertIn("drawn by a script", page.inner_text("main"))
        self.assertIn("demo-late", page.inner_text("main"))


if __name__ == "__main__":
    unittest.main()
