"""Forms of the office's acts on targets (目标表单). They read what was typed; services decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Duty
from accounts.models import User
from common.attachments import ACCEPT
from indicators.enums import IndicatorScope
from indicators.models import Indicator
from parks.enums import DesignationLevel, ZoneClass
from parks.provinces import codes_of, provinces_of
from policy.models import Provision
from targets.drafting import FIELDS, initial_of, register_figures
from targets.enums import Measure, Method, Operator, Path, Verdict
from targets.models import Target
from targets.rules import rule_names

JUDGING = (
    "tolerance_pct", "tolerance_by", "path", "milestones", "method", "judged_by", "baseline_year", "baseline_value",
    "baseline_source", "as_of",
)  # fmt: skip
_NUMBERLESS = ("operator", "value", "unit", *JUDGING[:1], *JUDGING[2:])


def _choices(*pairs: tuple[str, object]) -> list[tuple[str, object]]:
    return [("", _("请选择")), *pairs]


class ProvisionField(forms.ModelChoiceField):
    """The clause, told by its number and the beginning of its words."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.section} {obj.quote[:36]}"


class JudgingForm(forms.Form):
    """How a target is judged: what the policy leaves open, and who decides it."""

    tolerance_pct = forms.DecimalField(
        label=_("允许偏差(%)"), min_value=0, max_value=100, decimal_places=2, required=False,
        help_text=_("“左右”“基本”允许差多少；原文写“以上”“达到”的填 0"),
    )  # fmt: skip
    tolerance_by = forms.CharField(label=_("偏差由谁确定"), max_length=120)
    path = forms.ChoiceField(label=_("路径"), choices=Path.choices, help_text=_("从基期到目标年，每年应到哪里"))
    milestones = forms.CharField(
        label=_("里程碑"), required=False, help_text=_("阶梯、自定里程碑才用，例如：2026=10; 2028=20")
    )
    method = forms.ChoiceField(
        label=_("判定方法"), choices=Method.choices, help_text=_("三种方法都会算出并列出，状态按选定的一种")
    )
    judged_by = forms.CharField(label=_("路径与方法由谁确定"), max_length=160)
    baseline_year = forms.IntegerField(label=_("基期年"), min_value=1990, max_value=2100, required=False)
    baseline_value = forms.DecimalField(label=_("基期值"), decimal_places=4, max_digits=16, required=False)
    baseline_source = forms.CharField(
        label=_("基期来源"), max_length=240, required=False, help_text=_("公报、文件的名称和页码；没有来源就不填基期")
    )
    as_of = forms.DateField(
        label=_("计算截止日"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("每年按这一天有效的称号计算；不填为 12 月 31 日"),
    )  # fmt: skip
    change_note = forms.CharField(label=_("修改说明"), max_length=400, help_text=_("改了什么、依据什么；记入历史"))
    base_revision = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def initial_from(cls, target: Target) -> dict[str, Any]:
        milestones = "; ".join(f"{year}={Decimal(str(value)).normalize():f}" for year, value in target.milestones)
        return {name: getattr(target, name) for name in JUDGING} | {
            "milestones": milestones,
            "base_revision": target.revision,
        }


class TargetForm(JudgingForm):
    """A target of the office's own; asks only for what its kind needs."""

    name_zh = forms.CharField(label=_("名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=200)
    year = forms.IntegerField(
        label=_("目标年"), min_value=2017, max_value=2100, required=False, help_text=_("不填：没有期限，长期有效")
    )
    provision = ProvisionField(label=_("依据条款"), queryset=Provision.objects.none(), empty_label=_("请选择"))
    lead = forms.ChoiceField(label=_("牵头部门"), choices=_choices(*Duty.choices))
    operator = forms.ChoiceField(
        label=_("关系"), choices=_choices(*[(o.value, o.label) for o in Operator if o != Operator.NONE])
    )
    value = forms.DecimalField(label=_("目标值"), max_digits=14, decimal_places=2)
    unit = forms.CharField(label=_("单位"), max_length=12, help_text=_("个、家、%、万元、亩 等"))
    zone_class = forms.ChoiceField(
        label=_("园区类别"), choices=[("", _("不限")), *ZoneClass.choices], required=False,
        help_text=_("分母：当天此类称号有效的园区，每区一次"),
    )  # fmt: skip
    level = forms.ChoiceField(label=_("称号级别"), choices=[("", _("不限")), *DesignationLevel.choices], required=False)
    conditions = forms.CharField(
        label=_("条件"), widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("每行一项：公式 比较符 数字 单位，例如：100 * share(leading_industry_revenue, main_business_revenue) > 50 %"),
    )  # fmt: skip
    expression = forms.CharField(
        label=_("公式"), required=False, help_text=_("指标编号和 + - * / share growth 等，例如：tax_revenue")
    )
    numerator = forms.ChoiceField(label=_("分子"))
    denominator = forms.ChoiceField(label=_("分母"))
    factor = forms.FloatField(label=_("系数"), initial=100, help_text=_("百分比填 100，其他比值填 1"))
    indicator = forms.ChoiceField(label=_("全省数据"))
    figure = forms.ChoiceField(label=_("台账统计"), help_text=_("选定类别或级别时，只算当天此类称号有效的园区"))
    rule = forms.ChoiceField(label=_("规则"))
    since = forms.IntegerField(label=_("起始年（基期年）"), min_value=1990, max_value=2100)
    by = forms.ChoiceField(
        label=_("提高的算法"), choices=[("points", _("相差多少（同单位）")), ("percent", _("提高百分之几"))]
    )
    proxies = forms.MultipleChoiceField(
        label=_("参考指标"), required=False, widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("只列出走势供评判参考，不据此判定"),
    )  # fmt: skip
    tolerance_by_en = forms.CharField(label=_("偏差由谁确定（英文）"), max_length=240, required=False)
    note_zh = forms.CharField(label=_("说明"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    note_en = forms.CharField(
        label=_("英文说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, measure: str, *args: Any, by: User, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure = measure
        own = Provision.objects.filter(document__region_code__in=codes_of(provinces_of(by)))
        self.fields["provision"].queryset = own.order_by("start", "code")  # type: ignore[attr-defined]
        asked = set(FIELDS[measure])
        if measure == Measure.QUALITATIVE:
            for name in _NUMBERLESS:
                if name not in {"path", "method", "judged_by"}:
                    del self.fields[name]
            for name in ("path", "method", "judged_by"):
                self.fields[name].required = False
                self.fields[name].widget = forms.HiddenInput()
        for name in {field for fields in FIELDS.values() for field in fields} - asked:
            del self.fields[name]
        self._fill_choices(asked, measure)
        if not editing:
            self.fields["change_note"].required = False
            del self.fields["base_revision"]

    def _fill_choices(self, asked: set[str], measure: str) -> None:
        if asked & {"numerator", "denominator", "proxies"}:
            items = [
                (item.code, f"{item.label} · {item.unit_label} · {item.code}") for item in Indicator.objects.for_zones()
            ]
            for name in asked & {"numerator", "denominator", "proxies"}:
                self.fields[name].choices = items if name == "proxies" else _choices(*items)  # type: ignore[attr-defined]
        if "indicator" in asked:
            series = Indicator.objects.base().filter(scope=IndicatorScope.PROVINCE)
            self.fields["indicator"].choices = _choices(*[(s.code, f"{s.label} · {s.unit_label}") for s in series])  # type: ignore[attr-defined]
            self.fields["indicator"].required = measure == Measure.PROVINCE_SERIES
        if "figure" in asked:
            self.fields["figure"].choices = _choices(  # type: ignore[attr-defined]
                *[
                    (code, f"{register.label} · {figure.label} · {figure.unit_label}")
                    for code, (register, figure) in register_figures().items()
                ]
            )
        if "rule" in asked:
            self.fields["rule"].choices = _choices(*rule_names().items())  # type: ignore[attr-defined]
        if "denominator" in asked and measure == Measure.RISE:
            self.fields["denominator"].required = False
            self.fields["denominator"].help_text = _("不选则比较分子的合计")

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields as the page lays them out."""
        order = [
            (_("目标是什么"), ("name_zh", "name_en", "year", "lead", "provision")),
            (_("怎样计算"), tuple(FIELDS[self.measure])),
            (_("目标值"), ("operator", "value", "unit", "tolerance_pct", "tolerance_by", "tolerance_by_en", "as_of")),
            (_("基期、路径和判定"), JUDGING[2:-1]),
            (_("说明"), ("note_zh", "note_en", "change_note")),
        ]
        groups = [
            (title, [self[n] for n in names if n in self.fields and not self[n].is_hidden]) for title, names in order
        ]
        return [(title, fields) for title, fields in groups if fields]

    @classmethod
    def initial_of_target(cls, target: Target) -> dict[str, Any]:
        own = (
            "name_zh", "name_en", "year", "provision", "lead", "operator", "value", "unit", "tolerance_by_en", "note_zh",
            "note_en",
        )  # fmt: skip
        return (
            {name: getattr(target, name) for name in own}
            | cls.initial_from(target)
            | initial_of(target.measure, target.spec)
        )


class JudgementForm(forms.Form):
    """The office's judgement on a qualitative goal."""

    year = forms.TypedChoiceField(label=_("年度"), coerce=int)
    verdict = forms.ChoiceField(label=_("评判"), choices=Verdict.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("依据"), widget=forms.Textarea(attrs={"rows": 6}), max_length=5000,
        help_text=_("哪些事实、出自哪份文件哪一页；不要编造数字"),
    )  # fmt: skip
    on = forms.DateField(label=_("评判日期"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(
        label=_("文件"), required=False, help_text=_("PDF、OFD、DOCX、XLSX、PNG、JPG，最大 20 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = timezone.localdate().year
        self.fields["year"].choices = [(y, str(y)) for y in range(this, 2016, -1)]  # type: ignore[attr-defined]
