import common.migrating
import django.contrib.postgres.fields
import django.db.models.deletion
import indicators.models.collection
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("indicators", "0001_initial"),
        ("indicators", "0002_collection_in_depth"),
        ("indicators", "0003_department_load_key"),
        ("indicators", "0004_rule_kind_intake"),
        ("indicators", "0005_locks_hold_on_every_path"),
        ("indicators", "0006_unnamed_writes"),
        ("indicators", "0007_round_sets_have_a_history"),
        ("indicators", "0008_rule_kind_register"),
        ("indicators", "0009_business_dimension"),
        ("indicators", "0010_rules_and_series_of_a_province"),
        ("indicators", "0011_provinces_of_rounds"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0008_target_and_policy_scopes"),
        ("parks", "0001_squashed_0004_axis_sources"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                (
                    "severity",
                    models.CharField(
                        choices=[("hard", "强制"), ("soft", "需说明"), ("notice", "提示")],
                        max_length=8,
                        verbose_name="强度",
                    ),
                ),
                ("expression", models.CharField(blank=True, max_length=400, verbose_name="关系式")),
                ("message_zh", models.CharField(max_length=240, verbose_name="提示")),
                ("message_en", models.CharField(max_length=300, verbose_name="英文提示")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                ("condition", models.CharField(blank=True, max_length=240, verbose_name="适用条件")),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="涉及指标",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("required", "必填"),
                            ("range", "取值范围"),
                            ("relation", "项间关系"),
                            ("sum", "分项合计"),
                            ("year_on_year", "同比变动"),
                            ("outlier", "同类离群"),
                            ("unit_slip", "单位错填"),
                            ("cumulation", "累计不减"),
                            ("source", "与部门数据核对"),
                            ("register", "与台账核对"),
                            ("intake", "读入把关"),
                        ],
                        default="relation",
                        max_length=16,
                        verbose_name="类型",
                    ),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("national", "国家级"), ("provincial", "省级"), ("province_designated", "省定")],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="适用级别",
                    ),
                ),
                ("parameters", models.JSONField(blank=True, default=dict, verbose_name="参数")),
                (
                    "zone_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("cluster", "产业集聚区"),
                                ("etdz", "经济技术开发区"),
                                ("htz", "高新技术产业开发区"),
                                ("customs", "海关特殊监管区"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="适用类别",
                    ),
                ),
                ("document_code", models.SlugField(blank=True, db_index=False, verbose_name="所属政策")),
                (
                    "region_code",
                    models.CharField(
                        blank=True,
                        help_text="省级行政区划代码：只审核该省的园区；空白表示不限",
                        max_length=6,
                        verbose_name="适用行政区",
                    ),
                ),
            ],
            options={
                "verbose_name": "审核关系",
                "verbose_name_plural": "审核关系",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="代码")),
                ("name_zh", models.CharField(max_length=80, verbose_name="名称")),
                ("name_en", models.CharField(max_length=120, verbose_name="英文名称")),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("scale", "经济总量"),
                            ("quality", "质量效益"),
                            ("cluster", "集群发展"),
                            ("innovation", "创新驱动"),
                            ("emerging", "新兴产业培育"),
                            ("green", "绿色发展"),
                            ("openness", "开放水平"),
                            ("land", "集约用地"),
                            ("infrastructure", "设施配套"),
                            ("business", "营商环境"),
                            ("safety", "安全生产"),
                            ("customs", "监管区业务"),
                            ("province", "全省数据"),
                        ],
                        max_length=16,
                        verbose_name="维度",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("base", "基础指标"), ("derived", "派生指标")], max_length=8, verbose_name="类型"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("zone", "园区"), ("province", "全省")],
                        default="zone",
                        max_length=10,
                        verbose_name="范围",
                    ),
                ),
                ("unit", models.CharField(max_length=20, verbose_name="单位")),
                ("unit_en", models.CharField(max_length=40, verbose_name="英文单位")),
                ("decimals", models.PositiveSmallIntegerField(default=2, verbose_name="小数位")),
                (
                    "direction",
                    models.CharField(
                        choices=[("higher", "越高越好"), ("lower", "越低越好"), ("neutral", "不评优劣")],
                        max_length=8,
                        verbose_name="方向",
                    ),
                ),
                ("definition_zh", models.TextField(verbose_name="定义")),
                ("definition_en", models.TextField(verbose_name="英文定义")),
                ("formula", models.CharField(blank=True, max_length=240, verbose_name="公式")),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("coordination", "统筹协调"),
                            ("commerce", "商务"),
                            ("science", "科技"),
                            ("customs", "海关"),
                            ("statistics", "统计"),
                            ("taxation", "税务"),
                            ("industry", "工业和信息化"),
                            ("natural_resources", "自然资源"),
                            ("ecology", "生态环境"),
                            ("emergency", "应急管理"),
                        ],
                        max_length=24,
                        verbose_name="责任部门",
                    ),
                ),
                ("source", models.CharField(help_text="出自哪份报表、办法或条款", max_length=200, verbose_name="依据")),
                (
                    "certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[("year", "年"), ("quarter", "季"), ("month", "月")],
                        default="year",
                        max_length=8,
                        verbose_name="频率",
                    ),
                ),
                (
                    "zone_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("cluster", "产业集聚区"),
                                ("etdz", "经济技术开发区"),
                                ("htz", "高新技术产业开发区"),
                                ("customs", "海关特殊监管区"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                        verbose_name="适用类别",
                    ),
                ),
                ("required", models.BooleanField(default=False, verbose_name="必填")),
                (
                    "minimum",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="下限"),
                ),
                (
                    "maximum",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="上限"),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "prevailing",
                    models.CharField(
                        choices=[("park", "以园区填报为准"), ("department", "以部门数据为准")],
                        default="park",
                        help_text="差异未裁定之前以谁的数为准；由联席会议办公室确定",
                        max_length=10,
                        verbose_name="以谁为准",
                    ),
                ),
                (
                    "temporality",
                    models.CharField(
                        choices=[("stock", "时点数"), ("cumulative", "累计数")],
                        default="stock",
                        max_length=10,
                        verbose_name="时点或累计",
                    ),
                ),
                (
                    "tolerance_pct",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        help_text="园区数与部门数相差不超过此比例时不算差异；起始值为1%，由联席会议办公室确定",
                        max_digits=5,
                        verbose_name="核对容差（%）",
                    ),
                ),
            ],
            options={
                "verbose_name": "指标",
                "verbose_name_plural": "指标",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="IndicatorEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, max_length=60, verbose_name="代码")),
                ("name_zh", models.CharField(max_length=80, verbose_name="名称")),
                ("name_en", models.CharField(max_length=120, verbose_name="英文名称")),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("scale", "经济总量"),
                            ("quality", "质量效益"),
                            ("cluster", "集群发展"),
                            ("innovation", "创新驱动"),
                            ("emerging", "新兴产业培育"),
                            ("green", "绿色发展"),
                            ("openness", "开放水平"),
                            ("land", "集约用地"),
                            ("infrastructure", "设施配套"),
                            ("business", "营商环境"),
                            ("safety", "安全生产"),
                            ("customs", "监管区业务"),
                            ("province", "全省数据"),
                        ],
                        max_length=16,
                        verbose_name="维度",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("base", "基础指标"), ("derived", "派生指标")], max_length=8, verbose_name="类型"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("zone", "园区"), ("province", "全省")],
                        default="zone",
                        max_length=10,
                        verbose_name="范围",
                    ),
                ),
                ("unit", models.CharField(max_length=20, verbose_name="单位")),
                ("unit_en", models.CharField(max_length=40, verbose_name="英文单位")),
                ("decimals", models.PositiveSmallIntegerField(default=2, verbose_name="小数位")),
                (
                    "direction",
                    models.CharField(
                        choices=[("higher", "越高越好"), ("lower", "越低越好"), ("neutral", "不评优劣")],
                        max_length=8,
                        verbose_name="方向",
                    ),
                ),
                ("definition_zh", models.TextField(verbose_name="定义")),
                ("definition_en", models.TextField(verbose_name="英文定义")),
                ("formula", models.CharField(blank=True, max_length=240, verbose_name="公式")),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("coordination", "统筹协调"),
                            ("commerce", "商务"),
                            ("science", "科技"),
                            ("customs", "海关"),
                            ("statistics", "统计"),
                            ("taxation", "税务"),
                            ("industry", "工业和信息化"),
                            ("natural_resources", "自然资源"),
                            ("ecology", "生态环境"),
                            ("emergency", "应急管理"),
                        ],
                        max_length=24,
                        verbose_name="责任部门",
                    ),
                ),
                ("source", models.CharField(help_text="出自哪份报表、办法或条款", max_length=200, verbose_name="依据")),
                (
                    "certainty",
                    models.CharField(
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[("year", "年"), ("quarter", "季"), ("month", "月")],
                        default="year",
                        max_length=8,
                        verbose_name="频率",
                    ),
                ),
                (
                    "zone_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("cluster", "产业集聚区"),
                                ("etdz", "经济技术开发区"),
                                ("htz", "高新技术产业开发区"),
                                ("customs", "海关特殊监管区"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                        verbose_name="适用类别",
                    ),
                ),
                ("required", models.BooleanField(default=False, verbose_name="必填")),
                (
                    "minimum",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="下限"),
                ),
                (
                    "maximum",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="上限"),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
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
                        to="indicators.indicator",
                    ),
                ),
                (
                    "prevailing",
                    models.CharField(
                        choices=[("park", "以园区填报为准"), ("department", "以部门数据为准")],
                        default="park",
                        help_text="差异未裁定之前以谁的数为准；由联席会议办公室确定",
                        max_length=10,
                        verbose_name="以谁为准",
                    ),
                ),
                (
                    "temporality",
                    models.CharField(
                        choices=[("stock", "时点数"), ("cumulative", "累计数")],
                        default="stock",
                        max_length=10,
                        verbose_name="时点或累计",
                    ),
                ),
                (
                    "tolerance_pct",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        help_text="园区数与部门数相差不超过此比例时不算差异；起始值为1%，由联席会议办公室确定",
                        max_digits=5,
                        verbose_name="核对容差（%）",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProvinceValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="数值")),
                ("source_note", models.CharField(max_length=240, verbose_name="来源说明")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="province_values",
                        to="indicators.indicator",
                        verbose_name="指标",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region_code",
                    models.CharField(
                        blank=True, help_text="省级行政区划代码；空白表示不分省", max_length=6, verbose_name="省"
                    ),
                ),
            ],
            options={
                "verbose_name": "全省数据",
                "verbose_name_plural": "全省数据",
                "ordering": ["indicator", "year"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region_code", "indicator", "year"), name="province_value_of_province_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProvinceValueEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="数值")),
                ("source_note", models.CharField(max_length=240, verbose_name="来源说明")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "indicator",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.indicator",
                        verbose_name="指标",
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
                        to="indicators.provincevalue",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region_code",
                    models.CharField(
                        blank=True, help_text="省级行政区划代码；空白表示不分省", max_length=6, verbose_name="省"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DataChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(max_length=120)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parks.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "数据变动",
                "verbose_name_plural": "数据变动",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="DepartmentLoad",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("coordination", "统筹协调"),
                            ("commerce", "商务"),
                            ("science", "科技"),
                            ("customs", "海关"),
                            ("statistics", "统计"),
                            ("taxation", "税务"),
                            ("industry", "工业和信息化"),
                            ("natural_resources", "自然资源"),
                            ("ecology", "生态环境"),
                            ("emergency", "应急管理"),
                        ],
                        max_length=24,
                        verbose_name="部门",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("period", models.CharField(max_length=7, verbose_name="时期")),
                ("name", models.CharField(max_length=160, verbose_name="文件名或批次名")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "网页表单"),
                            ("excel", "表格文件"),
                            ("api", "接口"),
                            ("department", "部门导入"),
                            ("correction", "更正"),
                            ("pack", "资料包"),
                            ("demo", "演示数据生成"),
                            ("database", "绕过系统直接写库"),
                        ],
                        max_length=12,
                        verbose_name="途径",
                    ),
                ),
                ("source_note", models.CharField(max_length=240, verbose_name="来源说明")),
                ("rows", models.PositiveIntegerField(verbose_name="条数")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="导入时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="机构",
                    ),
                ),
                ("idempotency_key", models.CharField(blank=True, default="", max_length=120, verbose_name="幂等键")),
            ],
            options={
                "verbose_name": "部门数据批次",
                "verbose_name_plural": "部门数据批次",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("idempotency_key", ""), _negated=True),
                        fields=("created_by", "idempotency_key"),
                        name="department_load_once_a_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Form",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="代码")),
                ("name_zh", models.CharField(max_length=80, verbose_name="名称")),
                ("name_en", models.CharField(max_length=120, verbose_name="英文名称")),
                (
                    "frequency",
                    models.CharField(
                        choices=[("year", "年"), ("quarter", "季"), ("month", "月")], max_length=8, verbose_name="频率"
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="依据")),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "indicators",
                    models.ManyToManyField(related_name="forms", to="indicators.indicator", verbose_name="指标"),
                ),
            ],
            options={
                "verbose_name": "报表表式",
                "verbose_name_plural": "报表表式",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "未开放"), ("open", "填报中"), ("closed", "已结束")],
                        default="planned",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "zone_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("cluster", "产业集聚区"),
                                ("etdz", "经济技术开发区"),
                                ("htz", "高新技术产业开发区"),
                                ("customs", "海关特殊监管区"),
                            ],
                            max_length=10,
                        ),
                        size=None,
                        verbose_name="类别",
                    ),
                ),
                ("opens_on", models.DateField(verbose_name="开放日期")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                (
                    "indicators",
                    models.ManyToManyField(related_name="rounds", to="indicators.indicator", verbose_name="指标"),
                ),
                (
                    "cities",
                    models.ManyToManyField(blank=True, related_name="rounds", to="parks.region", verbose_name="省辖市"),
                ),
                (
                    "closes_on",
                    models.DateField(
                        blank=True, help_text="截止日期之后还可补报到哪一天", null=True, verbose_name="补报截止"
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[("year", "年"), ("quarter", "季"), ("month", "月")],
                        default="year",
                        max_length=8,
                        verbose_name="频率",
                    ),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("national", "国家级"), ("provincial", "省级"), ("province_designated", "省定")],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="级别",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        blank=True, help_text="2025、2025Q1 或 2025-03；空白为全年", max_length=7, verbose_name="时期"
                    ),
                ),
                (
                    "reminder_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(),
                        blank=True,
                        default=indicators.models.collection._reminder_days,
                        help_text="相对截止日期的天数，负数为之前",
                        size=None,
                        verbose_name="提醒日",
                    ),
                ),
                (
                    "review_steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("city", "市级审核"), ("office", "省级确认")], max_length=8
                        ),
                        default=indicators.models.collection._all_steps,
                        size=None,
                        verbose_name="审核环节",
                    ),
                ),
                (
                    "forms",
                    models.ManyToManyField(
                        blank=True, related_name="rounds", to="indicators.form", verbose_name="报表表式"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(
                        blank=True, help_text="省级行政区划代码；空白表示不分省", max_length=6, verbose_name="省"
                    ),
                ),
            ],
            options={
                "verbose_name": "填报任务",
                "verbose_name_plural": "填报任务",
                "ordering": ["-year", "-period"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("opens_on"))), name="round_due_after_opening"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_on", None), ("closes_on__gte", models.F("due_on")), _connector="OR"
                        ),
                        name="round_closes_after_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("review_steps", []), _negated=True), name="round_has_a_review"
                    ),
                    models.UniqueConstraint(fields=("region_code", "period", "name"), name="round_once_a_period"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已报送"),
                            ("returned", "已退回"),
                            ("city_accepted", "市级已审"),
                            ("accepted", "已确认"),
                        ],
                        default="draft",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="报送时间")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报送人",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="indicators.round",
                        verbose_name="填报任务",
                    ),
                ),
            ],
            options={
                "verbose_name": "报表",
                "verbose_name_plural": "报表",
                "ordering": ["-round__year", "zone__code"],
                "indexes": [models.Index(fields=["status", "submitted_at"], name="indicators__status_d31cdd_idx")],
                "constraints": [models.UniqueConstraint(fields=("round", "zone"), name="return_once")],
            },
        ),
        migrations.CreateModel(
            name="ReturnAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "下发"),
                            ("submitted", "报送"),
                            ("returned", "退回"),
                            ("city_accepted", "市级审核通过"),
                            ("accepted", "省级确认"),
                            ("extended", "延期"),
                            ("corrected", "更正"),
                        ],
                        max_length=16,
                        verbose_name="办理",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("return_revision", models.PositiveIntegerField(verbose_name="版次")),
                ("previous_digest", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="机构",
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="indicators.return"
                    ),
                ),
                (
                    "cells",
                    models.JSONField(
                        blank=True, default=dict, help_text="指标代码与对该项的退回理由", verbose_name="逐项理由"
                    ),
                ),
            ],
            options={
                "verbose_name": "办理记录",
                "verbose_name_plural": "办理记录",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已报送"),
                            ("returned", "已退回"),
                            ("city_accepted", "市级已审"),
                            ("accepted", "已确认"),
                        ],
                        default="draft",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("due_on", models.DateField(verbose_name="截止日期")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="报送时间")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
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
                        to="indicators.return",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报送人",
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
                (
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.round",
                        verbose_name="填报任务",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RoundEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "未开放"), ("open", "填报中"), ("closed", "已结束")],
                        default="planned",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "zone_classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("cluster", "产业集聚区"),
                                ("etdz", "经济技术开发区"),
                                ("htz", "高新技术产业开发区"),
                                ("customs", "海关特殊监管区"),
                            ],
                            max_length=10,
                        ),
                        size=None,
                        verbose_name="类别",
                    ),
                ),
                ("opens_on", models.DateField(verbose_name="开放日期")),
                ("due_on", models.DateField(verbose_name="截止日期")),
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
                        to="indicators.round",
                    ),
                ),
                (
                    "closes_on",
                    models.DateField(
                        blank=True, help_text="截止日期之后还可补报到哪一天", null=True, verbose_name="补报截止"
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[("year", "年"), ("quarter", "季"), ("month", "月")],
                        default="year",
                        max_length=8,
                        verbose_name="频率",
                    ),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("national", "国家级"), ("provincial", "省级"), ("province_designated", "省定")],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="级别",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        blank=True, help_text="2025、2025Q1 或 2025-03；空白为全年", max_length=7, verbose_name="时期"
                    ),
                ),
                (
                    "reminder_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(),
                        blank=True,
                        default=indicators.models.collection._reminder_days,
                        help_text="相对截止日期的天数，负数为之前",
                        size=None,
                        verbose_name="提醒日",
                    ),
                ),
                (
                    "review_steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("city", "市级审核"), ("office", "省级确认")], max_length=8
                        ),
                        default=indicators.models.collection._all_steps,
                        size=None,
                        verbose_name="审核环节",
                    ),
                ),
                (
                    "region_code",
                    models.CharField(
                        blank=True, help_text="省级行政区划代码；空白表示不分省", max_length=6, verbose_name="省"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Value",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "period",
                    models.CharField(help_text="2016、2014Q1 或 2016-01/2016-10", max_length=20, verbose_name="时期"),
                ),
                (
                    "number",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="数值"),
                ),
                (
                    "absence",
                    models.CharField(
                        blank=True,
                        choices=[("not_applicable", "不适用"), ("not_available", "暂缺")],
                        max_length=16,
                        verbose_name="缺值说明",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                (
                    "source",
                    models.CharField(
                        choices=[("park", "园区填报"), ("department", "部门数据"), ("published", "公开资料")],
                        default="park",
                        max_length=12,
                        verbose_name="来源",
                    ),
                ),
                ("source_note", models.CharField(blank=True, max_length=240, verbose_name="来源说明")),
                (
                    "certainty",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="indicators.indicator",
                        verbose_name="指标",
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="indicators.return",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "change_note",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="文件名、更正理由等，随历史保留",
                        max_length=240,
                        verbose_name="变更说明",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "网页表单"),
                            ("excel", "表格文件"),
                            ("api", "接口"),
                            ("department", "部门导入"),
                            ("correction", "更正"),
                            ("pack", "资料包"),
                            ("demo", "演示数据生成"),
                            ("database", "绕过系统直接写库"),
                        ],
                        db_default="database",
                        default="database",
                        max_length=12,
                        verbose_name="填写途径",
                    ),
                ),
                (
                    "department",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("coordination", "统筹协调"),
                            ("commerce", "商务"),
                            ("science", "科技"),
                            ("customs", "海关"),
                            ("statistics", "统计"),
                            ("taxation", "税务"),
                            ("industry", "工业和信息化"),
                            ("natural_resources", "自然资源"),
                            ("ecology", "生态环境"),
                            ("emergency", "应急管理"),
                        ],
                        db_default="",
                        max_length=24,
                        verbose_name="部门",
                    ),
                ),
                (
                    "load",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="indicators.departmentload",
                    ),
                ),
            ],
            options={
                "verbose_name": "指标值",
                "verbose_name_plural": "指标值",
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["year", "indicator"], name="indicators__year_27095e_idx"),
                    models.Index(fields=["return_ref", "indicator"], name="indicators__return__e273de_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number", None), ("absence", ""), _connector="OR"),
                        name="value_number_or_absence",
                    ),
                    models.UniqueConstraint(
                        fields=("zone", "indicator", "period", "source", "department"), name="value_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", "department"), ("department", ""), _connector="XOR"),
                        name="value_department_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ValueEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "period",
                    models.CharField(help_text="2016、2014Q1 或 2016-01/2016-10", max_length=20, verbose_name="时期"),
                ),
                (
                    "number",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="数值"),
                ),
                (
                    "absence",
                    models.CharField(
                        blank=True,
                        choices=[("not_applicable", "不适用"), ("not_available", "暂缺")],
                        max_length=16,
                        verbose_name="缺值说明",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                (
                    "source",
                    models.CharField(
                        choices=[("park", "园区填报"), ("department", "部门数据"), ("published", "公开资料")],
                        default="park",
                        max_length=12,
                        verbose_name="来源",
                    ),
                ),
                ("source_note", models.CharField(blank=True, max_length=240, verbose_name="来源说明")),
                (
                    "certainty",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A 有来源可查"), ("B", "B 常识或间接资料，待核"), ("C", "C 存疑，待核")],
                        max_length=1,
                        verbose_name="可信度",
                    ),
                ),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "indicator",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.indicator",
                        verbose_name="指标",
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
                        to="indicators.value",
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.return",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "change_note",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="文件名、更正理由等，随历史保留",
                        max_length=240,
                        verbose_name="变更说明",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "网页表单"),
                            ("excel", "表格文件"),
                            ("api", "接口"),
                            ("department", "部门导入"),
                            ("correction", "更正"),
                            ("pack", "资料包"),
                            ("demo", "演示数据生成"),
                            ("database", "绕过系统直接写库"),
                        ],
                        db_default="database",
                        default="database",
                        max_length=12,
                        verbose_name="填写途径",
                    ),
                ),
                (
                    "department",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("coordination", "统筹协调"),
                            ("commerce", "商务"),
                            ("science", "科技"),
                            ("customs", "海关"),
                            ("statistics", "统计"),
                            ("taxation", "税务"),
                            ("industry", "工业和信息化"),
                            ("natural_resources", "自然资源"),
                            ("ecology", "生态环境"),
                            ("emergency", "应急管理"),
                        ],
                        db_default="",
                        max_length=24,
                        verbose_name="部门",
                    ),
                ),
                (
                    "load",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.departmentload",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "待裁定"),
                            ("applying", "更正中"),
                            ("applied", "已更正"),
                            ("refused", "已驳回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.TextField(verbose_name="更正理由")),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="裁定时间")),
                ("decision_reason", models.TextField(blank=True, verbose_name="裁定理由")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="裁定人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="机构",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="indicators.return",
                        verbose_name="报表",
                    ),
                ),
            ],
            options={
                "verbose_name": "更正申请",
                "verbose_name_plural": "更正申请",
                "ordering": ["-requested_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["proposed", "applying"])),
                        fields=("return_ref",),
                        name="correction_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["proposed", "withdrawn"]),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "待裁定"),
                            ("applying", "更正中"),
                            ("applied", "已更正"),
                            ("refused", "已驳回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.TextField(verbose_name="更正理由")),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="裁定时间")),
                ("decision_reason", models.TextField(blank=True, verbose_name="裁定理由")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="裁定人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="机构",
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
                        to="indicators.correction",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.return",
                        verbose_name="报表",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CorrectionItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "old_number",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="原数值"),
                ),
                (
                    "old_absence",
                    models.CharField(
                        blank=True,
                        choices=[("not_applicable", "不适用"), ("not_available", "暂缺")],
                        max_length=16,
                        verbose_name="原缺值说明",
                    ),
                ),
                (
                    "new_number",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="更正为"),
                ),
                (
                    "new_absence",
                    models.CharField(
                        blank=True,
                        choices=[("not_applicable", "不适用"), ("not_available", "暂缺")],
                        max_length=16,
                        verbose_name="更正为缺值",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                (
                    "correction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="indicators.correction"
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.indicator",
                        verbose_name="指标",
                    ),
                ),
            ],
            options={
                "verbose_name": "更正项",
                "verbose_name_plural": "更正项",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("correction", "indicator"), name="correction_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("new_number", None), ("new_absence", ""), _connector="XOR"),
                        name="correction_number_or_absence",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=200, upload_to="evidence/%Y/%m/", verbose_name="文件")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content_type", models.CharField(max_length=100, verbose_name="类型")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="撤下时间")),
                (
                    "correction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="indicators.correction",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.indicator",
                        verbose_name="指标",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="indicators.return"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "佐证材料",
                "verbose_name_plural": "佐证材料",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["return_ref", "indicator"], name="indicators__return__702a1c_idx")],
            },
        ),
        migrations.CreateModel(
            name="EvidenceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("file", models.FileField(max_length=200, upload_to="evidence/%Y/%m/", verbose_name="文件")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content_type", models.CharField(max_length=100, verbose_name="类型")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="撤下时间")),
                (
                    "correction",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.correction",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.indicator",
                        verbose_name="指标",
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
                        to="indicators.evidence",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.return",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="问题")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="提问时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提问人",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.indicator",
                        verbose_name="指标",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="机构",
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="indicators.return"
                    ),
                ),
            ],
            options={
                "verbose_name": "质询",
                "verbose_name_plural": "质询",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="答复")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="答复时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="indicators.question"
                    ),
                ),
            ],
            options={
                "verbose_name": "答复",
                "verbose_name_plural": "答复",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="QuestionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("text", models.TextField(verbose_name="问题")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="提问时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提问人",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.indicator",
                        verbose_name="指标",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="机构",
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
                        to="indicators.question",
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.return",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("period", models.CharField(max_length=7, verbose_name="时期")),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("coordination", "统筹协调"),
                            ("commerce", "商务"),
                            ("science", "科技"),
                            ("customs", "海关"),
                            ("statistics", "统计"),
                            ("taxation", "税务"),
                            ("industry", "工业和信息化"),
                            ("natural_resources", "自然资源"),
                            ("ecology", "生态环境"),
                            ("emergency", "应急管理"),
                        ],
                        max_length=24,
                        verbose_name="部门",
                    ),
                ),
                ("reported", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="园区数")),
                ("known", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="部门数")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("park", "采用园区数"), ("department", "采用部门数")],
                        max_length=10,
                        verbose_name="裁定",
                    ),
                ),
                ("reason", models.TextField(verbose_name="理由")),
                ("decided_at", models.DateTimeField(auto_now_add=True, verbose_name="裁定时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="裁定人",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.indicator",
                        verbose_name="指标",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "核对裁定",
                "verbose_name_plural": "核对裁定",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["zone", "indicator", "period"], name="indicators__zone_id_10488d_idx")
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("return", "单个园区报表"), ("city", "多园区汇总表"), ("department", "部门数据表")],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ready", "待确认"),
                            ("refused", "未采用"),
                            ("confirmed", "已保存"),
                            ("discarded", "已放弃"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("period", models.CharField(blank=True, max_length=7, verbose_name="时期")),
                ("file", models.FileField(max_length=200, upload_to="uploads/%Y/%m/", verbose_name="文件")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("report", models.JSONField(default=dict, verbose_name="读取结果")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parks.region",
                    ),
                ),
                (
                    "return_ref",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="indicators.return",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="indicators.round",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "上传文件",
                "verbose_name_plural": "上传文件",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RoundCity",
            fields=[],
            options={
                "proxy": True,
            },
            bases=("indicators.round_cities",),
        ),
        migrations.CreateModel(
            name="RoundForm",
            fields=[],
            options={
                "proxy": True,
            },
            bases=("indicators.round_forms",),
        ),
        migrations.CreateModel(
            name="RoundIndicator",
            fields=[],
            options={
                "proxy": True,
            },
            bases=("indicators.round_indicators",),
        ),
        migrations.CreateModel(
            name="RoundCityEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
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
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.region",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.round",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RoundFormEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "form",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.form",
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
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.round",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RoundIndicatorEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "indicator",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.indicator",
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
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.round",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        common.migrating.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_indicatorevent" ("certainty", "code", "decimals", "definition_en", "definition_zh", "department", "dimension", "direction", "formula", "frequency", "id", "kind", "maximum", "minimum", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "prevailing", "required", "scope", "source", "temporality", "tolerance_pct", "unit", "unit_en", "zone_classes") VALUES (NEW."certainty", NEW."code", NEW."decimals", NEW."definition_en", NEW."definition_zh", NEW."department", NEW."dimension", NEW."direction", NEW."formula", NEW."frequency", NEW."id", NEW."kind", NEW."maximum", NEW."minimum", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."prevailing", NEW."required", NEW."scope", NEW."source", NEW."temporality", NEW."tolerance_pct", NEW."unit", NEW."unit_en", NEW."zone_classes"); RETURN NULL;',
                    hash="3420dbc55c542eb626c5a69c6839c84159b5ff56",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6ab67",
                    table="indicators_indicator",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_indicatorevent" ("certainty", "code", "decimals", "definition_en", "definition_zh", "department", "dimension", "direction", "formula", "frequency", "id", "kind", "maximum", "minimum", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "prevailing", "required", "scope", "source", "temporality", "tolerance_pct", "unit", "unit_en", "zone_classes") VALUES (NEW."certainty", NEW."code", NEW."decimals", NEW."definition_en", NEW."definition_zh", NEW."department", NEW."dimension", NEW."direction", NEW."formula", NEW."frequency", NEW."id", NEW."kind", NEW."maximum", NEW."minimum", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."prevailing", NEW."required", NEW."scope", NEW."source", NEW."temporality", NEW."tolerance_pct", NEW."unit", NEW."unit_en", NEW."zone_classes"); RETURN NULL;',
                    hash="2b1b11b30da4a2b695a83013a812e343902b1ca5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4281e",
                    table="indicators_indicator",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="indicatorevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="094e1c3f4541b9846ba25c4ee0a14f60244a9bd9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_120fe",
                    table="indicators_indicatorevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="provincevalue",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_provincevalueevent" ("id", "indicator_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "source_note", "synthetic", "updated_at", "updated_by_id", "year") VALUES (NEW."id", NEW."indicator_id", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_code", NEW."source_note", NEW."synthetic", NEW."updated_at", NEW."updated_by_id", NEW."year"); RETURN NULL;',
                    hash="2abf584af2c7a1c8965544321cda547c97077529",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_66b6d",
                    table="indicators_provincevalue",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="provincevalue",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_provincevalueevent" ("id", "indicator_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "source_note", "synthetic", "updated_at", "updated_by_id", "year") VALUES (NEW."id", NEW."indicator_id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_code", NEW."source_note", NEW."synthetic", NEW."updated_at", NEW."updated_by_id", NEW."year"); RETURN NULL;',
                    hash="c9999c242c0477eb7c748895e5c94832625ab471",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9d83a",
                    table="indicators_provincevalue",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="provincevalue",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_provincevalueevent" ("id", "indicator_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "source_note", "synthetic", "updated_at", "updated_by_id", "year") VALUES (OLD."id", OLD."indicator_id", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_code", OLD."source_note", OLD."synthetic", OLD."updated_at", OLD."updated_by_id", OLD."year"); RETURN NULL;',
                    hash="22640377ced901105bf04d728dd5bf990cda22f8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ed8fa",
                    table="indicators_provincevalue",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="provincevalueevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2d3b46753e56ccf511a73baeb7394b0ebb397db1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_72a06",
                    table="indicators_provincevalueevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="provincevalueevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="08aaa85c1022dc5ac198451b948f34e73be3093f",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_4891a",
                    table="indicators_provincevalueevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="provincevalueevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="292b9b5a3016c89741705d7f952406eb0773beee",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_a3240",
                    table="indicators_provincevalueevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="departmentload",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="7858d6e6e37c42dcd3e4175982b7f7597b78e3af",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4f435",
                    table="indicators_departmentload",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="departmentload",
            trigger=pgtrigger.compiler.Trigger(
                name="department_load_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="7e00d8fcfdf9dea474fd13fbf19af68752f5b821",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_department_load_no_truncate_d0e19",
                    table="indicators_departmentload",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="round",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_roundevent" ("closes_on", "due_on", "frequency", "id", "levels", "name", "opens_on", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "reminder_days", "review_steps", "status", "year", "zone_classes") VALUES (NEW."closes_on", NEW."due_on", NEW."frequency", NEW."id", NEW."levels", NEW."name", NEW."opens_on", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_code", NEW."reminder_days", NEW."review_steps", NEW."status", NEW."year", NEW."zone_classes"); RETURN NULL;',
                    hash="a84b38dc0d1d5adeb50c1c06e124813c0b1889bf",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_69a52",
                    table="indicators_round",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="round",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_roundevent" ("closes_on", "due_on", "frequency", "id", "levels", "name", "opens_on", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "reminder_days", "review_steps", "status", "year", "zone_classes") VALUES (NEW."closes_on", NEW."due_on", NEW."frequency", NEW."id", NEW."levels", NEW."name", NEW."opens_on", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_code", NEW."reminder_days", NEW."review_steps", NEW."status", NEW."year", NEW."zone_classes"); RETURN NULL;',
                    hash="c9499fd7fcf165013d7a5a58a9dc181e3971e245",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_623f5",
                    table="indicators_round",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="return",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_returnevent" ("accepted_at", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "round_id", "status", "submitted_at", "submitted_by_id", "synthetic", "zone_id") VALUES (NEW."accepted_at", NEW."due_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revision", NEW."round_id", NEW."status", NEW."submitted_at", NEW."submitted_by_id", NEW."synthetic", NEW."zone_id"); RETURN NULL;',
                    hash="c2f862bd143fe9cf318f1938b503a29d05335d0f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_91479",
                    table="indicators_return",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="return",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_returnevent" ("accepted_at", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "round_id", "status", "submitted_at", "submitted_by_id", "synthetic", "zone_id") VALUES (NEW."accepted_at", NEW."due_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revision", NEW."round_id", NEW."status", NEW."submitted_at", NEW."submitted_by_id", NEW."synthetic", NEW."zone_id"); RETURN NULL;',
                    hash="c73282e4ffdf5b297cee38e08f43a0c0dede4f8d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_22fdb",
                    table="indicators_return",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="return",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_returnevent" ("accepted_at", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "round_id", "status", "submitted_at", "submitted_by_id", "synthetic", "zone_id") VALUES (OLD."accepted_at", OLD."due_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."revision", OLD."round_id", OLD."status", OLD."submitted_at", OLD."submitted_by_id", OLD."synthetic", OLD."zone_id"); RETURN NULL;',
                    hash="01557045abd4a60554a4b6c69bbd7c4bfd62a44e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1ffc4",
                    table="indicators_return",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="return",
            trigger=pgtrigger.compiler.Trigger(
                name="accepted_return_locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'accepted')",
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'revision' = to_jsonb(OLD) - 'revision'\n       AND NEW.revision > OLD.revision AND EXISTS (\n           SELECT FROM indicators_correction\n           WHERE return_ref_id = OLD.id AND status = 'applying')\n    THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';\n",
                    hash="f637f8b78b90828e71925e578418fc78fc1320fa",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_accepted_return_locked_9b1b8",
                    table="indicators_return",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="return",
            trigger=pgtrigger.compiler.Trigger(
                name="return_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="7d05fb182ac15c5be2dfd1608bc9a9f4cfa257e1",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_return_no_truncate_49c1f",
                    table="indicators_return",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="returnact",
            trigger=pgtrigger.compiler.Trigger(
                name="act_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="601c7e38a032da98bd2771975474736b90ded08e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_act_append_only_5d9ed",
                    table="indicators_returnact",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="returnact",
            trigger=pgtrigger.compiler.Trigger(
                name="act_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="dfcc0aeba9fc952521bec549ce7c4fcb2f0dfe23",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_act_no_truncate_94411",
                    table="indicators_returnact",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="returnevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="60be04cab4d6a81a31a7620ac98c6dc744b19995",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c54f2",
                    table="indicators_returnevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="returnevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="2f36b4cbda52f0acfe9c137ac06bdf97bb60d57b",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_378b6",
                    table="indicators_returnevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="returnevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="dda0cf416091e5145a7164b73b2544fc7a962a75",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_b7f25",
                    table="indicators_returnevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="05dc752b023bbfe5f97261af9f54badee3fcd598",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3ce51",
                    table="indicators_roundevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="value",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_valueevent" ("absence", "certainty", "change_note", "channel", "comment", "department", "id", "indicator_id", "load_id", "number", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_ref_id", "revision", "source", "source_note", "synthetic", "updated_at", "updated_by_id", "year", "zone_id") VALUES (NEW."absence", NEW."certainty", NEW."change_note", NEW."channel", NEW."comment", NEW."department", NEW."id", NEW."indicator_id", NEW."load_id", NEW."number", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."return_ref_id", NEW."revision", NEW."source", NEW."source_note", NEW."synthetic", NEW."updated_at", NEW."updated_by_id", NEW."year", NEW."zone_id"); RETURN NULL;',
                    hash="22cb7247c28ded55ddf26736145a019edc565a33",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7f1f5",
                    table="indicators_value",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="value",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_valueevent" ("absence", "certainty", "change_note", "channel", "comment", "department", "id", "indicator_id", "load_id", "number", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_ref_id", "revision", "source", "source_note", "synthetic", "updated_at", "updated_by_id", "year", "zone_id") VALUES (NEW."absence", NEW."certainty", NEW."change_note", NEW."channel", NEW."comment", NEW."department", NEW."id", NEW."indicator_id", NEW."load_id", NEW."number", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."return_ref_id", NEW."revision", NEW."source", NEW."source_note", NEW."synthetic", NEW."updated_at", NEW."updated_by_id", NEW."year", NEW."zone_id"); RETURN NULL;',
                    hash="4f2c29b5edd849c4c24798c74e24c3beac2ac0f0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_668d9",
                    table="indicators_value",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="value",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_valueevent" ("absence", "certainty", "change_note", "channel", "comment", "department", "id", "indicator_id", "load_id", "number", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_ref_id", "revision", "source", "source_note", "synthetic", "updated_at", "updated_by_id", "year", "zone_id") VALUES (OLD."absence", OLD."certainty", OLD."change_note", OLD."channel", OLD."comment", OLD."department", OLD."id", OLD."indicator_id", OLD."load_id", OLD."number", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."return_ref_id", OLD."revision", OLD."source", OLD."source_note", OLD."synthetic", OLD."updated_at", OLD."updated_by_id", OLD."year", OLD."zone_id"); RETURN NULL;',
                    hash="84f19cf8b8acb2fc76313af278131d032a75ba75",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a4c5b",
                    table="indicators_value",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="value",
            trigger=pgtrigger.compiler.Trigger(
                name="accepted_value_locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true); holder BIGINT; held TEXT; applying BIGINT;",
                    func="\n    FOREACH holder IN ARRAY ARRAY[\n        CASE WHEN TG_OP <> 'INSERT' THEN OLD.return_ref_id END,\n        CASE WHEN TG_OP <> 'DELETE' THEN NEW.return_ref_id END\n    ] LOOP\n        SELECT status INTO held FROM indicators_return WHERE id = holder FOR SHARE;\n        IF held = 'accepted' THEN\n            applying := NULL;\n            SELECT item.id INTO applying\n            FROM indicators_correctionitem AS item\n            JOIN indicators_correction AS correction ON correction.id = item.correction_id\n            JOIN indicators_return AS place ON place.id = correction.return_ref_id\n            JOIN indicators_round AS round ON round.id = place.round_id\n            WHERE correction.status = 'applying' AND correction.return_ref_id = holder\n              AND TG_OP <> 'DELETE' AND NEW.return_ref_id = holder AND item.indicator_id = NEW.indicator_id\n              AND item.old_number IS NOT DISTINCT FROM OLD.number AND item.old_absence = COALESCE(OLD.absence, '')\n              AND item.new_number IS NOT DISTINCT FROM NEW.number AND item.new_absence = NEW.absence\n              AND NEW.comment = COALESCE(NULLIF(item.comment, ''), OLD.comment, '')\n              AND NEW.channel = 'correction' AND NEW.updated_by_id = correction.requested_by_id\n              AND CASE TG_OP\n                  WHEN 'UPDATE' THEN\n                      to_jsonb(NEW) - ARRAY['number','absence','comment','channel','change_note','revision','updated_by_id','updated_at'] = to_jsonb(OLD) - ARRAY['number','absence','comment','channel','change_note','revision','updated_by_id','updated_at'] AND NEW.revision = OLD.revision + 1\n                  ELSE\n                      (NEW.zone_id, NEW.year, NEW.period, NEW.source, NEW.department, NEW.synthetic, NEW.revision)\n                      = (place.zone_id, round.year, round.period, 'park', '', place.synthetic, 1)\n                      AND (NEW.source_note, NEW.certainty) = ('', '') AND NEW.load_id IS NULL\n                  END;\n            IF applying IS NULL THEN RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation'; END IF;\n        END IF;\n    END LOOP;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    IF EXISTS (SELECT FROM indicators_return WHERE id = NEW.return_ref_id AND zone_id <> NEW.zone_id) THEN\n        RAISE EXCEPTION 'yuanqu: a figure lies in the zone of its return' USING ERRCODE = 'restrict_violation';\n    END IF;\n    RETURN NEW;\n",
                    hash="c3d5dcd25d9637f9a6287fcc56642d3cb4414b92",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_accepted_value_locked_484af",
                    table="indicators_value",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="value",
            trigger=pgtrigger.compiler.Trigger(
                name="value_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="e6ccad8790e10576279158807dfea877aa94ea50",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_value_no_truncate_b3a47",
                    table="indicators_value",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="value",
            trigger=pgtrigger.compiler.Trigger(
                name="value_write_without_revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((NEW.revision = OLD.revision OR NEW.updated_at = OLD.updated_at) AND (NEW.number, NEW.absence, NEW.comment, NEW.return_ref_id, NEW.zone_id, NEW.indicator_id, NEW.year, NEW.period, NEW.source, NEW.source_note, NEW.department, NEW.load_id, NEW.certainty, NEW.synthetic, NEW.channel, NEW.change_note, NEW.updated_by_id) IS DISTINCT FROM (OLD.number, OLD.absence, OLD.comment, OLD.return_ref_id, OLD.zone_id, OLD.indicator_id, OLD.year, OLD.period, OLD.source, OLD.source_note, OLD.department, OLD.load_id, OLD.certainty, OLD.synthetic, OLD.channel, OLD.change_note, OLD.updated_by_id))",
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n    NEW.revision := OLD.revision + 1;\n    NEW.channel := 'database';\n    RETURN NEW;\n",
                    hash="98c08aa0a89ba0a69763b351c94275d948250bc0",
                    operation="UPDATE",
                    pgid="pgtrigger_value_write_without_revision_fbf79",
                    table="indicators_value",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="valueevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a4193381df468d837dd6200fd11eb387b531f5f4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c69e4",
                    table="indicators_valueevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="valueevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="3cfd665dd7ada4532d1f772bb2872f4ac03b3f68",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_df424",
                    table="indicators_valueevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="valueevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="030a8166f08921c0b3aba260daee2cb537342a5b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_7d539",
                    table="indicators_valueevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correction",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_correctionevent" ("decided_at", "decided_by_id", "decision_reason", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requested_at", "requested_by_id", "return_ref_id", "status") VALUES (NEW."decided_at", NEW."decided_by_id", NEW."decision_reason", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."requested_at", NEW."requested_by_id", NEW."return_ref_id", NEW."status"); RETURN NULL;',
                    hash="7e16c9a024bf6dba8325beab51148a55697d686b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ed0a3",
                    table="indicators_correction",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correction",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_correctionevent" ("decided_at", "decided_by_id", "decision_reason", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requested_at", "requested_by_id", "return_ref_id", "status") VALUES (NEW."decided_at", NEW."decided_by_id", NEW."decision_reason", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."requested_at", NEW."requested_by_id", NEW."return_ref_id", NEW."status"); RETURN NULL;',
                    hash="6a9543e5d4c392b1704ecb96cdab50c5ec050bc4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f1ecd",
                    table="indicators_correction",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correction",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_correctionevent" ("decided_at", "decided_by_id", "decision_reason", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "requested_at", "requested_by_id", "return_ref_id", "status") VALUES (OLD."decided_at", OLD."decided_by_id", OLD."decision_reason", OLD."id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."requested_at", OLD."requested_by_id", OLD."return_ref_id", OLD."status"); RETURN NULL;',
                    hash="551fd7e851f1cf129059a8d31f5ffcb073ccc8d7",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_75118",
                    table="indicators_correction",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correction",
            trigger=pgtrigger.compiler.Trigger(
                name="correction_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true); held TEXT;",
                    func="\n    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'yuanqu: a correction is kept' USING ERRCODE = 'restrict_violation'; END IF;\n    IF TG_OP = 'INSERT' THEN\n        SELECT status INTO held FROM indicators_return WHERE id = NEW.return_ref_id FOR SHARE;\n        IF NEW.status <> 'proposed' OR NEW.decided_by_id IS NOT NULL\n           OR held IS DISTINCT FROM 'accepted' THEN\n            RAISE EXCEPTION 'yuanqu: a correction begins as a request about an accepted return' USING ERRCODE = 'restrict_violation';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status, NEW.status) NOT IN (('proposed', 'applying'), ('proposed', 'refused'), ('proposed', 'withdrawn'), ('applying', 'applied')) OR to_jsonb(NEW) - ARRAY['status','decided_by_id','decided_at','decision_reason'] <> to_jsonb(OLD) - ARRAY['status','decided_by_id','decided_at','decision_reason']\n       OR (OLD.status = 'applying' AND to_jsonb(NEW) - 'status' <> to_jsonb(OLD) - 'status') THEN\n        RAISE EXCEPTION 'yuanqu: a correction is decided once' USING ERRCODE = 'restrict_violation';\n    END IF;\n    IF NEW.status = 'applied' AND EXISTS (\n        SELECT FROM indicators_correctionitem AS item\n        LEFT JOIN indicators_value AS value\n          ON value.return_ref_id = NEW.return_ref_id AND value.indicator_id = item.indicator_id\n         AND value.number IS NOT DISTINCT FROM item.new_number AND value.absence = item.new_absence\n        WHERE item.correction_id = NEW.id AND value.id IS NULL\n    ) THEN\n        RAISE EXCEPTION 'yuanqu: a correction is applied when its figures stand' USING ERRCODE = 'restrict_violation';\n    END IF;\n    RETURN NEW;\n",
                    hash="0102217415897d569a75dd2ddbbc4882845f7a76",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_correction_moves_79f26",
                    table="indicators_correction",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correction",
            trigger=pgtrigger.compiler.Trigger(
                name="correction_not_left_applying",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n    IF EXISTS (SELECT FROM indicators_correction WHERE id = NEW.id AND status = 'applying') THEN\n        RAISE EXCEPTION 'yuanqu: a correction is applied in one transaction' USING ERRCODE = 'restrict_violation';\n    END IF;\n    RETURN NULL;\n",
                    hash="827bb18d5d50f48c21acf0726b5f753114e309a1",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_correction_not_left_applying_07daf",
                    table="indicators_correction",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correction",
            trigger=pgtrigger.compiler.Trigger(
                name="correction_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="0449eb9cd70a515654d25973feeede3bfa7456a5",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_correction_no_truncate_f18a8",
                    table="indicators_correction",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correctionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="38742d0664f66ec720cc01913e2a2ac4b2d7acdb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e6253",
                    table="indicators_correctionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correctionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="087d9f2d86d016dc5406a6d786660f0ca3b44142",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_72c69",
                    table="indicators_correctionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correctionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="225ce205d2024c1d10b6dc9867ed573a929bf0a4",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_8d63d",
                    table="indicators_correctionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correctionitem",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n    IF TG_OP = 'INSERT' AND EXISTS (\n        SELECT FROM indicators_correction\n        WHERE id = NEW.correction_id AND status = 'proposed' FOR SHARE\n    ) THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'yuanqu: Cannot change what a correction asks for' USING ERRCODE = 'restrict_violation';\n",
                    hash="410cb389ba8c2f4df383b106d9181b80d58c98bb",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1d364",
                    table="indicators_correctionitem",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="correctionitem",
            trigger=pgtrigger.compiler.Trigger(
                name="correction_item_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="f45d9924b9853dce5569f4ee7d05392e167a25f8",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_correction_item_no_truncate_1450d",
                    table="indicators_correctionitem",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_evidenceevent" ("content_type", "correction_id", "digest", "file", "id", "indicator_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "return_ref_id", "size", "uploaded_at", "uploaded_by_id") VALUES (NEW."content_type", NEW."correction_id", NEW."digest", NEW."file", NEW."id", NEW."indicator_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."removed_at", NEW."removed_by_id", NEW."return_ref_id", NEW."size", NEW."uploaded_at", NEW."uploaded_by_id"); RETURN NULL;',
                    hash="7b07e43940342a87c6a29f826438ab5177d42c56",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_adc06",
                    table="indicators_evidence",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_evidenceevent" ("content_type", "correction_id", "digest", "file", "id", "indicator_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "return_ref_id", "size", "uploaded_at", "uploaded_by_id") VALUES (NEW."content_type", NEW."correction_id", NEW."digest", NEW."file", NEW."id", NEW."indicator_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."removed_at", NEW."removed_by_id", NEW."return_ref_id", NEW."size", NEW."uploaded_at", NEW."uploaded_by_id"); RETURN NULL;',
                    hash="38fb2c99786d976aa4ee0fcd084c35d8f31736fd",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_db76b",
                    table="indicators_evidence",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_evidenceevent" ("content_type", "correction_id", "digest", "file", "id", "indicator_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "removed_by_id", "return_ref_id", "size", "uploaded_at", "uploaded_by_id") VALUES (OLD."content_type", OLD."correction_id", OLD."digest", OLD."file", OLD."id", OLD."indicator_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."removed_by_id", OLD."return_ref_id", OLD."size", OLD."uploaded_at", OLD."uploaded_by_id"); RETURN NULL;',
                    hash="f87c6a748f4d13e11ceea4a98c9348382b7ecec5",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_84754",
                    table="indicators_evidence",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="accepted_evidence_locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true); holder BIGINT; held TEXT;",
                    func="\n    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation'; END IF;\n    FOREACH holder IN ARRAY ARRAY[CASE WHEN TG_OP = 'UPDATE' THEN OLD.return_ref_id END, NEW.return_ref_id] LOOP\n        SELECT status INTO held FROM indicators_return WHERE id = holder FOR SHARE;\n        IF held = 'accepted' AND (\n            (TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['removed_by_id','removed_at']\n                                  <> to_jsonb(OLD) - ARRAY['removed_by_id','removed_at'])\n            OR NOT EXISTS (\n                SELECT FROM indicators_correction\n                WHERE id = NEW.correction_id AND return_ref_id = holder AND status = 'proposed')\n        ) THEN\n            RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';\n        END IF;\n    END LOOP;\n    RETURN NEW;\n",
                    hash="d592152bbb846171b959d413f50cb297851a1d37",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_accepted_evidence_locked_73723",
                    table="indicators_evidence",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="evidence_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="8d9ed9805fff0a08495f8155e322dbd12e208816",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_evidence_no_truncate_a0e04",
                    table="indicators_evidence",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evidenceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="99c2c80385eac820cfbfbb94046d547a0ca47f3c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4b26a",
                    table="indicators_evidenceevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evidenceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="2587cad7e7263dce36c179c59f263d3d4e37dee6",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_af56b",
                    table="indicators_evidenceevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evidenceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="904f5d495cfed72b96f2ed3c2a84371139fd7f1e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_5d4aa",
                    table="indicators_evidenceevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="question",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="36ad7c691dd904116fcdfb8a5617ac669cb2c3e4",
                    operation="DELETE",
                    pgid="pgtrigger_kept_01095",
                    table="indicators_question",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="question",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_questionevent" ("asked_at", "asked_by_id", "closed_at", "closed_by_id", "id", "indicator_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_ref_id", "text") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."closed_at", NEW."closed_by_id", NEW."id", NEW."indicator_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."return_ref_id", NEW."text"); RETURN NULL;',
                    hash="2ef0270fbf07c3363945bb6c871e66f4f1156b59",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ffd5f",
                    table="indicators_question",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="question",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_questionevent" ("asked_at", "asked_by_id", "closed_at", "closed_by_id", "id", "indicator_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_ref_id", "text") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."closed_at", NEW."closed_by_id", NEW."id", NEW."indicator_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."return_ref_id", NEW."text"); RETURN NULL;',
                    hash="d38f79c80855fca6d92b14583f0dcf2e8a1f307a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1ea27",
                    table="indicators_question",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="question",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_questionevent" ("asked_at", "asked_by_id", "closed_at", "closed_by_id", "id", "indicator_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "return_ref_id", "text") VALUES (OLD."asked_at", OLD."asked_by_id", OLD."closed_at", OLD."closed_by_id", OLD."id", OLD."indicator_id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."return_ref_id", OLD."text"); RETURN NULL;',
                    hash="b5497430eabc59f14ad01f5e556e1a647ff58030",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_8c7df",
                    table="indicators_question",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="question",
            trigger=pgtrigger.compiler.Trigger(
                name="question_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="17dc228a73153d1266a938b9bd7e03c36e36a460",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_question_no_truncate_6da4a",
                    table="indicators_question",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="5217998a7bc993bba3bf14339ffa215cf96188a6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6b9d3",
                    table="indicators_answer",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="answer_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="634c223a1f007fdc1d5c912c275da3d06f1200f9",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_answer_no_truncate_8ba15",
                    table="indicators_answer",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="questionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fb063088cb978b5d5ea7e7127d9ea307486a09f5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_996be",
                    table="indicators_questionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="questionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="a4cc055cb492ef4b6f0c89d0281ee34e8113d565",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_0af18",
                    table="indicators_questionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="questionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="2a1c0ca8cd0c4faff4ffa3ccea0b3f95115b5f2e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_088ce",
                    table="indicators_questionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="reconciliation",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="8101d5691491f800124fef06cfacbed17d95a02b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_83f13",
                    table="indicators_reconciliation",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="reconciliation",
            trigger=pgtrigger.compiler.Trigger(
                name="reconciliation_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="e371af26969e4c1ca077b9e7cbc92a0aa500dd2e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_reconciliation_no_truncate_56edb",
                    table="indicators_reconciliation",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundcity",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_roundcityevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "region_id", "round_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'added\', NEW."region_id", NEW."round_id"); RETURN NULL;',
                    hash="f5e7e05f5ba1cec830b107bbda62eb6266f82314",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_087c8",
                    table="indicators_round_cities",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundcity",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_roundcityevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "region_id", "round_id") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'removed\', OLD."region_id", OLD."round_id"); RETURN NULL;',
                    hash="e33ad0e31ba054d93fbe9967afe61df4984192f8",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_ced14",
                    table="indicators_round_cities",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundform",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_roundformevent" ("form_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id") VALUES (NEW."form_id", NEW."id", _pgh_attach_context(), NOW(), \'added\', NEW."round_id"); RETURN NULL;',
                    hash="b3903b40559de60b7b85bb7c200d0f7f33762900",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_897fa",
                    table="indicators_round_forms",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundform",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_roundformevent" ("form_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id") VALUES (OLD."form_id", OLD."id", _pgh_attach_context(), NOW(), \'removed\', OLD."round_id"); RETURN NULL;',
                    hash="bcb33efa4a7261bd1458c8793bd9e5fd3561a0b3",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_25c3f",
                    table="indicators_round_forms",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundindicator",
            trigger=pgtrigger.compiler.Trigger(
                name="added_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_roundindicatorevent" ("id", "indicator_id", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id") VALUES (NEW."id", NEW."indicator_id", _pgh_attach_context(), NOW(), \'added\', NEW."round_id"); RETURN NULL;',
                    hash="c03c1a4e614a9e15134d5462dcb5c09cfea178b4",
                    operation="INSERT",
                    pgid="pgtrigger_added_insert_79221",
                    table="indicators_round_indicators",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundindicator",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_roundindicatorevent" ("id", "indicator_id", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id") VALUES (OLD."id", OLD."indicator_id", _pgh_attach_context(), NOW(), \'removed\', OLD."round_id"); RETURN NULL;',
                    hash="828d9fa04715faf7c4184df0c2d90bae59007273",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_c07e8",
                    table="indicators_round_indicators",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundcityevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="394da732f3db5b4153e38c90f4349e6529bef60a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_0efac",
                    table="indicators_roundcityevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundcityevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="8b292e5f34ab7277dd569a969f6ff4c9037e756e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_2856e",
                    table="indicators_roundcityevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundcityevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bd004c96e473ca054c5e751aa97f536b40b09fa7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_63d58",
                    table="indicators_roundcityevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundformevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="f599cd98db46dd068077e8bea99a4b54634d6891",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_5d060",
                    table="indicators_roundformevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundformevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="53cecf6cb165c71840262672b3ea47838af0ca1b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_7a996",
                    table="indicators_roundformevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundformevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e4b1d71d6f671b1df3414a3b3fe548e31b993abb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8d584",
                    table="indicators_roundformevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundindicatorevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="f8497a6b11010d15492c0a8eed7e69fe10dce81e",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_c5e07",
                    table="indicators_roundindicatorevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundindicatorevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="4481c6f20e6121882a5c5c8417df81fc3b8c235b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_8f8e7",
                    table="indicators_roundindicatorevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="roundindicatorevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e566c617c1f8728c4879cacabf9da6f9929464c6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_05d7c",
                    table="indicators_roundindicatorevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
