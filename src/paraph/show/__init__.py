"""What people see: rows for machines, tables for terminals, and the brief as text, Markdown or one page of HTML."""
