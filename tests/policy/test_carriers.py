"""With the whole pack loaded, what is said to carry a provision out is really there."""

from accounts.models import User
from policy.models import Carrier, Provision


def test_every_carrier_leads_somewhere(pack, client):
    client.force_login(User.objects.create_superuser("root"))
    carriers = list(Carrier.objects.all())
    assert carriers
    for address in sorted({carrier.get_absolute_url() for carrier in carriers}):
        assert client.get(address).status_code == 200, address
    assert all(carrier.label_zh and carrier.label_en for carrier in carriers)


def test_what_is_carried_out_is_counted_and_the_rest_admitted(pack, client):
    client.force_login(User.objects.create_user("reader"))
    page = client.get("/policy/").context["reader"]
    carried = Provision.objects.filter(instrument__carriers__isnull=False).distinct().count()
    assert page.carried == carried
    assert 0 < carried <= len(page.provisions) == 210
