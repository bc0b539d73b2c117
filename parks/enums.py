"""Words of the registry: levels of regions, classes and levels of designations, certainty, kinds of events."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegionLevel(TextChoices):
    PROVINCE = "province", _("省")
    CITY = "city", _("省辖市")
    COUNTY = "county", _("县（市、区）")


class ZoneClass(TextChoices):
    """Class of a designation (类别), policy 三（一）–(四)."""

    CLUSTER = "cluster", _("产业集聚区")
    ETDZ = "etdz", _("经济技术开发区")
    HTZ = "htz", _("高新技术产业开发区")
    CUSTOMS = "customs", _("海关特殊监管区")


class DesignationLevel(TextChoices):
    NATIONAL = "national", _("国家级")
    PROVINCIAL = "provincial", _("省级")
    PROVINCE_DESIGNATED = "province_designated", _("省定")


# What a plate is called in a table (简称).
PLATE_LABELS = {
    (ZoneClass.CLUSTER, DesignationLevel.PROVINCE_DESIGNATED): _("省定集聚区"),
    (ZoneClass.ETDZ, DesignationLevel.NATIONAL): _("国家级经开区"),
    (ZoneClass.ETDZ, DesignationLevel.PROVINCIAL): _("省级经开区"),
    (ZoneClass.HTZ, DesignationLevel.NATIONAL): _("国家级高新区"),
    (ZoneClass.HTZ, DesignationLevel.PROVINCIAL): _("省级高新区"),
    (ZoneClass.CUSTOMS, DesignationLevel.NATIONAL): _("海关特殊监管区"),
}


class Certainty(TextChoices):
    """How sure a fact is (可信度): A read in a source, B general knowledge or an indirect source, C doubtful."""

    A = "A", _("A 有来源可查")
    B = "B", _("B 常识或间接资料，待核")
    C = "C", _("C 存疑，待核")


class SourceGrade(TextChoices):
    """What kind of source a fact comes from (来源级别)."""

    OFFICIAL = "official", _("官方文本或代码表")
    PRESS = "press", _("新闻媒体或地方门户")
    WEB = "web", _("转载、百科或企业网页")
    COMPUTED = "computed", _("由公开数据推算")
    GENERAL = "general", _("常识，未见原文")


class EventKind(TextChoices):
    ESTABLISHED = "established", _("设立")
    APPROVED = "approved", _("批准")
    ADJUSTED = "adjusted", _("调整")
    STAR = "star", _("星级")
    RANKING = "ranking", _("排名")
    AWARD = "award", _("表彰")
    CATALOGUE = "catalogue", _("目录")


class SuccessionKind(TextChoices):
    """How one area became another (沿革), policy 二（一）."""

    MERGER = "merger", _("整合")
    SPLIT = "split", _("分设")
    TRUST = "trust", _("托管")


class SpatialAxis(TextChoices):
    """The four development axes (发展轴带), policy 二（二） P038; of the province's places the text names Zhengzhou alone."""

    LONGHAI = "longhai", _("沿陇海发展主轴")
    JINGGUANG = "jingguang", _("沿京广发展主轴")
    JINAN_CHONGQING = "jinan_chongqing", _("济南—郑州—重庆发展轴")
    TAIYUAN_HEFEI = "taiyuan_hefei", _("太原—郑州—合肥发展轴")
