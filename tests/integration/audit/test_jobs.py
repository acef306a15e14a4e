"""Work that failed says where and what kind of error, and quotes no row of any child."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

pytestmark = pytest.mark.django_db


def test_no_word_of_the_error_stays_in_the_queue():
    job = DBTaskResult.objects.create(
        task_path="keepsight.apps.intake.tasks.read_delivery", args_kwargs={"args": [], "kwargs": {}},
        backend_name="default", run_after=timezone.now(),
    )  # fmt: skip
    try:
        try:
            raise ValueError("Key (upn)=(A971791900001) already exists.")
        except ValueError as first:
            raise RuntimeError("DETAIL: Failing row contains (Quellon, ZZ1 1AA).\n  File was Quellon.csv") from first
    except RuntimeError as error:
        job.set_failed(error)
    kept = DBTaskResult.objects.values().get(pk=job.pk)
    assert not [word for word in ("Quellon", "ZZ1", "A97179", "Key") if word in repr(kept)]
    assert kept["exception_class_path"] == "builtins.RuntimeError"
    assert "test_jobs.py" in kept["traceback"]
    assert "test_no_word_of_the_error_stays_in_the_queue" in kept["traceback"]
