"""The pages and the API: the desk in a browser, and as JSON. ``make_app`` gives the application, ``server.serve`` runs it.

Pages are made on the server and work without script; the same view of every list is there as JSON, CSV and Atom. The room reads
and writes through the desk's face and decides nothing by itself.
"""
