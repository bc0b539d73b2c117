import common.migrating
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import registers.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("registers", "0001_initial"), ("registers", "0002_entry_files")]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0008_target_and_policy_scopes"),
        ("parks", "0001_squashed_0004_axis_sources"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("policy", "0001_squashed_0003_versions_and_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "credit_code",
                    models.CharField(
                        db_collation="C",
                        max_length=18,
                        unique=True,
                        validators=[registers.models._credit_code],
                        verbose_name="统一社会信用代码",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="行业")),
                ("since", models.DateField(blank=True, null=True, verbose_name="入园日期")),
                ("left", models.DateField(blank=True, null=True, verbose_name="离园日期")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
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
                        related_name="enterprises",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "企业",
                "verbose_name_plural": "企业",
                "ordering": ["credit_code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left", None), ("since", None), ("left__gte", models.F("since")), _connector="OR"
                        ),
                        name="enterprise_left_after_since",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnterpriseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "credit_code",
                    models.CharField(
                        db_collation="C",
                        max_length=18,
                        validators=[registers.models._credit_code],
                        verbose_name="统一社会信用代码",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("industry", models.CharField(blank=True, max_length=60, verbose_name="行业")),
                ("since", models.DateField(blank=True, null=True, verbose_name="入园日期")),
                ("left", models.DateField(blank=True, null=True, verbose_name="离园日期")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        to="registers.enterprise",
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
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="代码")),
                ("name_zh", models.CharField(max_length=200, verbose_name="名称")),
                ("name_en", models.CharField(max_length=300, verbose_name="英文名称")),
                ("section", models.CharField(max_length=20, verbose_name="章节")),
                (
                    "place",
                    models.CharField(
                        choices=[("zone", "园区"), ("region", "行政区")], max_length=8, verbose_name="归属"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "active",
                    models.BooleanField(
                        default=True, help_text="政策包不再包含的台账停用，已有条目仍可查看", verbose_name="启用"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="定义版次")),
                ("definition", models.JSONField(verbose_name="定义")),
                (
                    "instrument",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="registers",
                        to="policy.instrument",
                        verbose_name="政策工具",
                    ),
                ),
            ],
            options={
                "verbose_name": "台账",
                "verbose_name_plural": "台账",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(verbose_name="定义版次")),
                ("title", models.CharField(max_length=240, verbose_name="标题")),
                ("dated", models.DateField(blank=True, null=True, verbose_name="日期")),
                ("data", models.JSONField(default=dict, verbose_name="内容")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "页面"),
                            ("excel", "Excel"),
                            ("api", "接口"),
                            ("demo", "演示数据"),
                            ("database", "直接改库"),
                        ],
                        db_default="database",
                        default="database",
                        max_length=12,
                        verbose_name="填写途径",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=240, verbose_name="撤销原因")),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="accounts.organisation",
                        verbose_name="登记主体",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="parks.region",
                        verbose_name="行政区",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="registers.register",
                        verbose_name="台账",
                    ),
                ),
            ],
            options={
                "verbose_name": "台账条目",
                "verbose_name_plural": "台账条目",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["register", "zone"], name="entry_by_zone"),
                    models.Index(fields=["register", "region"], name="entry_by_region"),
                    models.Index(fields=["register", "-dated", "-id"], name="entry_by_date"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["data"], name="entry_data", opclasses=["jsonb_path_ops"]
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("zone", None), models.Q(("region", None), _negated=True)),
                            models.Q(models.Q(("zone", None), _negated=True), ("region", None)),
                            _connector="OR",
                        ),
                        name="entry_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_reason", "")),
                            models.Q(
                                models.Q(("withdrawn_at", None), _negated=True),
                                models.Q(("withdrawn_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="entry_withdrawn_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="registers.entry"
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="registers.register"
                    ),
                ),
            ],
            options={
                "verbose_name": "台账唯一键",
                "verbose_name_plural": "台账唯一键",
                "constraints": [models.UniqueConstraint(fields=("register", "key"), name="entry_key_once")],
            },
        ),
        migrations.CreateModel(
            name="EntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(verbose_name="定义版次")),
                ("title", models.CharField(max_length=240, verbose_name="标题")),
                ("dated", models.DateField(blank=True, null=True, verbose_name="日期")),
                ("data", models.JSONField(default=dict, verbose_name="内容")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("form", "页面"),
                            ("excel", "Excel"),
                            ("api", "接口"),
                            ("demo", "演示数据"),
                            ("database", "直接改库"),
                        ],
                        db_default="database",
                        default="database",
                        max_length=12,
                        verbose_name="填写途径",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=240, verbose_name="撤销原因")),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="登记主体",
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
                        to="registers.entry",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.region",
                        verbose_name="行政区",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registers.register",
                        verbose_name="台账",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegisterEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("name_zh", models.CharField(max_length=200, verbose_name="名称")),
                ("name_en", models.CharField(max_length=300, verbose_name="英文名称")),
                ("section", models.CharField(max_length=20, verbose_name="章节")),
                (
                    "place",
                    models.CharField(
                        choices=[("zone", "园区"), ("region", "行政区")], max_length=8, verbose_name="归属"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "active",
                    models.BooleanField(
                        default=True, help_text="政策包不再包含的台账停用，已有条目仍可查看", verbose_name="启用"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="定义版次")),
                ("definition", models.JSONField(verbose_name="定义")),
                (
                    "instrument",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="policy.instrument",
                        verbose_name="政策工具",
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
                        to="registers.register",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegisterUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("content", models.BinaryField(verbose_name="内容")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ready", "待确认"),
                            ("refused", "未采用"),
                            ("confirmed", "已保存"),
                            ("discarded", "已放弃"),
                        ],
                        default="ready",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("saved", models.PositiveIntegerField(default=0, verbose_name="保存条数")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="registers.register"
                    ),
                ),
            ],
            options={
                "verbose_name": "台账上传",
                "verbose_name_plural": "台账上传",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RegisterVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(verbose_name="版次")),
                ("definition", models.JSONField(verbose_name="定义")),
                ("loaded_at", models.DateTimeField(auto_now_add=True, verbose_name="装载时间")),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="registers.register"
                    ),
                ),
            ],
            options={
                "verbose_name": "台账定义版本",
                "verbose_name_plural": "台账定义版本",
                "ordering": ["register", "version"],
                "constraints": [models.UniqueConstraint(fields=("register", "version"), name="register_version_once")],
            },
        ),
        migrations.CreateModel(
            name="EntryFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=200, upload_to="registers/%Y/%m/", verbose_name="文件")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content_type", models.CharField(max_length=100, verbose_name="类型")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="撤下时间")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="registers.entry"
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "条目附件",
                "verbose_name_plural": "条目附件",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("removed_at", None), ("removed_by", None)),
                            models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="entry_file_removed_by_somebody",
                    )
                ],
            },
        ),
        common.migrating.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="enterprise_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="b513e05f51f0931902be71bd7e3def566cf79c68",
                    operation="DELETE",
                    pgid="pgtrigger_enterprise_kept_ec475",
                    table="registers_enterprise",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registers_enterpriseevent" ("changed_at", "changed_by_id", "created_at", "created_by_id", "credit_code", "id", "industry", "left", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "since", "synthetic", "zone_id") VALUES (NEW."changed_at", NEW."changed_by_id", NEW."created_at", NEW."created_by_id", NEW."credit_code", NEW."id", NEW."industry", NEW."left", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revision", NEW."since", NEW."synthetic", NEW."zone_id"); RETURN NULL;',
                    hash="3e5ddb23b127cc5bd72592bac3b3cb51696ff185",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_cd1f2",
                    table="registers_enterprise",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="enterprise",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "registers_enterpriseevent" ("changed_at", "changed_by_id", "created_at", "created_by_id", "credit_code", "id", "industry", "left", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision", "since", "synthetic", "zone_id") VALUES (NEW."changed_at", NEW."changed_by_id", NEW."created_at", NEW."created_by_id", NEW."credit_code", NEW."id", NEW."industry", NEW."left", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revision", NEW."since", NEW."synthetic", NEW."zone_id"); RETURN NULL;',
                    hash="d5cd5ccec93e19ca00838dcd330b0c1246bef1c4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c9e99",
                    table="registers_enterprise",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="enterpriseevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a931b9f5460a65c1331fd4c958950ad0829a2923",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d4c2e",
                    table="registers_enterpriseevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="register",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registers_registerevent" ("active", "code", "definition", "id", "instrument_id", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "position", "section", "version") VALUES (NEW."active", NEW."code", NEW."definition", NEW."id", NEW."instrument_id", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."position", NEW."section", NEW."version"); RETURN NULL;',
                    hash="39eb0c657e4ec3d9c08535d6438790dce5d0e5f7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fb7e8",
                    table="registers_register",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="register",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "registers_registerevent" ("active", "code", "definition", "id", "instrument_id", "name_en", "name_zh", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "position", "section", "version") VALUES (NEW."active", NEW."code", NEW."definition", NEW."id", NEW."instrument_id", NEW."name_en", NEW."name_zh", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."position", NEW."section", NEW."version"); RETURN NULL;',
                    hash="8a2e55aa8fe99607c300212644e2fb6fa052d45a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c5054",
                    table="registers_register",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="bc8118e6347da6643663b86b1db2aa2b9a10a6e8",
                    operation="DELETE",
                    pgid="pgtrigger_entry_kept_433bc",
                    table="registers_entry",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_place_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."register_id" IS DISTINCT FROM (NEW."register_id"))',
                    func="RAISE EXCEPTION 'an entry stays in its register' USING ERRCODE = 'check_violation';",
                    hash="39c66f3d5a9007b77cc9bca615c9fb28904bda65",
                    operation="UPDATE",
                    pgid="pgtrigger_entry_place_fixed_26b21",
                    table="registers_entry",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registers_entryevent" ("changed_at", "changed_by_id", "channel", "created_at", "created_by_id", "data", "dated", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "register_id", "revision", "synthetic", "title", "version", "withdrawn_at", "withdrawn_reason", "zone_id") VALUES (NEW."changed_at", NEW."changed_by_id", NEW."channel", NEW."created_at", NEW."created_by_id", NEW."data", NEW."dated", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."register_id", NEW."revision", NEW."synthetic", NEW."title", NEW."version", NEW."withdrawn_at", NEW."withdrawn_reason", NEW."zone_id"); RETURN NULL;',
                    hash="b7c666c50e5cfefe07ed1d247660daa029b973a2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_88256",
                    table="registers_entry",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "registers_entryevent" ("changed_at", "changed_by_id", "channel", "created_at", "created_by_id", "data", "dated", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "register_id", "revision", "synthetic", "title", "version", "withdrawn_at", "withdrawn_reason", "zone_id") VALUES (NEW."changed_at", NEW."changed_by_id", NEW."channel", NEW."created_at", NEW."created_by_id", NEW."data", NEW."dated", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."register_id", NEW."revision", NEW."synthetic", NEW."title", NEW."version", NEW."withdrawn_at", NEW."withdrawn_reason", NEW."zone_id"); RETURN NULL;',
                    hash="89ef04bb003233cc6f15a78dbf3627dee70f438c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_79ad9",
                    table="registers_entry",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="entryevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ed0694830dfff4d793970f9b5607a0c7947c16bb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_cbcbe",
                    table="registers_entryevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="registerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="08458b1a81a3e5f64150b2ef8cd87c617d041391",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_aa427",
                    table="registers_registerevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="entryfile",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_file_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="40b8454b212ce86cd1268bf2c3d486bb4c6fc49a",
                    operation="DELETE",
                    pgid="pgtrigger_entry_file_kept_331bd",
                    table="registers_entryfile",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="entryfile",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_file_fixed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((NEW.entry_id, NEW.file, NEW.name, NEW.size, NEW.digest, NEW.content_type) IS DISTINCT FROM (OLD.entry_id, OLD.file, OLD.name, OLD.size, OLD.digest, OLD.content_type))",
                    func="RAISE EXCEPTION 'a file that is kept stays as it is' USING ERRCODE = 'check_violation';",
                    hash="e959d672ae18fe80920bb5b386d411f7b6f40239",
                    operation="UPDATE",
                    pgid="pgtrigger_entry_file_fixed_7042d",
                    table="registers_entryfile",
                    when="BEFORE",
                ),
            ),
        ),
    ]
