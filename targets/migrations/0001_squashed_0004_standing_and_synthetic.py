import common.migrating
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("targets", "0001_initial"),
        ("targets", "0002_tolerance_by_en"),
        ("targets", "0003_kinds_paths_reports_quotas"),
        ("targets", "0004_standing_and_synthetic"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0008_target_and_policy_scopes"),
        ("parks", "0001_squashed_0004_axis_sources"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("policy", "0001_squashed_0003_versions_and_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True, verbose_name="编号")),
                ("name_zh", models.CharField(max_length=120, verbose_name="名称")),
                ("name_en", models.CharField(max_length=200, verbose_name="英文名称")),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="空白：没有期限，长期有效", null=True, verbose_name="目标年"
                    ),
                ),
                (
                    "operator",
                    models.CharField(
                        choices=[("gt", ">"), ("ge", "≥"), ("approx", "≈"), ("eq", "="), ("le", "≤"), ("none", "—")],
                        max_length=8,
                        verbose_name="关系",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="目标值"),
                ),
                ("unit", models.CharField(blank=True, max_length=12, verbose_name="单位")),
                (
                    "tolerance_pct",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="允许偏差(%)"),
                ),
                ("tolerance_by", models.CharField(max_length=120, verbose_name="偏差由谁确定")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("count_zones", "满足条件的园区个数"),
                            ("all_of", "同时满足多项条件的园区个数"),
                            ("count_designations", "有效称号个数"),
                            ("share_designations", "满足条件的称号占比"),
                            ("sum_zones", "各园区合计"),
                            ("ratio_of_sums", "合计之比"),
                            ("over_cap", "超过上限的园区个数"),
                            ("cumulative", "自起始年累计"),
                            ("rise", "比基期提高"),
                            ("register", "台账统计"),
                            ("rule", "规则符合率"),
                            ("province_series", "全省数据"),
                            ("qualitative", "定性目标"),
                        ],
                        max_length=20,
                        verbose_name="计算方式",
                    ),
                ),
                ("spec", models.JSONField(default=dict, verbose_name="计算声明")),
                (
                    "lead",
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
                        verbose_name="牵头部门",
                    ),
                ),
                ("note_zh", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("note_en", models.CharField(blank=True, max_length=500, verbose_name="英文说明")),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "provision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="policy.provision",
                        verbose_name="条款",
                    ),
                ),
                ("tolerance_by_en", models.CharField(blank=True, max_length=240, verbose_name="偏差由谁确定（英文）")),
                (
                    "as_of",
                    models.DateField(
                        blank=True,
                        help_text="目标按哪一天计算；不填为目标年 12 月 31 日",
                        null=True,
                        verbose_name="计算截止日",
                    ),
                ),
                ("baseline_source", models.CharField(blank=True, max_length=240, verbose_name="基期来源")),
                (
                    "baseline_value",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="基期值"),
                ),
                ("baseline_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="基期年")),
                ("change_note", models.CharField(blank=True, max_length=400, verbose_name="修改说明")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="最后修改人",
                    ),
                ),
                (
                    "judged_by",
                    models.CharField(
                        default="省产业集聚区联席会议办公室（政策没有规定路径和判定方法，现值为起始值）",
                        max_length=160,
                        verbose_name="路径与方法由谁确定",
                    ),
                ),
                (
                    "judged_by_en",
                    models.CharField(
                        blank=True,
                        default="Provincial joint-meeting office (the policy names no path and no method; these are starting values)",
                        max_length=240,
                        verbose_name="路径与方法由谁确定（英文）",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("path", "与路径比较"),
                            ("eurostat", "欧盟统计局：年均增速比"),
                            ("escap", "亚太经社会：预期差距"),
                        ],
                        default="path",
                        max_length=10,
                        verbose_name="判定方法",
                    ),
                ),
                ("milestones", models.JSONField(blank=True, default=list, verbose_name="里程碑")),
                (
                    "origin",
                    models.CharField(
                        choices=[("pack", "政策包"), ("office", "联席办设定")],
                        default="pack",
                        max_length=8,
                        verbose_name="来源",
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        choices=[
                            ("linear", "直线"),
                            ("compound", "等速增长"),
                            ("stepwise", "阶梯"),
                            ("milestones", "自定里程碑"),
                        ],
                        default="linear",
                        max_length=12,
                        verbose_name="路径",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("withdrawal", models.CharField(blank=True, max_length=400, verbose_name="停用理由")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="停用人",
                    ),
                ),
            ],
            options={
                "verbose_name": "目标",
                "verbose_name_plural": "目标",
                "ordering": ["position"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("measure", "qualitative"), ("value", None)),
                            models.Q(models.Q(("measure", "qualitative"), _negated=True), ("value__isnull", False)),
                            _connector="OR",
                        ),
                        name="target_qualitative_without_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("baseline_source", ""), ("baseline_value", None), ("baseline_year", None)),
                            models.Q(
                                ("baseline_value__isnull", False),
                                ("baseline_year__isnull", False),
                                models.Q(("baseline_source", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="target_baseline_with_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawal", ""), ("withdrawn_at", None), ("withdrawn_by", None)),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdrawal", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="target_withdrawn_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("value", models.DecimalField(decimal_places=4, max_digits=16, null=True, verbose_name="现值")),
                ("numerator", models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name="分子")),
                ("denominator", models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name="分母")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("met", "已达到"),
                            ("on_track", "进度正常"),
                            ("at_risk", "有风险"),
                            ("off_track", "滞后"),
                            ("not_met", "未达到"),
                            ("partial", "数据不全"),
                            ("too_little", "数据过少"),
                            ("no_data", "无数据"),
                            ("computing", "计算中"),
                            ("qualitative", "定性"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "detail",
                    models.JSONField(
                        default=dict, help_text="计入的园区、最接近的园区、缺数据的园区", verbose_name="明细"
                    ),
                ),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("data_change_id", models.BigIntegerField()),
                ("computed_at", models.DateTimeField(auto_now=True, verbose_name="计算时间")),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="progress", to="targets.target"
                    ),
                ),
            ],
            options={
                "verbose_name": "进展",
                "verbose_name_plural": "进展",
                "ordering": ["target", "year"],
                "constraints": [models.UniqueConstraint(fields=("target", "year"), name="progress_once")],
            },
        ),
        migrations.CreateModel(
            name="TargetEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=8, verbose_name="编号")),
                ("name_zh", models.CharField(max_length=120, verbose_name="名称")),
                ("name_en", models.CharField(max_length=200, verbose_name="英文名称")),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="空白：没有期限，长期有效", null=True, verbose_name="目标年"
                    ),
                ),
                (
                    "operator",
                    models.CharField(
                        choices=[("gt", ">"), ("ge", "≥"), ("approx", "≈"), ("eq", "="), ("le", "≤"), ("none", "—")],
                        max_length=8,
                        verbose_name="关系",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="目标值"),
                ),
                ("unit", models.CharField(blank=True, max_length=12, verbose_name="单位")),
                (
                    "tolerance_pct",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="允许偏差(%)"),
                ),
                ("tolerance_by", models.CharField(max_length=120, verbose_name="偏差由谁确定")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("count_zones", "满足条件的园区个数"),
                            ("all_of", "同时满足多项条件的园区个数"),
                            ("count_designations", "有效称号个数"),
                            ("share_designations", "满足条件的称号占比"),
                            ("sum_zones", "各园区合计"),
                            ("ratio_of_sums", "合计之比"),
                            ("over_cap", "超过上限的园区个数"),
                            ("cumulative", "自起始年累计"),
                            ("rise", "比基期提高"),
                            ("register", "台账统计"),
                            ("rule", "规则符合率"),
                            ("province_series", "全省数据"),
                            ("qualitative", "定性目标"),
                        ],
                        max_length=20,
                        verbose_name="计算方式",
                    ),
                ),
                ("spec", models.JSONField(default=dict, verbose_name="计算声明")),
                (
                    "lead",
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
                        verbose_name="牵头部门",
                    ),
                ),
                ("note_zh", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("note_en", models.CharField(blank=True, max_length=500, verbose_name="英文说明")),
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
                        to="targets.target",
                    ),
                ),
                (
                    "provision",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="policy.provision",
                        verbose_name="条款",
                    ),
                ),
                ("tolerance_by_en", models.CharField(blank=True, max_length=240, verbose_name="偏差由谁确定（英文）")),
                (
                    "as_of",
                    models.DateField(
                        blank=True,
                        help_text="目标按哪一天计算；不填为目标年 12 月 31 日",
                        null=True,
                        verbose_name="计算截止日",
                    ),
                ),
                ("baseline_source", models.CharField(blank=True, max_length=240, verbose_name="基期来源")),
                (
                    "baseline_value",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="基期值"),
                ),
                ("baseline_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="基期年")),
                ("change_note", models.CharField(blank=True, max_length=400, verbose_name="修改说明")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="最后修改人",
                    ),
                ),
                (
                    "judged_by",
                    models.CharField(
                        default="省产业集聚区联席会议办公室（政策没有规定路径和判定方法，现值为起始值）",
                        max_length=160,
                        verbose_name="路径与方法由谁确定",
                    ),
                ),
                (
                    "judged_by_en",
                    models.CharField(
                        blank=True,
                        default="Provincial joint-meeting office (the policy names no path and no method; these are starting values)",
                        max_length=240,
                        verbose_name="路径与方法由谁确定（英文）",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("path", "与路径比较"),
                            ("eurostat", "欧盟统计局：年均增速比"),
                            ("escap", "亚太经社会：预期差距"),
                        ],
                        default="path",
                        max_length=10,
                        verbose_name="判定方法",
                    ),
                ),
                ("milestones", models.JSONField(blank=True, default=list, verbose_name="里程碑")),
                (
                    "origin",
                    models.CharField(
                        choices=[("pack", "政策包"), ("office", "联席办设定")],
                        default="pack",
                        max_length=8,
                        verbose_name="来源",
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        choices=[
                            ("linear", "直线"),
                            ("compound", "等速增长"),
                            ("stepwise", "阶梯"),
                            ("milestones", "自定里程碑"),
                        ],
                        default="linear",
                        max_length=12,
                        verbose_name="路径",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("withdrawal", models.CharField(blank=True, max_length=400, verbose_name="停用理由")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="停用人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("met", "已达到"), ("partly", "部分达到"), ("not_yet", "尚未达到")],
                        max_length=8,
                        verbose_name="评判",
                    ),
                ),
                ("evidence", models.TextField(verbose_name="依据")),
                ("on", models.DateField(verbose_name="评判日期")),
                ("file", models.FileField(blank=True, max_length=200, upload_to="targets/%Y/%m/", verbose_name="文件")),
                ("file_name", models.CharField(blank=True, max_length=160, verbose_name="文件名")),
                ("file_digest", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("content_type", models.CharField(blank=True, max_length=100, verbose_name="类型")),
                ("judged_at", models.DateTimeField(auto_now_add=True, verbose_name="记录时间")),
                (
                    "judged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="评判人",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judgements",
                        to="targets.target",
                        verbose_name="目标",
                    ),
                ),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "定性目标评判",
                "verbose_name_plural": "定性目标评判",
                "ordering": ["-year", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("evidence", ""), _negated=True), name="judgement_with_evidence"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QuotaSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="版次")),
                ("whole", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="被分解的数")),
                ("total", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="分解合计")),
                ("reason", models.CharField(blank=True, max_length=400, verbose_name="不等的理由")),
                ("set_at", models.DateTimeField(auto_now_add=True, verbose_name="分解时间")),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parks.region",
                        verbose_name="省辖市",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="分解人",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quota_sheets",
                        to="targets.target",
                        verbose_name="目标",
                    ),
                ),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "指标分解",
                "verbose_name_plural": "指标分解",
                "ordering": ["target", "city", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("target", "city", "number"), name="quota_sheet_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total", models.F("whole")), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="quota_difference_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Quota",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="分解数")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parks.region",
                        verbose_name="省辖市",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="targets.quotasheet"
                    ),
                ),
            ],
            options={
                "verbose_name": "分解指标",
                "verbose_name_plural": "分解指标",
                "ordering": ["sheet", "region__code", "zone__code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("region__isnull", False), ("zone", None)),
                            models.Q(("region", None), ("zone__isnull", False)),
                            _connector="OR",
                        ),
                        name="quota_of_one",
                    ),
                    models.UniqueConstraint(
                        fields=("sheet", "region", "zone"), name="quota_once", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportedProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("vintage", models.PositiveSmallIntegerField(verbose_name="版次")),
                (
                    "reason",
                    models.CharField(
                        choices=[("first", "首次报告"), ("late_data", "迟到数据")], max_length=12, verbose_name="缘由"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                ("value", models.DecimalField(decimal_places=4, max_digits=16, null=True, verbose_name="现值")),
                ("numerator", models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name="分子")),
                ("denominator", models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name="分母")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("met", "已达到"),
                            ("on_track", "进度正常"),
                            ("at_risk", "有风险"),
                            ("off_track", "滞后"),
                            ("not_met", "未达到"),
                            ("partial", "数据不全"),
                            ("too_little", "数据过少"),
                            ("no_data", "无数据"),
                            ("computing", "计算中"),
                            ("qualitative", "定性"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("goal", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="目标值")),
                ("target_revision", models.PositiveIntegerField(verbose_name="目标版本")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("data_change_id", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64, verbose_name="指纹")),
                ("reported_at", models.DateTimeField(verbose_name="报告时间")),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报告人",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reported",
                        to="targets.target",
                        verbose_name="目标",
                    ),
                ),
            ],
            options={
                "verbose_name": "已报告的进展",
                "verbose_name_plural": "已报告的进展",
                "ordering": ["target", "year", "vintage"],
                "constraints": [
                    models.UniqueConstraint(fields=("target", "year", "vintage"), name="reported_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", "first"), ("vintage", 1)),
                            models.Q(
                                ("reason", "late_data"), ("vintage__gt", 1), models.Q(("note", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="reported_late_with_reason",
                    ),
                ],
            },
        ),
        common.migrating.AddTrigger(
            model_name="target",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "targets_targetevent" ("as_of", "baseline_source", "baseline_value", "baseline_year", "change_note", "changed_by_id", "code", "id", "judged_by", "judged_by_en", "lead", "measure", "method", "milestones", "name_en", "name_zh", "note_en", "note_zh", "operator", "origin", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "provision_id", "revision", "spec", "tolerance_by", "tolerance_by_en", "tolerance_pct", "unit", "value", "withdrawal", "withdrawn_at", "withdrawn_by_id", "year") VALUES (NEW."as_of", NEW."baseline_source", NEW."baseline_value", NEW."baseline_year", NEW."change_note", NEW."changed_by_id", NEW."code", NEW."id", NEW."judged_by", NEW."judged_by_en", NEW."lead", NEW."measure", NEW."method", NEW."milestones", NEW."name_en", NEW."name_zh", NEW."note_en", NEW."note_zh", NEW."operator", NEW."origin", NEW."path", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."provision_id", NEW."revision", NEW."spec", NEW."tolerance_by", NEW."tolerance_by_en", NEW."tolerance_pct", NEW."unit", NEW."value", NEW."withdrawal", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."year"); RETURN NULL;',
                    hash="6f429c4d6c687c78f725b2fca6a319e07336557e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5c297",
                    table="targets_target",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="target",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "targets_targetevent" ("as_of", "baseline_source", "baseline_value", "baseline_year", "change_note", "changed_by_id", "code", "id", "judged_by", "judged_by_en", "lead", "measure", "method", "milestones", "name_en", "name_zh", "note_en", "note_zh", "operator", "origin", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "provision_id", "revision", "spec", "tolerance_by", "tolerance_by_en", "tolerance_pct", "unit", "value", "withdrawal", "withdrawn_at", "withdrawn_by_id", "year") VALUES (NEW."as_of", NEW."baseline_source", NEW."baseline_value", NEW."baseline_year", NEW."change_note", NEW."changed_by_id", NEW."code", NEW."id", NEW."judged_by", NEW."judged_by_en", NEW."lead", NEW."measure", NEW."method", NEW."milestones", NEW."name_en", NEW."name_zh", NEW."note_en", NEW."note_zh", NEW."operator", NEW."origin", NEW."path", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."provision_id", NEW."revision", NEW."spec", NEW."tolerance_by", NEW."tolerance_by_en", NEW."tolerance_pct", NEW."unit", NEW."value", NEW."withdrawal", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."year"); RETURN NULL;',
                    hash="f9a9e601618112c092e3c58aa71f2929912a1812",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4b8d6",
                    table="targets_target",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="targetevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ed8e26c5651f64ddef41f6e5c5788ddc9b95dada",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2df42",
                    table="targets_targetevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="judgement",
            trigger=pgtrigger.compiler.Trigger(
                name="judgement_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="d4217965061882ceb60751979367a7d43384a575",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_judgement_append_only_cd50d",
                    table="targets_judgement",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="judgement",
            trigger=pgtrigger.compiler.Trigger(
                name="judgement_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="87a174613e416e032f654f576b3ef98e463701e7",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_judgement_no_truncate_c09a3",
                    table="targets_judgement",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="judgement",
            trigger=pgtrigger.compiler.Trigger(
                name="judgement_of_a_qualitative_goal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n                    IF NOT EXISTS (SELECT FROM targets_target WHERE id = NEW.target_id AND measure = 'qualitative') THEN\n                        RAISE EXCEPTION 'yuanqu: only a qualitative goal is judged in words' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="b0c17137183c6cbefc8d5d6db631200cdd6ea760",
                    operation="INSERT",
                    pgid="pgtrigger_judgement_of_a_qualitative_goal_8ab16",
                    table="targets_judgement",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="quotasheet",
            trigger=pgtrigger.compiler.Trigger(
                name="quota_sheet_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="bb015796c55f4806d8bbc8913da85b667cafb752",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_quota_sheet_append_only_27aef",
                    table="targets_quotasheet",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="quotasheet",
            trigger=pgtrigger.compiler.Trigger(
                name="quota_sheet_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="f0ac34d7fc5aaeb65025d1fe288c1eac5c43c172",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_quota_sheet_no_truncate_b9b04",
                    table="targets_quotasheet",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="quota",
            trigger=pgtrigger.compiler.Trigger(
                name="quota_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="d2dffdea90f00bb52cda886b54adbd19535a33ab",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_quota_append_only_4ac75",
                    table="targets_quota",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="quota",
            trigger=pgtrigger.compiler.Trigger(
                name="quota_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="445b5aa88f4791c9cdcfddeb4929f98a8c518d44",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_quota_no_truncate_65cdd",
                    table="targets_quota",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="reportedprogress",
            trigger=pgtrigger.compiler.Trigger(
                name="reported_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="30f0dd089c167ff448dadf8e6b3fe9473f1cd841",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_reported_append_only_4aab7",
                    table="targets_reportedprogress",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="reportedprogress",
            trigger=pgtrigger.compiler.Trigger(
                name="reported_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="2170101187c202b48d3c0f8382f274550062099f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_reported_no_truncate_cd017",
                    table="targets_reportedprogress",
                    when="BEFORE",
                ),
            ),
        ),
    ]
