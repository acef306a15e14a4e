"""
Command: when a cell meets, when a return is asked for, and what a picture of the emergency says.

``rhythm`` gives days and times, ``picture`` puts a report together and compares two, ``paper`` is a
document as data, ``word`` and ``pdf`` write it.
"""
