"""What on a page is no part of the article: prompts, buttons, credits, lists of other articles.

What goes is a matter of whole lines and of data (``BOILERPLATE``), conservatively: a line goes where all of it is a prompt,
never because a prompt stands in it. Not handled: prompts in other languages, advertisements written as prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["BOILERPLATE", "drop_boilerplate", "drop_tail", "is_boilerplate"]

# A prompt is short; a longer line is prose whatever it begins with.
_PROMPT_CHARS = 200

# Where an article can be shared; "@" in the table.
_NETWORKS = (
    "facebook|twitter|x|whatsapp|linkedin|telegram|reddit|instagram|pinterest|youtube|messenger|threads|bluesky|email|sms|"
    "link|copy|print|flipboard|pocket|tumblr|line|viber|koo"
)

# Each row: a pattern that has to match the whole line (without its list mark, in any case), and a line it is meant for.
# ``~`` stands for a short rest of the line. No row may match a sentence of a report; the tests hold it to that.
BOILERPLATE: tuple[tuple[str, str], ...] = (
    (
        r"(?:- )?(?:advertisements?|advert|sponsored(?: content)?|promoted(?: content| stories)?|ads? by ~)",
        "Advertisement",
    ),
    (r"(?:story|article|content) continues (?:below|after)(?: th(?:is|e))?(?: ad~)?", "Story continues below this ad"),
    (r"scroll (?:down )?(?:to|for) (?:continue|more|read)~", "Scroll to continue reading"),
    (r"unlock (?:exclusive|premium|more|unlimited|the full|this)~", "Unlock Exclusive Insights"),
    (
        r"(?:read|see|show|view|load|know|learn|discover) (?:more|less|all|full story|the full story)(?: here| now)?",
        "Read more",
    ),
    (r"(?:click|tap) (?:here|below)(?: to ~| for ~)?", "Click here to subscribe"),
    (r"(?:continue|keep) reading(?: below| with ~| the ~)?", "Continue reading"),
    (r"(?:also|must) (?:read|see|watch|listen)(?: this| here)?", "Also read"),
    (r"(?:also|must) (?:read|see|watch|listen) ?[:|>»–—-]~", "Also read: What the summit may bring"),
    (
        r"(?:read|see|watch|listen) (?:also|more|next|now|here|too|in full|this(?: story)?) ?[:|>»–—-]~",
        "Read more: A deal in sight",
    ),
    (
        r"(?:read|watch|video|in pics|in photos|gallery|podcast) ?[|»]~",
        "READ | Pipeline talks",
    ),
    (
        r"related ?(?:articles?|stories|news|posts?|topics?|links?|coverage|content|reading|video)?(?: ?: ?~)?",
        "Related stories",
    ),
    (
        r"(?:recommended|suggested|trending|popular)(?: for you| stories| articles| now| news| videos| topics)?",
        "Trending now",
    ),
    (r"(?:most|more) (?:read|popular|viewed|stories|news|articles|on this(?: story| topic)?|from ~)", "Most read"),
    (r"(?:you (?:may|might) (?:also|like)|you may be interested in|people also read|also on)~", "You may also like"),
    (r"(?:top|latest|breaking) (?:stories|news|headlines|videos|updates)(?: today| now)?", "Top stories"),
    (
        r"(?:subscribe|sign[- ]?up|register|log[- ]?in|sign[- ]?in)(?: now| here| today| free| for free)?",
        "Subscribe now",
    ),
    (
        r"(?:subscribe|sign up|register|log in|sign in|join us)(?: (?:now|here|today))? (?:to|for|on|with) "
        r"(?:our|your|us|my|get|receive|read|continue|access|unlock|all|free|daily|full)\b~",
        "Subscribe to our newsletter",
    ),
    (
        r"(?:subscribe|sign up|register) (?:to|for) [^.,]{0,60}(?:newsletters?|channel|alerts?|app|digest|briefing"
        r"|offers?|access)\.?",
        "Subscribe to Example News newsletter",
    ),
    (r"already (?:a |have an? )(?:subscriber|member|account|subscription)\b~", "Already a subscriber? Log in"),
    (
        r"(?:get|receive) (?:the|our|all the|your) (?:latest|best|daily|top|breaking|biggest|morning)~"
        r"(?:inbox|email|newsletter|whatsapp|app|alerts?)~",
        "Get the latest news in your inbox",
    ),
    (
        r"(?:follow|join|find|like|connect with) (?:us|our)(?: \w{1,20}){0,3} (?:on|channel|group|community)\b~",
        "Follow us on Google News",
    ),
    (
        r"follow [\w' ]{1,40} on (?:@|google news)\b~",
        "Follow Example News on Facebook, Telegram and WhatsApp.",
    ),
    (r"(?:download|get|install|open) (?:our|the) (?:\w{1,20} ){0,3}app\b~", "Download the Example app"),
    (
        r"(?:stay|keep) (?:updated|informed|connected|up to date|tuned)(?: with ~| on ~| for ~)?[.!]?",
        "Stay updated with the latest news",
    ),
    (
        r"(?:your|this) (?:subscription|support|donation)s? (?:helps?|makes?|keeps?|is|matters)~",
        "Your support helps us keep going",
    ),
    (
        r"(?:share|print|email|e-mail|save|bookmark|copy link|comments?|reply|tweet|listen|gift|font size|text size|aa|a\+|a-)",
        "Share",
    ),
    (r"share (?:this|on|via|article|story|the|with)~", "Share this article"),
    (
        r"(?:@)(?:[ ,/|·•]{1,3}(?:@)){0,12}",
        "Facebook Twitter WhatsApp",
    ),
    (
        r"(?:post|leave|add|view|show|write|read|hide) (?:a |your |all |the )?(?:comments?|reply)(?: ?\(\d{1,5}\))?",
        "Post a comment",
    ),
    (
        r"\d{1,5} (?:comments?|shares?|views?|likes?|min(?:ute)?s? read|min(?:ute)?s? ago|hours? ago|days? ago)",
        "3 min read",
    ),
    (r"(?:reading time|read time|time to read|listen to (?:this )?(?:story|article))\b~", "Reading time: 4 minutes"),
    (
        r"(?:all rights reserved|copyright|\(c\)|©)(?: ?[©(]| \d{4}| the | all rights)~",
        "Copyright 2025 Example News. All rights reserved.",
    ),
    (r"all rights reserved\.?", "All rights reserved."),
    (
        r"(?:terms (?:of (?:use|service)|and conditions)|privacy policy|cookie (?:policy|settings)"
        r"|about us|contact us|advertise with us)(?: ?[|·•&,]~)?",
        "Privacy policy | Terms of use",
    ),
    (r"(?:we use|this (?:web)?site uses) cookies~", "We use cookies to improve your experience"),
    (r"(?:accept|reject|manage|allow) (?:all )?(?:cookies|preferences|consent)", "Accept all cookies"),
    (
        r"(?:photo|image|picture|video|graphic|illustration)(?: credits?| source| courtesy)? ?[:/|]~",
        "Photo: Example Agency",
    ),
    (
        r"\(?(?:representative|representational|file|handout|stock) (?:image|photo|picture|pic)s?(?: ?[.:|/(-]~)?\)?",
        "Representative image",
    ),
    (r"(?:home|news)(?: ?[>/›»|] ?[\w &'-]{1,40}){1,6}", "Home > News > World"),
    (r"(?:first published|published|last updated|updated|posted)(?: on| at| by)?:?", "Published on"),
    (r"(?:tags?|topics?|filed under|keywords|categories) ?:~", "Tags: India, Russia, trade"),
    (
        r"(?:next|previous|prev|back|skip|close|menu|search|home|top"
        r"|back to top|skip to (?:main )?content|toggle \w{1,20})(?: (?:story|article|post|slide))?",
        "Next article",
    ),
    (
        r"(?:you have|you've) (?:reached|read|used)~(?:article|limit|stories)~",
        "You have reached your limit of free articles",
    ),
    (
        r"(?:please )?(?:enable|turn on) javascript~|javascript (?:is|must be)~",
        "Please enable JavaScript to view this page",
    ),
    (
        r"(?:disclaimer|this (?:story|article|report) (?:has been|was) (?:auto-?generated|published) from)\b~",
        "This story was published from a wire agency feed",
    ),
    (
        r"\(?(?:except for the headline, )?this story has not been edited by~",
        "This story has not been edited by our staff",
    ),
    (r"\(?with (?:agency inputs|inputs (?:from|by) [\w ,./&-]{1,60})\)?\.?", "With inputs from agencies"),
    (r"(?:live tv|watch live|live updates|live blog|newsletter|e-?paper|web stories|daily briefing)", "Newsletter"),
)

# Headings of what follows an article; what comes after one, down to the end, goes where it holds headlines only.
TAIL_HEADINGS = re.compile(
    r"(?:related(?: (?:articles?|stories|news|posts|topics|content|coverage))?|(?:more|also) (?:from|on|in|read)\b.{0,60}"
    r"|you (?:may|might) also (?:like|be interested in)|recommended(?: for you| stories| reading)?|read (?:more|next|also)"
    r"|(?:top|latest|trending|other|more) (?:stories|news|headlines|articles)|most (?:read|popular)|trending(?: now)?"
    r"|editor'?s'? picks?|don'?t miss|what to read next|must reads?|see also|further reading)\s?:?",
    re.IGNORECASE,
)

_REST = r"(?:[^\n]{0,160})"
_BOILERPLATE = re.compile(
    "|".join(f"(?:{pattern.replace('~', _REST).replace('@', _NETWORKS)})" for pattern, _ in BOILERPLATE), re.IGNORECASE
)
_EDGES = " \t-–—•*·:|>»«<[](){}…"

# A headline: short and without a full stop. A tail of such lines only is a list of other articles.
_HEADLINE_WORDS = 25


def is_boilerplate(line: str) -> bool:
    """Return whether the whole of ``line`` is a prompt, a button, a credit or the like."""
    if len(line) > _PROMPT_CHARS:
        return False
    bare = line.strip(_EDGES) or line
    return _BOILERPLATE.fullmatch(bare) is not None


def drop_boilerplate(lines: Iterable[str]) -> list[str]:
    """Return the lines that say something: without empty ones and without those of the table ``BOILERPLATE``."""
    return [line for line in lines if line and any(map(str.isalnum, line)) and not is_boilerplate(line)]


def drop_tail(lines: Sequence[str]) -> list[str]:
    """Return the lines without a list of other articles at the end, known by its heading and by holding headlines only."""
    for place in range(len(lines) // 2, len(lines)):
        if TAIL_HEADINGS.fullmatch(lines[place].strip(_EDGES)) and all(map(_is_headline, lines[place + 1 :])):
            return list(lines[:place])
    return list(lines)


def _is_headline(line: str) -> bool:
    return not line.rstrip("\"'”’)").endswith((".", "!", ":", ";")) and line.count(" ") < _HEADLINE_WORDS
