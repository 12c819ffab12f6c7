"""The capture file of a case, read by a reader of its own: what Wireshark and tcpdump will see."""

import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from faults.wire.segments import Fate
from properties.cases.case import write_case
from properties.cli.main import main
from properties.model.events import Carried
from properties.reports.pcapng import TARGET_PORT as UNKNOWN
from properties.reports.pcapng import capture
from tests.properties.reports.segments import (
    FROM,
    PORT,
    TARGET_PORT,
    TO,
    J,
    K,
    carried,
    case_with,
    handshake,
    opened,
)


class Packet(NamedTuple):
    """One packet as it was captured."""

    at: float
    source: str
    destination: str
    seq: int
    ack: int
    flags: int
    length: int
    comment: str
    headers: bytes


def blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        kind, total = struct.unpack_from("<II", data)
        assert total % 4 == 0
        assert struct.unpack_from("<I", data, total - 4) == (total,)
        yield kind, data[8 : total - 4]
        data = data[total:]


def options(data: bytes) -> dict[int, bytes]:
    found = {}
    while data:
        code, length = struct.unpack_from("<HH", data)
        found[code] = data[4 : 4 + length]
        data = data[4 + length + -length % 4 :]
    return found


def packets(data: bytes) -> list[Packet]:
    (section, head), (interface, link), *rest = blocks(data)
    assert (section, head[:4], interface) == (0x0A0D0D0A, bytes.fromhex("4d3c2b1a"), 1)
    assert struct.unpack_from("<H", link) == (101,)
    assert options(link[8:])[9] == b"\x09"
    assert {kind for kind, _ in rest} <= {6}
    return [packet(body) for _, body in rest]


def packet(body: bytes) -> Packet:
    _, high, low, captured, original = struct.unpack_from("<IIIII", body)
    headers = body[20 : 20 + captured]
    comment = options(body[20 + captured + -captured % 4 :]).get(1, b"").decode()
    total = int.from_bytes(headers[2:4], "big")
    assert (headers[0], headers[9], total) == (0x45, 6, original)
    ports = struct.unpack_from(">HH", headers, 20)
    source, destination = (
        f"{'.'.join(map(str, address))}:{port}"
        for address, port in zip((headers[12:16], headers[16:20]), ports, strict=True)
    )
    seq, ack, offset, flags = struct.unpack_from(">IIBB", headers, 24)
    at = ((high << 32) + low) / 1e9
    length = original - 20 - (offset >> 4) * 4
    return Packet(at, source, destination, seq, ack, flags, length, comment, headers)


def captured(*segments: Carried) -> list[Packet]:
    return packets(capture(segments, "127.0.0.1", "127.9.0.1"))


def test_a_segment_has_its_true_addresses_ports_numbers_and_flags() -> None:
    (one,) = captured(carried(FROM, "SYN, ACK", K, J + 1, at=1.25))
    assert one[:-1] == (
        1.25,
        f"127.0.0.1:{TARGET_PORT}",
        f"127.9.0.1:{PORT}",
        K,
        J + 1,
        2 + 16,
        0,
        "",
    )


def test_data_is_cut_off_and_its_length_is_kept() -> None:
    (one,) = captured(carried(TO, "ACK", J + 1, K + 1, 1460))
    assert (one.length, len(one.headers)) == (1460, 40)


def test_checksums_of_what_has_no_data_are_right() -> None:
    (one,) = captured(carried(TO, "FIN, ACK", J + 1, K + 1))
    pseudo = one.headers[12:20] + struct.pack(">HH", 6, 20)
    for summed in (one.headers[:20], pseudo + one.headers[20:]):
        total = sum(struct.unpack(f">{len(summed) // 2}H", summed))
        assert total % 0xFFFF == 0


@pytest.mark.parametrize(
    ("fate", "comment"),
    [
        (Fate.LOST, "lost on the wire"),
        (Fate.HELD, "held on the wire"),
        (Fate.RELEASED, "goes on, was held on the wire"),
        (Fate.DOUBLED, "doubled on the wire, arrives twice"),
        (Fate.UNREACHABLE, "lost on the wire, answered by ICMP: unreachable"),
        (Fate.PASSED, ""),
    ],
)
def test_what_was_done_to_a_segment_is_its_comment(fate: Fate, comment: str) -> None:
    (one,) = captured(carried(TO, "ACK", J + 1, K + 1, 24, fate))
    assert one.comment == comment


def test_where_the_port_of_the_target_is_not_known_that_of_echo_stands_for_it() -> None:
    (one,) = captured(Carried(0.0, TO, PORT, "SYN", J, 0, 64240, 0, Fate.PASSED))
    assert one.destination == f"127.0.0.1:{UNKNOWN}"


@pytest.mark.skipif(shutil.which("tcpdump") is None, reason="tcpdump is not installed")
def test_tcpdump_reads_it(tmp_path: Path) -> None:
    segments = [one for one in handshake() if isinstance(one, Carried)]
    file = tmp_path / "wire.pcapng"
    file.write_bytes(capture(segments, "127.0.0.1", "127.9.0.1"))
    words = ["tcpdump", "-n", "-v", "-r", str(file)]
    read = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert [word for word in ("[S]", "[S.]", "[.]") if f"Flags {word}" in read] == [
        "[S]",
        "[S.]",
        "[.]",
    ]
    assert read.count("(correct)") == 3


def test_the_segments_of_a_case_are_written(tmp_path: Path) -> None:
    case = write_case(case_with([opened(), *handshake()]), tmp_path)
    assert main(["show", "--pcap", str(tmp_path / "wire.pcapng"), str(case)]) == 0
    assert len(packets((tmp_path / "wire.pcapng").read_bytes())) == 3


def test_on_standard_output_there_is_nothing_but_the_file(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    case = write_case(case_with([opened(), *handshake()]), tmp_path)
    assert main(["show", "--pcap", "-", str(case)]) == 0
    said = capfdbinary.readouterr()
    assert len(packets(said.out)) == 3
    assert b"segments x no_zombies" in said.err


@pytest.mark.parametrize(
    "option", [["--pcap", "wire.pcapng"], ["--segments"], ["--states"]], ids=" ".join
)
def test_a_case_without_what_is_asked_for_is_refused(
    option: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    case = write_case(case_with([opened()]), tmp_path)
    assert main(["show", *option, str(case)]) == 2
    what = "states" if option == ["--states"] else "segments"
    assert f"holds no {what}" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "wire.pcapng").exists()


def test_a_segment_with_a_number_that_none_has_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = write_case(case_with([carried(TO, "SYN", 1 << 32)]), tmp_path)
    assert main(["show", "--pcap", str(tmp_path / "wire.pcapng"), str(case)]) == 2
    assert "has a number that none has" in " ".join(capsys.readouterr().err.split())
