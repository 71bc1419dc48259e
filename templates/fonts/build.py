#!/usr/bin/env python3
"""Builds the four faces of this folder from openly licensed originals, and measures what they cover.

    apt-get install fonts-noto-cjk fonts-lxgw-wenkai unicode-data
    pip install fonttools==4.68.0 pylopdf-fonts-zh-cn==0.1.1
    python3 build.py              # writes the *.ttf beside this file
    python3 build.py --coverage   # only prints the coverage table of README.md

Each face is cut down to the characters it needs, stripped of hints, vertical metrics and layout features other than
kerning and Latin ligatures, converted from CFF to TrueType outlines (a PDF subset of glyf outlines is made a third
faster), given the superscripts, subscripts and ballot boxes it lacks, and renamed, as the OFL asks of modified versions.
The result is byte for byte the same on every run.
"""

import argparse
import bz2
import importlib.util
import unicodedata
from pathlib import Path

from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

HERE = Path(__file__).parent
UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
NOTO = Path("/usr/share/fonts/opentype/noto")
WENKAI = Path("/usr/share/fonts/truetype/lxgw-wenkai")

# Largest distance, in units of 1/1000 em, between a cubic outline and the quadratic one that replaces it.
OUTLINE_ERROR = 0.8
SC_FACE = 2  # the simplified Chinese face of the Noto CJK collections


def unihan_tgh() -> dict[int, int]:
    """Code point -> number in 通用规范汉字表 (2013)."""
    table = {}
    with bz2.open(UNIHAN, "rt", encoding="utf-8") as lines:
        for line in lines:
            if "\tkTGH\t" in line:
                code, _, value = line.split()
                table[int(code[2:], 16)] = int(value.removeprefix("2013:"))
    return table


def double_byte(encoding: str) -> set[int]:
    found = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                found |= {ord(c) for c in bytes([lead, trail]).decode(encoding) if not 0xE000 <= ord(c) <= 0xF8FF}
            except UnicodeDecodeError:
                pass
    return found


def is_han(code: int) -> bool:
    return 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF


TGH = set(unihan_tgh())
GB2312 = {c for c in double_byte("gb2312") if is_han(c)}
GBK = {c for c in double_byte("gbk") if is_han(c)}
LEVEL_1 = set(range(0x4E00, 0x9FF0)) | set(range(0x3400, 0x4DB6)) | {c for c in GBK if c >= 0xF900}
LEVEL_2 = LEVEL_1 | TGH
# Latin with all its diacritics, Greek, Cyrillic, punctuation, sub- and superscripts, currencies, units, fractions,
# Roman numerals, arrows, operators, enclosed digits, boxes, shapes, radicals, kana, bopomofo, full-width forms.
SYMBOL_BLOCKS = [
    (0x20, 0x24F), (0x2B0, 0x2FF), (0x370, 0x45F), (0x1E00, 0x1EFF), (0x2000, 0x20CF), (0x2100, 0x27FF),
    (0x2E80, 0x2FDF), (0x2FF0, 0x33FF), (0xFB00, 0xFB06), (0xFE10, 0xFE6F), (0xFF00, 0xFFEF),
]
SYMBOLS = {c for first, last in SYMBOL_BLOCKS for c in range(first, last + 1)}
COMMON = TGH | GB2312 | SYMBOLS | {0x20BB7}
ALL_HAN = {c for c in range(0x3400, 0x40000) if is_han(c)}


def google_song() -> Path:
    wheel = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    return Path(wheel.origin).parent / "NotoSerifSC-Regular.otf"


def cut(source: Path, face: int, characters: set[int]) -> TTFont:
    options = subset.Options(
        font_number=face, hinting=False, notdef_outline=True, layout_features=["kern", "liga", "ccmp"],
        name_IDs=[0, 5, 7, 13, 14], name_languages=[0x409], glyph_names=False, recalc_bounds=True,
    )
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE"]
    font = subset.load_font(str(source), options)
    font.recalcTimestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def quadratic(glyph_set, name):
    pen = TTGlyphPen(None)
    glyph_set[name].draw(Cu2QuPen(pen, OUTLINE_ERROR, reverse_direction=True))
    return pen.glyph()


def to_truetype(font: TTFont) -> None:
    glyph_set = font.getGlyphSet()
    glyf = newTable("glyf")
    glyf.glyphOrder = font.getGlyphOrder()
    glyf.glyphs = {name: quadratic(glyph_set, name) for name in glyf.glyphOrder}
    font["loca"], font["glyf"] = newTable("loca"), glyf
    del font["CFF "]
    font.sfntVersion = "\0\1\0\0"
    font["post"].formatType = 3.0
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for limit in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements",
                  "SizeOfInstructions", "ComponentElements"):
        setattr(maxp, f"max{limit}", 0)
    maxp.maxZones = 1


def borrow(font: TTFont, other: Path, characters: set[int]) -> None:
    """Adds the characters that `font` lacks and `other`, of the same design and em, has."""
    donor = TTFont(other)
    names, glyph_set = donor.getBestCmap(), donor.getGlyphSet()
    for code in sorted((characters & set(names)) - set(font.getBestCmap())):
        add(font, code, quadratic(glyph_set, names[code]), donor["hmtx"][names[code]])


def drawn(font: TTFont, code: int) -> DecomposingRecordingPen:
    glyph_set = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyph_set)
    glyph_set[font.getBestCmap()[code]].draw(pen)
    return pen


