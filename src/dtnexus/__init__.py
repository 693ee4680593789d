"""dtnexus: the Digital Therapeutic Nexus (doi 10.2196/89378), executable.

This project's own operationalisation from the abstract; not the authors' instrument,
not a clinical tool.

    from dtnexus import assess, embedded_coder, group, load_framework, read_all
"""

__version__ = "0.1.0"
__all__: list[str] = []
