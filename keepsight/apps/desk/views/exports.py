"""The desk's lists as files and on paper: one view a format, each with the permission of that format."""

from keepsight.apps.accounts.exports import in_formats
from keepsight.apps.desk import taking

queue = in_formats(taking.queue_list)
team = in_formats(taking.team_list)
learners = in_formats(taking.learners_list)
