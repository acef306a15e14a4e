"""A command that breaks says where and what kind of error, and quotes no child's row on the error stream."""

import pytest

from keepsight.cli import main as main_module


@pytest.mark.parametrize("error", [ValueError("row (Quellon, ZZ1 1AA)"), OSError("Quellon")])
def test_no_word_of_an_unexpected_error_is_printed(monkeypatch, capsys, error):
    def broken(**_):
        raise error

    monkeypatch.setattr(main_module, "cli", broken)
    with pytest.raises(SystemExit) as left:
        main_module.main()
    said = capsys.readouterr()
    assert left.value.code == 1
    assert type(error).__name__ in said.err
    assert "test_unexpected.py" in said.err
    assert "Quellon" not in said.err + said.out
