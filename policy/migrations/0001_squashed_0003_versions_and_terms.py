import common.migrating
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("policy", "0001_initial"), ("policy", "0002_carrier_live_name"), ("policy", "0003_versions_and_terms")]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0008_target_and_policy_scopes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(unique=True, verbose_name="代码")),
                ("number", models.CharField(max_length=60, verbose_name="文号")),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("title_en", models.CharField(max_length=240, verbose_name="英文标题")),
                ("issuer", models.CharField(max_length=120, verbose_name="发文机关")),
                ("issued_on", models.DateField(verbose_name="成文日期")),
                ("text", models.TextField(verbose_name="正文")),
                (
                    "headings_en",
                    models.JSONField(
                        default=dict,
                        help_text="章节编号到英文标题，例如“一（一）”；译名供阅读，不是正式译文",
                        verbose_name="英文标题对照",
                    ),
                ),
                (
                    "region_code",
                    models.CharField(
                        blank=True, help_text="省级行政区划代码；空白表示不限", max_length=6, verbose_name="适用行政区"
                    ),
                ),
            ],
            options={
                "verbose_name": "政策文件",
                "verbose_name_plural": "政策文件",
            },
        ),
        migrations.CreateModel(
            name="Instrument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, verbose_name="代码")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("target", "目标"),
                            ("rule", "规则"),
                            ("register", "台账"),
                            ("indicator", "指标"),
                            ("classification", "分类"),
                            ("procedure", "程序"),
                        ],
                        max_length=16,
                        verbose_name="类型",
                    ),
                ),
                ("name_zh", models.CharField(max_length=120, verbose_name="名称")),
                ("name_en", models.CharField(max_length=200, verbose_name="英文名称")),
                ("subject", models.CharField(max_length=20, verbose_name="对象")),
                ("fields", models.TextField(help_text="政策包中的原始声明", verbose_name="字段与条件")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="instruments", to="policy.document"
                    ),
                ),
                ("why_en", models.CharField(blank=True, max_length=400, verbose_name="尚未落实的原因（英文）")),
                ("why_zh", models.CharField(blank=True, max_length=300, verbose_name="尚未落实的原因")),
            ],
            options={
                "verbose_name": "政策工具",
                "verbose_name_plural": "政策工具",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("document", "key"), name="instrument_once")],
            },
        ),
        migrations.CreateModel(
            name="Carrier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(help_text="写入此行的应用", max_length=20)),
                ("url_name", models.CharField(max_length=60)),
                ("url_arg", models.CharField(blank=True, max_length=60)),
                ("label_zh", models.CharField(max_length=160)),
                ("label_en", models.CharField(max_length=200)),
                (
                    "instrument",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="carriers", to="policy.instrument"
                    ),
                ),
                (
                    "live_name",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="说明现状的片段的地址名，参数同上；空白表示没有",
                        max_length=60,
                    ),
                ),
            ],
            options={
                "verbose_name": "落实载体",
                "verbose_name_plural": "落实载体",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("instrument", "owner", "url_name", "url_arg"), name="carrier_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Provision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True, verbose_name="编号")),
                ("section", models.CharField(max_length=20, verbose_name="章节")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("target", "目标"),
                            ("rule", "规则"),
                            ("register", "台账"),
                            ("indicator", "指标"),
                            ("classification", "分类"),
                            ("procedure", "程序"),
                        ],
                        max_length=16,
                        verbose_name="类型",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="年份")),
                ("quote", models.TextField(verbose_name="原文")),
                ("start", models.PositiveIntegerField(verbose_name="起始位置")),
                ("end", models.PositiveIntegerField(verbose_name="结束位置")),
                ("gloss_en", models.TextField(verbose_name="英文释义")),
                ("note_en", models.TextField(blank=True, verbose_name="落实说明（英文）")),
                ("subject", models.CharField(max_length=20, verbose_name="对象")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="provisions", to="policy.document"
                    ),
                ),
                (
                    "instrument",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="provisions", to="policy.instrument"
                    ),
                ),
            ],
            options={
                "verbose_name": "条款要点",
                "verbose_name_plural": "条款要点",
                "ordering": ["start", "end", "code"],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, verbose_name="代码")),
                ("word", models.CharField(max_length=40, verbose_name="用语")),
                ("question_zh", models.CharField(max_length=200, verbose_name="要定的是")),
                ("question_en", models.CharField(max_length=300, verbose_name="要定的是（英文）")),
                ("numeric", models.BooleanField(default=True, verbose_name="数值")),
                ("unit", models.CharField(blank=True, max_length=12, verbose_name="单位")),
                (
                    "start",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="起始设定"
                    ),
                ),
                ("decider_zh", models.CharField(max_length=80, verbose_name="由谁确定")),
                ("decider_en", models.CharField(max_length=120, verbose_name="由谁确定（英文）")),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="policy.document"
                    ),
                ),
                (
                    "provisions",
                    models.ManyToManyField(related_name="terms", to="policy.provision", verbose_name="所在条款"),
                ),
            ],
            options={
                "verbose_name": "未定用语",
                "verbose_name_plural": "未定用语",
                "ordering": ["position"],
                "constraints": [models.UniqueConstraint(fields=("document", "key"), name="term_once")],
            },
        ),
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name="取值"),
                ),
                ("text", models.CharField(blank=True, max_length=400, verbose_name="内容")),
                ("basis", models.CharField(max_length=160, verbose_name="依据文件或会议")),
                ("decided_on", models.DateField(verbose_name="确定日期")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="policy.term"
                    ),
                ),
            ],
            options={
                "verbose_name": "用语的确定",
                "verbose_name_plural": "用语的确定",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__isnull", False), models.Q(("text", ""), _negated=True), _connector="OR"
                        ),
                        name="ruling_says_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="版次")),
                ("issued_on", models.DateField(verbose_name="成文日期")),
                ("document_number", models.CharField(max_length=60, verbose_name="文号")),
                ("text", models.TextField(verbose_name="正文")),
                ("provisions", models.JSONField(verbose_name="条款要点")),
                ("digest", models.CharField(max_length=64, verbose_name="指纹")),
                ("loaded_at", models.DateTimeField(auto_now_add=True, verbose_name="装载时间")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="policy.document"
                    ),
                ),
            ],
            options={
                "verbose_name": "政策版本",
                "verbose_name_plural": "政策版本",
                "ordering": ["document", "number"],
                "constraints": [models.UniqueConstraint(fields=("document", "number"), name="document_version_once")],
            },
        ),
        common.migrating.AddTrigger(
            model_name="ruling",
            trigger=pgtrigger.compiler.Trigger(
                name="ruling_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5b586f63826a04bb0e8df4fdd9b6caeed72d7e3a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_ruling_kept_8b953",
                    table="policy_ruling",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="documentversion",
            trigger=pgtrigger.compiler.Trigger(
                name="document_version_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8ee7f127a0a23e70724a5178048db1696d03b461",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_document_version_kept_fb49a",
                    table="policy_documentversion",
                    when="BEFORE",
                ),
            ),
        ),
    ]
