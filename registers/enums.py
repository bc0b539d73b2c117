"""Words of the registers: types of fields, where an entry belongs, ways of writing, kinds of measures (台账用语)."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FieldType(TextChoices):
    """Type of a field (字段类型)."""

    TEXT = "text", _("文字")
    NUMBER = "number", _("数值")
    INTEGER = "integer", _("个数")
    MONEY = "money", _("金额（万元）")
    DATE = "date", _("日期")
    YEAR = "year", _("年份")
    CHOICE = "choice", _("单选")
    CHOICES = "choices", _("多选")
    YES_NO = "yes_no", _("是否")
    ZONE = "zone", _("园区")
    REGION = "region", _("行政区")
    ENTERPRISE = "enterprise", _("企业")
    DOCUMENT = "document", _("文号")
    ENTRY = "entry", _("另一台账的条目")


NUMBERS = frozenset({FieldType.NUMBER, FieldType.INTEGER, FieldType.MONEY})
REFERENCES = frozenset({FieldType.ZONE, FieldType.REGION, FieldType.ENTERPRISE, FieldType.ENTRY})
CHOSEN = frozenset({FieldType.CHOICE, FieldType.CHOICES})
TEXTS = frozenset({FieldType.TEXT, FieldType.DOCUMENT})


class Place(TextChoices):
    """On what an entry hangs, which decides who may see and write it (归属)."""

    ZONE = "zone", _("园区")
    REGION = "region", _("行政区")


class Keeper(TextChoices):
    """The lowest body that keeps a register (登记主体); those above it and the department named may write too."""

    PARK = "park", _("园区管理机构")
    COUNTY = "county", _("县级办公室")
    CITY = "city", _("市级办公室")
    OFFICE = "office", _("联席会议办公室")


class MeasureKind(TextChoices):
    """How a figure is made of entries (统计方式)."""

    COUNT = "count", pgettext_lazy("measure", "条数")
    SUM = "sum", pgettext_lazy("measure", "合计")
    SHARE = "share", pgettext_lazy("measure", "比率")
    ANY = "any", pgettext_lazy("measure", "有无")


class Channel(TextChoices):
    """By which way an entry was written (填写途径)."""

    FORM = "form", _("页面")
    EXCEL = "excel", _("Excel")
    API = "api", _("接口")
    DEMO = "demo", _("演示数据")
    DATABASE = "database", _("直接改库")


class UploadStatus(TextChoices):
    READY = "ready", _("待确认")
    REFUSED = "refused", _("未采用")
    CONFIRMED = "confirmed", _("已保存")
    DISCARDED = "discarded", _("已放弃")


UNIT_WORDS: dict[str, Promise] = {
    "万元": pgettext_lazy("unit", "万元"),
    "亩": pgettext_lazy("unit", "亩"),
    "平方米": pgettext_lazy("unit", "平方米"),
    "公里": pgettext_lazy("unit", "公里"),
    "吨": pgettext_lazy("unit", "吨"),
    "千瓦时": pgettext_lazy("unit", "千瓦时"),
    "日": pgettext_lazy("unit", "日"),
    "天": pgettext_lazy("unit", "天"),
    "小时": pgettext_lazy("unit", "小时"),
    "年": pgettext_lazy("unit", "年"),
    "人": pgettext_lazy("unit", "人"),
    "家": pgettext_lazy("unit", "家"),
    "个": pgettext_lazy("unit", "个"),
    "件": pgettext_lazy("unit", "件"),
    "处": pgettext_lazy("unit", "处"),
    "项": pgettext_lazy("unit", "项"),
    "次": pgettext_lazy("unit", "次"),
    "位": pgettext_lazy("unit", "位"),
    "级": pgettext_lazy("unit", "级"),
    "票": pgettext_lazy("unit", "票"),
}
NO_UNIT = frozenset({"", "比值", "是否"})


def unit_behind(unit: str) -> str:
    """A unit as it stands behind a number: 12 × 10,000 yuan."""
    words = unit_words(unit)
    return f"× {words}" if words[:1].isdigit() else words


def unit_words(unit: str) -> str:
    """A unit in the reader's language; nothing for a bare ratio or yes/no; one not known here as it stands."""
    return "" if unit in NO_UNIT else str(UNIT_WORDS.get(unit, unit))
