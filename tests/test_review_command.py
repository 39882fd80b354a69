"""`coachbot review` as an operator runs it: a process with a port, a log, and an end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from review_site import DEADLINE

from coachbot.store import Store
from coachbot.store_facilitators import Accounts

PASSWORD = "een lang wachtwoord"


def command(database: Path, *options: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "coachbot", "review", "--db", str(database), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")} | environ,
    )


def test_it_says_where_it_is_logs_no_words_and_stops_when_told(tmp_path: Path) -> None:
    database = tmp_path / "coach.db"
    store = Store(database)
    Accounts(store).add("Noor", PASSWORD)
    store.close()
    secret = "geheim" * 8
    site = command(database, "--port", "0", COACHBOT_SECRET=secret)
    assert site.stdout and site.stderr
    try:
        said = site.stdout.readline()
        found = re.fullmatch(r"the pages are at (http://127\.0\.0\.1:\d+)\n", said)
        assert found, said
        with httpx.Client(base_url=found[1], timeout=DEADLINE, verify=False) as client:
            assert client.get("/healthz").text == "ok\n"
            page = client.get("/inloggen").text
            csrf = re.search(r'name="csrf" value="([^"]+)"', page)
            assert csrf
            form = {"csrf": csrf[1], "naam": "Noor", "wachtwoord": PASSWORD}
            assert client.post("/inloggen", data=form).status_code == 303
            assert client.get("/gesprekken?zoek=echtscheiding").status_code == 200
            assert client.get("/nergens/echtscheiding").status_code == 404
            taken = command(database, "--port", found[1].rpartition(":")[2])
            assert taken.wait(DEADLINE) == 1
            _, complaint = taken.communicate()
            assert re.fullmatch(r"Error: --port: \S+ cannot be used \(.*\)\n", complaint)
    finally:
        site.send_signal(signal.SIGTERM)
        _, log = site.communicate(timeout=DEADLINE)
    assert site.returncode == 0, log
    assert "method=GET path=/gesprekken status=200" in log
    for hidden in ("echtscheiding", "Noor", PASSWORD, secret, csrf[1]):
        assert hidden not in log


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"COACHBOT_SECRET": "kort"}, "COACHBOT_SECRET: is too short"),
        ({"COACHBOT_REVIEW_IDLE": "lang"}, "COACHBOT_REVIEW_IDLE"),
    ],
)
def test_a_bad_setting_ends_it_with_one_line(
    tmp_path: Path, environ: dict[str, str], said: str
) -> None:
    refused = command(tmp_path / "coach.db", **environ)
    _, complaint = refused.communicate(timeout=DEADLINE)
    assert refused.returncode == 1
    assert complaint.startswith(f"Error: {said}") and complaint.count("\n") == 1
