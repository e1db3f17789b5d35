"""One card of the map as SVG: an objective with its figures, its key results, and what is folded away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from markupsafe import escape

from milepost.core.ids import decode
from milepost.core.layout import Spot, letters
from milepost.queries.alignment import Row
from milepost.queries.map import (
    INDENT,
    LEFT,
    NAME,
    NAME_LINE,
    RIGHT,
    TITLE_LINE,
    WIDTH,
    Card,
    Hidden,
    name_lines,
)
from milepost.queries.what_if import Effect
from milepost.web import words
from milepost.web.map_lenses import Lens
from milepost.web.marks import STATUS_CLASSES, STATUS_WORDS
from milepost.web.words import percent

EDGE, BROAD_EDGE, TINTED = 4, 9, 14  # how wide the edge of a card is, what is tinted above its title's lines
WHAT_IF = '<title class="tip">What if it ends elsewhere?</title>'
BAR = WIDTH - 2 * LEFT + 3
AFAR, SURE = 26, 17  # the size of letters on a small card: of its figure, of how sure one is
FOLD_WIDTH = 130  # of what a card says is folded away: on a small card it is drawn 1.7 times as large


@dataclass(frozen=True)
class Pen:
    """How cards are drawn: through which lens, with which links (None: none), under which supposition."""

    lens: Lens
    address: Callable[[str], str] | None
    effects: Mapping[int, Effect] = field(default_factory=dict)
    own: int | None = None  # the card with which the reader begins
    supposed: frozenset[str] = frozenset()  # the key results that are supposed to end somewhere

    def seen(self, card: Card) -> Card:
        """Return a card as it would stand under the supposition."""
        if card.id not in self.effects and not self.supposed:
            return card
        rows = tuple(self._then(row, decode(row.key)) for row in card.key_results)
        return replace(card, row=self._then(card.row, card.id), key_results=rows)

    def _then(self, row: Row, id: int) -> Row:
        effect = self.effects.get(id)
        return row if effect is None else replace(row, status=effect.status_after, progress=effect.after)

    def card(self, card: Card, spot: Spot, row: int, *, served: str, is_hot: bool) -> str:
        """Draw a card where it stands, in which row; `served` are the numbers of the cards above it."""
        card = self.seen(card)
        colour = self.lens.of(card)[0]
        edge = EDGE if self.lens.name == "status" else BROAD_EDGE
        kinds = {
            "hot": is_hot,
            "broad": edge == BROAD_EDGE,
            "moved": card.id in self.effects,
            "me": card.id == self.own,
        }
        classes = " ".join(["cd", colour, *(name for name, holds in kinds.items() if holds)])
        frame = f'<rect class="nd" width="{WIDTH}" height="{spot.height:g}" rx="8"/>'
        return "".join(
            [
                f'<g class="{classes}" id="m-{card.row.key}" transform="translate({spot.x:g} {spot.y:g})" ',
                f'data-n="{card.number}" data-row="{row}" data-up="{served}">',
                self.link(f"?path={card.row.key}", frame),
                f'<path class="hd near" d="{_head(card)}"/>',
                f'<rect class="hd far" width="{WIDTH}" height="{spot.height:g}" rx="8"/>',
                f'<path class="ed" d="{_edge(edge, spot.height)}"/>',
                '<g class="near">',
                _mark("i-lock" if card.row.is_private else "i-target", LEFT, 10, 15, "ic"),
                *self._title(card),
                *self._owner(card),
                *self._progress(card),
                *map(self._key_result, card.key_results, card.tops),
                "</g>",
                self._from_afar(card, spot),
                self._fold(card, spot),
                "</g>",
            ]
        )

    def link(self, address: str, what: str, kind: str = "") -> str:
        """Let something lead somewhere, where the drawing has links."""
        kind = f' class="{kind}"' if kind else ""
        if self.address is None:
            return f"<g{kind}>{what}</g>" if kind else what
        if address.startswith("?"):
            address = self.address(address)
        return f'<a{kind} href="{escape(address)}" tabindex="-1">{what}</a>'

    def _title(self, card: Card) -> Iterator[str]:
        lines = _spans(card.title, INDENT, 22, TITLE_LINE)
        row = card.row
        yield self.link(row.url, f'<title>{escape(row.title)}</title><text class="ttl">{lines}</text>')

    def _owner(self, card: Card) -> Iterator[str]:
        owner, (said, is_asked), low = card.row.owner, self._beside_owner(card), card.head - 40
        if owner:
            tint = self.lens.tint(owner.id)
            strong, size = (" em", NAME * letters.BOLD) if self.lens.name == "owner" else ("", NAME)
            room = RIGHT - INDENT - letters.width(said, NAME * (letters.BOLD if is_asked else 1)) - 8
            (name,) = letters.broken(owner.name, room, size, 1) or ("",)
            yield f'<circle class="av {tint}" cx="22.5" cy="{low - 4}" r="8.5"/>'
            initials = escape(words.initials(owner.name))
            yield f'<text class="nm {tint}" x="22.5" y="{low - 1}">{initials}</text>'
            yield f'<text class="sm{strong}" x="{INDENT}" y="{low}">{escape(name)}</text>'
        if said:
            yield f'<text class="sm fin{" em" if is_asked else ""}" x="{RIGHT}" y="{low}">{said}</text>'

    def _beside_owner(self, card: Card) -> tuple[str, bool]:
        """Return what stands at the end of the owner's line, and whether the lens asks for it."""
        if self.lens.name == "age":
            said = words.ago(card.silent_since, self.lens.today) if card.silent_since else "never"
            return said, True
        if card.confidence is None:
            return ("not said", True) if self.lens.name == "confidence" else ("", False)
        return f"{words.number(card.confidence, 1)}/10", self.lens.name == "confidence"

    def _progress(self, card: Card) -> Iterator[str]:
        row, low = card.row, card.head - 22
        status, figure = STATUS_CLASSES[row.status], self._percent(card)
        yield f'<g class="{status}">{_mark(f"s-{status}", 16, low - 10, 12, "mk")}'
        yield f'<text class="sm stx" x="{INDENT}" y="{low}">{STATUS_WORDS[row.status]}</text>'
        yield f'<text class="pc" x="{RIGHT}" y="{low}">{figure}</text>{_bar(row, low + 6)}</g>'

    def _from_afar(self, card: Card, spot: Spot) -> str:
        """Draw what is left of a card where it is shown small: its title, larger, and its figure."""
        size, row, status = (25, card.row, STATUS_CLASSES[card.row.status])
        if spot.height < 150:
            size = 21
        room = int((spot.height - 46) // (size + 3))
        lines = letters.broken(row.title, RIGHT - LEFT, size * letters.BOLD, room)
        title = _spans(lines, LEFT, size + 5, size + 3)
        # What is folded away is said across the lower edge, larger too: the figure stands clear of it.
        low, owner, sure = spot.height - (17 if card.is_open is None else 22), "", ""
        figure = self._percent(card)
        begins = RIGHT - letters.width(figure, AFAR * letters.BOLD)
        if row.owner and begins > 80:
            tint, named = self.lens.tint(row.owner.id), words.initials(row.owner.name)
            owner = (
                f'<circle class="av {tint}" cx="60" cy="{low - 9:g}" r="18"/>'
                f'<text class="nm {tint}" x="60" y="{low - 3:g}">{escape(named)}</text>'
            )
        if card.confidence is not None:
            said = f"{words.rounded(card.confidence)}/10"
            if 90 + letters.width(said, SURE) < begins:
                sure = f'<text class="sm" x="84" y="{low - 2:g}">{said}</text>'
        return (
            f'<g class="far {status}"><text class="ttl" font-size="{size}">{title}</text>'
            f"{_mark(f's-{status}', LEFT, low - 19, 22, 'mk')}{owner}{sure}"
            f'<text class="fc" x="{RIGHT}" y="{low:g}">{figure}</text></g>'
        )

    def _percent(self, card: Card) -> str:
        effect = self.effects.get(card.id)
        if effect is None:
            return percent(card.row.progress)
        return f"{percent(effect.before)} → {percent(effect.after)}"

    def _key_result(self, row: Row, y: int) -> str:
        status = STATUS_CLASSES[row.status]
        said, is_supposed = self._figure(row), row.key in self.supposed
        lines = _spans(name_lines(row.title, is_bold=is_supposed), INDENT, 19, NAME_LINE)
        text = f'<text class="sm kt">{lines}</text>'
        figure = f'<text class="sm fin" x="{RIGHT}" y="19">{escape(said)}</text>'
        named = f"<title>{escape(row.title)}</title>{text}"
        return (
            f'<g class="kl {status}{" supposed" if is_supposed else ""}" '
            f'transform="translate(0 {y})"><path class="hl" d="M10 0H{WIDTH - 1}"/>'
            f"{_mark(f's-{status}', 16.5, 9.5, 11, 'mk')}{self.link(row.url, named)}"
            f"{self.link(f'?whatif={row.key}', f'{WHAT_IF}{figure}')}</g>"
        )

    def _figure(self, row: Row) -> str:
        """Return what the lens asks of a key result."""
        if self.lens.name == "confidence":
            return f"{row.confidence}/10" if row.confidence else words.NOTHING
        if self.lens.name == "age":
            return f"{(self.lens.today - row.checked_on).days} d" if row.checked_on else "never"
        if self.lens.name == "owner":
            return words.initials(row.owner.name) if row.owner else words.NOTHING
        return percent(row.progress)

    def _fold(self, card: Card, spot: Spot) -> str:
        if card.is_open is None:
            return ""
        said, whole = ("–", "") if card.is_open else (hidden_in_short(card.hidden), hidden_words(card))
        title = f"<title>{whole}</title>" if said != whole and whole else ""
        wide = round(letters.width(said, NAME * letters.BOLD)) + 16
        pill = title + (
            f'<rect x="{(WIDTH - wide) / 2:g}" y="{spot.height - 9:g}" width="{wide}" height="18" rx="9"/>'
            f'<text x="{WIDTH / 2:g}" y="{spot.height + 4:g}">{said}</text>'
        )
        kind = "fd op" if card.is_open else "fd"
        return self.link(f"?{'shut' if card.is_open else 'open'}={card.row.key}", pill, kind)


def hidden_words(card: Card) -> str:
    """Say what is folded away: “+7 (2 at risk)”."""
    return _hidden(card.hidden, 2)


def hidden_in_short(hidden: Hidden) -> str:
    """Say as much of it as is no wider than a small card: at least how many fare worst, “+7 (3 off)”."""
    said = [_hidden(hidden, 2), _hidden(hidden, 1), _hidden(hidden, 1, "off", "risk")]
    return next((each for each in said if letters.width(each, NAME * letters.BOLD) <= FOLD_WIDTH), said[-1])


def _hidden(hidden: Hidden, most: int, off: str = "off track", risk: str = "at risk") -> str:
    named = ((hidden.off_track, off), (hidden.at_risk, risk))
    troubles = [f"{words.number(count)} {word}" for count, word in named if count][:most]
    return f"+{words.number(hidden.count)}" + (f" ({', '.join(troubles)})" if troubles else "")


def _spans(lines: Iterable[str], x: float, y: float, step: float) -> str:
    """Write lines under one another, from the first one's height on."""
    return "".join(
        f'<tspan x="{x:g}" y="{y + step * at:g}">{escape(line)}</tspan>' for at, line in enumerate(lines)
    )


def _head(card: Card) -> str:
    """Return the shape that is tinted behind a title."""
    tall = TINTED + TITLE_LINE * max(len(card.title), 2)
    return f"M0 {tall}V8a8 8 0 0 1 8-8h{WIDTH - 16}a8 8 0 0 1 8 8v{tall - 8}z"


def _edge(wide: float, height: float) -> str:
    """Return the left edge of a card, round at its outer corners, so wide."""
    if wide >= 8:
        return f"M{wide:g} 0H8a8 8 0 0 0-8 8V{height - 8:g}a8 8 0 0 0 8 8H{wide:g}z"
    cut = 8 - (64 - (8 - wide) ** 2) ** 0.5  # where the corner of the card is so wide
    return f"M{wide:g} {cut:.1f}A8 8 0 0 0 0 8V{height - 8:g}A8 8 0 0 0 {wide:g} {height - cut:.1f}z"


def _mark(name: str, x: float, y: float, size: float, kind: str) -> str:
    return f'<use class="{kind}" href="#m{name}" x="{x:g}" y="{y:g}" width="{size}" height="{size}"/>'


def _bar(row: Row, y: int) -> str:
    if row.progress is None:
        return f'<path class="nb" d="M{LEFT} {y + 2}h{BAR}"/>'
    share = float(max(0, min(1, row.progress)))
    parts = [f'<rect class="t" x="{LEFT}" y="{y}" width="{BAR}" height="4" rx="2"/>']
    if share > 0:
        parts.append(f'<rect class="f" x="{LEFT}" y="{y}" width="{BAR * share:.1f}" height="4" rx="2"/>')
    if row.expected:
        x = LEFT + BAR * min(1.0, float(row.expected))
        parts.append(f'<path class="x" d="M{x:.1f} {y - 2}v8"/>')
    return "".join(parts)
