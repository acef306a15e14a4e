"""The printed pages have words for everything."""

from tests.access import printed
from tests.access.world import SUBJECTS


def test_every_class_of_record_has_words():
    assert set(printed.CLASSES) == set(SUBJECTS)


def test_the_page_names_every_role_and_hides_what_the_matrix_hides():
    page = printed.access()
    assert "Information governance" in page
    member = next(line for line in page.splitlines() if line.startswith("| Member |"))
    assert set(member.split("|")[2:-1]) == {" – "}
