"""The real policy, loaded once for each test that asks; and a copy of its files to spoil."""

import shutil
from pathlib import Path

import pytest

from accounts.models import User
from policy import loading
from policy.models import Document

PACK = Path(__file__).resolve().parents[2] / "packs" / "henan-2017"


@pytest.fixture
def policy(db: None) -> Document:
    loading.load(PACK)
    return Document.objects.get()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    shutil.copytree(PACK / "policy", tmp_path / "policy")
    return tmp_path


@pytest.fixture
def reader(client, db: None):
    """A client logged in as someone without any role: the policy is for everyone."""
    client.force_login(User.objects.create_user("reader"))
    return client
