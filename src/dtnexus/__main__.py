"""`python -m dtnexus` is the command `dtnexus`."""

from dtnexus.cli.main import main

if __name__ == "__main__":
    main()
