from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from voice.audio.pcm import is_silent, read_audio
from voice.cli import cli
from voice.commands.catalogue_check import examine
from voice.errors import CatalogueError
from voice.language import load_language
from voice.shop.catalogue import load_catalogue

DOUBTFUL = """
shop: {name: Doubt}
prompts: {greeting: "Hi, {shop} on {planet}", greting: x}
pronunciations: {frobnik: F R AA B N IH K}
option_groups:
  topping: {options: [honey, nuts], amount_factors: {gigantic: 2}}
  sweetener: {options: [honey, sugar]}
categories: {shelf: {}, empty shelf: {}}
products:
  shelf:
    - {name: frobnik, price: 1, aliases: [thing]}
    - {name: zzyxolith, price: 1, aliases: [thing]}
    - {name: meet pie, price: 1, options: [topping, sweetener]}
    - {name: meat pie, price: 1, unit: barrel}
    - {name: "Ω⁂", price: 1}
    - {name: the very long name of a thing nobody says, price: 1}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["catalogue", *arguments], env={"COLUMNS": "200"}, terminal_width=200)


def test_everything_doubtful_is_found_once(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(DOUBTFUL, encoding="utf-8")
    report = examine(load_catalogue(path), load_language("en"))
    found = {(finding.topic, finding.subject) for finding in report.findings}
    assert {
        ("word", "zzyxolith"), ("same", "thing"), ("same", "honey"), ("alike", "meat pie / meet pie"),
        ("name", "the very long name of a thing nobody says"), ("setting", "meat pie"), ("setting", "meet pie"),
        ("setting", "empty shelf"), ("setting", "greting"), ("setting", "greeting"),
    } <= found
    assert ("word", "frobnik") not in found and ("word", "honey") not in found
    assert len(report.findings) == len(set(report.findings))
    assert {word.word: word.source for word in report.words}["frobnik"] == "owner"


def test_words_that_the_speech_model_lacks_are_told_with_what_is_listened_for(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(DOUBTFUL, encoding="utf-8")
    replaced = {"honey": ("hunny", "on knee"), "zzyxolith": (), "unused": ("a",)}
    report = examine(load_catalogue(path), load_language("en"), replaced)
    found = {finding.subject: finding.does for finding in report.findings if finding.topic == "word"}
    assert found.keys() == {"honey", "zzyxolith"}
    assert "'hunny' or 'on knee'" in found["honey"] and "alias" in found["zzyxolith"]


def test_a_pronunciation_in_sounds_that_there_are_not_is_named(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    said = "pronunciations: {latte: [Q Q Q, L AA T EY]}\n"
    path.write_text("shop: {name: S}\nproducts: [{name: latte, price: 2}]\n" + said)
    findings = examine(load_catalogue(path), load_language("en")).findings
    assert [(f.subject, f.what) for f in findings] == [("latte", "'Q Q Q' is no pronunciation in ARPABET or /IPA/")]


def test_an_alias_that_is_only_the_plural_of_the_name_is_named(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text("shop: {name: S}\nproducts: [{name: plum, price: 2, aliases: [plums, damson]}]\n")
    findings = examine(load_catalogue(path), load_language("en")).findings
    assert [f.subject for f in findings if f.topic == "setting"] == ["plums"]


def test_the_demonstration_shop_has_no_names_to_confuse() -> None:
    report = examine(load_catalogue(), load_language("en"))
    assert [f for f in report.findings if f.topic != "word"] == []
    assert all(word.ways for word in report.words)


def test_check_speaks_the_doubtful_words(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(DOUBTFUL, encoding="utf-8")
    result = run("check", str(path), "--words", "--speak", str(tmp_path / "spoken"))
    assert result.exit_code == 0, result.output
    assert "Names that sound alike (1)" in result.output and "F R AA B N IH K" in result.output
    assert not is_silent(read_audio(tmp_path / "spoken" / "zzyxolith.wav"))


def test_a_mistake_ends_the_check(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text("shop: {nme: X}\nproducts: []", encoding="utf-8")
    result = run("check", str(path))
    assert isinstance(result.exception, CatalogueError) and "Did you mean 'name'?" in str(result.exception)


def test_a_new_catalogue_can_be_used_and_is_never_written_over(tmp_path: Path) -> None:
    for name, option in (("short.yaml", []), ("long.yaml", ["--demo"])):
        assert run("new", str(tmp_path / name), *option).exit_code == 0
        assert run("check", str(tmp_path / name)).exit_code == 0
        assert isinstance(run("new", str(tmp_path / name)).exception, CatalogueError)


def test_show_prints_every_product() -> None:
    result = run("show")
    assert "67 products" in result.output and "€14.00 / kg" in result.output
