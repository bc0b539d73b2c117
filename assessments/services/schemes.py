"""The life of a version of a scheme (办法修订): cloned, changed, submitted, published by a second person."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import NoticeKind, Permission
from accounts.models import User
from accounts.selectors import holders
from accounts.services import Letter, notices_send
from assessments.drafts import checked, next_version
from assessments.engine import Scheme as Method
from assessments.enums import SCHEME_MOVES, SchemeActKind, SchemeStatus
from assessments.exceptions import SchemeChanged, SchemeRefused
from assessments.loading import carriers_refresh, digest_of, fields_of
from assessments.models import Scheme, SchemeAct
from assessments.models.schemes import AUTHORING
from assessments.selectors.changes import changes_between
from assessments.selectors.methods import version_key
from assessments.services.shared import REASON_LENGTH, reason_of, require
from common.yaml_text import Place, set_values
from parks.enums import DesignationLevel, ZoneClass

# What may differ without the method being another one.
_HEAD = frozenset({"version", "author", "checker"})


@transaction.atomic
def scheme_clone(*, by: User, scheme: Scheme) -> Scheme:
    """A draft of the next version of a scheme (复制为新版本), its text the same but for version, author and checker.

    Raises:
        PermissionDenied: `by` may not edit schemes.
        SchemeRefused: the scheme is no method for zones, or was discarded.
    """
    require(by, Permission.SCHEME_EDIT)
    # Clones of one code wait for each other, so that each gets a version of its own.
    list(Scheme.objects.select_for_update(no_key=True).filter(code=scheme.code).order_by("pk").values_list("pk"))
    scheme = Scheme.objects.get(pk=scheme.pk)
    if scheme.status == SchemeStatus.LIBRARY or scheme.zone_class not in ZoneClass.values:
        raise SchemeRefused([_("方法库中的办法不考核本省园区，只供查阅，不能修订。")])
    if scheme.status == SchemeStatus.DISCARDED:
        raise SchemeRefused([_("这一版本已经废弃，请从已发布的版本复制。")])
    head: dict[Place, object] = {("version",): next_version(scheme), ("author",): _name(by)}
    head |= {("checker",): ""} if checked(scheme.text).checker else {}
    return _created(by, scheme, set_values(scheme.text, head), SchemeActKind.CLONED)


@transaction.atomic
def scheme_draft(*, by: User, parent: Scheme, text: str, reason: str = "") -> Scheme:
    """A draft of the next version of `parent` with another text (另存为草稿), as the simulation makes one.

    The version and the author of the text are set. Raises as :func:`scheme_clone`; SchemeFaulty.
    """
    draft = scheme_clone(by=by, scheme=parent)
    text = set_values(text, {("version",): draft.version, ("author",): _name(by)})
    return scheme_change(by=by, scheme_id=draft.pk, text=text, base_revision=draft.revision, reason=reason)


@transaction.atomic
def scheme_change(*, by: User, scheme_id: int, text: str, base_revision: int, reason: str = "") -> Scheme:
    """Save another text of a draft (修改), whole or not at all.

    Raises:
        PermissionDenied: `by` may not edit schemes.
        SchemeChanged: somebody else was faster.
        SchemeFaulty: the text is no scheme, with every fault.
        SchemeRefused: it is no draft any more, or code and version are those of another one.
    """
    require(by, Permission.SCHEME_EDIT)
    scheme = _locked(scheme_id, base_revision)
    _require_status(scheme, SchemeStatus.DRAFT)
    text = text.replace("\r\n", "\n")
    method = checked(text)
    if digest_of(text) == scheme.digest:
        return scheme
    others = Scheme.objects.current().filter(code=method.code, version=method.version).exclude(pk=scheme.pk)
    if others.exists():
        message = _("已有代码为 %(code)s、版本为 %(version)s 的办法，请换一个版本号。")
        raise SchemeRefused([message % {"code": method.code, "version": method.version}])
    changes = [change.as_data() for change in changes_between(scheme.text, text)]
    _touch(scheme, **fields_of(method), edited_by=by, edited_at=timezone.now())
    _record(scheme, SchemeActKind.CHANGED, by, reason.strip()[:REASON_LENGTH], changes)
    return scheme


@transaction.atomic
def scheme_submit(*, by: User, scheme_id: int, reason: str, base_revision: int) -> Scheme:
    """Hand a draft to a second person to be published (提交发布), with the reason for the new version.

    Raises PermissionDenied, SchemeChanged, SchemeFaulty; SchemeRefused when it is no draft, nothing differs from the version
    it was made from, or what :func:`publishing_faults` finds.
    """
    require(by, Permission.SCHEME_EDIT)
    scheme = _locked(scheme_id, base_revision)
    _require_status(scheme, SchemeStatus.DRAFT)
    method = checked(scheme.text)
    faults = publishing_faults(scheme, method)
    if scheme.parent is not None and not _differs(scheme.parent.text, scheme.text):
        faults.append(_("除版本号和编制人外与 %(parent)s 没有不同，无须发布。") % {"parent": scheme.parent})
    if faults:
        raise SchemeRefused(faults)
    reason = reason_of(reason, SchemeRefused)
    _move(scheme, SchemeStatus.PENDING, submitted_by=by, submitted_at=timezone.now())
    _record(scheme, SchemeActKind.SUBMITTED, by, reason)
    people = holders(Permission.SCHEME_PUBLISH, *[m.organisation.path for m in by.current_memberships])
    _tell(
        [user for user in people if user.pk != by.pk], scheme, "submitted", gettext_lazy("待您发布：%(scheme)s"), reason
    )
    return scheme


@transaction.atomic
def scheme_hand_back(*, by: User, scheme_id: int, reason: str, base_revision: int) -> Scheme:
    """Hand a submitted scheme back to be changed (退回修改), with a reason; who submitted it may take it back (撤回修改).

    Raises PermissionDenied, SchemeChanged, SchemeRefused.
    """
    scheme = _locked(scheme_id, base_revision)
    own = scheme.submitted_by_id == by.pk and by.may(Permission.SCHEME_EDIT)
    if not own:
        require(by, Permission.SCHEME_PUBLISH)
    _require_status(scheme, SchemeStatus.PENDING)
    reason = reason_of(reason, SchemeRefused)
    author = scheme.submitted_by
    _move(scheme, SchemeStatus.DRAFT, submitted_by=None, submitted_at=None)
    _record(scheme, SchemeActKind.WITHDRAWN if own else SchemeActKind.HANDED_BACK, by, reason)
    if author is not None and not own:
        _tell([author], scheme, "handed-back", gettext_lazy("退回修改：%(scheme)s"), reason)
    return scheme


@transaction.atomic
def scheme_publish(*, by: User, scheme_id: int, base_revision: int, reason: str = "") -> Scheme:
    """Publish a submitted scheme (发布), by somebody who neither wrote nor submitted it; its text then never changes.

    Raises PermissionDenied, SchemeChanged, SchemeFaulty; SchemeRefused when it was not submitted, or what
    :func:`publishing_faults` finds by now.
    """
    require(by, Permission.SCHEME_PUBLISH)
    # Publications of one class wait for each other, so that no two of them come to overlap.
    zone_class = Scheme.objects.only("zone_class").get(pk=scheme_id).zone_class
    list(Scheme.objects.select_for_update(no_key=True).filter(zone_class=zone_class).order_by("pk").values_list("pk"))
    scheme = _locked(scheme_id, base_revision)
    _require_status(scheme, SchemeStatus.PENDING)
    if wrote(by, scheme):
        raise PermissionDenied(_("这一版本由您起草、修改或提交，须由他人发布。"))
    if faults := publishing_faults(scheme, checked(scheme.text)):
        raise SchemeRefused(faults)
    author = scheme.submitted_by
    _move(scheme, SchemeStatus.PUBLISHED, published_by=by, published_at=timezone.now())
    _record(scheme, SchemeActKind.PUBLISHED, by, reason.strip()[:REASON_LENGTH])
    carriers_refresh()
    if author is not None:
        _tell([author], scheme, "published", gettext_lazy("已发布：%(scheme)s"), reason.strip())
    return scheme


@transaction.atomic
def scheme_discard(*, by: User, scheme_id: int, reason: str, base_revision: int) -> Scheme:
    """Give a draft up (废弃), with a reason; it stays to be read, its version is free again.

    Raises PermissionDenied, SchemeChanged, SchemeRefused.
    """
    require(by, Permission.SCHEME_EDIT)
    scheme = _locked(scheme_id, base_revision)
    _require_status(scheme, SchemeStatus.DRAFT)
    reason = reason_of(reason, SchemeRefused)
    _record(scheme, SchemeActKind.DISCARDED, by, reason)
    _move(scheme, SchemeStatus.DISCARDED)
    return scheme


def wrote(user: User, scheme: Scheme) -> bool:
    """Whether somebody had a hand in this version, and so is no second person."""
    if user.pk in (scheme.created_by_id, scheme.edited_by_id, scheme.submitted_by_id):
        return True
    return scheme.acts.filter(actor=user, kind__in=AUTHORING).exists()


def publishing_faults(scheme: Scheme, method: Method) -> list[str]:
    """What the published schemes have against this one: a version not above theirs, or another method for the same zones.

    A newer version of the same code takes the place of the older ones for its years and levels; two different methods
    for one class, level and year are refused.
    """
    faults = []
    published = list(
        Scheme.objects.published()
        .of_province(scheme.region_code)
        .filter(zone_class=method.zone_class)
        .exclude(pk=scheme.pk)
        .defer("text")
    )
    own = [other.version for other in published if other.code == method.code]
    if own and version_key(method.version) <= version_key(highest := max(own, key=version_key)):
        message = _("版本 %(version)s 不高于已发布的 %(highest)s，请改为更高的版本号。")
        faults.append(message % {"version": method.version, "highest": highest})
    for other in published:
        if other.code == method.code or not (shared := _overlap(method, other)):
            continue
        first, last = shared
        message = _(
            "与已发布的《%(other)s》（代码 %(code)s）重叠：%(class)s %(levels)s %(years)s年度将同时适用两个办法。"
            "请调整适用年度或级别；若是修订该办法，请从它复制新版本（代码相同）。"
        )
        said = {"other": other, "code": other.code, "class": other.get_zone_class_display()}
        levels = [str(DesignationLevel(level).label) for level in _levels(method.levels) & _levels(other.levels)]
        years = f"{first}–{last}" if last else _("%(year)s 年起各") % {"year": first}
        faults.append(message % {**said, "levels": _("、").join(sorted(levels)), "years": years})
    return faults


def _overlap(method: Method, other: Scheme) -> tuple[int, int | None] | None:
    """The first and last year in which both would apply to somebody; None when there is none."""
    if not _levels(method.levels) & _levels(other.levels):
        return None
    first = max(method.valid_from, other.year_from)
    ends = [year for year in (method.valid_to, other.year_to) if year is not None]
    last = min(ends) if ends else None
    return (first, last) if last is None or first <= last else None


def _levels(levels: Iterable[str]) -> set[str]:
    return set(levels) or set(DesignationLevel.values)


def _differs(before: str, after: str) -> bool:
    return any(change.place[0] not in _HEAD for change in changes_between(before, after))


def _created(by: User, parent: Scheme, text: str, kind: SchemeActKind) -> Scheme:
    now = timezone.now()
    people = {"created_by": by, "created_at": now, "edited_by": by, "edited_at": now}
    fields = fields_of(checked(text))
    scheme = Scheme.objects.create(
        parent=parent, region_code=parent.region_code, status=SchemeStatus.DRAFT, **people, **fields
    )
    _record(scheme, kind, by, "")
    return scheme


def _locked(scheme_id: int, base_revision: int) -> Scheme:
    rows = Scheme.objects.select_for_update(no_key=True, of=("self",)).select_related("parent", "submitted_by")
    scheme = rows.get(pk=scheme_id)
    if scheme.revision != base_revision:
        message = _("这一版本在您打开之后已有变动（现为第 %(now)d 次保存，您看到的是第 %(seen)d 次）。请刷新后再办理。")
        raise SchemeChanged(message % {"now": scheme.revision, "seen": base_revision}, current=scheme.revision)
    return scheme


def _require_status(scheme: Scheme, status: SchemeStatus) -> None:
    if scheme.status != status:
        message = _("这一版本现为“%(now)s”，此项只能在“%(allowed)s”时办理。请刷新页面查看最新状态。")
        raise SchemeRefused([message % {"now": scheme.get_status_display(), "allowed": status.label}])


def _move(scheme: Scheme, target: SchemeStatus, **fields: object) -> None:
    if target not in SCHEME_MOVES[scheme.status]:
        message = _("这一版本现为“%(now)s”，不能改为“%(target)s”。请刷新页面查看最新状态。")
        raise SchemeRefused([message % {"now": scheme.get_status_display(), "target": target.label}])
    _touch(scheme, status=target, **fields)


def _touch(scheme: Scheme, **fields: object) -> None:
    for name, value in fields.items():
        setattr(scheme, name, value)
    scheme.revision += 1
    scheme.save(update_fields=["revision", *fields])


def _record(
    scheme: Scheme, kind: SchemeActKind, by: User, reason: str, changes: list[dict[str, object]] | None = None
) -> None:
    SchemeAct.objects.create(
        scheme=scheme,
        kind=kind,
        actor=by,
        organisation=next((m.organisation for m in by.current_memberships), None),
        reason=reason,
        digest=scheme.digest,
        changes=changes or [],
    )


def _tell(people: Iterable[User], scheme: Scheme, what: str, title: Promise, text: str) -> None:
    with translation.override("zh-hans"):
        zh = str(title) % {"scheme": f"{scheme.name_zh} {scheme.version}"}
    with translation.override("en"):
        en = str(title) % {"scheme": f"{scheme.name_en} {scheme.version}"}
    key = f"scheme-{what}:{scheme.pk}:{scheme.revision}"
    url = scheme.get_absolute_url()
    notices_send(to=people, letter=Letter(NoticeKind.ASSESSMENT, key, zh, en, text, text, url))


def _name(user: User) -> str:
    return user.display_name or user.username
