"""How well a coder does on labelled sets: readers of the sets, fixed rules, statistics, the table."""
