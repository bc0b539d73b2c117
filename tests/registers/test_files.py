"""The papers behind an entry: told by content, of the territory, taken back without being lost; titles in English."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import translation

from registers.exceptions import EntriesInvalid
from registers.files import MOST_FILES, entry_file_add, entry_file_remove
from registers.models import EntryFile
from registers.services import entry_create, entry_withdraw
from tests.registers.conftest import DEFINITION, load_definition

pytestmark = pytest.mark.django_db


def paper(name="批复.pdf", content=b"%PDF-1.4 x"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def entry(world):
    given = {"name": "桥", "status": "planned"}
    return entry_create(by=world.people["parkA"], register=world.register, place="A1", given=given)


def test_files_come_and_go_by_rights(world, entry, client):
    people = world.people
    kept = entry_file_add(by=people["parkA"], entry_id=entry.pk, file=paper())
    assert entry_file_add(by=people["cityA"], entry_id=entry.pk, file=paper("又.pdf")) == kept  # the same content
    for name, refused in (("parkB", Http404), ("viewerA", PermissionDenied), ("taxation", PermissionDenied)):
        with pytest.raises(refused):
            entry_file_add(by=people[name], entry_id=entry.pk, file=paper())
    url = reverse("entry_file", args=["works", entry.pk, kept.pk])
    client.force_login(people["viewerA"])
    answer = client.get(url)
    assert answer.getvalue() == b"%PDF-1.4 x"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "批复.pdf" in client.get(entry.get_absolute_url()).content.decode()
    client.force_login(people["parkB"])
    assert client.get(url).status_code == 404
    with pytest.raises(Http404):
        entry_file_remove(by=people["parkB"], entry_id=entry.pk, file_id=kept.pk)
    entry_file_remove(by=people["parkA"], entry_id=entry.pk, file_id=kept.pk)
    client.force_login(people["viewerA"])
    assert client.get(url).status_code == 404
    kept.refresh_from_db()
    assert kept.removed_by == people["parkA"]
    assert kept.file.read() == b"%PDF-1.4 x"
    for attempt in (kept.delete, lambda: EntryFile.objects.filter(pk=kept.pk).update(digest="0" * 64)):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (("a.exe", b"MZ"), "不是可以上传的类型"),
        (("a.png", b"%PDF-1.4"), "扩展名与内容不符"),
        (("a.pdf", b""), "空文件"),
    ],
)
def test_what_is_not_taken(world, entry, client, file, told):
    with pytest.raises(EntriesInvalid, match=told):
        entry_file_add(by=world.people["parkA"], entry_id=entry.pk, file=paper(*file))
    client.force_login(world.people["parkA"])
    answer = client.post(reverse("entry_file_add", args=["works", entry.pk]), {"file": paper(*file)})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not EntryFile.objects.exists()


def test_no_more_than_ten_and_none_once_withdrawn(world, entry):
    by = world.people["parkA"]
    for number in range(MOST_FILES):
        entry_file_add(by=by, entry_id=entry.pk, file=paper(content=b"%%PDF-1.4 %d" % number))
    with pytest.raises(EntriesInvalid, match="最多附 10 个"):
        entry_file_add(by=by, entry_id=entry.pk, file=paper())
    entry_withdraw(by=by, entry_id=entry.pk, reason="登记错了", base_revision=1)
    with pytest.raises(EntriesInvalid, match="已经撤销"):
        entry_file_add(by=by, entry_id=entry.pk, file=paper())


def test_over_the_api(world, entry, client):
    client.force_login(world.people["parkA"])
    url = f"/api/v1/registers/works/entries/{entry.pk}/"
    made = client.post(f"{url}files/", {"file": paper()}, headers={"X-CSRFToken": "x"})
    assert made.status_code == 201, made.content
    told = client.get(url).json()["files"]
    assert [(each["name"], each["size"]) for each in told] == [("批复.pdf", 10)]
    assert client.get(f"{url}files/{told[0]['id']}/").getvalue() == b"%PDF-1.4 x"
    refused = client.post(f"{url}files/", {"file": paper("a.exe", b"MZ")})
    assert refused.status_code == 422
    assert "不是可以上传的类型" in refused.json()["errors"][0]["detail"]
    assert client.delete(f"{url}files/{told[0]['id']}/").status_code == 204
    assert client.get(url).json()["files"] == []


def test_titles_are_english_where_choices_are(world):
    load_definition(DEFINITION.replace("title: [name]", "title: [status, name, zone]"), version=2)
    world.register.refresh_from_db()
    by = world.people["parkA"]
    made = [
        entry_create(by=by, register=world.register, place="A1", given={"name": name, "status": "under_way"})
        for name in ("桥", "桥 · 路")
    ]
    assert [entry.title for entry in made] == ["在建 · 桥 · A园区", "在建 · 桥 · 路 · A园区"]
    assert made[0].label == "在建 · 桥 · A园区"
    with translation.override("en"):
        assert made[0].label == "Under way · 桥 · A园区"
        assert made[1].label == "在建 · 桥 · 路 · A园区"  # not to be told apart: as registered
