"""
Contact: who sees each child, and when and how each must next be seen.

``cases`` says which service a child's case belongs to and who holds it, ``sight`` who has seen
the child, ``plan`` what is owed by when.
"""
