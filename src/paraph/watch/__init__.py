"""Watching: feeds followed politely, their new entries read into the desk.

``pace`` says when to ask again, ``robots`` what may be asked, ``turns`` whose turn it is, ``opml`` reads and writes lists of
feeds; these are pure. ``health`` is what is known of a feed and how it changes, ``keep`` keeps it in the desk, ``net`` does the
asking in threads, ``round`` is one round over all feeds that are due, and ``loop`` goes round until it is stopped.
"""
