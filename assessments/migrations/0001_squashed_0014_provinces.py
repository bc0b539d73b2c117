import assessments.clock
import common.migrating
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("assessments", "0001_initial"),
        ("assessments", "0002_exit_proposal"),
        ("assessments", "0003_library_schemes"),
        ("assessments", "0004_proceedings"),
        ("assessments", "0005_scheme_life"),
        ("assessments", "0006_incidents"),
        ("assessments", "0007_consequences"),
        ("assessments", "0008_run_kinds"),
        ("assessments", "0009_bulletin_files"),
        ("assessments", "0010_standing_opening"),
        ("assessments", "0011_run_requested_by_clock"),
        ("assessments", "0012_evaluations"),
        ("assessments", "0013_measure_orders"),
        ("assessments", "0014_provinces"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0008_target_and_policy_scopes"),
        ("parks", "0001_squashed_0004_axis_sources"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("registers", "0001_squashed_0002_entry_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Scheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="代码")),
                ("version", models.CharField(max_length=20, verbose_name="版本")),
                ("name_zh", models.CharField(max_length=120, verbose_name="名称")),
                ("name_en", models.CharField(max_length=200, verbose_name="英文名称")),
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
                ("year_from", models.PositiveSmallIntegerField(verbose_name="适用起始年度")),
                ("year_to", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="适用截止年度")),
                ("text", models.TextField(verbose_name="办法全文（YAML）")),
                ("digest", models.CharField(max_length=64, verbose_name="指纹")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("pending", "待发布"),
                            ("published", "已发布"),
                            ("discarded", "已废弃"),
                            ("library", "方法库"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(blank=True, null=True, verbose_name="起草时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="最后修改时间")),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="最后修改人",
                    ),
                ),
                ("levels", models.JSONField(blank=True, default=list, verbose_name="级别")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="assessments.scheme",
                        verbose_name="据以修订的版本",
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="发布时间")),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提交人",
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
                "verbose_name": "考核办法",
                "verbose_name_plural": "考核办法",
                "ordering": ["zone_class", "code", "version", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "discarded"), _negated=True),
                        fields=("code", "version"),
                        name="scheme_version_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by", None),
                            models.Q(
                                ("submitted_by__isnull", False),
                                models.Q(("published_by", models.F("submitted_by")), _negated=True),
                                models.Q(("published_by", models.F("edited_by")), _negated=True),
                                models.Q(("published_by", models.F("created_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="scheme_published_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "pending"), _negated=True),
                            models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="scheme_pending_is_submitted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "计算中"),
                            ("done", "已完成"),
                            ("failed", "失败"),
                            ("cancelled", "已取消"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0, verbose_name="进度")),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("collecting", "汇集数据"),
                            ("checking", "检查数据"),
                            ("scoring", "计算得分"),
                            ("testing", "检验稳健性"),
                            ("explaining", "生成解释"),
                            ("saving", "保存结果"),
                        ],
                        max_length=12,
                        verbose_name="阶段",
                    ),
                ),
                (
                    "requested_at",
                    models.DateTimeField(default=assessments.clock.now, editable=False, verbose_name="发起时间"),
                ),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="尝试次数")),
                ("inputs", models.JSONField(default=dict, verbose_name="冻结的输入")),
                ("inputs_digest", models.CharField(blank=True, max_length=64, verbose_name="输入指纹")),
                ("inputs_at", models.DateTimeField(null=True, verbose_name="数据冻结时间")),
                ("results_digest", models.CharField(blank=True, max_length=64, verbose_name="结果指纹")),
                ("engine_version", models.CharField(blank=True, max_length=20, verbose_name="引擎版本")),
                (
                    "summary",
                    models.JSONField(
                        default=dict,
                        help_text="notices：读者应知道的事；cuts：各条线的分数；proposals：各种建议的个数",
                        verbose_name="概要",
                    ),
                ),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("error", models.TextField(blank=True, verbose_name="错误")),
                ("error_en", models.TextField(blank=True, verbose_name="错误（英文）")),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="assessments.scheme",
                        verbose_name="考核办法",
                    ),
                ),
                (
                    "checklist",
                    models.JSONField(
                        blank=True, default=list, help_text="发起时各项检查的结果，此后不变", verbose_name="发起前检查"
                    ),
                ),
                (
                    "data_change_id",
                    models.BigIntegerField(blank=True, help_text="即时测算：已计入的最新数据变动", null=True),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("official", "正式计算"), ("provisional", "即时测算")],
                        default="official",
                        max_length=12,
                        verbose_name="性质",
                    ),
                ),
                ("override_reason", models.TextField(blank=True, verbose_name="未齐备仍发起的理由")),
            ],
            options={
                "verbose_name": "考核计算",
                "verbose_name_plural": "考核计算",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True),
                            models.Q(
                                models.Q(("inputs_digest", ""), _negated=True),
                                models.Q(("results_digest", ""), _negated=True),
                                models.Q(("engine_version", ""), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="run_done_is_complete",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["queued", "running"])),
                        fields=("scheme", "year", "kind"),
                        name="run_active_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "provisional"), ("status", "done")),
                        fields=("scheme", "year"),
                        name="run_provisional_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("data_change_id", None), ("kind", "official"), ("requested_by__isnull", False)),
                            models.Q(
                                ("data_change_id__isnull", False), ("kind", "provisional"), ("requested_by", None)
                            ),
                            _connector="OR",
                        ),
                        name="run_of_its_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Result",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.FloatField(null=True, verbose_name="得分")),
                ("rank", models.PositiveSmallIntegerField(null=True, verbose_name="位次")),
                ("peer_group", models.CharField(max_length=60, verbose_name="同类组")),
                ("group_size", models.PositiveSmallIntegerField(verbose_name="组内园区数")),
                ("coverage", models.FloatField(verbose_name="数据完整度")),
                (
                    "proposal",
                    models.CharField(
                        choices=[
                            ("promote", "建议晋升"),
                            ("keep", "保持"),
                            ("watch", "重点关注"),
                            ("demote", "建议降级"),
                            ("exit", "建议退出"),
                            ("undecided", "待定"),
                        ],
                        max_length=10,
                        verbose_name="建议",
                    ),
                ),
                ("fired_rules", models.JSONField(default=list, verbose_name="触发的规则")),
                ("explanation", models.JSONField(default=dict, verbose_name="解释")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="results", to="assessments.run"
                    ),
                ),
                (
                    "cut_gap",
                    models.FloatField(
                        help_text="线上分数减本园区得分；负数为已高出的分数",
                        null=True,
                        verbose_name="离最近一条线的分数",
                    ),
                ),
                (
                    "holds",
                    models.FloatField(
                        help_text="扰动计算中得出同一建议的比例，0 至 1", null=True, verbose_name="建议成立的比例"
                    ),
                ),
                (
                    "rank_high",
                    models.PositiveSmallIntegerField(
                        help_text="扰动计算中位次的 95% 分位", null=True, verbose_name="位次上限"
                    ),
                ),
                (
                    "rank_low",
                    models.PositiveSmallIntegerField(
                        help_text="扰动计算中位次的 5% 分位", null=True, verbose_name="位次下限"
                    ),
                ),
                ("within_noise", models.BooleanField(null=True, verbose_name="处于误差范围内")),
            ],
            options={
                "verbose_name": "考核结果",
                "verbose_name_plural": "考核结果",
                "ordering": ["run", "rank", "zone__code"],
                "constraints": [models.UniqueConstraint(fields=("run", "zone"), name="result_once")],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="日期")),
                ("works", models.BooleanField(verbose_name="上班")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "document",
                    models.CharField(
                        help_text="国务院办公厅当年节假日安排通知的文号", max_length=120, verbose_name="依据"
                    ),
                ),
            ],
            options={
                "verbose_name": "节假日与调休",
                "verbose_name_plural": "节假日与调休",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="CalendarDayEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("day", models.DateField(verbose_name="日期")),
                ("works", models.BooleanField(verbose_name="上班")),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "document",
                    models.CharField(
                        help_text="国务院办公厅当年节假日安排通知的文号", max_length=120, verbose_name="依据"
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
                        to="assessments.calendarday",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Proceeding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("deciding", "拟定中"),
                            ("confirming", "待复核"),
                            ("embargoed", "待公示"),
                            ("public", "公示中"),
                            ("reviewing", "公示期满"),
                            ("final", "已定稿"),
                            ("abandoned", "已中止"),
                        ],
                        default="deciding",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("minutes", models.TextField(blank=True, verbose_name="会议纪要")),
                (
                    "disclosure",
                    models.CharField(
                        choices=[
                            ("everything", "位次、等级和拟定结论"),
                            ("top", "只列前若干名"),
                            ("grades", "只列等级和拟定结论"),
                            ("own", "不列园区，各园区只看本园区结果"),
                        ],
                        default="grades",
                        max_length=12,
                        verbose_name="公示范围",
                    ),
                ),
                ("top_n", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="公示前若干名")),
                ("window_days", models.PositiveSmallIntegerField(default=5, verbose_name="公示工作日")),
                ("publish_at", models.DateTimeField(blank=True, null=True, verbose_name="公示时刻")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("finalised_at", models.DateTimeField(blank=True, null=True, verbose_name="定稿时间")),
                ("bulletin_number", models.CharField(blank=True, max_length=60, verbose_name="通报文号")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "finalised_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="定稿人",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proceedings",
                        to="assessments.run",
                        verbose_name="依据的计算",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提交人",
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
                "verbose_name": "考核程序",
                "verbose_name_plural": "考核程序",
                "ordering": ["-year", "zone_class", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(
                                ("submitted_by__isnull", False),
                                models.Q(("confirmed_by", models.F("submitted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="proceeding_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "final"), _negated=True),
                            models.Q(
                                ("finalised_at__isnull", False),
                                ("finalised_by__isnull", False),
                                models.Q(("bulletin_number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="proceeding_final_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("disclosure", "top"), _negated=True), ("top_n__gte", 1), _connector="OR"
                        ),
                        name="proceeding_top_has_a_number",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "abandoned"), _negated=True),
                        fields=("region_code", "zone_class", "year"),
                        name="proceeding_once_a_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版次")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("promote", "晋升"),
                            ("keep", "保持"),
                            ("watch", "重点关注"),
                            ("demote", "降级"),
                            ("exit", "退出"),
                        ],
                        max_length=10,
                        verbose_name="决定",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("decided_at", models.DateTimeField(verbose_name="拟定时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="拟定人",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="assessments.result",
                        verbose_name="计算结果",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "proceeding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="assessments.proceeding",
                    ),
                ),
            ],
            options={
                "verbose_name": "决定",
                "verbose_name_plural": "决定",
                "ordering": ["proceeding", "zone__code", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("proceeding", "zone", "version"), name="decision_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                models.Q(("confirmed_by", models.F("decided_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="decision_confirmed_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版次")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("promote", "晋升"),
                            ("keep", "保持"),
                            ("watch", "重点关注"),
                            ("demote", "降级"),
                            ("exit", "退出"),
                        ],
                        max_length=10,
                        verbose_name="决定",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("decided_at", models.DateTimeField(verbose_name="拟定时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="拟定人",
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
                        to="assessments.decision",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assessments.result",
                        verbose_name="计算结果",
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
                    "proceeding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assessments.proceeding",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProceedingAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "启动"),
                            ("decided", "作出决定"),
                            ("submitted", "提交复核"),
                            ("handed_back", "退回拟定"),
                            ("confirmed", "复核通过"),
                            ("reopened", "撤回重拟"),
                            ("published", "公示"),
                            ("objected", "提出异议"),
                            ("objection_withdrawn", "撤回异议"),
                            ("answered", "答复异议"),
                            ("window_closed", "公示期满"),
                            ("run_replaced", "更换计算结果"),
                            ("finalised", "定稿"),
                            ("abandoned", "中止"),
                        ],
                        max_length=24,
                        verbose_name="办理",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                (
                    "content",
                    models.JSONField(
                        blank=True, default=dict, help_text="决定、公示、答复等的内容或其指纹", verbose_name="内容"
                    ),
                ),
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
                    "proceeding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="assessments.proceeding"
                    ),
                ),
            ],
            options={
                "verbose_name": "程序记录",
                "verbose_name_plural": "程序记录",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("proceeding", "previous_digest"), name="proceeding_act_one_chain")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProceedingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
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
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("deciding", "拟定中"),
                            ("confirming", "待复核"),
                            ("embargoed", "待公示"),
                            ("public", "公示中"),
                            ("reviewing", "公示期满"),
                            ("final", "已定稿"),
                            ("abandoned", "已中止"),
                        ],
                        default="deciding",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("minutes", models.TextField(blank=True, verbose_name="会议纪要")),
                (
                    "disclosure",
                    models.CharField(
                        choices=[
                            ("everything", "位次、等级和拟定结论"),
                            ("top", "只列前若干名"),
                            ("grades", "只列等级和拟定结论"),
                            ("own", "不列园区，各园区只看本园区结果"),
                        ],
                        default="grades",
                        max_length=12,
                        verbose_name="公示范围",
                    ),
                ),
                ("top_n", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="公示前若干名")),
                ("window_days", models.PositiveSmallIntegerField(default=5, verbose_name="公示工作日")),
                ("publish_at", models.DateTimeField(blank=True, null=True, verbose_name="公示时刻")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("finalised_at", models.DateTimeField(blank=True, null=True, verbose_name="定稿时间")),
                ("bulletin_number", models.CharField(blank=True, max_length=60, verbose_name="通报文号")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "finalised_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="定稿人",
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
                        to="assessments.proceeding",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assessments.run",
                        verbose_name="依据的计算",
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
                        verbose_name="提交人",
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
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveSmallIntegerField(verbose_name="第几次公示")),
                ("published_at", models.DateTimeField(verbose_name="公示时间")),
                ("closes_on", models.DateField(verbose_name="公示截止日")),
                (
                    "disclosure",
                    models.CharField(
                        choices=[
                            ("everything", "位次、等级和拟定结论"),
                            ("top", "只列前若干名"),
                            ("grades", "只列等级和拟定结论"),
                            ("own", "不列园区，各园区只看本园区结果"),
                        ],
                        max_length=12,
                        verbose_name="公示范围",
                    ),
                ),
                ("content", models.JSONField(verbose_name="公示内容")),
                ("digest", models.CharField(max_length=64, verbose_name="内容指纹")),
                ("head", models.CharField(max_length=64, verbose_name="程序链头")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "proceeding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="assessments.proceeding",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="publications", to="assessments.run"
                    ),
                ),
            ],
            options={
                "verbose_name": "公示",
                "verbose_name_plural": "公示",
                "ordering": ["-published_at", "-id"],
                "constraints": [models.UniqueConstraint(fields=("proceeding", "sequence"), name="publication_once")],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("filed", "待答复"),
                            ("upheld", "成立"),
                            ("rejected", "不成立"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="filed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("text", models.TextField(verbose_name="异议内容")),
                ("filed_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("answer", models.TextField(blank=True, verbose_name="答复")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
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
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="assessments.publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "异议",
                "verbose_name_plural": "异议",
                "ordering": ["-filed_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "filed")),
                        fields=("publication", "zone"),
                        name="objection_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["filed", "withdrawn"]),
                            models.Q(
                                ("answered_at__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                                models.Q(("answered_by", models.F("filed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="objection_answered_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ObjectionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("filed", "待答复"),
                            ("upheld", "成立"),
                            ("rejected", "不成立"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="filed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("text", models.TextField(verbose_name="异议内容")),
                ("filed_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("answer", models.TextField(blank=True, verbose_name="答复")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
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
                        to="assessments.objection",
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
                    "publication",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assessments.publication",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ObjectionFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=200, upload_to="assessments/%Y/%m/", verbose_name="文件")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content_type", models.CharField(max_length=100, verbose_name="类型")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="assessments.objection"
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
                "verbose_name": "异议材料",
                "verbose_name_plural": "异议材料",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SchemeAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cloned", "复制为新版本"),
                            ("changed", "修改"),
                            ("submitted", "提交发布"),
                            ("withdrawn", "撤回修改"),
                            ("handed_back", "退回修改"),
                            ("published", "发布"),
                            ("discarded", "废弃"),
                        ],
                        max_length=12,
                        verbose_name="办理",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("digest", models.CharField(max_length=64, verbose_name="其后的指纹")),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="改动")),
                (
                    "actor",
                    models.ForeignKey(
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
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="assessments.scheme"
                    ),
                ),
            ],
            options={
                "verbose_name": "办法办理记录",
                "verbose_name_plural": "办法办理记录",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("safety_accident", "生产安全事故"),
                            ("environmental_incident", "环境污染事件"),
                            ("inspection_finding", "督察发现的问题"),
                            ("negative_case", "反面典型、问责"),
                            ("data_fraud", "数据弄虚作假"),
                            ("management_failure", "书面认定的管理不善"),
                        ],
                        max_length=24,
                        verbose_name="类别",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("general", "一般"),
                            ("serious", "较大"),
                            ("major", "重大"),
                            ("gravest", "特别重大"),
                            ("national", "国家级"),
                            ("provincial", "省级"),
                            ("found", "已认定"),
                        ],
                        max_length=12,
                        verbose_name="程度",
                    ),
                ),
                ("on", models.DateField(verbose_name="发生日期")),
                ("title", models.CharField(max_length=160, verbose_name="事由")),
                ("document_number", models.CharField(max_length=80, verbose_name="文号")),
                ("issuer", models.CharField(max_length=80, verbose_name="发文机关")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("withdrawal", models.TextField(blank=True, verbose_name="撤销理由")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="登记部门",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "事故和问题",
                "verbose_name_plural": "事故和问题",
                "ordering": ["-on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "safety_accident"),
                                ("severity__in", ("general", "serious", "major", "gravest")),
                            ),
                            models.Q(
                                ("kind", "environmental_incident"),
                                ("severity__in", ("general", "serious", "major", "gravest")),
                            ),
                            models.Q(("kind", "inspection_finding"), ("severity__in", ("provincial", "national"))),
                            models.Q(("kind", "negative_case"), ("severity__in", ("provincial", "national"))),
                            models.Q(("kind", "data_fraud"), ("severity__in", ("found",))),
                            models.Q(("kind", "management_failure"), ("severity__in", ("found",))),
                            _connector="OR",
                        ),
                        name="incident_severity_of_its_kind",
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
                        name="incident_withdrawn_with_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("zone", "kind", "on", "document_number"),
                        name="incident_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("safety_accident", "生产安全事故"),
                            ("environmental_incident", "环境污染事件"),
                            ("inspection_finding", "督察发现的问题"),
                            ("negative_case", "反面典型、问责"),
                            ("data_fraud", "数据弄虚作假"),
                            ("management_failure", "书面认定的管理不善"),
                        ],
                        max_length=24,
                        verbose_name="类别",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("general", "一般"),
                            ("serious", "较大"),
                            ("major", "重大"),
                            ("gravest", "特别重大"),
                            ("national", "国家级"),
                            ("provincial", "省级"),
                            ("found", "已认定"),
                        ],
                        max_length=12,
                        verbose_name="程度",
                    ),
                ),
                ("on", models.DateField(verbose_name="发生日期")),
                ("title", models.CharField(max_length=160, verbose_name="事由")),
                ("document_number", models.CharField(max_length=80, verbose_name="文号")),
                ("issuer", models.CharField(max_length=80, verbose_name="发文机关")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("withdrawal", models.TextField(blank=True, verbose_name="撤销理由")),
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
                        to="assessments.incident",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="登记部门",
                    ),
                ),
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
                        verbose_name="撤销人",
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
            name="IncidentFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=200, upload_to="assessments/%Y/%m/", verbose_name="文件")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content_type", models.CharField(max_length=100, verbose_name="类型")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="assessments.incident"
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
                "verbose_name": "事件文件",
                "verbose_name_plural": "事件文件",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConsequenceSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=24, unique=True, verbose_name="设定")),
                ("value", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="取值")),
                (
                    "document",
                    models.CharField(help_text="确定这一取值的文件或会议", max_length=120, verbose_name="依据"),
                ),
                ("set_at", models.DateTimeField(auto_now=True, verbose_name="登记时间")),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "结果运用的设定",
                "verbose_name_plural": "结果运用的设定",
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="ConsequenceSettingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("key", models.CharField(max_length=24, verbose_name="设定")),
                ("value", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="取值")),
                (
                    "document",
                    models.CharField(help_text="确定这一取值的文件或会议", max_length=120, verbose_name="依据"),
                ),
                ("set_at", models.DateTimeField(auto_now=True, verbose_name="登记时间")),
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
                        to="assessments.consequencesetting",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        db_constraint=False,
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
        migrations.CreateModel(
            name="DesignationChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "direction",
                    models.CharField(
                        choices=[("up", "晋升"), ("down", "降级"), ("out", "退出")], max_length=4, verbose_name="方向"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("due", "待批准"), ("recorded", "已登记"), ("dropped", "未获批准")],
                        default="due",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="决定生效")),
                ("path", models.CharField(blank=True, max_length=40, verbose_name="路径")),
                ("document", models.CharField(blank=True, max_length=60, verbose_name="批准文号")),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("note", models.TextField(blank=True, verbose_name="说明")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="登记时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="designation_change",
                        to="assessments.decision",
                        verbose_name="决定",
                    ),
                ),
                (
                    "designation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="parks.designation",
                        verbose_name="原称号",
                    ),
                ),
                (
                    "new_designation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="came_of",
                        to="parks.designation",
                        verbose_name="新称号",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="designation_changes",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "称号变动",
                "verbose_name_plural": "称号变动",
                "ordering": ["-opened_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_by", None), ("status", "due")),
                            models.Q(
                                ("settled_by__isnull", False),
                                ("status", "dropped"),
                                models.Q(("note", ""), _negated=True),
                            ),
                            models.Q(
                                ("approved_on__isnull", False),
                                ("settled_by__isnull", False),
                                ("status", "recorded"),
                                ("effective_on__isnull", False),
                                models.Q(("document", ""), _negated=True),
                                models.Q(("path", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="designation_change_settled_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DesignationChangeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "direction",
                    models.CharField(
                        choices=[("up", "晋升"), ("down", "降级"), ("out", "退出")], max_length=4, verbose_name="方向"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("due", "待批准"), ("recorded", "已登记"), ("dropped", "未获批准")],
                        default="due",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="决定生效")),
                ("path", models.CharField(blank=True, max_length=40, verbose_name="路径")),
                ("document", models.CharField(blank=True, max_length=60, verbose_name="批准文号")),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("note", models.TextField(blank=True, verbose_name="说明")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="登记时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "decision",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assessments.decision",
                        verbose_name="决定",
                    ),
                ),
                (
                    "designation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.designation",
                        verbose_name="原称号",
                    ),
                ),
                (
                    "new_designation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.designation",
                        verbose_name="新称号",
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
                        to="assessments.designationchange",
                    ),
                ),
                (
                    "settled_by",
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
            name="ZoneStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grade", "考核等级"),
                            ("tier", "发展质量分档"),
                            ("candidate", "晋升候选"),
                            ("applications", "申报待遇"),
                        ],
                        max_length=12,
                        verbose_name="内容",
                    ),
                ),
                ("value", models.CharField(blank=True, max_length=40, verbose_name="状态")),
                ("label_zh", models.CharField(blank=True, max_length=80)),
                ("label_en", models.CharField(blank=True, max_length=120)),
                ("valid_from", models.DateField(verbose_name="生效")),
                ("clauses", models.JSONField(default=list, verbose_name="依据条款")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="zone_statuses",
                        to="assessments.decision",
                        verbose_name="决定",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statuses",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "园区状态",
                "verbose_name_plural": "园区状态",
                "ordering": ["-valid_from", "-id"],
                "indexes": [models.Index(fields=["zone", "kind", "valid_from"], name="zone_status_in_force")],
                "constraints": [models.UniqueConstraint(fields=("decision", "kind"), name="zone_status_once")],
            },
        ),
        migrations.CreateModel(
            name="BulletinFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "format",
                    models.CharField(choices=[("docx", "DOCX"), ("pdf", "PDF")], max_length=4, verbose_name="格式"),
                ),
                ("content", models.BinaryField(verbose_name="文件")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("issued_at", models.DateTimeField(auto_now_add=True, verbose_name="生成时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "proceeding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bulletin_files",
                        to="assessments.proceeding",
                        verbose_name="考核程序",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报文件",
                "verbose_name_plural": "通报文件",
                "ordering": ["proceeding", "format"],
                "constraints": [models.UniqueConstraint(fields=("proceeding", "format"), name="bulletin_file_once")],
            },
        ),
        migrations.CreateModel(
            name="StandingOpening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("is_open", models.BooleanField(verbose_name="开放")),
                ("set_at", models.DateTimeField(auto_now=True, verbose_name="设定时间")),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="设定人",
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
                "verbose_name": "即时名次开放",
                "verbose_name_plural": "即时名次开放",
                "constraints": [
                    models.UniqueConstraint(fields=("region_code", "zone_class", "year"), name="standing_opening_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingOpeningEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
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
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("is_open", models.BooleanField(verbose_name="开放")),
                ("set_at", models.DateTimeField(auto_now=True, verbose_name="设定时间")),
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
                        to="assessments.standingopening",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="设定人",
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
            name="Evaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="办法全文（YAML）")),
                ("text_digest", models.CharField(max_length=64, verbose_name="办法指纹")),
                (
                    "settings",
                    models.JSONField(default=dict, help_text="发起时改用的参数值，其余按办法", verbose_name="参数"),
                ),
                ("settings_basis", models.CharField(blank=True, max_length=240, verbose_name="改用参数的依据")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("above_scale", models.BooleanField(verbose_name="规模以上")),
                (
                    "status",
                    models.CharField(
                        choices=[("queued", "排队中"), ("done", "已完成"), ("failed", "失败")],
                        default="queued",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="发起时间")),
                ("sent_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("inputs", models.JSONField(default=dict, verbose_name="冻结的输入")),
                ("inputs_digest", models.CharField(blank=True, max_length=64, verbose_name="输入指纹")),
                ("results_digest", models.CharField(blank=True, max_length=64, verbose_name="结果指纹")),
                ("engine_version", models.CharField(blank=True, max_length=20, verbose_name="引擎版本")),
                ("summary", models.JSONField(default=dict, verbose_name="概要")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("error", models.TextField(blank=True, verbose_name="错误")),
                ("error_en", models.TextField(blank=True, verbose_name="错误（英文）")),
                ("final_at", models.DateTimeField(null=True, verbose_name="定稿时间")),
                ("final_on", models.DateField(null=True, verbose_name="公布日期")),
                ("final_document", models.CharField(blank=True, max_length=80, verbose_name="公布文号")),
                ("final_note", models.CharField(blank=True, max_length=500, verbose_name="公示和异议情况")),
                (
                    "final_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="定稿人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="评价主体",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parks.region",
                        verbose_name="行政区",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="assessments.scheme",
                        verbose_name="评价办法",
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
            ],
            options={
                "verbose_name": "企业分类综合评价",
                "verbose_name_plural": "企业分类综合评价",
                "ordering": ["-year", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("zone", None), models.Q(("region", None), _negated=True)),
                            models.Q(models.Q(("zone", None), _negated=True), ("region", None)),
                            _connector="OR",
                        ),
                        name="evaluation_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True),
                            models.Q(
                                models.Q(("inputs_digest", ""), _negated=True),
                                models.Q(("results_digest", ""), _negated=True),
                                models.Q(("engine_version", ""), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="evaluation_done_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("final_at", None), ("final_by", None), ("final_document", ""), ("final_on", None)
                            ),
                            models.Q(
                                ("final_at__isnull", False),
                                ("final_on__isnull", False),
                                ("status", "done"),
                                ("final_by__isnull", False),
                                models.Q(("final_document", ""), _negated=True),
                                models.Q(("final_by", models.F("requested_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="evaluation_final_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "queued")),
                        fields=("scheme", "year", "region", "zone", "above_scale"),
                        name="evaluation_queued_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluationResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry_id", models.BigIntegerField(verbose_name="台账条目")),
                ("entry_revision", models.PositiveIntegerField(verbose_name="条目版次")),
                ("score", models.FloatField(null=True, verbose_name="得分")),
                ("rank", models.PositiveIntegerField(null=True, verbose_name="位次")),
                ("grade", models.CharField(blank=True, max_length=12, verbose_name="类别")),
                ("reason", models.CharField(blank=True, max_length=60, verbose_name="定类依据")),
                ("figures", models.JSONField(default=dict, verbose_name="各项数值")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluation_results",
                        to="registers.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="results", to="assessments.evaluation"
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "企业评价结果",
                "verbose_name_plural": "企业评价结果",
                "ordering": ["evaluation", "-score", "id"],
                "indexes": [models.Index(fields=["evaluation", "zone", "grade"], name="evaluation_by_zone")],
                "constraints": [
                    models.UniqueConstraint(fields=("evaluation", "enterprise"), name="evaluation_result_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("warning", "警告"),
                            ("notice", "通报"),
                            ("correction", "限期整改"),
                            ("area_cut", "核减面积"),
                            ("revocation", "撤销"),
                        ],
                        max_length=12,
                        verbose_name="措施",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "待复核"),
                            ("confirmed", "已采取"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("issuer", models.CharField(max_length=80, verbose_name="决定机关")),
                ("document_number", models.CharField(max_length=80, verbose_name="文号")),
                ("document_date", models.DateField(verbose_name="文件日期")),
                ("taken_on", models.DateField(verbose_name="采取日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("reason", models.TextField(verbose_name="理由")),
                ("clauses", models.JSONField(default=list, verbose_name="依据条款")),
                ("proposed_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("answer", models.TextField(blank=True, verbose_name="未通过或撤回的理由")),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measure_orders",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "考核决定之外的措施",
                "verbose_name_plural": "考核决定之外的措施",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "proposed")), fields=("zone",), name="measure_order_one_waiting"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["proposed", "confirmed"])),
                        fields=("zone", "document_number"),
                        name="measure_order_document_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""), ("settled_at", None), ("settled_by", None), ("status", "proposed")
                            ),
                            models.Q(
                                ("answer", ""),
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                ("status", "confirmed"),
                            ),
                            models.Q(
                                ("status__in", ["refused", "withdrawn"]),
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="measure_order_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "confirmed"), _negated=True),
                            models.Q(("settled_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="measure_order_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_on__gte", models.F("document_date")),
                            models.Q(("due_on", None), ("due_on__gte", models.F("taken_on")), _connector="OR"),
                        ),
                        name="measure_order_days_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("warning", "警告"),
                            ("notice", "通报"),
                            ("correction", "限期整改"),
                            ("area_cut", "核减面积"),
                            ("revocation", "撤销"),
                        ],
                        max_length=12,
                        verbose_name="措施",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "未解除"),
                            ("lifted", "已解除"),
                            ("escalated", "已升级"),
                            ("executed", "已执行"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="采取日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("triggers", models.JSONField(blank=True, default=list, verbose_name="触发的规则")),
                ("clauses", models.JSONField(default=list, verbose_name="依据条款")),
                ("reason", models.TextField(verbose_name="理由")),
                ("document", models.CharField(blank=True, max_length=80, verbose_name="文号")),
                ("opened_at", models.DateTimeField(auto_now_add=True, verbose_name="办理时间")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("close_reason", models.TextField(blank=True, verbose_name="终止理由")),
                ("close_document", models.CharField(blank=True, max_length=80, verbose_name="终止文号")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="终止办理人",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="assessments.decision",
                        verbose_name="决定",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="following",
                        to="assessments.measure",
                        verbose_name="前一措施",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measure",
                        to="assessments.measureorder",
                        verbose_name="考核决定之外",
                    ),
                ),
            ],
            options={
                "verbose_name": "处置措施",
                "verbose_name_plural": "处置措施",
                "ordering": ["-opened_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")), fields=("zone",), name="measure_one_open_a_zone"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_by", None), ("closed_on", None), ("status", "open")),
                            models.Q(
                                models.Q(("status", "open"), _negated=True),
                                ("closed_by__isnull", False),
                                ("closed_on__isnull", False),
                                models.Q(("close_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="measure_closed_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on", None), ("due_on__gte", models.F("opened_on")), _connector="OR"),
                        name="measure_due_after_opened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision", None), ("order", None), _connector="OR"),
                        name="measure_decided_or_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("warning", "警告"),
                            ("notice", "通报"),
                            ("correction", "限期整改"),
                            ("area_cut", "核减面积"),
                            ("revocation", "撤销"),
                        ],
                        max_length=12,
                        verbose_name="措施",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "未解除"),
                            ("lifted", "已解除"),
                            ("escalated", "已升级"),
                            ("executed", "已执行"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="采取日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("triggers", models.JSONField(blank=True, default=list, verbose_name="触发的规则")),
                ("clauses", models.JSONField(default=list, verbose_name="依据条款")),
                ("reason", models.TextField(verbose_name="理由")),
                ("document", models.CharField(blank=True, max_length=80, verbose_name="文号")),
                ("opened_at", models.DateTimeField(auto_now_add=True, verbose_name="办理时间")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("close_reason", models.TextField(blank=True, verbose_name="终止理由")),
                ("close_document", models.CharField(blank=True, max_length=80, verbose_name="终止文号")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
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
                        verbose_name="终止办理人",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assessments.decision",
                        verbose_name="决定",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
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
                        to="assessments.measure",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assessments.measure",
                        verbose_name="前一措施",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="assessments.measureorder",
                        verbose_name="考核决定之外",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MeasureOrderEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("warning", "警告"),
                            ("notice", "通报"),
                            ("correction", "限期整改"),
                            ("area_cut", "核减面积"),
                            ("revocation", "撤销"),
                        ],
                        max_length=12,
                        verbose_name="措施",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "待复核"),
                            ("confirmed", "已采取"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("issuer", models.CharField(max_length=80, verbose_name="决定机关")),
                ("document_number", models.CharField(max_length=80, verbose_name="文号")),
                ("document_date", models.DateField(verbose_name="文件日期")),
                ("taken_on", models.DateField(verbose_name="采取日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="期限")),
                ("reason", models.TextField(verbose_name="理由")),
                ("clauses", models.JSONField(default=list, verbose_name="依据条款")),
                ("proposed_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("answer", models.TextField(blank=True, verbose_name="未通过或撤回的理由")),
                ("revision", models.PositiveIntegerField(default=1)),
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
                        to="assessments.measureorder",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
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
            name="MeasureOrderFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=200, upload_to="assessments/%Y/%m/", verbose_name="文件")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content_type", models.CharField(max_length=100, verbose_name="类型")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="assessments.measureorder"
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
                "verbose_name": "措施文件",
                "verbose_name_plural": "措施文件",
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        common.migrating.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="published_scheme_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" IN ('published', 'discarded'))",
                    func="RAISE EXCEPTION 'yuanqu: a published scheme is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="1197da567554c3e8b6722434a626db2f10e16232",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_published_scheme_frozen_a7480",
                    table="assessments_scheme",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="pending_scheme_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.status = 'pending' AND (NEW.code IS DISTINCT FROM OLD.code OR NEW.version IS DISTINCT FROM OLD.version OR NEW.name_zh IS DISTINCT FROM OLD.name_zh OR NEW.name_en IS DISTINCT FROM OLD.name_en OR NEW.zone_class IS DISTINCT FROM OLD.zone_class OR NEW.levels IS DISTINCT FROM OLD.levels OR NEW.year_from IS DISTINCT FROM OLD.year_from OR NEW.year_to IS DISTINCT FROM OLD.year_to OR NEW.text IS DISTINCT FROM OLD.text OR NEW.digest IS DISTINCT FROM OLD.digest))",
                    func="RAISE EXCEPTION 'yuanqu: a submitted scheme is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="3f53c0c4baae1ed2b4871861032820dad5a52300",
                    operation="UPDATE",
                    pgid="pgtrigger_pending_scheme_frozen_4a782",
                    table="assessments_scheme",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="scheme_second_person",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" = 'published' AND OLD.\"status\" = 'pending')",
                    func="\n                    IF NEW.published_by_id IS NULL OR EXISTS (\n                        SELECT FROM assessments_schemeact\n                        WHERE scheme_id = NEW.id AND actor_id = NEW.published_by_id\n                          AND kind IN ('cloned', 'changed', 'submitted')\n                    ) THEN\n                        RAISE EXCEPTION 'yuanqu: a scheme is published by another person' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="f38bb14e97bcbe3a85e28066a620fdfa59d9fa10",
                    operation="UPDATE",
                    pgid="pgtrigger_scheme_second_person_0989d",
                    table="assessments_scheme",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="scheme",
            trigger=pgtrigger.compiler.Trigger(
                name="scheme_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:discarded,draft:pending,pending:draft,pending:published}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="9573e03029cf700735c6891714fc8495ca0770d1",
                    operation="UPDATE",
                    pgid="pgtrigger_scheme_moves_90c63",
                    table="assessments_scheme",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="run",
            trigger=pgtrigger.compiler.Trigger(
                name="run_inputs_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.inputs_digest <> '' AND (NEW.inputs IS DISTINCT FROM OLD.inputs OR NEW.inputs_digest <> OLD.inputs_digest OR NEW.scheme_id <> OLD.scheme_id OR NEW.year <> OLD.year))",
                    func="RAISE EXCEPTION 'yuanqu: the input of a run is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="74075f82bbe69c4a249d213aeadbbc64b4e80402",
                    operation="UPDATE",
                    pgid="pgtrigger_run_inputs_frozen_0e582",
                    table="assessments_run",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="run",
            trigger=pgtrigger.compiler.Trigger(
                name="run_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{queued:cancelled,queued:running,running:cancelled,running:done,running:failed,running:queued}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="f084952c027b02b6577d1a1586e627af591f068d",
                    operation="UPDATE",
                    pgid="pgtrigger_run_moves_27050",
                    table="assessments_run",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="run",
            trigger=pgtrigger.compiler.Trigger(
                name="finished_run_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'done')",
                    func="\n                    IF TG_OP = 'DELETE' AND OLD.kind = 'provisional' THEN RETURN OLD; END IF;\n                    RAISE EXCEPTION 'yuanqu: a finished run is frozen' USING ERRCODE = 'restrict_violation';\n                ",
                    hash="a02a8beb9ccdc760e8db84553c7daa2763e3eb3c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_finished_run_frozen_d9e67",
                    table="assessments_run",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="run",
            trigger=pgtrigger.compiler.Trigger(
                name="run_start_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.kind <> OLD.kind OR NEW.checklist IS DISTINCT FROM OLD.checklist OR NEW.override_reason <> OLD.override_reason)",
                    func="RAISE EXCEPTION 'yuanqu: the start of a run is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="7528d4c02c32abf1661f3121d7ccc4fd386914a2",
                    operation="UPDATE",
                    pgid="pgtrigger_run_start_frozen_2b08f",
                    table="assessments_run",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="result",
            trigger=pgtrigger.compiler.Trigger(
                name="finished_result_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE holder BIGINT;",
                    func="\n                    FOREACH holder IN ARRAY ARRAY[\n                        CASE WHEN TG_OP <> 'INSERT' THEN OLD.run_id END,\n                        CASE WHEN TG_OP <> 'DELETE' THEN NEW.run_id END\n                    ] LOOP\n                        IF EXISTS (SELECT 1 FROM assessments_run WHERE id = holder AND status = 'done'\n                                   AND NOT (TG_OP = 'DELETE' AND kind = 'provisional')) THEN\n                            RAISE EXCEPTION 'yuanqu: a finished run is frozen' USING ERRCODE = 'restrict_violation';\n                        END IF;\n                    END LOOP;\n                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                    RETURN NEW;\n                ",
                    hash="79ebd255417ac9301227361f319c8e8a7ae0127e",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_finished_result_frozen_cb881",
                    table="assessments_result",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="calendarday",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_calendardayevent" ("day", "document", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "works") VALUES (NEW."day", NEW."document", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."works"); RETURN NULL;',
                    hash="ec2052f22d754d5ee2147983da0ecd6c77e85810",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8f2aa",
                    table="assessments_calendarday",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="calendarday",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_calendardayevent" ("day", "document", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "works") VALUES (NEW."day", NEW."document", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."works"); RETURN NULL;',
                    hash="6b505e2bf3f0401abd66496ff90aa57ef82c8141",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_567f9",
                    table="assessments_calendarday",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="calendarday",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_calendardayevent" ("day", "document", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "works") VALUES (OLD."day", OLD."document", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."works"); RETURN NULL;',
                    hash="3b9c1228183aa358cd43f8f4027904080c4f906d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c57b2",
                    table="assessments_calendarday",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="calendardayevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="458f0d880e0461da444ea3c5abe8656d3a2fd795",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_e0c8b",
                    table="assessments_calendardayevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="calendardayevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="c963483f504b7170a749e7c22a1896cf082a5f12",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_932b3",
                    table="assessments_calendardayevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="calendardayevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cd18acfe954211d35d43f6203bc9e8baec4b4535",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_dcaf9",
                    table="assessments_calendardayevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="proceeding_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{deciding:abandoned,deciding:confirming,confirming:deciding,confirming:embargoed,embargoed:deciding,embargoed:public,public:reviewing,reviewing:deciding,reviewing:final}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="6a98cee34725ec76e380fe4ba758be637207c224",
                    operation="UPDATE",
                    pgid="pgtrigger_proceeding_moves_dbe64",
                    table="assessments_proceeding",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="final_proceeding_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" IN ('final', 'abandoned'))",
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: a finished proceeding is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="5bd422f3aedfcee9113c82c779b18d84f1292820",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_final_proceeding_frozen_2122c",
                    table="assessments_proceeding",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="proceeding_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="5732b7524cb3eb3072cc371e163e534b7c81f5a7",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_proceeding_no_truncate_f6f27",
                    table="assessments_proceeding",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="proceeding_on_official_run",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n                    IF EXISTS (SELECT 1 FROM assessments_run WHERE id = NEW.run_id AND kind <> 'official') THEN\n                        RAISE EXCEPTION 'yuanqu: a proceeding rests on an official run' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="fc195716ee57e675637beec668f083a3ad23eb0a",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_proceeding_on_official_run_17a18",
                    table="assessments_proceeding",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_proceedingevent" ("bulletin_number", "confirmed_at", "confirmed_by_id", "disclosure", "finalised_at", "finalised_by_id", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "region_code", "revision", "run_id", "status", "submitted_at", "submitted_by_id", "synthetic", "top_n", "window_days", "year", "zone_class") VALUES (NEW."bulletin_number", NEW."confirmed_at", NEW."confirmed_by_id", NEW."disclosure", NEW."finalised_at", NEW."finalised_by_id", NEW."id", NEW."minutes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."publish_at", NEW."region_code", NEW."revision", NEW."run_id", NEW."status", NEW."submitted_at", NEW."submitted_by_id", NEW."synthetic", NEW."top_n", NEW."window_days", NEW."year", NEW."zone_class"); RETURN NULL;',
                    hash="60b251d65a76a7464e7db17e52bb4f9fcd2c90b3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e898e",
                    table="assessments_proceeding",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_proceedingevent" ("bulletin_number", "confirmed_at", "confirmed_by_id", "disclosure", "finalised_at", "finalised_by_id", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "region_code", "revision", "run_id", "status", "submitted_at", "submitted_by_id", "synthetic", "top_n", "window_days", "year", "zone_class") VALUES (NEW."bulletin_number", NEW."confirmed_at", NEW."confirmed_by_id", NEW."disclosure", NEW."finalised_at", NEW."finalised_by_id", NEW."id", NEW."minutes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."publish_at", NEW."region_code", NEW."revision", NEW."run_id", NEW."status", NEW."submitted_at", NEW."submitted_by_id", NEW."synthetic", NEW."top_n", NEW."window_days", NEW."year", NEW."zone_class"); RETURN NULL;',
                    hash="676823d08ff2843f5da14afd43c786c5fedf0933",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f0403",
                    table="assessments_proceeding",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_proceedingevent" ("bulletin_number", "confirmed_at", "confirmed_by_id", "disclosure", "finalised_at", "finalised_by_id", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "region_code", "revision", "run_id", "status", "submitted_at", "submitted_by_id", "synthetic", "top_n", "window_days", "year", "zone_class") VALUES (OLD."bulletin_number", OLD."confirmed_at", OLD."confirmed_by_id", OLD."disclosure", OLD."finalised_at", OLD."finalised_by_id", OLD."id", OLD."minutes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."publish_at", OLD."region_code", OLD."revision", OLD."run_id", OLD."status", OLD."submitted_at", OLD."submitted_by_id", OLD."synthetic", OLD."top_n", OLD."window_days", OLD."year", OLD."zone_class"); RETURN NULL;',
                    hash="6f32a8f2237482e7d8b35fe6b56887454f011354",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_09a72",
                    table="assessments_proceeding",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="confirmed_decision_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."confirmed_at" IS NOT NULL)',
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: a confirmed decision is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="66c5d98b0addf7454c94145808bfdfe394b75c81",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_confirmed_decision_frozen_e1848",
                    table="assessments_decision",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="decision_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="d49130ce219b0b58b7f51a1334601a956ad640b1",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_decision_no_truncate_82fcb",
                    table="assessments_decision",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_decisionevent" ("confirmed_at", "confirmed_by_id", "decided_at", "decided_by_id", "id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proceeding_id", "reason", "result_id", "version", "zone_id") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proceeding_id", NEW."reason", NEW."result_id", NEW."version", NEW."zone_id"); RETURN NULL;',
                    hash="21b296f6d4d721a46fe607236ba0fb07c01724fc",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_40209",
                    table="assessments_decision",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_decisionevent" ("confirmed_at", "confirmed_by_id", "decided_at", "decided_by_id", "id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proceeding_id", "reason", "result_id", "version", "zone_id") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proceeding_id", NEW."reason", NEW."result_id", NEW."version", NEW."zone_id"); RETURN NULL;',
                    hash="5f579338ba4e24e05136f58fd04dd93cd1b315d6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_876e7",
                    table="assessments_decision",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_decisionevent" ("confirmed_at", "confirmed_by_id", "decided_at", "decided_by_id", "id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proceeding_id", "reason", "result_id", "version", "zone_id") VALUES (OLD."confirmed_at", OLD."confirmed_by_id", OLD."decided_at", OLD."decided_by_id", OLD."id", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proceeding_id", OLD."reason", OLD."result_id", OLD."version", OLD."zone_id"); RETURN NULL;',
                    hash="814a64ffca976ecadc7b388e74c86e7cf83b60de",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_dc1f4",
                    table="assessments_decision",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="decisionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="43fafb0f23c6eeb437d56bb80bc495df8502336a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_c6ec3",
                    table="assessments_decisionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="decisionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="6ded767000eeb06f02b4316eb93ae0d68a8cb772",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_40394",
                    table="assessments_decisionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="decisionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8171981015ffc87adb7c7594b5b22907b8b21f7e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a5b19",
                    table="assessments_decisionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceedingact",
            trigger=pgtrigger.compiler.Trigger(
                name="proceeding_act_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="3cc6d59b316030065b55f9b84dcebe57d6d5dcfe",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_proceeding_act_append_only_3b9a5",
                    table="assessments_proceedingact",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceedingact",
            trigger=pgtrigger.compiler.Trigger(
                name="proceeding_act_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="b543afd9f626266ee4aca13dd80c4c795ee5d91c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_proceeding_act_no_truncate_a68d0",
                    table="assessments_proceedingact",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceedingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="02ab55ab8342ea316181d395bf2b1d9624ce6e57",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_7e0f8",
                    table="assessments_proceedingevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceedingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="bf0d4a03caf2b038a72f47bf3eafb7a205556f5f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_612d6",
                    table="assessments_proceedingevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="proceedingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b6d07b083072e43f9dee07f8e3af2e073daee6b2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f3c36",
                    table="assessments_proceedingevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="publication",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="eb88a1e09fec2bb9cb44475d834d752065c34da2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_publication_append_only_cb7e3",
                    table="assessments_publication",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="publication",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="118e625da07693df0a7351828c129fd97b887160",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_publication_no_truncate_94506",
                    table="assessments_publication",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="objection_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{filed:rejected,filed:upheld,filed:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="93b195fb4311dcf3d852aa21483af90cf0865bae",
                    operation="UPDATE",
                    pgid="pgtrigger_objection_moves_390d7",
                    table="assessments_objection",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_objection_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'filed'))",
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an objection that has ended is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="8d0a2898008816655f783b328c354790d2ada9fa",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_ended_objection_frozen_21fdd",
                    table="assessments_objection",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="objection_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="59499e5aa5e1049045f9d5d6c8191fbc9382be50",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_objection_no_truncate_2e7dc",
                    table="assessments_objection",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_objectionevent" ("answer", "answered_at", "answered_by_id", "filed_at", "filed_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publication_id", "status", "text", "zone_id") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."filed_at", NEW."filed_by_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."publication_id", NEW."status", NEW."text", NEW."zone_id"); RETURN NULL;',
                    hash="75966c498d82e78ccdec923ef2d973f0e2349d69",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_558be",
                    table="assessments_objection",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_objectionevent" ("answer", "answered_at", "answered_by_id", "filed_at", "filed_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publication_id", "status", "text", "zone_id") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."filed_at", NEW."filed_by_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."publication_id", NEW."status", NEW."text", NEW."zone_id"); RETURN NULL;',
                    hash="cdf1fea489021cd77e6e6aaa65b5d00ff669dcd6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c66e9",
                    table="assessments_objection",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objection",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_objectionevent" ("answer", "answered_at", "answered_by_id", "filed_at", "filed_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publication_id", "status", "text", "zone_id") VALUES (OLD."answer", OLD."answered_at", OLD."answered_by_id", OLD."filed_at", OLD."filed_by_id", OLD."id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."publication_id", OLD."status", OLD."text", OLD."zone_id"); RETURN NULL;',
                    hash="dfec12dc77a424365692ce1cde0a323b417c1a07",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_8bc54",
                    table="assessments_objection",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objectionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="edefdfa9f448490ef9107718062bf4bcf3418f72",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_01516",
                    table="assessments_objectionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objectionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="7639a7046ee732814df9e3d8f726262f3c43d440",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_39e11",
                    table="assessments_objectionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objectionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fc850d23895b687f2a503fd823476a970e442a17",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4c578",
                    table="assessments_objectionevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objectionfile",
            trigger=pgtrigger.compiler.Trigger(
                name="objection_file_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="af757e23231f0eff2bee7dca1fdd215a76eee954",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_objection_file_append_only_77bf1",
                    table="assessments_objectionfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="objectionfile",
            trigger=pgtrigger.compiler.Trigger(
                name="objection_file_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="681fc11ed3d0e2cc82e60f1c2cfefcc8915f72b1",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_objection_file_no_truncate_b02bf",
                    table="assessments_objectionfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="schemeact",
            trigger=pgtrigger.compiler.Trigger(
                name="scheme_act_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="593c01482fd2d84250b9a11b5450f030d99a2e62",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_scheme_act_append_only_6372c",
                    table="assessments_schemeact",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="schemeact",
            trigger=pgtrigger.compiler.Trigger(
                name="scheme_act_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="a3849f964dadc5d394e7dd7c8856f98e8407fac5",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_scheme_act_no_truncate_fc607",
                    table="assessments_schemeact",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="incident_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n                    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR\n                       to_jsonb(OLD) - ARRAY['withdrawn_by_id','withdrawn_at','withdrawal'] IS DISTINCT FROM\n                       to_jsonb(NEW) - ARRAY['withdrawn_by_id','withdrawn_at','withdrawal'] THEN\n                        RAISE EXCEPTION 'yuanqu: an incident is withdrawn, never changed' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="61324389b3405ecc0e3f8522cf54be14cdcc7b8b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_incident_stands_80b41",
                    table="assessments_incident",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="incident_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="e6a1b79740ed810f4693c7fe0c1bf1bb7839cc70",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_incident_no_truncate_542b1",
                    table="assessments_incident",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_incidentevent" ("document_number", "id", "issuer", "kind", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "reported_by_id", "severity", "synthetic", "title", "withdrawal", "withdrawn_at", "withdrawn_by_id", "zone_id") VALUES (NEW."document_number", NEW."id", NEW."issuer", NEW."kind", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."reported_by_id", NEW."severity", NEW."synthetic", NEW."title", NEW."withdrawal", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."zone_id"); RETURN NULL;',
                    hash="5bbcdc4c3ab33790294bd7692ae11cb81e64b864",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b277b",
                    table="assessments_incident",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_incidentevent" ("document_number", "id", "issuer", "kind", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "reported_by_id", "severity", "synthetic", "title", "withdrawal", "withdrawn_at", "withdrawn_by_id", "zone_id") VALUES (NEW."document_number", NEW."id", NEW."issuer", NEW."kind", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."reported_by_id", NEW."severity", NEW."synthetic", NEW."title", NEW."withdrawal", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."zone_id"); RETURN NULL;',
                    hash="b482e3494d6541897e06e626c1000607f340244b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3d912",
                    table="assessments_incident",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_incidentevent" ("document_number", "id", "issuer", "kind", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "reported_by_id", "severity", "synthetic", "title", "withdrawal", "withdrawn_at", "withdrawn_by_id", "zone_id") VALUES (OLD."document_number", OLD."id", OLD."issuer", OLD."kind", OLD."on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."recorded_by_id", OLD."reported_by_id", OLD."severity", OLD."synthetic", OLD."title", OLD."withdrawal", OLD."withdrawn_at", OLD."withdrawn_by_id", OLD."zone_id"); RETURN NULL;',
                    hash="2067d9302215a4530a9ffb8e854c5e5dd2332ca4",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5d3bb",
                    table="assessments_incident",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incidentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="67b9fd009f4d891ff93a0dedbca835fc23f9f646",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_48152",
                    table="assessments_incidentevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incidentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="3187ab8e2e0f7e5fb32b8e9470c11b3580f446b6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_230ed",
                    table="assessments_incidentevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incidentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7b4447ee719de5e80a8cd5473e0820e59f351f4d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_be239",
                    table="assessments_incidentevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incidentfile",
            trigger=pgtrigger.compiler.Trigger(
                name="incident_file_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="948c89ab5c6ecdebd18f25ea6ecd9f29c1f53f20",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_incident_file_append_only_abbd9",
                    table="assessments_incidentfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="incidentfile",
            trigger=pgtrigger.compiler.Trigger(
                name="incident_file_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="0196b4bca4bb8a5dc90399b60bbcbec30ffcfb03",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_incident_file_no_truncate_c5221",
                    table="assessments_incidentfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="consequencesetting",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_consequencesettingevent" ("document", "id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "set_by_id", "value") VALUES (NEW."document", NEW."id", NEW."key", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."set_at", NEW."set_by_id", NEW."value"); RETURN NULL;',
                    hash="d11638c74ca821407e460e9fc6ddd82109383248",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0c680",
                    table="assessments_consequencesetting",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="consequencesetting",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_consequencesettingevent" ("document", "id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "set_by_id", "value") VALUES (NEW."document", NEW."id", NEW."key", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."set_at", NEW."set_by_id", NEW."value"); RETURN NULL;',
                    hash="f4df3b1d3c45b7e81cff9a3c93ca90850a360593",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_399f4",
                    table="assessments_consequencesetting",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="consequencesetting",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_consequencesettingevent" ("document", "id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "set_at", "set_by_id", "value") VALUES (OLD."document", OLD."id", OLD."key", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."set_at", OLD."set_by_id", OLD."value"); RETURN NULL;',
                    hash="278192bd73e463e7a4a61578dfd7b3327febaaab",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_841d2",
                    table="assessments_consequencesetting",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="consequencesettingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="3c7894fbb9f6831508d6de88b783cdd83366dd91",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_c5d00",
                    table="assessments_consequencesettingevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="consequencesettingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="d8a228b8beee849e5acaae42e0407f850d2a163a",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_fb4b1",
                    table="assessments_consequencesettingevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="consequencesettingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5dc3f7b69deac9c0dcff4a1795997c4d683b462b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7c3f5",
                    table="assessments_consequencesettingevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchange",
            trigger=pgtrigger.compiler.Trigger(
                name="designation_change_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{due:dropped,due:recorded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="43e9d8e585baf6a33f0a868abfe9658c99b0b045",
                    operation="UPDATE",
                    pgid="pgtrigger_designation_change_moves_2ace8",
                    table="assessments_designationchange",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchange",
            trigger=pgtrigger.compiler.Trigger(
                name="settled_change_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'due'))",
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: a settled change of a designation is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="8ef9d6014dc38ee1533e6662d2f4777a5faa3ee1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_settled_change_frozen_4392b",
                    table="assessments_designationchange",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchange",
            trigger=pgtrigger.compiler.Trigger(
                name="designation_change_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: a change of a designation is settled, never removed' USING ERRCODE = 'restrict_violation';",
                    hash="a9a13f17034845e084786ba4c236f678193762d9",
                    operation="DELETE",
                    pgid="pgtrigger_designation_change_kept_1ec65",
                    table="assessments_designationchange",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchange",
            trigger=pgtrigger.compiler.Trigger(
                name="designation_change_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="0bea8274344695cf6cbc1c52cc402fa6e81c307a",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_designation_change_no_truncate_c7d92",
                    table="assessments_designationchange",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchange",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_designationchangeevent" ("approved_on", "decision_id", "designation_id", "direction", "document", "effective_on", "id", "new_designation_id", "note", "opened_on", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_at", "settled_by_id", "status", "synthetic", "zone_id") VALUES (NEW."approved_on", NEW."decision_id", NEW."designation_id", NEW."direction", NEW."document", NEW."effective_on", NEW."id", NEW."new_designation_id", NEW."note", NEW."opened_on", NEW."path", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."settled_at", NEW."settled_by_id", NEW."status", NEW."synthetic", NEW."zone_id"); RETURN NULL;',
                    hash="29065065992792b1e5891cb806fb7a4644c56eec",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6d89b",
                    table="assessments_designationchange",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchange",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_designationchangeevent" ("approved_on", "decision_id", "designation_id", "direction", "document", "effective_on", "id", "new_designation_id", "note", "opened_on", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_at", "settled_by_id", "status", "synthetic", "zone_id") VALUES (NEW."approved_on", NEW."decision_id", NEW."designation_id", NEW."direction", NEW."document", NEW."effective_on", NEW."id", NEW."new_designation_id", NEW."note", NEW."opened_on", NEW."path", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."settled_at", NEW."settled_by_id", NEW."status", NEW."synthetic", NEW."zone_id"); RETURN NULL;',
                    hash="0334d4506a4c617dd0a32a24b247f8bbbbd6d5a9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dc9e5",
                    table="assessments_designationchange",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchange",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_designationchangeevent" ("approved_on", "decision_id", "designation_id", "direction", "document", "effective_on", "id", "new_designation_id", "note", "opened_on", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_at", "settled_by_id", "status", "synthetic", "zone_id") VALUES (OLD."approved_on", OLD."decision_id", OLD."designation_id", OLD."direction", OLD."document", OLD."effective_on", OLD."id", OLD."new_designation_id", OLD."note", OLD."opened_on", OLD."path", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."settled_at", OLD."settled_by_id", OLD."status", OLD."synthetic", OLD."zone_id"); RETURN NULL;',
                    hash="ea92f6316880bff4b9bfde40c2a513fbd468b59b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6d34e",
                    table="assessments_designationchange",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchangeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="b38f2162dad7ce98f1c5525cf55ef522ab1fea3a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_81d03",
                    table="assessments_designationchangeevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchangeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="1e3787d4dad202a4ee0f089dd04f5b2b180b4909",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_8b416",
                    table="assessments_designationchangeevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="designationchangeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2e8cabaa1c71214decec344ac73e6ae0d6b3892c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_580e8",
                    table="assessments_designationchangeevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonestatus",
            trigger=pgtrigger.compiler.Trigger(
                name="zone_status_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="75b8e64c90f4e6ef748c56d4754939e787f75de8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_zone_status_append_only_1f94d",
                    table="assessments_zonestatus",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="zonestatus",
            trigger=pgtrigger.compiler.Trigger(
                name="zone_status_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="ac0a4a96b58c2279ae524abc173f52fed5529c4d",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_zone_status_no_truncate_f03dd",
                    table="assessments_zonestatus",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="bulletinfile",
            trigger=pgtrigger.compiler.Trigger(
                name="bulletin_file_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="0e982dcc53e7cea59d94061dd2dd213727980857",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_bulletin_file_append_only_99440",
                    table="assessments_bulletinfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="bulletinfile",
            trigger=pgtrigger.compiler.Trigger(
                name="bulletin_file_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="d144586782172b7005766f4b48b07c34c9ce0832",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_bulletin_file_no_truncate_74bbf",
                    table="assessments_bulletinfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="bulletinfile",
            trigger=pgtrigger.compiler.Trigger(
                name="bulletin_file_as_it_says",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n                    IF NEW.digest <> encode(sha256(NEW.content), 'hex') OR NEW.size <> length(NEW.content) OR NOT EXISTS (\n                        SELECT FROM assessments_proceeding\n                        WHERE id = NEW.proceeding_id AND status = 'final'\n                    ) THEN\n                        RAISE EXCEPTION 'yuanqu: a bulletin is of a final proceeding and is what its digest says' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="70fbe2c83f7829727ef567662ed90a0bec976efe",
                    operation="INSERT",
                    pgid="pgtrigger_bulletin_file_as_it_says_221e8",
                    table="assessments_bulletinfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="standingopening",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_standingopeningevent" ("id", "is_open", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "set_at", "set_by_id", "year", "zone_class") VALUES (NEW."id", NEW."is_open", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_code", NEW."set_at", NEW."set_by_id", NEW."year", NEW."zone_class"); RETURN NULL;',
                    hash="097761bb5f60711550caa07b043118d54bea4dff",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7c72a",
                    table="assessments_standingopening",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="standingopening",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_standingopeningevent" ("id", "is_open", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "set_at", "set_by_id", "year", "zone_class") VALUES (NEW."id", NEW."is_open", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_code", NEW."set_at", NEW."set_by_id", NEW."year", NEW."zone_class"); RETURN NULL;',
                    hash="053731103e054dedfabaf457cecad635e0ec2297",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_80459",
                    table="assessments_standingopening",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="standingopening",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_standingopeningevent" ("id", "is_open", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "set_at", "set_by_id", "year", "zone_class") VALUES (OLD."id", OLD."is_open", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_code", OLD."set_at", OLD."set_by_id", OLD."year", OLD."zone_class"); RETURN NULL;',
                    hash="704099fc5556f5bedec63869a3ec4f952653b8b3",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_393da",
                    table="assessments_standingopening",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="standingopeningevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="87f8810231101186bf69e09e57be8297a01d2375",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_7e307",
                    table="assessments_standingopeningevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="standingopeningevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="45ed1a4adce6e204d1beef67f7940dea64e5e132",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_b379d",
                    table="assessments_standingopeningevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="standingopeningevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ea468e41ac8e14988619fb98ae8cadabcae78e5d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8f0ab",
                    table="assessments_standingopeningevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evaluation",
            trigger=pgtrigger.compiler.Trigger(
                name="finished_evaluation_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'done')",
                    func="\n                    IF TG_OP = 'DELETE' OR OLD.final_at IS NOT NULL\n                       OR (to_jsonb(NEW) - ARRAY['final_by_id', 'final_at', 'final_on', 'final_document', 'final_note']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['final_by_id', 'final_at', 'final_on', 'final_document', 'final_note']) THEN\n                        RAISE EXCEPTION 'yuanqu: a finished evaluation is frozen' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="ec31b50f885bfaffc90bba9f0d8367ccd1cd481f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_finished_evaluation_frozen_20acb",
                    table="assessments_evaluation",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="evaluationresult",
            trigger=pgtrigger.compiler.Trigger(
                name="evaluation_result_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE holder BIGINT;",
                    func="\n                    FOREACH holder IN ARRAY ARRAY[\n                        CASE WHEN TG_OP <> 'INSERT' THEN OLD.evaluation_id END,\n                        CASE WHEN TG_OP <> 'DELETE' THEN NEW.evaluation_id END\n                    ] LOOP\n                        IF EXISTS (SELECT 1 FROM assessments_evaluation\n                                   WHERE id = holder AND status = 'done') THEN\n                            RAISE EXCEPTION 'yuanqu: a finished evaluation is frozen' USING ERRCODE = 'restrict_violation';\n                        END IF;\n                    END LOOP;\n                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                    RETURN NEW;\n                ",
                    hash="bd7df9780881ed504775ed1a42d681c445e18a1f",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_evaluation_result_frozen_a0685",
                    table="assessments_evaluationresult",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorder",
            trigger=pgtrigger.compiler.Trigger(
                name="measure_order_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{proposed:confirmed,proposed:refused,proposed:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="2468a20c9d8bc03acbb071d177e916a60ff60ff3",
                    operation="UPDATE",
                    pgid="pgtrigger_measure_order_moves_b0a28",
                    table="assessments_measureorder",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorder",
            trigger=pgtrigger.compiler.Trigger(
                name="measure_order_facts_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n                    IF TG_OP = 'DELETE' OR OLD.status <> 'proposed' OR\n                       to_jsonb(NEW) - ARRAY['status','settled_by_id','settled_at','answer','revision'] <> to_jsonb(OLD) - ARRAY['status','settled_by_id','settled_at','answer','revision'] THEN\n                        RAISE EXCEPTION 'yuanqu: an order is settled, never changed' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="a0fa8912fa8f0f3bd2b2ba61ebd744ca8a05b2bb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_measure_order_facts_frozen_fdd6a",
                    table="assessments_measureorder",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorder",
            trigger=pgtrigger.compiler.Trigger(
                name="measure_order_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="5a5e86d6a019d3aa67e4ea30c7d51d9745ebb6c2",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_measure_order_no_truncate_9a426",
                    table="assessments_measureorder",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorder",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_measureorderevent" ("answer", "clauses", "document_date", "document_number", "due_on", "id", "issuer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "revision", "settled_at", "settled_by_id", "status", "step", "taken_on", "zone_id") VALUES (NEW."answer", NEW."clauses", NEW."document_date", NEW."document_number", NEW."due_on", NEW."id", NEW."issuer", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proposed_at", NEW."proposed_by_id", NEW."reason", NEW."revision", NEW."settled_at", NEW."settled_by_id", NEW."status", NEW."step", NEW."taken_on", NEW."zone_id"); RETURN NULL;',
                    hash="52a5a0f7a9b3892a09292acbbb146104fa07bd2d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eea3e",
                    table="assessments_measureorder",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorder",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_measureorderevent" ("answer", "clauses", "document_date", "document_number", "due_on", "id", "issuer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "revision", "settled_at", "settled_by_id", "status", "step", "taken_on", "zone_id") VALUES (NEW."answer", NEW."clauses", NEW."document_date", NEW."document_number", NEW."due_on", NEW."id", NEW."issuer", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proposed_at", NEW."proposed_by_id", NEW."reason", NEW."revision", NEW."settled_at", NEW."settled_by_id", NEW."status", NEW."step", NEW."taken_on", NEW."zone_id"); RETURN NULL;',
                    hash="abd0cceb12858e171182d41640f9ce23b941b1b1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a49bb",
                    table="assessments_measureorder",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorder",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_measureorderevent" ("answer", "clauses", "document_date", "document_number", "due_on", "id", "issuer", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "revision", "settled_at", "settled_by_id", "status", "step", "taken_on", "zone_id") VALUES (OLD."answer", OLD."clauses", OLD."document_date", OLD."document_number", OLD."due_on", OLD."id", OLD."issuer", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proposed_at", OLD."proposed_by_id", OLD."reason", OLD."revision", OLD."settled_at", OLD."settled_by_id", OLD."status", OLD."step", OLD."taken_on", OLD."zone_id"); RETURN NULL;',
                    hash="dcb5d6f9dbfda21ac0862f099ccc2b5471f8b730",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_759d7",
                    table="assessments_measureorder",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="measure_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{open:escalated,open:executed,open:lifted}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="637a1ec108236adad4edec1eaf7b07428d36bd16",
                    operation="UPDATE",
                    pgid="pgtrigger_measure_moves_10576",
                    table="assessments_measure",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="closed_measure_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'open'))",
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: a measure that has ended is frozen' USING ERRCODE = 'restrict_violation';",
                    hash="92f89112bb137598eb770159f3690e7ae3ad3723",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_closed_measure_frozen_6c67a",
                    table="assessments_measure",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="measure_facts_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n                    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['status','closed_on','closed_by_id','close_reason','close_document'] <> to_jsonb(OLD) - ARRAY['status','closed_on','closed_by_id','close_reason','close_document'] THEN\n                        RAISE EXCEPTION 'yuanqu: a measure is ended, never changed' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="61ea0f3f08931a90b9e1b476680131157cdd7cfd",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_measure_facts_frozen_41e43",
                    table="assessments_measure",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="measure_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="fc4a36bfc90168a7bec12d9a921bd2d0502954dc",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_measure_no_truncate_d159c",
                    table="assessments_measure",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_measureevent" ("clauses", "close_document", "close_reason", "closed_by_id", "closed_on", "decision_id", "document", "due_on", "id", "opened_at", "opened_by_id", "opened_on", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_id", "reason", "status", "step", "synthetic", "triggers", "zone_id") VALUES (NEW."clauses", NEW."close_document", NEW."close_reason", NEW."closed_by_id", NEW."closed_on", NEW."decision_id", NEW."document", NEW."due_on", NEW."id", NEW."opened_at", NEW."opened_by_id", NEW."opened_on", NEW."order_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."previous_id", NEW."reason", NEW."status", NEW."step", NEW."synthetic", NEW."triggers", NEW."zone_id"); RETURN NULL;',
                    hash="aa0780fbc89b48fb3dbdd27b442ef4651c67580f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e3077",
                    table="assessments_measure",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_measureevent" ("clauses", "close_document", "close_reason", "closed_by_id", "closed_on", "decision_id", "document", "due_on", "id", "opened_at", "opened_by_id", "opened_on", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_id", "reason", "status", "step", "synthetic", "triggers", "zone_id") VALUES (NEW."clauses", NEW."close_document", NEW."close_reason", NEW."closed_by_id", NEW."closed_on", NEW."decision_id", NEW."document", NEW."due_on", NEW."id", NEW."opened_at", NEW."opened_by_id", NEW."opened_on", NEW."order_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."previous_id", NEW."reason", NEW."status", NEW."step", NEW."synthetic", NEW."triggers", NEW."zone_id"); RETURN NULL;',
                    hash="f78fe7cdda12bb30abd19ee10570b0ae8b0a9f1d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d4536",
                    table="assessments_measure",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_measureevent" ("clauses", "close_document", "close_reason", "closed_by_id", "closed_on", "decision_id", "document", "due_on", "id", "opened_at", "opened_by_id", "opened_on", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_id", "reason", "status", "step", "synthetic", "triggers", "zone_id") VALUES (OLD."clauses", OLD."close_document", OLD."close_reason", OLD."closed_by_id", OLD."closed_on", OLD."decision_id", OLD."document", OLD."due_on", OLD."id", OLD."opened_at", OLD."opened_by_id", OLD."opened_on", OLD."order_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."previous_id", OLD."reason", OLD."status", OLD."step", OLD."synthetic", OLD."triggers", OLD."zone_id"); RETURN NULL;',
                    hash="869bff5d32f0f5569f5c68122c36cf3f7e609112",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d6ac0",
                    table="assessments_measure",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="afefa46b6150414022d23bd291679afdcd6f047a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_a05eb",
                    table="assessments_measureevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="3de1895047a6334b6f1d19bc07ef798ef0cc912a",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_ff4d2",
                    table="assessments_measureevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="523cba0bb34fdd85963ff30e49b9fe1add1a98a0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_49c68",
                    table="assessments_measureevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorderevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="5ba3dad6634207eccce367ab681f7e87c0461ee8",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_e5f63",
                    table="assessments_measureorderevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorderevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="96b3e36179919d5c05e3ee242d973db788138eb7",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_d39bb",
                    table="assessments_measureorderevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorderevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5b7b8d575e1e3a4585114392cdad7767efed9eba",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_34c42",
                    table="assessments_measureorderevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorderfile",
            trigger=pgtrigger.compiler.Trigger(
                name="measure_order_file_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="f0713373caed4c309e9253065f059801a67f7ee0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_measure_order_file_append_only_ca47b",
                    table="assessments_measureorderfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="measureorderfile",
            trigger=pgtrigger.compiler.Trigger(
                name="measure_order_file_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="f2291a7647996d591309ca62f5f3a3cd465a0260",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_measure_order_file_kept_652f3",
                    table="assessments_measureorderfile",
                    when="BEFORE",
                ),
            ),
        ),
    ]