def bounds(font: TTFont, code: int) -> tuple[float, float, float, float]:
    pen = BoundsPen(None)
    drawn(font, code).replay(pen)
    return pen.bounds


def add(font: TTFont, code: int, glyph, metrics: tuple[int, int]) -> None:
    name = f"u{code:04X}"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"].glyphOrder = font.getGlyphOrder()
    font["glyf"].glyphs[name] = glyph
    font["hmtx"][name] = metrics
    for table in font["cmap"].tables:
        if table.format == 12 or (table.format == 4 and code <= 0xFFFF):
            table.cmap[code] = name


def add_scripts(font: TTFont) -> None:
    """Makes the super- and subscripts that are missing from full-size characters, at the size and height of `²`."""
    full, small = bounds(font, ord("2")), bounds(font, ord("²"))
    scale = (small[3] - small[1]) / (full[3] - full[1])
    raised = small[1] - full[1] * scale
    lowered = -0.15 * font["head"].unitsPerEm
    for made, shift in (("⁰⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", raised), ("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", lowered)):
        for character in made:
            if ord(character) in font.getBestCmap():
                continue
            base = ord(unicodedata.normalize("NFKC", character))
            pen = TTGlyphPen(None)
            drawn(font, base).replay(TransformPen(pen, (scale, 0, 0, scale, 0, shift)))
            advance, bearing = font["hmtx"][font.getBestCmap()[base]]
            add(font, ord(character), pen.glyph(), (round(advance * scale), round(bearing * scale)))


def add_boxes(font: TTFont) -> None:
    """Makes the empty and the ticked ballot box from the square and the tick."""
    square, tick = bounds(font, ord("□")), bounds(font, ord("✓"))
    scale = 0.8 * (square[2] - square[0]) / max(tick[2] - tick[0], tick[3] - tick[1])
    move = [(square[i] + square[i + 2] - scale * (tick[i] + tick[i + 2])) / 2 for i in (0, 1)]
    for character, ticked in (("☐", False), ("☑", True)):
        if ord(character) in font.getBestCmap():
            continue
        pen = TTGlyphPen(None)
        drawn(font, ord("□")).replay(pen)
        if ticked:
            drawn(font, ord("✓")).replay(TransformPen(pen, (scale, 0, 0, scale, *move)))
        add(font, ord(character), pen.glyph(), font["hmtx"][font.getBestCmap()[ord("□")]])


def rename(font: TTFont, family: str, style: str, origin: str) -> None:
    names = font["name"]
    version = names.getDebugName(5).removeprefix("Version ")
    names.names = [n for n in names.names if n.platformID == 3]
    full = f"{family} {style}"
    values = {1: family, 2: style, 3: f"{full}; {origin} {version}", 4: full,
              6: f"{family.replace(' ', '')}-{style}", 10: f"Modified version of {origin}: subset, no hints"}
    for number, value in values.items():
        names.setName(value, number, 3, 1, 0x409)
    font["OS/2"].fsSelection = 0x20 if style == "Bold" else 0x40
    font["head"].macStyle = 1 if style == "Bold" else 0
    font["OS/2"].usWeightClass = 700 if style == "Bold" else 400


# file, family, style, original, its file, its face, characters
FACES = [
    ("YinxinSong-Regular.ttf", "Yinxin Song", "Regular", "Noto Serif CJK SC", NOTO / "NotoSerifCJK-Regular.ttc", SC_FACE,
     ALL_HAN | COMMON),
    ("YinxinSong-Bold.ttf", "Yinxin Song", "Bold", "Noto Serif CJK SC", NOTO / "NotoSerifCJK-Bold.ttc", SC_FACE, COMMON),
    ("YinxinHei-Regular.ttf", "Yinxin Hei", "Regular", "Noto Sans CJK SC", NOTO / "NotoSansCJK-Regular.ttc", SC_FACE, COMMON),
    ("YinxinKai-Regular.ttf", "Yinxin Kai", "Regular", "LXGW WenKai", WENKAI / "LXGWWenKai-Regular.ttf", -1, COMMON),
]


def build() -> None:
    for file, family, style, origin, source, face, characters in FACES:
        font = cut(source, face, characters)
        if "CFF " in font:
            to_truetype(font)
        if file == "YinxinSong-Regular.ttf":
            borrow(font, google_song(), LEVEL_2)
        add_scripts(font)
        add_boxes(font)
        rename(font, family, style, origin)
        font.save(HERE / file)


def coverage() -> None:
    sets = [("GB 2312", GB2312), ("通用规范汉字表", TGH), ("GBK", GBK), ("GB 18030 level 1", LEVEL_1),
            ("GB 18030 level 2", LEVEL_2), ("all Han", ALL_HAN)]
    print("| face | size | " + " | ".join(f"{name} ({len(chars)})" for name, chars in sets[:-1]) + " | all Han |")
    print("|---" * (len(sets) + 2) + "|")
    for file, *_ in FACES:
        has = set(TTFont(HERE / file).getBestCmap())
        cells = [f"{len(has & chars)}" if name == "all Han" or chars - has else "all" for name, chars in sets]
        print(f"| {file} | {(HERE / file).stat().st_size / 1e6:.1f} MB | " + " | ".join(cells) + " |")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--coverage", action="store_true", help="only print the coverage table")
    if not arguments.parse_args().coverage:
        build()
    coverage()


if __name__ == "__main__":
    main()
