"""
Emergencies, planned before anything is done: what a pack sets up, what a phase changes, in sentences.

``checks`` finds what does not fit in a pack, ``setup`` says what activation sets up, ``phases`` what a
switch changes, ``chart`` draws the structure, ``words`` writes days and lists.
"""

from keepsight.core.events.checks import troubles
from keepsight.core.events.phases import Change, Now, cells_of, change
from keepsight.core.events.setup import Part, setup

__all__ = ["Change", "Now", "Part", "cells_of", "change", "setup", "troubles"]
