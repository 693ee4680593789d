"""Running the stages over many interactions: what is still to do, one item, all items."""
