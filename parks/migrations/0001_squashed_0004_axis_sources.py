import common.migrating
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("parks", "0001_initial"),
        ("parks", "0002_succession"),
        ("parks", "0003_lineage_in_full"),
        ("parks", "0004_axis_sources"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0008_target_and_policy_scopes"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=6, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("name_en", models.CharField(blank=True, max_length=60, verbose_name="英文名称")),
                (
                    "level",
                    models.CharField(
                        choices=[("province", "省"), ("city", "省辖市"), ("county", "县（市、区）")],
                        max_length=10,
                        verbose_name="层级",
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="类型")),
                ("valid_from_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="启用年份")),
                ("valid_to_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="停用年份")),
                ("province_managed_from", models.DateField(blank=True, null=True, verbose_name="省直管起始")),
                (
                    "province_managed_certainty",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="省直管可信度",
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                ("source", models.CharField(max_length=160, verbose_name="来源")),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="regions",
                        to="accounts.organisation",
                        verbose_name="办公室",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="parks.region",
                    ),
                ),
                ("successors", models.ManyToManyField(blank=True, related_name="predecessors", to="parks.region")),
            ],
            options={
                "verbose_name": "行政区划",
                "verbose_name_plural": "行政区划",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="RegionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=6, verbose_name="代码")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("name_en", models.CharField(blank=True, max_length=60, verbose_name="英文名称")),
                (
                    "level",
                    models.CharField(
                        choices=[("province", "省"), ("city", "省辖市"), ("county", "县（市、区）")],
                        max_length=10,
                        verbose_name="层级",
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="类型")),
                ("valid_from_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="启用年份")),
                ("valid_to_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="停用年份")),
                ("province_managed_from", models.DateField(blank=True, null=True, verbose_name="省直管起始")),
                (
                    "province_managed_certainty",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="省直管可信度",
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                ("source", models.CharField(max_length=160, verbose_name="来源")),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="办公室",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.region",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="parks.region",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Zone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True, verbose_name="编号")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "leading_industries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="主导产业"
                    ),
                ),
                (
                    "planned_area_km2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="规划面积（km²）"
                    ),
                ),
                (
                    "built_area_km2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="建成区面积（km²）"
                    ),
                ),
                (
                    "star",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="最近一次公布的产业集聚区考核星级（一至六）",
                        null=True,
                        verbose_name="星级",
                    ),
                ),
                ("star_note", models.CharField(blank=True, max_length=80, verbose_name="星级说明")),
                (
                    "name_certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="名称可信度",
                    ),
                ),
                (
                    "fact_certainty",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="事实可信度",
                    ),
                ),
                (
                    "source_grade",
                    models.CharField(
                        choices=[
                            ("official", "官方文本或代码表"),
                            ("press", "新闻媒体或地方门户"),
                            ("web", "转载、百科或企业网页"),
                            ("computed", "由公开数据推算"),
                            ("general", "常识，未见原文"),
                        ],
                        max_length=10,
                        verbose_name="来源级别",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="备注")),
                (
                    "administration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="zone",
                        to="accounts.organisation",
                        verbose_name="管理机构",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="city_zones",
                        to="parks.region",
                        verbose_name="省辖市",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="county_zones",
                        to="parks.region",
                        verbose_name="县（市、区）",
                    ),
                ),
            ],
            options={
                "verbose_name": "园区",
                "verbose_name_plural": "园区",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Designation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True, verbose_name="编号")),
                (
                    "zone_class",
                    models.CharField(
                        choices=[
                            ("cluster", "产业集聚区"),
                            ("etdz", "经济技术开发区"),
                            ("htz", "高新技术产业开发区"),
                            ("customs", "海关特殊监管区"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("subclass", models.CharField(blank=True, max_length=30, verbose_name="小类")),
                (
                    "level",
                    models.CharField(
                        choices=[("national", "国家级"), ("provincial", "省级"), ("province_designated", "省定")],
                        max_length=20,
                        verbose_name="级别",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "approved_on",
                    models.CharField(
                        blank=True, help_text="按来源精度：年、年月或年月日", max_length=10, verbose_name="批准时间"
                    ),
                ),
                ("approval_document", models.CharField(blank=True, max_length=60, verbose_name="批准文号")),
                (
                    "approved_area_ha",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="核准面积（公顷）"
                    ),
                ),
                (
                    "catalogue_2018",
                    models.BooleanField(
                        blank=True,
                        help_text="空白表示来源不详，不等于未列入",
                        null=True,
                        verbose_name="列入2018年版目录",
                    ),
                ),
                ("nbs_code", models.CharField(blank=True, max_length=12, verbose_name="统计用区划代码")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="生效")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效")),
                (
                    "ended_on",
                    models.CharField(
                        blank=True, help_text="按来源精度：年、年月或年月日", max_length=10, verbose_name="终止时间"
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=80, verbose_name="终止原因")),
                (
                    "plate_certainty",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="一区多牌可信度",
                    ),
                ),
                (
                    "name_certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="名称可信度",
                    ),
                ),
                (
                    "source_grade",
                    models.CharField(
                        choices=[
                            ("official", "官方文本或代码表"),
                            ("press", "新闻媒体或地方门户"),
                            ("web", "转载、百科或企业网页"),
                            ("computed", "由公开数据推算"),
                            ("general", "常识，未见原文"),
                        ],
                        max_length=10,
                        verbose_name="来源级别",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="备注")),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="designations",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "称号",
                "verbose_name_plural": "称号",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="DesignationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=8, verbose_name="编号")),
                (
                    "zone_class",
                    models.CharField(
                        choices=[
                            ("cluster", "产业集聚区"),
                            ("etdz", "经济技术开发区"),
                            ("htz", "高新技术产业开发区"),
                            ("customs", "海关特殊监管区"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("subclass", models.CharField(blank=True, max_length=30, verbose_name="小类")),
                (
                    "level",
                    models.CharField(
                        choices=[("national", "国家级"), ("provincial", "省级"), ("province_designated", "省定")],
                        max_length=20,
                        verbose_name="级别",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "approved_on",
                    models.CharField(
                        blank=True, help_text="按来源精度：年、年月或年月日", max_length=10, verbose_name="批准时间"
                    ),
                ),
                ("approval_document", models.CharField(blank=True, max_length=60, verbose_name="批准文号")),
                (
                    "approved_area_ha",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="核准面积（公顷）"
                    ),
                ),
                (
                    "catalogue_2018",
                    models.BooleanField(
                        blank=True,
                        help_text="空白表示来源不详，不等于未列入",
                        null=True,
                        verbose_name="列入2018年版目录",
                    ),
                ),
                ("nbs_code", models.CharField(blank=True, max_length=12, verbose_name="统计用区划代码")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="生效")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效")),
                (
                    "ended_on",
                    models.CharField(
                        blank=True, help_text="按来源精度：年、年月或年月日", max_length=10, verbose_name="终止时间"
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=80, verbose_name="终止原因")),
                (
                    "plate_certainty",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="一区多牌可信度",
                    ),
                ),
                (
                    "name_certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="名称可信度",
                    ),
                ),
                (
                    "source_grade",
                    models.CharField(
                        choices=[
                            ("official", "官方文本或代码表"),
                            ("press", "新闻媒体或地方门户"),
                            ("web", "转载、百科或企业网页"),
                            ("computed", "由公开数据推算"),
                            ("general", "常识，未见原文"),
                        ],
                        max_length=10,
                        verbose_name="来源级别",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="备注")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="parks.designation",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ZoneAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="备注")),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to="parks.zone"
                    ),
                ),
            ],
            options={
                "verbose_name": "别名",
                "verbose_name_plural": "别名",
                "constraints": [models.UniqueConstraint(fields=("zone", "name"), name="zone_alias_once")],
            },
        ),
        migrations.CreateModel(
            name="ZoneAliasEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="备注")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="parks.zonealias",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.zone",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ZoneEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                (
                    "happened_on",
                    models.CharField(help_text="按来源精度：年、年月或年月日", max_length=10, verbose_name="时间"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("established", "设立"),
                            ("approved", "批准"),
                            ("adjusted", "调整"),
                            ("star", "星级"),
                            ("ranking", "排名"),
                            ("award", "表彰"),
                            ("catalogue", "目录"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="内容")),
                ("rank", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="位次")),
                (
                    "certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                (
                    "source_grade",
                    models.CharField(
                        choices=[
                            ("official", "官方文本或代码表"),
                            ("press", "新闻媒体或地方门户"),
                            ("web", "转载、百科或企业网页"),
                            ("computed", "由公开数据推算"),
                            ("general", "常识，未见原文"),
                        ],
                        max_length=10,
                        verbose_name="来源级别",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="备注")),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="parks.zone"
                    ),
                ),
            ],
            options={
                "verbose_name": "大事记",
                "verbose_name_plural": "大事记",
                "ordering": ["happened_on", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("zone", "happened_on", "kind", "title"), name="zone_event_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ZoneEventHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                (
                    "happened_on",
                    models.CharField(help_text="按来源精度：年、年月或年月日", max_length=10, verbose_name="时间"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("established", "设立"),
                            ("approved", "批准"),
                            ("adjusted", "调整"),
                            ("star", "星级"),
                            ("ranking", "排名"),
                            ("award", "表彰"),
                            ("catalogue", "目录"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="内容")),
                ("rank", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="位次")),
                (
                    "certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                (
                    "source_grade",
                    models.CharField(
                        choices=[
                            ("official", "官方文本或代码表"),
                            ("press", "新闻媒体或地方门户"),
                            ("web", "转载、百科或企业网页"),
                            ("computed", "由公开数据推算"),
                            ("general", "常识，未见原文"),
                        ],
                        max_length=10,
                        verbose_name="来源级别",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=160, verbose_name="备注")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="parks.zoneevent",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.zone",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ZoneHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=8, verbose_name="编号")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "leading_industries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="主导产业"
                    ),
                ),
                (
                    "planned_area_km2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="规划面积（km²）"
                    ),
                ),
                (
                    "built_area_km2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="建成区面积（km²）"
                    ),
                ),
                (
                    "star",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="最近一次公布的产业集聚区考核星级（一至六）",
                        null=True,
                        verbose_name="星级",
                    ),
                ),
                ("star_note", models.CharField(blank=True, max_length=80, verbose_name="星级说明")),
                (
                    "name_certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="名称可信度",
                    ),
                ),
                (
                    "fact_certainty",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="事实可信度",
                    ),
                ),
                (
                    "source_grade",
                    models.CharField(
                        choices=[
                            ("official", "官方文本或代码表"),
                            ("press", "新闻媒体或地方门户"),
                            ("web", "转载、百科或企业网页"),
                            ("computed", "由公开数据推算"),
                            ("general", "常识，未见原文"),
                        ],
                        max_length=10,
                        verbose_name="来源级别",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="备注")),
                (
                    "administration",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="管理机构",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.region",
                        verbose_name="省辖市",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.region",
                        verbose_name="县（市、区）",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="parks.zone",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StatisticalShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_year", models.PositiveSmallIntegerField(verbose_name="起始年度")),
                ("share_pct", models.DecimalField(decimal_places=4, max_digits=7, verbose_name="分成比例（%）")),
                ("document", models.CharField(max_length=80, verbose_name="协议或文号")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statistical_shares",
                        to="parks.region",
                        verbose_name="县（市、区）",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statistical_shares",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "统计数据分成",
                "verbose_name_plural": "统计数据分成",
                "ordering": ["zone", "from_year", "region"],
                "constraints": [
                    models.UniqueConstraint(fields=("zone", "region", "from_year"), name="statistical_share_once"),
                    models.CheckConstraint(
                        condition=models.Q(("share_pct__gt", 0), ("share_pct__lte", 100)),
                        name="statistical_share_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatisticalShareHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("from_year", models.PositiveSmallIntegerField(verbose_name="起始年度")),
                ("share_pct", models.DecimalField(decimal_places=4, max_digits=7, verbose_name="分成比例（%）")),
                ("document", models.CharField(max_length=80, verbose_name="协议或文号")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="parks.statisticalshare",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.region",
                        verbose_name="县（市、区）",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ZoneSuccession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("merger", "整合"), ("split", "分设"), ("trust", "托管")],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("on", models.DateField(verbose_name="生效日期")),
                ("share_pct", models.DecimalField(decimal_places=4, max_digits=7, verbose_name="数据份额（%）")),
                ("document", models.CharField(max_length=80, verbose_name="批准文号")),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="备注")),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions",
                        to="parks.zone",
                        verbose_name="原园区",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inheritances",
                        to="parks.zone",
                        verbose_name="承继园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "园区沿革",
                "verbose_name_plural": "园区沿革",
                "ordering": ["on", "predecessor", "successor"],
                "constraints": [
                    models.UniqueConstraint(fields=("predecessor", "successor", "on"), name="succession_once"),
                    models.CheckConstraint(
                        condition=models.Q(("predecessor", models.F("successor")), _negated=True),
                        name="succession_of_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share_pct__gt", 0), ("share_pct__lte", 100)),
                        name="succession_share_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ZoneSuccessionHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("merger", "整合"), ("split", "分设"), ("trust", "托管")],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("on", models.DateField(verbose_name="生效日期")),
                ("share_pct", models.DecimalField(decimal_places=4, max_digits=7, verbose_name="数据份额（%）")),
                ("document", models.CharField(max_length=80, verbose_name="批准文号")),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="备注")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="parks.zonesuccession",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.zone",
                        verbose_name="原园区",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.zone",
                        verbose_name="承继园区",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegionAxis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "axis",
                    models.CharField(
                        choices=[
                            ("longhai", "沿陇海发展主轴"),
                            ("jingguang", "沿京广发展主轴"),
                            ("jinan_chongqing", "济南—郑州—重庆发展轴"),
                            ("taiyuan_hefei", "太原—郑州—合肥发展轴"),
                        ],
                        max_length=16,
                        verbose_name="发展轴带",
                    ),
                ),
                (
                    "document",
                    models.CharField(help_text="确定这一范围的文件或会议", max_length=120, verbose_name="依据"),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="axes",
                        to="parks.region",
                        verbose_name="行政区划",
                    ),
                ),
                (
                    "quote",
                    models.CharField(
                        blank=True, help_text="文件自己点名这一地方的话", max_length=200, verbose_name="原文"
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="登记时间")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "发展轴带范围",
                "verbose_name_plural": "发展轴带范围（由联席会议办公室确定）",
                "ordering": ["axis", "region"],
                "constraints": [models.UniqueConstraint(fields=("region", "axis"), name="region_axis_once")],
            },
        ),
        migrations.CreateModel(
            name="RegionAxisHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "axis",
                    models.CharField(
                        choices=[
                            ("longhai", "沿陇海发展主轴"),
                            ("jingguang", "沿京广发展主轴"),
                            ("jinan_chongqing", "济南—郑州—重庆发展轴"),
                            ("taiyuan_hefei", "太原—郑州—合肥发展轴"),
                        ],
                        max_length=16,
                        verbose_name="发展轴带",
                    ),
                ),
                (
                    "document",
                    models.CharField(help_text="确定这一范围的文件或会议", max_length=120, verbose_name="依据"),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="parks.regionaxis",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.region",
                        verbose_name="行政区划",
                    ),
                ),
                (
                    "quote",
                    models.CharField(
                        blank=True, help_text="文件自己点名这一地方的话", max_length=200, verbose_name="原文"
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="登记时间")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        common.migrating.AddTrigger(
            model_name="region",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_regionevent" ("certainty", "code", "id", "kind", "level", "name", "name_en", "office_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province_managed_certainty", "province_managed_from", "source", "valid_from_year", "valid_to_year") VALUES (NEW."certainty", NEW."code", NEW."id", NEW."kind", NEW."level", NEW."name", NEW."name_en", NEW."office_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."province_managed_certainty", NEW."province_managed_from", NEW."source", NEW."valid_from_year", NEW."valid_to_year"); RETURN NULL;',
                    hash="fd032dcdee1e8d3eba56d30d6a75c669cc4ab4f1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6d091",
                    table="parks_region",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="region",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_regionevent" ("certainty", "code", "id", "kind", "level", "name", "name_en", "office_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province_managed_certainty", "province_managed_from", "source", "valid_from_year", "valid_to_year") VALUES (NEW."certainty", NEW."code", NEW."id", NEW."kind", NEW."level", NEW."name", NEW."name_en", NEW."office_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."province_managed_certainty", NEW."province_managed_from", NEW."source", NEW."valid_from_year", NEW."valid_to_year"); RETURN NULL;',
                    hash="923db787f2602cf1575733e7a3212451ed07249d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_67f82",
                    table="parks_region",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="regionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="652381e5da15101d8500b21c1820932ac78d91bb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4bc2c",
                    table="parks_regionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zone",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_zonehistory" ("administration_id", "built_area_km2", "city_id", "code", "county_id", "fact_certainty", "id", "leading_industries", "name", "name_certainty", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_area_km2", "source_grade", "star", "star_note") VALUES (NEW."administration_id", NEW."built_area_km2", NEW."city_id", NEW."code", NEW."county_id", NEW."fact_certainty", NEW."id", NEW."leading_industries", NEW."name", NEW."name_certainty", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_area_km2", NEW."source_grade", NEW."star", NEW."star_note"); RETURN NULL;',
                    hash="1c5b06e819d470a26044b8c02aa76aa3a6f09a66",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a2881",
                    table="parks_zone",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zone",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_zonehistory" ("administration_id", "built_area_km2", "city_id", "code", "county_id", "fact_certainty", "id", "leading_industries", "name", "name_certainty", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_area_km2", "source_grade", "star", "star_note") VALUES (NEW."administration_id", NEW."built_area_km2", NEW."city_id", NEW."code", NEW."county_id", NEW."fact_certainty", NEW."id", NEW."leading_industries", NEW."name", NEW."name_certainty", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_area_km2", NEW."source_grade", NEW."star", NEW."star_note"); RETURN NULL;',
                    hash="b134f0920b08aed2b30c52304482c5697ed90b0e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2c571",
                    table="parks_zone",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_designationevent" ("approval_document", "approved_area_ha", "approved_on", "catalogue_2018", "code", "end_reason", "ended_on", "id", "level", "name", "name_certainty", "nbs_code", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plate_certainty", "source_grade", "subclass", "valid_from", "valid_to", "zone_class", "zone_id") VALUES (NEW."approval_document", NEW."approved_area_ha", NEW."approved_on", NEW."catalogue_2018", NEW."code", NEW."end_reason", NEW."ended_on", NEW."id", NEW."level", NEW."name", NEW."name_certainty", NEW."nbs_code", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plate_certainty", NEW."source_grade", NEW."subclass", NEW."valid_from", NEW."valid_to", NEW."zone_class", NEW."zone_id"); RETURN NULL;',
                    hash="198b787b362b08479a61578f3764e66cd869ed8b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4105c",
                    table="parks_designation",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_designationevent" ("approval_document", "approved_area_ha", "approved_on", "catalogue_2018", "code", "end_reason", "ended_on", "id", "level", "name", "name_certainty", "nbs_code", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plate_certainty", "source_grade", "subclass", "valid_from", "valid_to", "zone_class", "zone_id") VALUES (NEW."approval_document", NEW."approved_area_ha", NEW."approved_on", NEW."catalogue_2018", NEW."code", NEW."end_reason", NEW."ended_on", NEW."id", NEW."level", NEW."name", NEW."name_certainty", NEW."nbs_code", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plate_certainty", NEW."source_grade", NEW."subclass", NEW."valid_from", NEW."valid_to", NEW."zone_class", NEW."zone_id"); RETURN NULL;',
                    hash="a4e92c53594f30153df938c99b87e24635f2f57c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_295a5",
                    table="parks_designation",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1f7b48bbe37817ba84c1c5789643d02d5c9371be",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_61e77",
                    table="parks_designationevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonealias",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_zonealiasevent" ("certainty", "id", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "zone_id") VALUES (NEW."certainty", NEW."id", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."zone_id"); RETURN NULL;',
                    hash="7a23d406281f3520e86f97253d0a5f6708c21579",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_dc588",
                    table="parks_zonealias",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonealias",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_zonealiasevent" ("certainty", "id", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "zone_id") VALUES (NEW."certainty", NEW."id", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."zone_id"); RETURN NULL;',
                    hash="3984e23d03e61f6aff0a518177a44f5c80f28022",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_54255",
                    table="parks_zonealias",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonealiasevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="505b53525694cbee5f929f28ab44da44e50f1afe",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ad70f",
                    table="parks_zonealiasevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zoneevent",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_zoneeventhistory" ("certainty", "happened_on", "id", "kind", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "source_grade", "title", "year", "zone_id") VALUES (NEW."certainty", NEW."happened_on", NEW."id", NEW."kind", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."source_grade", NEW."title", NEW."year", NEW."zone_id"); RETURN NULL;',
                    hash="2144e95afa9f4442da3280ebea25c53c7e8faec1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e2ddb",
                    table="parks_zoneevent",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zoneevent",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_zoneeventhistory" ("certainty", "happened_on", "id", "kind", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "source_grade", "title", "year", "zone_id") VALUES (NEW."certainty", NEW."happened_on", NEW."id", NEW."kind", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."source_grade", NEW."title", NEW."year", NEW."zone_id"); RETURN NULL;',
                    hash="195324eb4a4e90b2734a331ad7b92a72240d9759",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c92a0",
                    table="parks_zoneevent",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zoneeventhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="edde096b7e5b2ad0ff9a4d4e9a70e61302e1bf02",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_73dac",
                    table="parks_zoneeventhistory",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonehistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="529480b9eb99796b850d73944ffc5a485e4e3660",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fee75",
                    table="parks_zonehistory",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="statisticalshare",
            trigger=pgtrigger.compiler.Trigger(
                name="statistical_shares_whole",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    declare="DECLARE split BIGINT; since INTEGER; total NUMERIC;",
                    func="\n                    FOR split, since IN\n                        SELECT * FROM (VALUES\n                            (CASE WHEN TG_OP <> 'INSERT' THEN OLD.zone_id END,\n                             CASE WHEN TG_OP <> 'INSERT' THEN OLD.from_year END),\n                            (CASE WHEN TG_OP <> 'DELETE' THEN NEW.zone_id END,\n                             CASE WHEN TG_OP <> 'DELETE' THEN NEW.from_year END)) AS touched(a, b)\n                        WHERE a IS NOT NULL\n                    LOOP\n                        SELECT sum(share_pct) INTO total FROM parks_statisticalshare\n                        WHERE zone_id = split AND from_year = since;\n                        IF total IS NOT NULL AND total <> 100 THEN\n                            RAISE EXCEPTION 'yuanqu: statistical shares add up to %, not 100', total\n                                USING ERRCODE = 'check_violation';\n                        END IF;\n                    END LOOP;\n                    RETURN NULL;\n                ",
                    hash="0385b929fb3c8381aba26d3fe06715a15200ba12",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_statistical_shares_whole_c0996",
                    table="parks_statisticalshare",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="statisticalshare",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_statisticalsharehistory" ("document", "from_year", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "share_pct", "zone_id") VALUES (NEW."document", NEW."from_year", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."share_pct", NEW."zone_id"); RETURN NULL;',
                    hash="655c273c2d1cc26071b965301e03cf9f70df3668",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_64c6d",
                    table="parks_statisticalshare",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="statisticalshare",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_statisticalsharehistory" ("document", "from_year", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "share_pct", "zone_id") VALUES (NEW."document", NEW."from_year", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."share_pct", NEW."zone_id"); RETURN NULL;',
                    hash="e113359ae9bc0587280a0fa090038ffdd8d0476a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9af56",
                    table="parks_statisticalshare",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="statisticalshare",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_statisticalsharehistory" ("document", "from_year", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "share_pct", "zone_id") VALUES (OLD."document", OLD."from_year", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_id", OLD."share_pct", OLD."zone_id"); RETURN NULL;',
                    hash="a4a63b3c006285f77c5100d0406190ca805b8c51",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2c9fd",
                    table="parks_statisticalshare",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="statisticalsharehistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="284fb13392dd7ffc0a1a829a94b19aeb2350e668",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_51848",
                    table="parks_statisticalsharehistory",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonesuccession",
            trigger=pgtrigger.compiler.Trigger(
                name="succession_shares_whole",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    declare="DECLARE gone BIGINT; day DATE; total NUMERIC;",
                    func="\n                    FOR gone, day IN\n                        SELECT * FROM (VALUES\n                            (CASE WHEN TG_OP <> 'INSERT' THEN OLD.predecessor_id END,\n                             CASE WHEN TG_OP <> 'INSERT' THEN OLD.\"on\" END),\n                            (CASE WHEN TG_OP <> 'DELETE' THEN NEW.predecessor_id END,\n                             CASE WHEN TG_OP <> 'DELETE' THEN NEW.\"on\" END)) AS touched(a, b)\n                        WHERE a IS NOT NULL\n                    LOOP\n                        SELECT sum(share_pct) INTO total FROM parks_zonesuccession\n                        WHERE predecessor_id = gone AND \"on\" = day;\n                        IF total IS NOT NULL AND total <> 100 THEN\n                            RAISE EXCEPTION 'yuanqu: shares of a succession add up to %, not 100', total\n                                USING ERRCODE = 'check_violation';\n                        END IF;\n                    END LOOP;\n                    RETURN NULL;\n                ",
                    hash="ccc46abe0237407c901f2717389a6db2643f214c",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_succession_shares_whole_6dd80",
                    table="parks_zonesuccession",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonesuccession",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_zonesuccessionhistory" ("document", "id", "kind", "note", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "predecessor_id", "share_pct", "successor_id") VALUES (NEW."document", NEW."id", NEW."kind", NEW."note", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."predecessor_id", NEW."share_pct", NEW."successor_id"); RETURN NULL;',
                    hash="f7925dad46cde404c5653d8e78080f7134e30074",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0365d",
                    table="parks_zonesuccession",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonesuccession",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_zonesuccessionhistory" ("document", "id", "kind", "note", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "predecessor_id", "share_pct", "successor_id") VALUES (NEW."document", NEW."id", NEW."kind", NEW."note", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."predecessor_id", NEW."share_pct", NEW."successor_id"); RETURN NULL;',
                    hash="91d2f709346e1886a9f0e23fa2aff5b07b716b32",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_faafa",
                    table="parks_zonesuccession",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonesuccession",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_zonesuccessionhistory" ("document", "id", "kind", "note", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "predecessor_id", "share_pct", "successor_id") VALUES (OLD."document", OLD."id", OLD."kind", OLD."note", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."predecessor_id", OLD."share_pct", OLD."successor_id"); RETURN NULL;',
                    hash="e9062da9aaca3fd52532b84922d43d1aaeaac6e8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_540ae",
                    table="parks_zonesuccession",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonesuccessionhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="408f584ff47cf38207ab58698f419bdafcf53f8d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9ab00",
                    table="parks_zonesuccessionhistory",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="regionaxis",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_regionaxishistory" ("axis", "document", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "recorded_at", "recorded_by_id", "region_id") VALUES (NEW."axis", NEW."document", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quote", NEW."recorded_at", NEW."recorded_by_id", NEW."region_id"); RETURN NULL;',
                    hash="13ba3c0874c613c3492c0aa3af068eefe6e2659f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_99ced",
                    table="parks_regionaxis",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="regionaxis",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_regionaxishistory" ("axis", "document", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "recorded_at", "recorded_by_id", "region_id") VALUES (NEW."axis", NEW."document", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quote", NEW."recorded_at", NEW."recorded_by_id", NEW."region_id"); RETURN NULL;',
                    hash="d9ed6c0392116020da49445f089e109945c01623",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d6a4a",
                    table="parks_regionaxis",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="regionaxis",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_regionaxishistory" ("axis", "document", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "recorded_at", "recorded_by_id", "region_id") VALUES (OLD."axis", OLD."document", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quote", OLD."recorded_at", OLD."recorded_by_id", OLD."region_id"); RETURN NULL;',
                    hash="d42e7947f7d557d57e7b9479c0260da7596784a8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d40ff",
                    table="parks_regionaxis",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="regionaxishistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b3e0a97ba818c5624b107e9cd397df0534cca386",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0ac07",
                    table="parks_regionaxishistory",
                    when="BEFORE",
                ),
            ),
        ),
    ]
