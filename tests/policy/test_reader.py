"""The reader: the whole text, every provision marked in place, one explained, filters, search."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from policy.models import Carrier, Document, Instrument, Provision

MARK = re.compile(r'<a class="mark [^>]*data-code="(P[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
SIGN = re.compile(r'<span class="kind [^>]*>.*?</span>')


def text_of(html: str) -> str:
    """The policy's text as the page shows it, without signs and glosses."""
    article = re.search(r'<article class="policy-text".*?</article>', html, re.DOTALL)[0]
    return unescape(strip_tags(SIGN.sub("", article)))


def carry(key: str = "zones_over_100bn", **fields: str) -> Carrier:
    values = {"owner": "targets", "url_name": "policy_reader", "label_zh": "目标进度", "label_en": "Target progress"}
    return Carrier.objects.create(instrument=Instrument.objects.get(key=key), **{**values, **fields})


def test_the_whole_text_stands_on_the_page(reader, policy):
    shown = text_of(reader.get("/policy/").content.decode())
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", policy.text)


def test_every_provision_is_marked_in_place(reader, policy):
    html = reader.get("/policy/").content.decode()
    marked: dict[str, str] = {}
    for code, inner in MARK.findall(html):
        marked[code] = marked.get(code, "") + unescape(strip_tags(SIGN.sub("", inner)))
    nested = {"P012": "P013", "P117": "P116"}
    for provision in Provision.objects.all():
        assert html.count(f'id="{provision.code}"') == 1, provision.code
        if provision.code not in nested.values() and provision.code not in nested:
            assert marked[provision.code] == provision.quote
    assert set(marked) == set(Provision.objects.values_list("code", flat=True))


def test_a_provision_within_another_is_cut_out_of_it(reader, policy):
    html = reader.get("/policy/").content.decode()
    wide, narrow = Provision.objects.get(code="P013"), Provision.objects.get(code="P012")
    assert wide.start <= narrow.start
    assert narrow.end <= wide.end
    assert 'data-code="P012" data-outer="P013"' in html
    assert html.count('data-code="P013"') >= 2


def test_a_deep_link_opens_the_provision_without_a_script(reader, policy):
    html = reader.get("/policy/P146/").content.decode()
    assert re.search(r'<a class="mark [^"]*is-selected"[^>]*id="P146"[^>]*autofocus', html)
    assert "Utility tunnels along at least 30%" in html
    assert "产业集聚区新建道路配套建设地下综合管廊不少于道路长度的30%" in html


def test_an_unknown_provision_is_not_found(reader, policy):
    assert reader.get("/policy/P999/").status_code == 404


def test_not_carried_out_is_said_honestly(reader, policy):
    html = reader.get("/policy/P018/").content.decode()
    assert "等级由省联席会议办公室评定" in html  # what the pack says is lacking
    assert '<strong class="num">0</strong> <span>/ 210</span>' in html


def test_a_carrier_is_linked_and_counted(reader, policy):
    carry(url_name="provision_detail", url_arg="P014")
    html = reader.get("/policy/P014/").content.decode()
    assert '<a href="/policy/P014/">目标进度' in html
    assert '<strong class="num">1</strong> <span>/ 210</span>' in html
    assert reader.get("/policy/?carried=yes").context["reader"].matched == [Provision.objects.get(code="P014")]
    assert len(reader.get("/policy/?carried=no").context["reader"].matched) == 209


def test_htmx_gets_the_panel_alone(reader, policy):
    part = reader.get("/policy/P146/", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="provision-panel")
    text = part.content.decode()
    assert "<html" not in text
    assert 'class="policy-detail" data-code="P146"' in text
    assert "HX-Target" in part.headers["Vary"]
    back = reader.get("/policy/P146/", HTTP_HX_REQUEST="true", HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert "<html" in back.content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=target", 13), ("chapter=一", 22), ("chapter=十", 28), ("kind=target&chapter=六", 2), ("q=P146", 1)],
)
def test_filters(reader, policy, query, count):
    page = reader.get(f"/policy/?{query}").context["reader"]
    assert len(page.matched) == count


def test_only_what_is_left_is_marked_and_links_keep_the_filter(reader, policy):
    html = reader.get("/policy/?kind=target").content.decode()
    assert len(set(re.findall(r'<a class="mark [^>]*data-code="(P[^"]+)"', html))) == 13
    assert 'href="/policy/P146/?kind=target"' in html


def test_the_selected_provision_is_marked_even_when_filtered_out(reader, policy):
    html = reader.get("/policy/P001/?kind=target").content.decode()
    assert 'id="P001"' in html


def test_search_marks_every_hit(reader, policy):
    response = reader.get("/policy/", {"q": "地下综合管廊"})
    html = response.content.decode()
    assert response.context["reader"].hits == policy.text.count("地下综合管廊") == 2
    assert unescape(strip_tags("".join(re.findall(r'<mark class="hit">(.*?)</mark>', html)))) == "地下综合管廊" * 2


@pytest.mark.parametrize("query", ["q=<script>", "q=(.*", "kind=nothing", "chapter=%00", "q=%00", "document=none"])
def test_odd_input_does_no_harm(reader, policy, query):
    response = reader.get(f"/policy/?{query}")
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().replace("<script src=", "")


def test_english_readers_get_glosses_beside_the_chinese_text(reader, policy):
    html = reader.get("/policy/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert html.count('class="policy-gloss"') > 30
    assert "Raise the output of land." in html
    assert "General requirements" in html
    assert 'lang="zh-Hans"' in html


def test_the_number_of_queries_does_not_grow(reader, policy):
    def count(path: str) -> int:
        reader.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reader.get(path)
        return len(queries)

    first, one = count("/policy/"), count("/policy/P014/")
    for number in range(5):
        carry(url_arg="", url_name="policy_reader", owner=f"app{number}")
    Provision.objects.bulk_create(
        Provision(
            document=policy, code=f"X{number}", section="一(一)", kind="target", quote="x", start=1, end=2, gloss_en="x",
            subject="zone", instrument=Instrument.objects.get(key="zones_over_100bn"),
        )
        for number in range(210)
    )  # fmt: skip
    assert (count("/policy/"), count("/policy/P014/")) == (first, one)
    assert one <= 16


def test_without_a_pack_the_page_says_how_to_load_one(reader):
    assert "load_pack" in reader.get("/policy/").content.decode()
    assert reader.get("/policy/P001/").status_code == 404


def test_two_documents(reader, policy):
    Document.objects.create(code="later", number="豫政〔2021〕1号", title="后来的文件", title_en="Later",
                            issuer="省政府", issued_on="2021-01-01", text="后来的文件\n一、要求\n内容。")  # fmt: skip
    assert reader.get("/policy/").context["reader"].document.code == "later"
    assert reader.get("/policy/?document=henan-2017-159").context["reader"].document == policy
    assert reader.get("/policy/P146/").context["reader"].document == policy


def test_anonymous_is_asked_to_log_in(client, policy):
    assert client.get("/policy/P146/").url == "/accounts/login/?next=/policy/P146/"
    part = client.get("/policy/P146/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/policy/")
    assert part.status_code == 204
    assert part.headers["HX-Redirect"].startswith("/accounts/login/?next=")


def test_the_administration_only_shows(client, policy, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root"))
    for model in ("document", "provision", "instrument", "carrier"):
        assert client.get(f"/admin/policy/{model}/").status_code == 200
        assert client.get(f"/admin/policy/{model}/add/").status_code == 403
    assert client.post(f"/admin/policy/document/{policy.pk}/delete/", {"post": "yes"}).status_code == 403
