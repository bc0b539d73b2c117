"""How fast cells save, and that none is lost: python benchmarks/saving.py [seconds]

Twenty park managers save cell after cell for a minute, ten alone in their forms and ten in five pairs, against gunicorn with
several workers and a PostgreSQL that writes to disk (fsync on). The policy pack brings the real items and rules. The
yardstick, in the same run: a bare UPDATE of the same row with psycopg2, its triggers included, on one connection.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BASE_DIR))

QUIET_SAVES = 100
ALONE, PAIRS = 10, 5


def prepare(data: Path) -> dict[str, str]:
    """A durable server with the pack in it; returns the environment of everything that works on it."""
    environment = {
        **os.environ,
        "YUANQU_DATA": str(data),
        "DJANGO_ENV": "local",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "STATIC_ROOT": str(data / "static"),
    }
    os.environ.update(environment)
    from config import embedded

    embedded.ensure()
    for step in (
        ["migrate", "--verbosity=0"],
        ["collectstatic", "--noinput", "--verbosity=0"],
        ["load_pack", "packs/henan-2017"],
    ):
        subprocess.run(
            [sys.executable, "manage.py", *step], cwd=BASE_DIR, env=environment, check=True, stdout=subprocess.DEVNULL
        )
    import django

    django.setup()
    return environment


def people_and_forms() -> tuple[list, list, list[str]]:
    """Twenty managers and the return each works on; the first five returns have two of them. And the codes of the items."""
    from django.utils import timezone

    from accounts.enums import Role
    from accounts.models import Membership, User
    from indicators.enums import RoundStatus
    from indicators.models import Indicator, Return, Round, Value
    from indicators.selectors import asked_indicators
    from parks.models import Designation, Zone

    today = timezone.localdate()
    clusters = Designation.objects.in_force_on(today).filter(zone_class="cluster").values("zone")
    zones = list(Zone.objects.filter(pk__in=clusters).select_related("administration")[: ALONE + PAIRS])
    items = Indicator.objects.base().for_zones().filter(zone_classes__contains=["cluster"])
    returns = []
    for year in (today.year - 2, today.year - 1):
        round_ = Round.objects.create(
            year=year, name=f"{year}", status=RoundStatus.OPEN, zone_classes=["cluster"], opens_on=today, due_on=today
        )
        round_.indicators.set(items)
        returns = [Return.objects.create(round=round_, zone=zone, due_on=today) for zone in zones]
        Value.objects.bulk_create(
            Value(return_ref=r, zone=r.zone, indicator=i, year=year, period=str(year), number=1000 + i.pk)
            for r in returns
            for i in items
            if year < today.year - 1
        )
        if year < today.year - 1:
            Return.objects.filter(round=round_).update(status="accepted", accepted_at=timezone.now())
    people = []
    for number, return_ in enumerate([*returns, *returns[:PAIRS]]):
        person = User.objects.create_user(f"manager-{number}", password=secrets.token_hex())
        Membership.objects.create(user=person, organisation=return_.zone.administration, role=Role.PARK_MANAGER)
        people.append(person)
    codes = [item.code for item in asked_indicators(returns[:1])[returns[0].pk] if item.maximum is None]
    return people, [*returns, *returns[:PAIRS]], codes


def bare_update(return_id: int) -> list[float]:
    """Seconds of each of many UPDATEs of one cell, each committed, on one connection."""
    import psycopg2
    from django.db import connection

    times = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM indicators_value WHERE return_ref_id = %s", [return_id])
        (cell,) = cursor.fetchone()
    bare = psycopg2.connect(
        **{k: v for k, v in connection.get_connection_params().items() if k in {"dbname", "user", "host"}}
    )
    bare.autocommit = True
    with bare.cursor() as cursor:
        for number in range(QUIET_SAVES):
            started = time.perf_counter()
            cursor.execute(
                "UPDATE indicators_value SET number = %s, revision = revision + 1, updated_at = now() WHERE id = %s",
                [number, cell],
            )
            times.append(time.perf_counter() - started)
    bare.close()
    return times


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    data = Path(tempfile.mkdtemp(prefix="yuanqu-bench-"))
    environment = prepare(data)
    import numpy as np
    from django.db import connection

    from benchmarks import _load as load
    from config import embedded

    people, returns, codes = people_and_forms()
    keys = load.sessions(people)
    server = load.WebServer(environment, workers=4)
    try:
        server.start()
        managers = [
            load.Manager(server.port, key, return_.pk, codes, {}, seed)
            for seed, (key, return_) in enumerate(zip(keys, returns, strict=True))
        ]
        before = load.deadlocks()
        load.drive(managers, 2)  # every worker has imported and compiled what it needs
        quiet = [load.Manager(server.port, keys[-1], returns[0].pk, codes, dict(managers[0].revisions), 99)]
        for number in range(QUIET_SAVES):
            quiet[0].save(codes[number % len(codes)], str(10_000_000 + number))
        for manager in managers:
            manager.revisions.update(quiet[0].revisions if manager.return_id == returns[0].pk else {})
            manager.seconds.clear()
            manager.news_seconds.clear()
            manager.writes.clear()
            manager.answers.clear()
        found = load.outcome(managers, load.drive(managers, seconds))
        alone = float(np.median(quiet[0].seconds))
        update = float(np.median(bare_update(returns[0].pk)))
        after = load.deadlocks()
    finally:
        server.stop()
        connection.close()
        embedded.release()
        shutil.rmtree(data, ignore_errors=True)
    conflicts, failed = found.answers["409"], sum(n for key, n in found.answers.items() if key.split()[-1] >= "500")
    print(f"{len(managers)} managers, {PAIRS} pairs in one form, {found.seconds:.0f} s, {len(codes)} items")
    print(f"saves        {found.saves}  {found.per_second:.1f}/s   p50 {ms(found.p50)}   p95 {ms(found.p95)}")
    print(f"news         p50 {ms(found.news_p50)}   p95 {ms(found.news_p95)}")
    print(f"one manager  p50 {ms(alone)}")
    print(f"bare UPDATE  p50 {ms(update)}   a save takes {alone / update:.1f} times as long")
    print(f"conflicts told {conflicts}, 5xx {failed}, deadlocks {after - before}")
    print(f"lost {len(found.lost)}, written twice {len(found.doubled)}, not the newest {len(found.stale)}")
    return 1 if failed or after != before or found.lost or found.doubled or found.stale else 0


if __name__ == "__main__":
    sys.exit(main())
