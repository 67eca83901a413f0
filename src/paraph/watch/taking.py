"""Taking in: an entry and its page, or its own words, become a document with its signals in the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from paraph.desk import Raw
from paraph.desk.identity import site_of
from paraph.errors import NotEnglish, SourceError
from paraph.intake.dispatch import Context
from paraph.model import Document, Reading, Signal
from paraph.watch.entries import fault, own_words, page_documents, said
from paraph.watch.keep import Keep, Waiting
from paraph.watch.told import Summary, Told

if TYPE_CHECKING:
    from paraph.desk import Desk
    from paraph.intake.fetch import Page

__all__ = ["Extract", "Taker"]

Extract = Callable[[Document], Sequence[Signal]]


class Taker:
    """Takes entries in, counts them in ``summary`` and tells of each."""

    def __init__(
        self,
        desk: Desk,
        keep: Keep,
        context: Context,
        extract: Extract,
        tell: Callable[[Told], None],
        summary: Summary,
    ) -> None:
        self._desk = desk
        self._keep = keep
        self._context = context
        self._settings = context.settings
        self._extract = extract
        self._tell = tell
        self._sum = summary

    def page_of(self, one: Waiting) -> str | None:
        """Return the address of the page that is to be read for an entry, None where its own words do.

        The page is read where the feed gives a summary of it, or speaks of a page that is not of its own site.
        """
        link = one.entry.link
        if link is None or not self._settings.watch_follow:
            return None
        whole = len(one.entry.text) >= self._settings.watch_summary_chars and site_of(link) == site_of(one.feed)
        return None if whole else link

    def begin(self, one: Waiting) -> bool:
        """Take an entry in hand; false where another watcher has it, or where it was begun too often and never ended."""
        if not self._keep.begin(one, self._context.now()):
            return False
        if one.tries < self._settings.watch_page_tries:
            return True
        self._lose(one, f"reading it was begun {one.tries} times and never ended")
        return False

    def read_page(self, one: Waiting, page: Page) -> None:
        """Take an entry in from its page, or from its own words where the page is no article."""
        found = list(page_documents(page, one.entry, source=page.url, context=self._context))
        document = next((each for each in found if isinstance(each, Document)), None)
        if document is not None:
            raw = Raw(page.data, page.media_type) if self._settings.keep_raw else None
            self._add(one, document, raw)
            return
        error = next(each for each in found if isinstance(each, SourceError))
        if isinstance(error, NotEnglish):  # then the feed's own words are not either
            self._sum.unread += 1
            self._lose(one, said(error))
        else:
            self.give_up(one, said(error))

    def give_up(self, one: Waiting, why: str) -> None:
        """Leave an entry's page, and take the feed's own words where there are any."""
        self._sum.unread += 1
        entry = one.entry
        self._tell(Told(self._context.now(), "page", feed=one.feed, url=entry.link, title=entry.title, text=why))
        if entry.text:
            self.own(one, why)
        else:
            self._keep.finish(one, document=None, error=why)

    def own(self, one: Waiting, why: str | None = None) -> None:
        """Take an entry's own words in; ``why`` says why its page was not read, where it was to be.

        A feed does not speak under the address of another site's page.
        """
        entry = one.entry
        if entry.link and site_of(entry.link) != site_of(one.feed):
            note = f"from the feed {one.feed}, which speaks of {entry.link}"
            entry = replace(entry, link=None, note=f"{entry.note}; {note}" if entry.note else note)
        document = own_words(entry, source=f"{one.feed}, entry {entry.number}", context=self._context, why=why)
        if isinstance(document, SourceError):
            self._lose(one, said(document))
        else:
            self._add(one, document, None, why)

    def _lose(self, one: Waiting, why: str) -> None:
        entry = one.entry
        self._tell(Told(self._context.now(), "entry", feed=one.feed, url=entry.link, title=entry.title, text=why))
        self._keep.finish(one, document=None, error=why)

    def _add(self, one: Waiting, document: Document, raw: Raw | None, why: str | None = None) -> None:
        """Find the signals of a document and put both in the desk, in one transaction."""
        try:
            signals = tuple(s for s in self._extract(document) if s.confidence >= self._settings.min_confidence)
        except Exception as error:  # a fault of ours in one document must not cost the others
            self._lose(one, said(fault(document.url or one.feed, error)))
            return
        added = self._desk.add(Reading(document, signals), raw=raw, arrival="watched", seen=one.seen)
        self._keep.finish(one, document=added.document, error=why)
        if added.state == "same":
            self._sum.same += 1
            return
        self._sum.updated += added.state == "updated"
        self._sum.documents += added.state != "updated"
        self._sum.copies += added.state == "copy"
        self._sum.signals += added.signals
        told = Told(
            self._context.now(),
            "document",
            feed=one.feed,
            url=document.url,
            document=added.document,
            title=document.title,
            publisher=document.publisher,
            state=added.state,
            signals=added.signals,
        )
        self._tell(told)
