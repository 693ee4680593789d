"""dtnexus: the Digital Therapeutic Nexus (doi 10.2196/89378), executable.

This project's own operationalisation from the abstract; not the authors' instrument,
not a clinical tool.
"""

__version__ = "0.1.0"
