"""The pages: one file with one `router` for each area, mounted in `dtnexus.studio.app`."""
