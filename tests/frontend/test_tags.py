from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from assessments.enums import ProposalKind, RunStatus
from common.statuses import LOOKS
from indicators.enums import ReturnStatus, RoundStatus, Severity
from targets.enums import TargetStatus


def render(source, path="/zones/", **context):
    request = RequestFactory().get(path)
    with translation.override("zh-hans"):
        return Template("{% load i18n portal %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize("enum", [ReturnStatus, RoundStatus, Severity, ProposalKind, RunStatus, TargetStatus])
def test_every_status_has_a_look_in_its_own_words(enum):
    with translation.override("zh-hans"):
        for status in enum:
            assert status.value in LOOKS
            assert str(LOOKS[status.value].label) == status.label


def test_status_shows_icon_words_and_tone():
    html = render("{% status value %}", value="returned")
    assert "tone-bad" in html
    assert "#arrow-back-up" in html
    assert "已退回" in html
    assert "另一个词" in render('{% status "draft" "另一个词" %}')
    assert "unheard_of" in render('{% status "unheard_of" %}')
    assert render("{% status missing %}") == ""


def test_synthetic_mark_stands_only_beside_synthetic_figures():
    assert "演示数据" in render("{% synthetic_mark %}")
    assert render("{% synthetic_mark real %}", real=False) == ""


def test_certainty_explains_itself():
    html = render('{% certainty "b" %}')
    assert 'aria-label="可信度 B：' in html
    assert render('{% certainty "" %}') == ""
    assert render("{% certainty value %}", value=None) == ""


def test_texts_from_data_are_escaped():
    evil = "<script>alert(1)</script>"
    for source in ("{% status value value %}", "{% provision value %}", "{% crumb value %}", "{% tags many %}"):
        html = render(source, value=evil, many=[evil])
        assert "<script>" not in html


def test_sorting_keeps_the_filters_and_turns_round():
    first = render('{% sort_header "name" "名称" "num" %}', path="/zones/?city=1&page=3")
    assert 'href="?city=1&amp;sort=name"' in first
    assert "aria-sort" not in first
    again = render('{% sort_header "name" "名称" %}', path="/zones/?sort=name")
    assert 'aria-sort="ascending"' in again
    assert 'href="?sort=-name"' in again
    assert 'aria-sort="descending"' in render('{% sort_header "name" "名称" %}', path="/zones/?sort=-name")


def test_pager_counts_and_keeps_the_filters():
    html = render("{% pager page %}", path="/zones/?city=1", page=Paginator(range(45), 20).page(2))
    assert "共 45 条" in html
    assert "21–40" in html
    assert 'href="?city=1&amp;page=3"' in html
    single = render("{% pager page %}", page=Paginator(range(5), 20).page(1))
    assert "<ul>" not in single


def test_progress_is_a_bar_with_words_and_missing_is_no_zero():
    html = render('{% progress 3 12 "完成率" "ok" %}')
    assert 'value="25' in html
    assert "25%" in html
    assert 'aria-label="完成率"' in html
    assert "<progress" not in render('{% progress none 12 "完成率" %}', none=None)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", help_text="写给填报人看")
    kind = forms.ChoiceField(label="类型", choices=[("a", "甲")], required=False)
    sure = forms.BooleanField(label="已核对")


def test_field_has_label_hint_errors_and_the_right_control():
    form = ReasonForm({})
    form.is_valid()
    html = render("{% for bound in form %}{% field bound %}{% endfor %}", form=form)
    assert 'for="id_reason"' in html
    assert 'id="id_reason_helptext"' in html
    assert 'aria-invalid="true"' in html
    assert "is-invalid" in html
    assert "form-select" in html
    assert html.count("form-check-input") == 1
    assert html.count('role="alert"') == 2


def test_stat_links_its_label():
    source = (
        '{% include "_components/stat.html" with label="园区" value="198" unit="个" growth=growth href="/zones/" %}'
    )
    html = render(source, growth=None)
    assert '<a class="stretched-link" href="/zones/">园区</a>' in html
    assert "stat-note" not in html
    assert "change-up" in render(source, growth=2)


def test_timeline_shows_what_an_event_brings():
    event = SimpleNamespace(at="2025-03-02", title="退回", text="请核对单位", by="市级办公室", tone="bad", icon="x")
    html = render('{% include "_components/timeline.html" with events=events %}', events=[event])
    for words in ("2025-03-02", "退回", "请核对单位", "市级办公室", "tone-bad"):
        assert words in html
