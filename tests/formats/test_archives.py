"""An archive is looked into without trusting its paths, links or sizes."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from annotator.errors import SourceError, UnsafeArchiveError
from annotator.formats import archive
from annotator.formats.archive import unpack

Entry = tuple[str, bytes] | tarfile.TarInfo


def packed(path: Path, *entries: Entry, mode: str = "w:bz2") -> Path:
    with tarfile.open(path, mode) as opened:  # type: ignore[call-overload]
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                opened.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                opened.addfile(info, io.BytesIO(entry[1]))
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def everything(_name: PurePosixPath) -> bool:
    return True


@pytest.mark.parametrize(("name", "mode"), [("a.tar.bz2", "w:bz2"), ("a.tar.gz", "w:gz"), ("a.tar", "w:")])
def test_wanted_files_are_written_and_others_named(tmp_path: Path, name: str, mode: str) -> None:
    path = packed(tmp_path / name, ("top/in.csv", b"a,b\n"), ("top/dump.bson", b"\0" * 9), mode=mode)
    found = unpack(path, lambda each: each.suffix == ".csv", tmp_path / "out")
    assert {str(key): file.read_bytes() for key, file in found.files.items()} == {"top/in.csv": b"a,b\n"}
    assert found.others == [PurePosixPath("top/dump.bson")]
    assert [file.name for file in (tmp_path / "out").rglob("*") if file.is_file()] == ["in.csv"]


@pytest.mark.parametrize("name", ["../evil.csv", "top/../../evil.csv", "/etc/evil.csv", "C:/evil.csv", "..\\evil.csv"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.tar.bz2", (name, b"x"))
    with pytest.raises(UnsafeArchiveError, match="a path out of the archive"):
        unpack(path, everything, tmp_path / "out")
    assert not (tmp_path / "evil.csv").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = packed(tmp_path / "a.tar.bz2", special("incidents.csv", kind, "/etc/passwd"))
    with pytest.raises(UnsafeArchiveError, match="a link or device"):
        unpack(path, everything, tmp_path / "out")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar.bz2", ("incidents.csv", b"\0" * (24 << 20)))
    assert path.stat().st_size < 10_000
    with pytest.raises(UnsafeArchiveError, match="would unpack to more than 16 MB"):
        unpack(path, everything, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_small_repetitive_archive_is_no_bomb(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar.bz2", ("incidents.csv", b"a" * (1 << 20)))
    assert len(unpack(path, everything, tmp_path / "out").files) == 1


def test_a_total_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "SIZE_LIMIT", 5000)
    path = packed(tmp_path / "a.tar", ("a.csv", b"x" * 3000), ("b.csv", b"x" * 3000), mode="w:")
    with pytest.raises(UnsafeArchiveError, match="would unpack to more than"):
        unpack(path, everything, tmp_path / "out")


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMBER_LIMIT", 3)
    path = packed(tmp_path / "a.tar", *((f"{each}.csv", b"x") for each in range(4)), mode="w:")
    with pytest.raises(UnsafeArchiveError, match="more than 3 files"):
        unpack(path, everything, tmp_path / "out")


def test_too_many_tables_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "WANTED_LIMIT", 3)
    entries = [(f"{each}.{ending}", b"x") for each in range(4) for ending in ("csv", "txt")]
    path = packed(tmp_path / "a.tar", *entries, mode="w:")
    with pytest.raises(UnsafeArchiveError, match="more than 3 tables"):
        unpack(path, lambda name: name.suffix == ".csv", tmp_path / "out")
    assert len(unpack(path, lambda name: name.name in {"1.csv", "2.csv"}, tmp_path / "few").files) == 2


def test_a_forged_header_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a.csv")
    info.pax_headers = {"comment": "x" * (8 << 20)}
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as opened:
        opened.addfile(info)
    with pytest.raises(UnsafeArchiveError, match="has a header of"):
        unpack(tmp_path / "a.tar.gz", everything, tmp_path / "out")


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("name", "mode"), [("a.tar.bz2", "w:bz2"), ("a.tar.gz", "w:gz"), ("a.tar", "w:")])
def test_an_archive_cut_off_is_refused(tmp_path: Path, name: str, mode: str, keep: float) -> None:
    noise = bytes((each * each * 7 + each // 3) % 251 for each in range(60_000))
    path = packed(tmp_path / name, ("a.csv", noise), ("b.csv", noise[::-1]), mode=mode)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(SourceError, match=r"is no tar archive, or only the beginning of one"):
        unpack(path, everything, tmp_path / "out")


NO_ARCHIVES = {
    "bzip2": bz2.compress(b"just a text"),
    "gzip": gzip.compress(b"just a text", mtime=0),
    "broken": b"BZh9 not really",
}


@pytest.mark.parametrize("content", NO_ARCHIVES.values(), ids=NO_ARCHIVES.keys())
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tar.bz2").write_bytes(content)
    with pytest.raises(SourceError, match="is no tar archive"):
        unpack(tmp_path / "a.tar.bz2", everything, tmp_path / "out")
