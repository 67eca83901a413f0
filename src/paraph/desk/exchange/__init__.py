"""Exchange: a desk out to files and in again.

``whole`` writes a desk as JSON Lines from which ``taking`` makes an equal one; ``tables`` gives rows for a spreadsheet
or a data frame, ``gold`` documents in the form of the annotated corpus, ``paraph.desk.plover`` events.
"""
