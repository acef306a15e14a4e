"""
What changes cells, meetings, returns, reports and checklists.

Each action checks who, is one transaction, and leaves an event.
"""
