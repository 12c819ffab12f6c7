"""Files are written whole, never through a link to another file, and devices as they are."""

import os
import threading
from pathlib import Path

import pytest

from properties.cases.files import can_be_written, open_new, write_whole


def test_a_new_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_whole(tmp_path / "result.json", "all\n")
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
    assert (tmp_path / "result.json").read_text() == "all\n"


def test_who_has_the_old_file_open_keeps_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("old")
    with path.open() as reader:
        write_whole(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_the_permissions_of_a_file_that_is_replaced_stay(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("old")
    path.chmod(0o640)
    write_whole(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("streams", [False, True])
def test_a_link_is_replaced_and_the_file_it_leads_to_is_left_alone(
    tmp_path: Path, *, streams: bool
) -> None:
    (tmp_path / "precious").write_text("precious")
    link = tmp_path / "result.json"
    link.symlink_to("precious")
    if streams:
        open_new(link).close()
    else:
        write_whole(link, "new")
    assert not link.is_symlink()
    assert (tmp_path / "precious").read_text() == "precious"


def test_what_cannot_be_written_to_its_end_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("old")
    with pytest.raises(TypeError):
        write_whole(path, 1)  # type: ignore[arg-type]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_device_is_an_error() -> None:
    with pytest.raises(OSError, match="No space left"):
        write_whole("/dev/full", "new")
    assert os.path.exists("/dev/full")


def test_a_descriptor_is_written_to_where_it_stands(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w+b") as file:
        file.write(b"before ")
        file.flush()
        write_whole(f"/dev/fd/{file.fileno()}", "after")
        file.seek(0)
        assert file.read() == b"before after"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_whole(tmp_path / "pipe", "all")
    assert os.read(reader, 9) == b"all"
    os.close(reader)


def test_all_of_a_long_text_goes_through_a_pipe() -> None:
    ours, theirs = os.pipe()
    text = "x" * 300_000
    writer = threading.Thread(target=write_whole, args=(f"/dev/fd/{theirs}", text))
    writer.start()
    received = 0
    while received < len(text):
        received += len(os.read(ours, 65536))
    writer.join()
    os.close(ours)
    os.close(theirs)
    assert received == len(text)


def test_a_pipe_that_nobody_reads_is_an_error_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No such device or address"):
        write_whole(tmp_path / "pipe", "all")


def test_what_is_no_file_and_no_open_descriptor_cannot_be_written(tmp_path: Path) -> None:
    assert can_be_written(tmp_path / "new")
    assert can_be_written("/dev/fd/1")
    assert not can_be_written(tmp_path)
    assert not can_be_written(tmp_path / "none" / "new")
    assert not can_be_written("/dev/fd/987")
    with open(os.devnull) as read_only:
        assert not can_be_written(f"/dev/fd/{read_only.fileno()}")
