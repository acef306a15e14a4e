"""What changed from one picture to the next, in sentences; and the fingerprint that a signature stands on."""

from keepsight.core.command.paper import Grid, Paper, Part
from keepsight.core.command.pdf import pdf
from keepsight.core.command.picture import Block, Sources, compare, digest, paper, with_text
from keepsight.core.command.word import word


def picture(overdue="3", service="Green", more=(), text="We hold."):
    sources = Sources()
    register, entry = sources.number("Register of actions", register="action"), sources.number("SRV-1", entry="x")
    figures = Block("actions", "Actions", "register")
    figures.figure("Overdue", overdue, register)
    returns = Block("returns", "Services", "returns", headings=["From", "Overall"])
    for name, overall in (("Early help", service), *more):
        returns.row([name, overall], entry)
    words = Block("summary", "Summary", "text", text=text)
    blocks = [figures.as_json(), returns.as_json(), words.as_json()]
    return {"title": "Picture", "exercise": True, "blocks": blocks, "sources": sources.listed}


def test_figures_rows_and_words_that_changed_are_named():
    after = picture(overdue="5", service="Red", more=(("Social care", "Amber"),), text="We do not.")
    assert compare(picture(), after) == [
        {"title": "Actions", "sentences": ["Overdue: 5, was 3."]},
        {"title": "Services", "sentences": ["Social care: new.", "Early help: Overall Red, was Green."]},
        {"title": "Summary", "sentences": ["The words changed."]},
    ]
    assert compare(after, picture())[1]["sentences"][0] == "Social care: no longer here."
    assert compare(picture(), picture()) == []


def test_the_fingerprint_is_of_the_words_and_of_nothing_else():
    body = picture()
    assert digest(body) == digest(dict(reversed(body.items())))
    assert digest(with_text(body, "summary", "We do not.")) != digest(body)
    assert with_text(body, "actions", "Not a text block") == body


def test_the_same_source_has_one_number():
    sources = Sources()
    assert [sources.number("a", x=1), sources.number("b", x=1), sources.number("a", x=1), sources.number("a", x=2)] == [
        1, 2, 1, 3,
    ]  # fmt: skip


def test_word_and_pdf_say_the_same_and_mark_an_exercise(tmp_path):
    import io

    from docx import Document

    made = paper(picture(text="Tom & Ann <b>"), subtitle="Version 1", facts=[("Made", "today")])
    document = Document(io.BytesIO(word(made)))
    said = [each.text for each in document.paragraphs]
    assert "EXERCISE: nothing here is live." in said
    assert "Tom & Ann <b>" in said
    assert "EXERCISE" in document.sections[0].header.paragraphs[0].text
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["What", "Figure", "Source"], ["Overdue", "3", "1"],
    ]  # fmt: skip
    written = pdf(made)
    assert written.startswith(b"%PDF")
    assert b"/MarkInfo" in written
    assert b"%PDF" in pdf(Paper("Empty", "", "", (), (Part("None"), Part("Grid", (), (Grid("G", ("A",), ()),)))))
