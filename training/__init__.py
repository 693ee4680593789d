"""How the weights of the embedded coder are made and measured; not part of the wheel."""
