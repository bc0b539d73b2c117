import common.migrating
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("compliance", "0001_initial"), ("compliance", "0002_subjects_of_files")]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0008_target_and_policy_scopes"),
        ("parks", "0001_squashed_0004_axis_sources"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("policy", "0001_squashed_0003_versions_and_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.TextField(verbose_name="所见数据")),
                ("started_at", models.DateTimeField(verbose_name="开始时间")),
                ("seconds", models.FloatField(verbose_name="用时（秒）")),
                ("found", models.PositiveIntegerField(verbose_name="不符")),
                ("new", models.PositiveIntegerField(verbose_name="新发现")),
                ("ended", models.PositiveIntegerField(verbose_name="已消除")),
            ],
            options={
                "verbose_name": "检查运行",
                "verbose_name_plural": "检查运行",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=60, verbose_name="规则")),
                ("subject_key", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=160, verbose_name="名称")),
                ("reason", models.TextField(verbose_name="理由")),
                ("basis", models.CharField(max_length=160, verbose_name="依据文件")),
                ("until", models.DateField(verbose_name="有效期至")),
                ("granted_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("withdrawal", models.TextField(blank=True, verbose_name="撤销理由")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exemptions", to="policy.document"
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
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
            ],
            options={
                "verbose_name": "例外",
                "verbose_name_plural": "例外",
                "ordering": ["-id"],
                "constraints": [
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
                        name="exemption_withdrawn_with_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=60, verbose_name="规则")),
                ("instrument", models.CharField(max_length=60, verbose_name="政策工具")),
                (
                    "force",
                    models.CharField(choices=[("hard", "硬性"), ("soft", "柔性")], max_length=4, verbose_name="约束力"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("checked", "已检查"), ("undecided", "界限待定"), ("waiting", "尚不能检查")],
                        max_length=10,
                        verbose_name="检查情况",
                    ),
                ),
                ("examined", models.PositiveIntegerField(default=0, verbose_name="检查对象数")),
                (
                    "unknown",
                    models.PositiveIntegerField(
                        default=0, help_text="缺少登记、无从判断的对象数", verbose_name="资料不全"
                    ),
                ),
                ("checked_at", models.DateTimeField(verbose_name="检查时间")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rule_checks", to="policy.document"
                    ),
                ),
            ],
            options={
                "verbose_name": "规则检查",
                "verbose_name_plural": "规则检查",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("document", "rule"), name="rule_check_once")],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                (
                    "work",
                    models.CharField(blank=True, help_text="空白即条款原文", max_length=240, verbose_name="任务内容"),
                ),
                ("deadline", models.DateField(verbose_name="期限")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "未启动"),
                            ("in_progress", "推进中"),
                            ("overdue", "逾期"),
                            ("done", "已完成"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField(default=0, verbose_name="进度（%）")),
                ("assigned_at", models.DateTimeField(auto_now_add=True, verbose_name="任务分解时间")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="完成日期")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "assigned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="任务分解人",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="parks.region",
                        verbose_name="责任省辖市",
                    ),
                ),
                (
                    "provision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="policy.provision",
                        verbose_name="条款",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务",
                "verbose_name_plural": "任务",
                "ordering": ["deadline", "provision__start", "city__code"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provision", "lead", "city"), name="task_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(condition=models.Q(("percent__lte", 100)), name="task_percent_in_range"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_on__isnull", False), ("percent", 100), ("status", "done")),
                            models.Q(models.Q(("status", "done"), _negated=True), ("done_on", None)),
                            _connector="OR",
                        ),
                        name="task_done_is_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
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
                (
                    "work",
                    models.CharField(blank=True, help_text="空白即条款原文", max_length=240, verbose_name="任务内容"),
                ),
                ("deadline", models.DateField(verbose_name="期限")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "未启动"),
                            ("in_progress", "推进中"),
                            ("overdue", "逾期"),
                            ("done", "已完成"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField(default=0, verbose_name="进度（%）")),
                ("assigned_at", models.DateTimeField(auto_now_add=True, verbose_name="任务分解时间")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="完成日期")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="版次")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "assigned_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="任务分解人",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="parks.region",
                        verbose_name="责任省辖市",
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
                        to="compliance.task",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaskNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("text", models.TextField(verbose_name="进展")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="进度（%）")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "未启动"),
                            ("in_progress", "推进中"),
                            ("overdue", "逾期"),
                            ("done", "已完成"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="单位",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="compliance.task"
                    ),
                ),
            ],
            options={
                "verbose_name": "进展说明",
                "verbose_name_plural": "进展说明",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=60, verbose_name="规则")),
                (
                    "force",
                    models.CharField(choices=[("hard", "硬性"), ("soft", "柔性")], max_length=4, verbose_name="约束力"),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("zone", "园区"),
                            ("county", "县（市、区）"),
                            ("city", "省辖市"),
                            ("scheme", "考核办法"),
                            ("application", "申请"),
                            ("project", "项目"),
                            ("assessment", "年度考核"),
                        ],
                        max_length=12,
                        verbose_name="对象",
                    ),
                ),
                ("subject_key", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=160, verbose_name="名称")),
                ("facts", models.JSONField(default=dict, verbose_name="情况")),
                (
                    "since",
                    models.DateField(blank=True, help_text="登记资料写明的日期", null=True, verbose_name="起始日期"),
                ),
                ("first_seen", models.DateTimeField(verbose_name="首次发现")),
                ("last_seen", models.DateTimeField(verbose_name="最近一次发现")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="消除时间")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="breaches", to="policy.document"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaches",
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
                        related_name="breaches",
                        to="parks.zone",
                        verbose_name="园区",
                    ),
                ),
            ],
            options={
                "verbose_name": "不符",
                "verbose_name_plural": "不符",
                "ordering": ["-first_seen", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("document", "rule", "subject_key"),
                        name="breach_open_once",
                    )
                ],
            },
        ),
        common.migrating.AddTrigger(
            model_name="exemption",
            trigger=pgtrigger.compiler.Trigger(
                name="exemption_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n                    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR\n                       to_jsonb(OLD) - ARRAY['withdrawn_by_id','withdrawn_at','withdrawal'] IS DISTINCT FROM\n                       to_jsonb(NEW) - ARRAY['withdrawn_by_id','withdrawn_at','withdrawal'] THEN\n                        RAISE EXCEPTION 'yuanqu: an exemption is withdrawn, never changed' USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="915ed366b81b8c1397c67e6d73ca948a003f1ad5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_exemption_stands_d1bbc",
                    table="compliance_exemption",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="exemption",
            trigger=pgtrigger.compiler.Trigger(
                name="exemption_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="fb186b42cad0c4d7c9453706cba300eebff87e8c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_exemption_no_truncate_3b078",
                    table="compliance_exemption",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="task_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{open:done,open:in_progress,open:overdue,in_progress:done,in_progress:overdue,overdue:done,overdue:in_progress,done:in_progress}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="85d77581f5ce6bd4459e8e82c3d21a0ba02e618a",
                    operation="UPDATE",
                    pgid="pgtrigger_task_moves_e494b",
                    table="compliance_task",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="task_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="e36bd8df0f557314ce2f7dc7530c7f533103f3ca",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_task_no_truncate_88dd9",
                    table="compliance_task",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "compliance_taskevent" ("assigned_at", "assigned_by_id", "city_id", "deadline", "done_on", "id", "lead", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provision_id", "revision", "status", "synthetic", "work") VALUES (NEW."assigned_at", NEW."assigned_by_id", NEW."city_id", NEW."deadline", NEW."done_on", NEW."id", NEW."lead", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provision_id", NEW."revision", NEW."status", NEW."synthetic", NEW."work"); RETURN NULL;',
                    hash="0ef7c09bee60c0196de576b8910700ec5515c69c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2b9d2",
                    table="compliance_task",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "compliance_taskevent" ("assigned_at", "assigned_by_id", "city_id", "deadline", "done_on", "id", "lead", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provision_id", "revision", "status", "synthetic", "work") VALUES (NEW."assigned_at", NEW."assigned_by_id", NEW."city_id", NEW."deadline", NEW."done_on", NEW."id", NEW."lead", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provision_id", NEW."revision", NEW."status", NEW."synthetic", NEW."work"); RETURN NULL;',
                    hash="941d9559954d14e437d0227f3b71d0124df52800",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2d033",
                    table="compliance_task",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "compliance_taskevent" ("assigned_at", "assigned_by_id", "city_id", "deadline", "done_on", "id", "lead", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provision_id", "revision", "status", "synthetic", "work") VALUES (OLD."assigned_at", OLD."assigned_by_id", OLD."city_id", OLD."deadline", OLD."done_on", OLD."id", OLD."lead", OLD."percent", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."provision_id", OLD."revision", OLD."status", OLD."synthetic", OLD."work"); RETURN NULL;',
                    hash="5a6d3a053bf50c91989c167ccc2797ba59e2f1a8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a88f9",
                    table="compliance_task",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="taskevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="\n            IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n            RAISE EXCEPTION 'yuanqu: history is written by triggers alone' USING ERRCODE = 'restrict_violation';\n        ",
                    hash="20047baa51211271801f63469acc193b2aa6441e",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_history_kept_ee588",
                    table="compliance_taskevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="taskevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="2d604dfa72a65d78a0a1c52fe136de41649736ed",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_no_truncate_41310",
                    table="compliance_taskevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="taskevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ba5028088accb64303261cfe58f94f585ef08744",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fb248",
                    table="compliance_taskevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="tasknote",
            trigger=pgtrigger.compiler.Trigger(
                name="task_note_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: Cannot change rows that only grow' USING ERRCODE = 'restrict_violation';",
                    hash="674a87e54fdc4cad18284f6eb980f352bfc2f0cb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_task_note_append_only_7786e",
                    table="compliance_tasknote",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="tasknote",
            trigger=pgtrigger.compiler.Trigger(
                name="task_note_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an accepted return is locked' USING ERRCODE = 'restrict_violation';",
                    hash="7462a15dbacaa8a68249ddcf355dc80c80485b55",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_task_note_no_truncate_1dc98",
                    table="compliance_tasknote",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="breach",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_breach_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."ended_at" IS NOT NULL)',
                    declare="DECLARE shield TEXT := set_config('pgtrigger.ignore', '{}', true);",
                    func="RAISE EXCEPTION 'yuanqu: an ended breach is history' USING ERRCODE = 'restrict_violation';",
                    hash="8fca1985836604289c2e3235d1614d4f75f0ab82",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_breach_kept_d06f8",
                    table="compliance_breach",
                    when="BEFORE",
                ),
            ),
        ),
    ]
