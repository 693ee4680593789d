"""What leaves the program: HTML, Markdown, tables and the summary."""
