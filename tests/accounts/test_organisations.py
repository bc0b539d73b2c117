"""Territory is a prefix of a path, and a move carries everything below along."""

import pytest
from django.apps import apps

from accounts.enums import Permission, Role
from accounts.exceptions import OrganisationMoveError
from accounts.models import Organisation, User
from accounts.services import organisation_move


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("root", password="x")


def paths(prefix: str) -> list[str]:
    return list(Organisation.objects.filter(path__startswith=prefix).values_list("path", flat=True))


def test_territory_ends_at_the_slash(tree, make_user):
    reviewer = make_user(Role.CITY_REVIEWER, "city-410100")
    assert reviewer.may(Permission.ZONE_VIEW, tree["park-410100"].path)
    assert not reviewer.may(Permission.ZONE_VIEW, tree["park-410200"].path)
    assert not reviewer.may(Permission.ZONE_VIEW, tree["office"].path)
    assert not reviewer.may(Permission.ZONE_VIEW, "/office/city-4101000/")
    assert not reviewer.may(Permission.RETURN_FILL, tree["park-410100"].path)


def test_a_membership_counts_only_on_its_days(tree, make_user):
    reviewer = make_user(Role.CITY_REVIEWER, "city-410100")
    reviewer.memberships.update(valid_to="2020-12-31")
    assert User.objects.get(pk=reviewer.pk).permission_names == frozenset()


def test_someone_inactive_may_nothing(make_user):
    user = make_user(is_active=False)
    assert user.permission_names == frozenset()
    assert user.paths_with(Permission.ZONE_VIEW) == []


def test_a_move_carries_the_subtree_along(tree, superuser):
    moved = organisation_move(by=superuser, organisation=tree["county-410100"], parent=tree["city-410200"])
    assert moved.path == "/office/city-410200/county-410100/"
    assert paths(moved.path) == [moved.path, f"{moved.path}park-410100/"]
    assert paths("/office/city-410100/") == ["/office/city-410100/"]
    assert Organisation.objects.get(pk=moved.pk).parent_id == tree["city-410200"].pk


def test_a_moved_city_leaves_the_other_alone(tree, superuser):
    organisation_move(by=superuser, organisation=tree["city-410100"], parent=None)
    assert len(paths("/city-410100/")) == 3
    assert len(paths("/office/city-410200/")) == 3


def test_no_ring(tree, superuser):
    with pytest.raises(OrganisationMoveError, match="下级机构"):
        organisation_move(by=superuser, organisation=tree["city-410100"], parent=tree["park-410100"])
    with pytest.raises(OrganisationMoveError, match="下级机构"):
        organisation_move(by=superuser, organisation=tree["city-410100"], parent=tree["city-410100"])
    assert paths("/office/city-410100/")


def test_only_an_administrator_moves(tree, make_user, superuser):
    lead = make_user(Role.OFFICE_LEAD, "office")
    with pytest.raises(OrganisationMoveError, match="系统管理员"):
        organisation_move(by=lead, organisation=tree["county-410100"], parent=tree["city-410200"])
    administrator = make_user(Role.ADMINISTRATOR, "office")
    organisation_move(by=administrator, organisation=tree["county-410100"], parent=tree["city-410200"])


def test_a_path_too_long_is_refused(tree, superuser):
    below = tree["park-410200"]
    for number in range(4):
        below = Organisation.objects.create(code=f"{'x' * 38}-{number}", name="深", kind="park", parent=below)
    with pytest.raises(OrganisationMoveError, match="过深"):
        organisation_move(by=superuser, organisation=tree["city-410200"], parent=tree["park-410100"])


def test_history_is_kept(tree, superuser):
    organisation_move(by=superuser, organisation=tree["county-410100"], parent=tree["city-410200"])
    history = apps.get_model("accounts", "OrganisationEvent").objects.filter(pgh_obj=tree["park-410100"])
    events = history.order_by("pgh_id").values_list("path", flat=True)
    assert list(events) == [
        "/office/city-410100/county-410100/park-410100/",
        "/office/city-410200/county-410100/park-410100/",
    ]


def test_the_admin_moves_through_the_service(tree, superuser, client):
    client.force_login(superuser)
    county = tree["county-410100"]
    data = {"name": county.name, "name_en": "", "kind": county.kind, "duty": "", "parent": tree["city-410200"].pk}
    client.post(f"/admin/accounts/organisation/{county.pk}/change/", data)
    assert paths("/office/city-410200/county-410100/") == [
        "/office/city-410200/county-410100/",
        "/office/city-410200/county-410100/park-410100/",
    ]


def test_the_admin_refuses_a_ring(tree, superuser, client):
    client.force_login(superuser)
    city = tree["city-410100"]
    data = {"name": city.name, "name_en": "", "kind": city.kind, "duty": "", "parent": tree["park-410100"].pk}
    response = client.post(f"/admin/accounts/organisation/{city.pk}/change/", data, follow=True)
    assert "上级机构不能是本机构" in response.content.decode()
    city.refresh_from_db()
    assert city.path == "/office/city-410100/"
    assert city.parent_id == tree["office"].pk
