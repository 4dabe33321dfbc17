"""Words that point at lines of the order: "it", "the second one", "all of them", "the other one"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voice.language import Language
from voice.types import Reference
from voice.understanding.phrases import PhraseTrie
from voice.understanding.quantities import NumberReader
from voice.understanding.templates import Slot, expand, expand_all, parse_template

_ORDINAL = "{ordinal}"
_NUMBER = "{number}"


class References:
    """Reads grammars/<lang>/references.yaml."""

    def __init__(self, language: Language, numbers: NumberReader) -> None:
        data = language.topic("references")
        self._numbers = numbers
        self._trie: PhraseTrie[Reference] = PhraseTrie()
        for kind, reference in (
            ("last", Reference("last")),
            ("all", Reference("all")),
            ("others", Reference("others")),
        ):
            for words in expand_all(data[kind], "references.yaml"):
                self._trie.add(words, reference)
        self._patterns = [
            tuple(f"{{{part[0]}}}" if isinstance(part, Slot) else part for part in words)
            for template in data["ordinal"]
            for words in expand(parse_template(template, source="references.yaml"))
        ]

    def find(self, keys: Sequence[str], start: int) -> Iterator[tuple[int, Reference]]:
        """(end, reference) of every reference that starts at `start`."""
        yield from self._trie.matches(keys, start)
        for pattern in self._patterns:
            found = self._ordinal(pattern, keys, start)
            if found:
                yield found

    def _ordinal(self, pattern: Sequence[str], keys: Sequence[str], start: int) -> tuple[int, Reference] | None:
        i, index = start, 0
        for part in pattern:
            if i >= len(keys):
                return None
            if part == _ORDINAL:
                found = self._numbers.ordinal(keys[i])
                if found is None:
                    return None
                index, i = found, i + 1
            elif part == _NUMBER:
                number = self._numbers.read(keys, i)
                if number is None or number[1].value < 1:
                    return None
                index, i = int(number[1].value) - 1, number[0]
            elif part != keys[i]:
                return None
            else:
                i += 1
        return i, Reference("ordinal", index)
